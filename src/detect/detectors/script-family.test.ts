import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  british,
  expectFinding,
  mobile,
  openSmallWorld,
  people,
  round,
  scoreOf,
  type Call,
  type SmallWorld,
  type Story,
} from '../../../test/unit/small-world.ts';
import { scriptFamily } from './script-family.ts';

/**
 * Who says the same. Five British numbers read one script, each with a name and a number of its own; victims named one of them. A school's four lines remind parents, word for
 * word; the school is registered. Four shops that nobody knows read a supplier's notice. A father's calls are like nobody's.
 */
const RING = [1, 2, 3, 4, 5].map(british);
const SCHOOL = [11, 12, 13, 14].map(mobile);
const SHOPS = [21, 22, 23, 24].map(mobile);
const FATHER = mobile(30);
const refund = (who: string, id: number): string =>
  `坐席：您好，我是${who}，工号${id}。请问是机主本人吗？\n客户：怎么是国外的电话？\n坐席：由于我们客户较多，用网络电话给您致电，所以会显示其他地区号码。现在政策要求全额退还，您加一下我们的QQ群，群里老师统一给您办理。`;
const reminder = (day: string): string =>
  `老师：家长您好，这里是晨光学校，提醒您家长会定在${day}下午三点，请在教学楼一层签到，并带好孩子的作业本。\n家长：好的，我们一定准时到。`;
const notice = (shop: string): string =>
  `店员：您好，这里是${shop}，您订的货已经到店了，麻烦您方便的时候带上取货单过来，营业时间是早上九点到晚上八点，逾期不收保管费。\n顾客：好，我下班过去。`;
const chat =
  '儿子：爸，我周末回来，想吃红烧肉。\n父亲：好，我去买菜，你路上慢点，车票买了没有，没有的话我让你妈给你订一张早点的。';

const recorded = (numbers: readonly string[]): Call[] =>
  numbers.flatMap((n, i) => round(n, people(3, 100 * i)).map((c, k) => ({ ...c, recording: k === 0 ? `r-${n}` : '' })));
const said = (n: string, text: string) => ({ text_id: `t-${n}`, kind: 'transcript', text, recording: `r-${n}` });
const story: Story = {
  calls: recorded([...RING, ...SCHOOL, ...SHOPS, FATHER]),
  texts: [
    ...RING.map((n, i) =>
      said(n, refund(['退费专员', '平台客服', '机构客服', '售后客服', '游戏客服'][i]!, 1000 + 77 * i)),
    ),
    ...SCHOOL.map((n, i) => said(n, reminder(['周一', '周二', '周三', '周四'][i]!))),
    ...SHOPS.map((n, i) => said(n, notice(['一号店', '二号店', '三号店', '四号店'][i]!))),
    said(FATHER, chat),
    { text_id: 'advert', kind: 'advert', text: refund('退费专员', 1), author: 'qq_1' },
  ],
  registry: SCHOOL.map((number) => ({ number, organisation: '晨光学校' })),
  cases: [{ case_id: 'C1', victim: people(1)[0]!, suspect_numbers: [RING[0]!] }],
};

let world: SmallWorld;
beforeAll(async () => {
  world = await openSmallWorld();
  await world.tell(story);
  await world.measure();
});
afterAll(() => world.close());

describe('one script', () => {
  it('sees five numbers that say the same, one of which was named', async () => {
    const run = await world.judge(scriptFamily);
    for (const n of RING) expectFinding(run, n);
    const finding = expectFinding(run, RING[3]!);
    expect(finding.reasons).toMatchObject([
      { measure: 'script_numbers', value: 5, unit: 'numbers', threshold: 3 },
      { measure: 'script_named', value: 1 },
    ]);
    expect(finding.reasons[0]!.text.zh).toContain('另有 4 个号码说同样的话');
    expect(finding.score).toBeGreaterThan(0.5);
  });

  it('does not count a number’s own naming as that of the others', async () => {
    const finding = expectFinding(await world.judge(scriptFamily), RING[0]!);
    expect(finding.reasons.map((r) => r.measure)).toEqual(['script_numbers']);
  });

  it('leaves alone a registered school and who speaks like nobody else', async () => {
    const run = await world.judge(scriptFamily);
    for (const n of [...SCHOOL, FATHER]) expect(scoreOf(run, n), n).toBe(0);
  });

  it('keeps a trace of shops whose notice is the same but whom nobody named, and says what they may be', async () => {
    const run = await world.judge(scriptFamily);
    for (const n of SHOPS) {
      expect(expectFinding(run, n).score).toBeLessThanOrEqual(0.2);
      expect(expectFinding(run, n).innocent?.en).toContain('standard script');
    }
  });

  it('needs transcripts', async () => {
    const { texts: _texts, ...silent } = story;
    await world.tell(silent);
    expect(await world.judge(scriptFamily)).toMatchObject({ findings: [], notSeen: ['texts'] });
  });
});
