import { Button, Popover } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { RingDetail, RingSuccession, Succession } from '../../server/contract.ts';
import { useRingPart } from '../api.ts';
import { sayNumber } from '../format.ts';
import { useWords } from '../i18n/index.ts';
import { Panel } from '../parts/page-head.tsx';
import { ReasonList } from '../parts/reasons.tsx';
import { Answer, Empty } from '../parts/states.tsx';

const AT_FIRST = 40;

interface Chain {
  id: string;
  numbers: string[];
  pairs: Succession[];
}

/** Chains of two numbers or more, longest first. */
function chainsOf({ pairs }: RingSuccession): Chain[] {
  const of = new Map<string, Succession[]>();
  for (const p of pairs) of.set(p.chain, [...(of.get(p.chain) ?? []), p]);
  return [...of]
    .map(([chain, list]) => {
      const sorted = [...list].sort((a, b) => a.position - b.position);
      return { id: chain, numbers: [sorted[0]!.from, ...sorted.map((p) => p.to)], pairs: sorted };
    })
    .sort((a, b) => b.numbers.length - a.numbers.length || (a.numbers[0]! < b.numbers[0]! ? -1 : 1));
}

/** One chain as a line: a bar for each number's life, an arrow for each hand-over. */
function Line({
  chain,
  data,
  handed,
  from,
  to,
}: {
  chain: Chain;
  data: Map<string, RingSuccession['lives'][number]>;
  /** When each number was handed on, and when it was taken over. */
  handed: { from: Map<string, number[]>; to: Map<string, number[]> };
  from: number;
  to: number;
}) {
  const { t, f } = useWords();
  const at = (x: number): string => `${(100 * (x - from)) / Math.max(1, to - from)}%`;
  return (
    <div style={{ position: 'relative', height: 26, borderBottom: '1px solid var(--line)' }}>
      {chain.numbers.flatMap((n, i) => {
        // From when it was taken over, or given up by whoever had it before, until it was handed on or given to somebody else.
        const next = chain.pairs[i]?.at;
        const begins = chain.pairs[i - 1]?.at ?? Math.max(...(handed.from.get(n) ?? []).filter((x) => x < next!));
        const ends = next ?? Math.min(...(handed.to.get(n) ?? []).filter((x) => x > begins));
        const stretches = (data.get(n)?.stretches ?? []).filter(([first]) => first >= begins && first < ends);
        return stretches.map(([first, last]) => (
          <Link
            key={`${n} ${first}`}
            to={`/numbers/${encodeURIComponent(n)}`}
            title={`${sayNumber(n)} · ${f.moment(first)} – ${f.moment(last)}`}
            aria-label={sayNumber(n)}
            style={{
              position: 'absolute',
              left: at(first),
              width: `max(4px, ${(100 * (last - first)) / Math.max(1, to - from)}%)`,
              top: 6,
              height: 14,
              borderRadius: 3,
              background: i % 2 === 0 ? 'var(--bar-strong)' : 'var(--accent)',
            }}
          />
        ));
      })}
      {chain.pairs.map((p) => (
        <Popover
          key={p.position}
          trigger="click"
          title={t('ring.chain.handover', { from: sayNumber(p.from), to: sayNumber(p.to) })}
          content={
            <div style={{ width: 380, maxWidth: '80vw' }}>
              <ReasonList reasons={p.reasons} />
            </div>
          }
        >
          <button
            type="button"
            className="link"
            aria-label={t('ring.chain.handover', { from: sayNumber(p.from), to: sayNumber(p.to) })}
            style={{
              position: 'absolute',
              left: at(p.at),
              top: 1,
              transform: 'translateX(-50%)',
              opacity: 0.4 + 0.6 * p.score,
            }}
          >
            ➤
          </button>
        </Popover>
      ))}
    </div>
  );
}

/** Which number took over from which, through the whole ring, and which ended without a successor, with why. */
export function SuccessionChains({ ring }: { ring: RingDetail }) {
  const { t } = useWords();
  const asked = useRingPart(ring.card.id, 'succession');
  return (
    <div className="page" data-testid="succession">
      <Answer of={asked} what={t('ring.tab.succession')}>
        {(found) => <Chains found={found} />}
      </Answer>
    </div>
  );
}

function Chains({ found }: { found: RingSuccession }) {
  const { t, say, f } = useWords();
  const [all, setAll] = useState(false);
  const chains = useMemo(() => chainsOf(found), [found]);
  const lives = useMemo(() => new Map(found.lives.map((l) => [l.number, l])), [found]);
  const handed = useMemo(() => {
    const times = (end: 'from' | 'to'): Map<string, number[]> => {
      const out = new Map<string, number[]>();
      for (const p of found.pairs) out.set(p[end], [...(out.get(p[end]) ?? []), p.at]);
      return out;
    };
    return { from: times('from'), to: times('to') };
  }, [found]);
  const from = Math.min(...found.lives.map((l) => l.first));
  const to = Math.max(...found.lives.map((l) => l.last));
  const shown = all ? chains : chains.slice(0, AT_FIRST);
  return (
    <div className="stack">
      <Panel
        title={t('ring.chain.question')}
        hint={t('ring.chain.chains', { count: chains.length, pairs: f.count(found.pairs.length) })}
      >
        {chains.length === 0 ? (
          <Empty title={t('ring.chain.none')} todo={t('ring.chain.noneDo')} />
        ) : (
          <>
            <p className="soft small">{t('ring.chain.hint')}</p>
            <div style={{ display: 'grid', gridTemplateColumns: '150px 1fr' }}>
              {shown.map((c) => (
                <div key={c.id} style={{ display: 'contents' }}>
                  <Link
                    className="mono small clip"
                    style={{ lineHeight: '26px' }}
                    to={`/numbers/${encodeURIComponent(c.numbers[0]!)}`}
                  >
                    {sayNumber(c.numbers[0]!)} ×{c.numbers.length}
                  </Link>
                  <Line chain={c} data={lives} handed={handed} from={from} to={to} />
                </div>
              ))}
              <span />
              <div className="row faint small">
                <span className="grow">{f.day(from)}</span>
                <span>{f.day(to)}</span>
              </div>
            </div>
            {shown.length < chains.length && (
              <Button size="small" onClick={() => setAll(true)}>
                {t('ring.chain.showAll', { count: chains.length })}
              </Button>
            )}
          </>
        )}
      </Panel>
      <Panel title={t('ring.chain.ended')} hint={f.count(found.ended.length)}>
        <table className="plain">
          <tbody>
            {found.ended.slice(0, all ? undefined : AT_FIRST).map((e, i) => (
              <tr key={`${e.number} ${i}`}>
                <td className="nowrap">
                  <Link to={`/numbers/${encodeURIComponent(e.number)}`}>{sayNumber(e.number)}</Link>
                </td>
                <td className="soft">{say(e.reason.text)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}
