import type { Leak, LeakSearch, LeakWindow, RingDetail } from '../../server/contract.ts';
import { useRingPart } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Panel } from '../parts/page-head.tsx';
import { Innocents, ReasonList } from '../parts/reasons.tsx';
import { Answer, Empty } from '../parts/states.tsx';

/** Beside sources and shadows, the chart shows this many of those that came nearest. */
const OTHERS = 8;
const VERDICT_TAG = { source: 'tag danger', shadow: 'tag warn', none: 'tag' } as const;
const SECTORS = ['education', 'finance', 'retail', 'travel', 'health', 'game'] as const;

/** Where the ring's list came from: whose customers it calls beyond chance, until when, and what else could explain it. */
export function Leaks({ ring }: { ring: RingDetail }) {
  const { t } = useWords();
  const asked = useRingPart(ring.card.id, 'leaks');
  return (
    <div className="page" data-testid="leaks">
      <Answer
        of={asked}
        what={t('ring.tab.leaks')}
        missing={<Empty title={t('leaks.before')} todo={t('leaks.beforeDo')} />}
      >
        {({ search, leaks }) => {
          const sources = leaks.filter((l) => l.verdict === 'source');
          return (
            <>
              <Outcome search={search} />
              {leaks.length > 0 && (
                <div className="grid two" style={{ alignItems: 'start' }}>
                  <Compared leaks={leaks} search={search} />
                  <div className="stack">
                    {sources.map((l) => (
                      <Source key={l.organisation} leak={l} />
                    ))}
                    {sources.length === 0 && (
                      <Panel title={t('leaks.noneWhy')}>
                        <p>{t('leaks.noneMeans')}</p>
                      </Panel>
                    )}
                  </div>
                </div>
              )}
            </>
          );
        }}
      </Answer>
    </div>
  );
}

/** How the search ended, in a sentence, and what to do where it could not be made. */
function Outcome({ search }: { search: LeakSearch }) {
  const { t, say } = useWords();
  const { outcome } = search;
  if (outcome === 'found' || outcome === 'none') {
    return (
      <p className="leakoutcome" data-testid="leak-outcome">
        <span className={outcome === 'found' ? 'tag danger' : 'tag'}>{t(`leaks.outcome.${outcome}`)}</span>{' '}
        {say(search.text)}
      </p>
    );
  }
  return (
    <div data-testid="leak-outcome">
      <Empty title={say(search.text)} todo={t(`leaks.todo.${outcome}`)} />
    </div>
  );
}

function Sector({ name }: { name: string }) {
  const { t } = useWords();
  const known = SECTORS.find((s) => s === name);
  return <span className="faint small">{known === undefined ? name : t(`leaks.sector.${known}`)}</span>;
}

/** Each organisation's customers among the called, against as many as like people would give. */
function Compared({ leaks, search }: { leaks: readonly Leak[]; search: LeakSearch }) {
  const { t, f } = useWords();
  const named = leaks.filter((l) => l.verdict !== 'none').length;
  const rows = leaks.slice(0, named + OTHERS);
  const top = Math.max(1, ...rows.map((l) => Math.max(l.victims, l.expected)));
  const share = (n: number): string => `${(100 * n) / top}%`;
  return (
    <Panel title={t('leaks.compared')} hint={t('leaks.comparedHint')}>
      <div className="leakbars" data-testid="leak-chart">
        {rows.map((l) => {
          const words = t('leaks.bar', { name: l.organisation, n: f.count(l.victims), expected: f.count(l.expected) });
          return (
            <div key={l.organisation} className="leakrow" title={words}>
              <span>
                <b>{l.organisation}</b> <Sector name={l.sector} />
              </span>
              <span className={VERDICT_TAG[l.verdict]}>{t(`leaks.verdict.${l.verdict}`)}</span>
              <span className={`track ${l.verdict}`} role="img" aria-label={words}>
                <b style={{ width: share(l.victims) }} />
                <i style={{ left: share(l.expected) }} />
              </span>
              <span className="num">
                <b>{f.count(l.victims)}</b>
                <span className="soft"> / {f.count(Math.round(l.expected))}</span>
              </span>
              <span className="num soft">{t('leaks.times', { n: l.lift.toFixed(l.lift < 10 ? 2 : 0) })}</span>
            </div>
          );
        })}
      </div>
      <p className="faint small leakkey">
        <span className="key bar" /> {t('leaks.keyCalled')} <span className="key tick" /> {t('leaks.keyExpected')}
      </p>
      <p className="small soft">
        {t('leaks.basis', {
          called: f.count(search.called),
          known: f.count(search.known),
          people: f.count(search.people),
          organisations: f.count(search.organisations),
        })}
      </p>
      {leaks
        .filter((l) => l.verdict === 'shadow')
        .map((l) => (
          <ReasonList key={l.organisation} reasons={l.reasons} />
        ))}
    </Panel>
  );
}

