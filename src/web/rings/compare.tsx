import { Link, useParams } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { ROLES } from '../../model/role.ts';
import type { ComparedRing, RingComparison, SharedThings } from '../../server/contract.ts';
import { api } from '../api.ts';
import { sayNumber } from '../format.ts';
import { useWords } from '../i18n/index.ts';
import { HourHeat } from '../parts/heat.tsx';
import { Mark, Score } from '../parts/marks.tsx';
import { PageHead, Panel } from '../parts/page-head.tsx';
import { Answer, Empty } from '../parts/states.tsx';
import { NamelessAccounts } from './nameless-accounts.tsx';

const DAY = 86_400_000;

/** The days of both rings under each other on one axis. */
function Days({ of }: { of: RingComparison }) {
  const { t, f } = useWords();
  const length = of.rings[0].daily.length;
  const top = Math.max(1, ...of.rings.flatMap((r) => r.daily));
  const [width, height] = [720, 56];
  const step = width / Math.max(1, length);
  return (
    <div className="scrollx">
      <table className="plain">
        <tbody>
          {of.rings.map((r, side) => (
            <tr key={side}>
              <td className="nowrap mono">{r.id}</td>
              <td>
                <svg
                  viewBox={`0 0 ${width} ${height}`}
                  width="100%"
                  height={height}
                  preserveAspectRatio="none"
                  role="img"
                  aria-label={t('compare.daysOf', { id: r.id, from: f.day(r.firstSeen), to: f.day(r.lastSeen) })}
                >
                  {r.daily.map((n, i) =>
                    n === 0 ? null : (
                      <rect
                        key={i}
                        className="daybar"
                        x={i * step}
                        width={Math.max(0.5, step * 0.85)}
                        y={height - (n / top) * height}
                        height={(n / top) * height}
                      >
                        <title>{`${f.day(of.firstDay + i * DAY)}: ${f.count(n)}`}</title>
                      </rect>
                    ),
                  )}
                </svg>
              </td>
            </tr>
          ))}
          <tr className="soft small">
            <td />
            <td>
              <span style={{ display: 'flex', justifyContent: 'space-between' }}>
                <span>{f.day(of.firstDay)}</span>
                <span>{f.day(of.firstDay + Math.max(0, length - 1) * DAY)}</span>
              </span>
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Side({ r }: { r: ComparedRing }) {
  const { t, say, f } = useWords();
  return (
    <Panel title={say(r.name)} side={<Link to={`/rings/${encodeURIComponent(r.id)}`}>{t('compare.open')}</Link>}>
      <div className="row wrap" style={{ gap: '4px 14px' }}>
        <Score value={r.score} />
        <b>{t('rings.size', { count: r.size })}</b>
        {ROLES.filter((x) => r.byRole[x] > 0).map((x) => (
          <span key={x} className="role">
            <Mark kind={x} /> {t(`role.${x}`)} {f.count(r.byRole[x])}
          </span>
        ))}
        <NamelessAccounts count={r.accounts} />
        <span className="soft">{t('rings.numbers', { count: r.numbers })}</span>
        <span className="soft">{t('rings.active', { from: f.day(r.firstSeen), to: f.day(r.lastSeen) })}</span>
        <span className="soft">
          {t('compare.reached', { called: f.count(r.reach.called), lost: f.count(r.reach.lost) })}
        </span>
      </div>
    </Panel>
  );
}

/** When in the week, and by what means: two offices of one gang keep the same hours and do the same. */
function Manner({ of }: { of: RingComparison }) {
  const { t, say, f } = useWords();
  const [a, b] = of.rings;
  return (
    <>
      <div className="grid two" style={{ alignItems: 'start' }}>
        {of.rings.map((r, side) => (
          <Panel key={side} title={t('compare.hoursOf', { id: r.id })}>
            <HourHeat hours={r.hours} />
          </Panel>
        ))}
      </div>
      <Panel title={t('compare.methods')} hint={t('compare.methodsHint')}>
        <table className="plain" data-testid="methods">
          <thead>
            <tr>
              <th />
              <th className="num mono">{a.id}</th>
              <th className="num mono">{b.id}</th>
            </tr>
          </thead>
          <tbody>
            {of.methods.map((m) => (
              <tr key={m.detector}>
                <td>{say(m.title)}</td>
                {m.shares.map((share, side) => (
                  <td key={side} className="num">
                    {f.percent(share)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </>
  );
}

function Shared({ of }: { of: RingComparison }) {
  const { t, f } = useWords();
  const [a, b] = of.rings;
  const line = (s: SharedThings) => (
    <tr key={s.kind}>
      <td>{t(`compare.kind.${s.kind}`)}</td>
      <td className="num">{f.count(s.left)}</td>
      <td className="num">
        <b>{f.count(s.both)}</b>
      </td>
      <td className="num">{f.count(s.right)}</td>
      <td className="small mono">
        {s.names.map((name) => (
          <span key={name} style={{ marginRight: 10 }}>
            {s.kind === 'numbers' ? (
              <Link to={`/numbers/${encodeURIComponent(name)}`}>{sayNumber(name)}</Link>
            ) : s.kind === 'people' ? (
              <Link to={`/rings/${encodeURIComponent(a.id)}?who=${encodeURIComponent(name)}`}>{name}</Link>
            ) : (
              name
            )}
          </span>
        ))}
      </td>
      <td className="small soft">{s.both > 0 ? t(s.close ? 'compare.close' : 'compare.loose') : ''}</td>
    </tr>
  );
  return (
    <Panel title={t('compare.shared')} hint={t('compare.sharedHint')}>
      <div className="scrollx">
        <table className="plain" data-testid="shared">
          <thead>
            <tr>
              <th />
              <th className="num mono">{a.id}</th>
              <th className="num">{t('compare.both')}</th>
              <th className="num mono">{b.id}</th>
              <th>{t('compare.names')}</th>
              <th>{t('compare.means')}</th>
            </tr>
          </thead>
          <tbody>
            {of.shared.map(line)}
            <tr>
              <td>{t('compare.called')}</td>
              <td className="num">{f.count(of.called.left)}</td>
              <td className="num">
                <b>{f.count(of.called.both)}</b>
              </td>
              <td className="num">{f.count(of.called.right)}</td>
              <td className="small soft" colSpan={2}>
                {t('compare.byChance', { n: f.count(Math.round(of.called.expected)) })}
              </td>
            </tr>
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Handovers({ of }: { of: RingComparison }) {
  const { t, f } = useWords();
  if (of.handovers.length === 0) return null;
  return (
    <Panel title={t('compare.handovers')} hint={f.count(of.handovers.length)}>
      <table className="plain">
        <tbody>
          {of.handovers.map((h) => (
            <tr key={`${h.from} ${h.to}`}>
              <td className="nowrap">
                <Link to={`/numbers/${encodeURIComponent(h.from)}`}>{h.from}</Link> →{' '}
                <Link to={`/numbers/${encodeURIComponent(h.to)}`}>{h.to}</Link>
              </td>
              <td>{f.time(h.at)}</td>
              <td className="num">{h.score.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** Are these two rings one gang, one that came of the other, or strangers? */
export default function ComparePage() {
  const { t, say } = useWords();
  const { id = '', other = '' } = useParams();
  const asked = useQuery({ queryKey: ['compare', id, other], queryFn: () => api.compareRings(id, other) });
  const found = asked.data;
  return (
    <div className="page">
      <PageHead
        question={t('compare.question')}
        {...(found ? { answer: <b data-testid="verdict">{say(found.text)}</b> } : {})}
      />
      <Answer
        of={asked}
        what={t('compare.what')}
        missing={
          <Empty title={t('ring.missing')} todo={t('ring.missingDo')}>
            <Link to="/rings">{t('ring.toRings')}</Link>
          </Empty>
        }
      >
        {(c) => (
          <div className="stack">
            {c.innocent !== null && (
              <p className="innocent">
                <b>{t('rings.alternative')}</b> {say(c.innocent)}
              </p>
            )}
            <div className="grid two" style={{ alignItems: 'start' }}>
              {c.rings.map((r, side) => (
                <Side key={side} r={r} />
              ))}
            </div>
            <Panel title={t('compare.days')}>
              <Days of={c} />
            </Panel>
            <Shared of={c} />
            <Manner of={c} />
            <Handovers of={c} />
          </div>
        )}
      </Answer>
    </div>
  );
}
