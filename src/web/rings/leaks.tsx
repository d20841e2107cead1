import type { Leak, LeakWindow, RingDetail } from '../../server/contract.ts';
import { useRingPart } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Panel } from '../parts/page-head.tsx';
import { Innocents, ReasonList } from '../parts/reasons.tsx';
import { Answer } from '../parts/states.tsx';

const VERDICT_TAG: Readonly<Record<Leak['verdict'], string>> = {
  source: 'tag danger',
  shadow: 'tag warn',
  none: 'tag',
};

/** Called customers beside how many like people would give: the longer bar answers the question. */
function Compared({ leak, most }: { leak: Leak; most: number }) {
  const { t, f } = useWords();
  const width = (n: number): string => `${(100 * n) / most}%`;
  return (
    <div className="stack" style={{ gap: 2 }}>
      <div className="row">
        <span className="bar grow" style={{ background: 'none' }}>
          <b style={{ width: width(leak.victims) }} />
        </span>
        <span className="nowrap">{t('ring.leak.called', { n: f.count(leak.victims) })}</span>
      </div>
      <div className="row soft">
        <span className="bar grow" style={{ background: 'none' }}>
          <b style={{ width: width(leak.expected), background: 'var(--line-strong)' }} />
        </span>
        <span className="nowrap">{t('ring.leak.expected', { n: f.count(Math.round(leak.expected)) })}</span>
      </div>
    </div>
  );
}

const [WIDE, HIGH] = [560, 90];

/** Customers by the time they first dealt with it, and how many of them were called; a line where the list ends. */
function Window({ window: w }: { window: LeakWindow }) {
  const { t, f } = useWords();
  const [first, last] = [w.bins[0], w.bins.at(-1)];
  if (first === undefined || last === undefined) return null;
  const top = Math.max(1, ...w.bins.map((b) => b.customers));
  const x = (at: number): number => (WIDE * (at - first.from)) / Math.max(1, last.to - first.from);
  return (
    <figure style={{ margin: 0 }}>
      <figcaption className="soft small">{t('ring.leak.window')}</figcaption>
      <svg
        viewBox={`0 0 ${WIDE} ${HIGH}`}
        style={{ width: '100%', maxWidth: WIDE }}
        role="img"
        aria-label={t('ring.leak.window')}
      >
        {w.bins.map((b) => (
          <g key={b.from}>
            <rect
              x={x(b.from)}
              width={Math.max(1, x(b.to) - x(b.from) - 1)}
              y={HIGH - (HIGH * b.customers) / top}
              height={(HIGH * b.customers) / top}
              fill="var(--line-strong)"
            />
            <rect
              x={x(b.from)}
              width={Math.max(1, x(b.to) - x(b.from) - 1)}
              y={HIGH - (HIGH * b.called) / top}
              height={(HIGH * b.called) / top}
              fill="var(--accent)"
            />
          </g>
        ))}
        {w.until !== null && (
          <line
            x1={x(w.until)}
            x2={x(w.until)}
            y1={0}
            y2={HIGH}
            stroke="var(--danger)"
            strokeWidth={2}
            strokeDasharray="4 3"
          />
        )}
      </svg>
      <div className="row faint small" style={{ maxWidth: WIDE }}>
        <span className="grow">{f.day(first.from)}</span>
        {w.until !== null && (
          <b style={{ color: 'var(--danger)' }}>
            {t('ring.leak.until')} {f.day(w.until - 1)}
          </b>
        )}
        <span className="grow" style={{ textAlign: 'right' }}>
          {f.day(last.to)}
        </span>
      </div>
    </figure>
  );
}

/** Where the list of people came from: whose customers are called beyond what like people would give, until when, and why perhaps not. */
export function Leaks({ ring }: { ring: RingDetail }) {
  const { t, say, f } = useWords();
  const asked = useRingPart(ring.card.id, 'leaks');
  return (
    <div className="page">
      <Answer of={asked} what={t('ring.tab.leaks')}>
        {({ search, leaks }) => {
          const sources = leaks.filter((l) => l.verdict === 'source');
          const others = leaks.filter((l) => l.verdict !== 'source').slice(0, 12);
          const most = Math.max(1, ...leaks.map((l) => Math.max(l.victims, l.expected)));
          return (
            <div className="stack" data-testid="leaks">
              <Panel title={t('ring.leak.question')}>
                <p>{say(search.text)}</p>
              </Panel>
              {sources.map((l) => (
                <Panel
                  key={l.organisation}
                  title={l.organisation}
                  hint={`${t('ring.leak.times', { n: l.lift.toFixed(1) })} · ${t('ring.leak.q', { q: l.qValue < 1e-6 ? '< 0.000001' : l.qValue.toPrecision(2) })}`}
                  side={<span className={VERDICT_TAG.source}>{t('ring.leak.source')}</span>}
                >
                  <div className="grid two" style={{ alignItems: 'start' }}>
                    <div className="stack">
                      <Compared leak={l} most={most} />
                      {l.window !== null && <Window window={l.window} />}
                      {l.alternatives.length > 0 && (
                        <p className="soft">{t('ring.leak.alternatives', { names: l.alternatives.join(' / ') })}</p>
                      )}
                    </div>
                    <div className="stack">
                      <ReasonList reasons={l.reasons} />
                      <Innocents texts={l.innocent} />
                    </div>
                  </div>
                </Panel>
              ))}
              {others.length > 0 && (
                <Panel title={t('ring.leak.others')} hint={f.count(search.organisations - sources.length)}>
                  <table className="plain">
                    <tbody>
                      {others.map((l) => (
                        <tr key={l.organisation}>
                          <td className="nowrap">{l.organisation}</td>
                          <td className="nowrap">
                            <span className={VERDICT_TAG[l.verdict]}>{t(`ring.leak.${l.verdict}`)}</span>
                          </td>
                          <td style={{ width: '30%' }}>
                            <Compared leak={l} most={most} />
                          </td>
                          <td className="soft">{l.reasons[0] ? say(l.reasons[0].text) : ''}</td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </Panel>
              )}
            </div>
          );
        }}
      </Answer>
    </div>
  );
}
