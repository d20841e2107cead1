import type { Bilingual } from '../../model/reason.ts';
import { sql } from '../../store/sql.ts';
import type { FactsStore } from '../../store/facts.ts';
import type { EdgeLayer, Reason, RingEvidence } from '../contract.ts';
import { PUBLISHED } from './results.ts';
import { ringDetail } from './rings.ts';

export const LAYER_TEXT: Readonly<Record<EdgeLayer, Bilingual>> = {
  victims: { zh: '呼叫过同一批人，其中有人报案', en: 'Reached the same people, some of whom reported a crime' },
  account: { zh: '共用外呼账号', en: 'Shared calling accounts' },
  device: { zh: '共用设备', en: 'Shared devices' },
  address: { zh: '共用网络地址', en: 'Shared network addresses' },
  line: { zh: '从同一中继或地址拨出', en: 'Placed through the same trunk or address' },
  group: { zh: '同在聊天群', en: 'In the same chat groups' },
  guest: { zh: '在接待被引流者的群中', en: 'Members of a group that receives those who were called' },
  pay: { zh: '资金往来', en: 'Payments between them' },
  review: { zh: '抽听录音', en: 'Recordings listened to' },
  calls: { zh: '相互通话', en: 'Calls between them' },
  succession: { zh: '号码接替', en: 'One number took over from another' },
  seat: { zh: '外呼平台座席与班组', en: 'Seats and teams of the dialler' },
};

/** Words in the name of a measure that say which layer it was measured in; the first match counts. */
const LAYER_OF: readonly (readonly [RegExp, EdgeLayer])[] = [
  [/succession|successor|predecessor|rotation/, 'succession'],
  [/victim|report|case|shared_people|converge/, 'victims'],
  [/review|inspect|listen/, 'review'],
  [/pay|wage|money|amount/, 'pay'],
  [/group|member|admin|joined/, 'group'],
  [/imei|device/, 'device'],
  [/trunk|line/, 'line'],
  [/ip$|_ip|address|login|origin/, 'address'],
  [/seat|team|task/, 'seat'],
  [/account/, 'account'],
];

/** Null: the reason is of no single layer, as how many people were reached. */
const layerOf = (measure: string): EdgeLayer | null => LAYER_OF.find(([words]) => words.test(measure))?.[1] ?? null;

/** Every layer that links the members, with how many links and what was measured in it; null when there is no such ring. */
export async function ringEvidence(facts: FactsStore, ring: string): Promise<RingEvidence | null> {
  const [detail, counted] = await Promise.all([
    ringDetail(facts, null, ring),
    facts.query<{ layer: EdgeLayer; links: number }>(
      sql`SELECT layer, count() AS links FROM ring_edges WHERE run = ${PUBLISHED} AND ring = ${ring} GROUP BY layer`,
    ),
  ]);
  if (detail === null) return null;
  const reasons = new Map<EdgeLayer, Reason[]>();
  for (const r of detail.reasons) {
    const layer = layerOf(r.measure);
    if (layer !== null) reasons.set(layer, [...(reasons.get(layer) ?? []), r]);
  }
  const links = new Map(counted.map((c) => [c.layer, c.links]));
  return {
    layers: (Object.keys(LAYER_TEXT) as EdgeLayer[])
      .filter((layer) => links.has(layer) || reasons.has(layer))
      .map((layer) => ({
        layer,
        text: LAYER_TEXT[layer],
        links: links.get(layer) ?? 0,
        reasons: reasons.get(layer) ?? [],
      })),
  };
}