/** One source: until when, what became of its customers, why, and what else it could be. */
function Source({ leak }: { leak: Leak }) {
  const { t, f } = useWords();
  const until = leak.window?.until ?? null;
  return (
    <Panel
      title={leak.organisation}
      hint={
        until !== null
          ? t('leaks.until', { day: f.day(until - 1) })
          : t(leak.window?.state === 'open' ? 'leaks.open' : 'leaks.unknown')
      }
      side={<span className="faint small">{t('leaks.q', { q: chance(leak.qValue) })}</span>}
    >
      <div data-testid="leak-source">
        {leak.window !== null && leak.window.bins.length > 0 && <WindowChart of={leak.window} />}
        <p className="row wrap" style={{ gap: '2px 14px' }}>
          <span>
            {t('leaks.customersCalled')} <b>{f.count(leak.victims)}</b>
          </span>
          <span>
            {t('ring.talked')} <b>{f.count(leak.talked)}</b>
          </span>
          <span>
            {t('ring.joined')}{' '}
            {leak.joined === null ? (
              <span className="faint">{t('ring.joinedNotSeen')}</span>
            ) : (
              <b>{f.count(leak.joined)}</b>
            )}
          </span>
          <span>
            {t('ring.lost')} <b>{f.count(leak.reported)}</b>
          </span>
        </p>
        <ReasonList reasons={leak.reasons} />
        <div data-testid="leak-innocent">
          <h3 className="small soft">{t('ring.alternatives')}</h3>
          <Innocents texts={leak.innocent} />
        </div>
      </div>
    </Panel>
  );
}

const chance = (q: number): string => (q < 1e-6 ? '< 0.000001' : q.toPrecision(2));

const CHART = { width: 560, height: 108, bottom: 18, top: 14 } as const;

/** Share of the organisation's customers who were called, by the day of their first dealing; the line is where the list ends. */
function WindowChart({ of }: { of: LeakWindow }) {
  const { t, f } = useWords();
  const from = of.bins[0]!.from;
  const to = of.bins.at(-1)!.to;
  const x = (at: number): number => (CHART.width * (at - from)) / Math.max(1, to - from);
  const ground = CHART.height - CHART.bottom;
  const top = Math.max(...of.bins.map((b) => b.called / Math.max(1, b.customers)), 0.01);
  const h = (share: number): number => ((ground - CHART.top) * share) / top;
  const words = t('leaks.windowChart', { from: f.day(from), to: f.day(to - 1), share: f.percent(top) });
  const edge = of.until === null ? null : x(of.until);
  const leftOf = edge !== null && edge > CHART.width * 0.6;
  return (
    <svg className="leakwindow" viewBox={`0 0 ${CHART.width} ${CHART.height}`} role="img" aria-label={words}>
      <title>{words}</title>
      {of.bins.map((b) => {
        const within = (of.until === null || b.from < of.until) && (of.since === null || b.to > of.since);
        const share = b.called / Math.max(1, b.customers);
        return (
          <rect
            key={b.from}
            className={within ? 'in' : ''}
            x={x(b.from)}
            width={Math.max(1, x(b.to) - x(b.from) - 1)}
            y={ground - h(share)}
            height={h(share)}
          >
            <title>
              {t('leaks.bin', {
                from: f.day(b.from),
                to: f.day(b.to - 1),
                called: f.count(b.called),
                customers: f.count(b.customers),
              })}
            </title>
          </rect>
        );
      })}
      <line className="ground" x1="0" x2={CHART.width} y1={ground} y2={ground} />
      {edge !== null && (
        <>
          <rect
            className="interval"
            x={x(of.untilLow!)}
            width={Math.max(1, x(of.untilHigh!) - x(of.untilLow!))}
            y="0"
            height={ground}
          />
          <line className="until" x1={edge} x2={edge} y1="0" y2={ground} />
          <text x={leftOf ? edge - 5 : edge + 5} y="10" textAnchor={leftOf ? 'end' : 'start'}>
            {f.day(of.until! - 1)}
          </text>
        </>
      )}
      <text className="axis" x="0" y={CHART.height - 5}>
        {f.day(from)}
      </text>
      <text className="axis" x={CHART.width} y={CHART.height - 5} textAnchor="end">
        {f.day(to - 1)}
      </text>
      <text className="axis" x="0" y="10">
        {f.percent(top)}
      </text>
    </svg>
  );
}
