import { Link } from 'react-router';
import type { RingDetail } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';
import { Panel } from '../parts/page-head.tsx';
import { Distribution } from '../parts/reasons.tsx';

const UNIT = { shared_people: 'people', victims_reached: 'people', numbers_on_shared_lines: 'numbers' } as const;

/** What the ring's numbers have in common, beside random groups of callers like them. */
export function Beside({ ring }: { ring: RingDetail }) {
  const { t, f } = useWords();
  const compared = ring.beyondChance ?? null;
  return (
    <Panel
      title={t('ring.beside')}
      hint={compared === null ? '' : t('ring.besideHint', { groups: compared.groups, numbers: compared.numbers })}
    >
      {compared === null ? (
        <p className="soft">{t('ring.besideNone')}</p>
      ) : (
        <>
          <p>{t('ring.chance', { share: f.percent(compared.chance) })}</p>
          <table className="plain">
            <tbody>
              {compared.traits.map((x) => (
                <tr key={x.trait}>
                  <td>{t(`ring.trait_${x.trait}`)}</td>
                  <td className="num">
                    <b>{f.count(x.value)}</b>
                  </td>
                  <td>
                    <Distribution value={x.value} peers={x.groups} threshold={null} unit={UNIT[x.trait]} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Panel>
  );
}

/** Where the ring comes from, when the analysis before had it otherwise. */
export function LineageLine({ ring }: { ring: RingDetail }) {
  const { t, f } = useWords();
  const lineage = ring.lineage ?? null;
  if (lineage === null) return null;
  return (
    <div className="small soft">
      {t(`ring.lineage_${lineage.kind}`)}{' '}
      {lineage.from.map((a, i) => (
        <span key={a.ring}>
          {i > 0 && t('ring.lineageAnd')}
          {a.ring === ring.card.id ? <b>{a.ring}</b> : <Link to={`/rings/${a.ring}`}>{a.ring}</Link>}{' '}
          {t('ring.lineageShare', { shared: f.count(a.shared), of: f.count(a.of) })}
        </span>
      ))}
    </div>
  );
}

/** Other rings that some of its members belong to as well. */
export function SharedLine({ ring }: { ring: RingDetail }) {
  const { t } = useWords();
  const shared = new Map<string, number>();
  for (const m of ring.members) for (const r of m.alsoIn ?? []) shared.set(r, (shared.get(r) ?? 0) + 1);
  if (shared.size === 0) return null;
  return (
    <div className="small soft">
      {[...shared].map(([other, count]) => (
        <span key={other}>
          {t('ring.shares', { count })}{' '}
          <Link to={`/rings/${encodeURIComponent(ring.card.id)}/compare/${encodeURIComponent(other)}`}>
            {other}
          </Link>{' '}
        </span>
      ))}
    </div>
  );
}

/** When it fell apart or came together within the time the records cover. */
export function TurnLines({ ring }: { ring: RingDetail }) {
  const { say } = useWords();
  return (ring.turns ?? []).map((turn) => (
    <div key={turn.kind} className="small">
      {say(turn.text)}
    </div>
  ));
}
