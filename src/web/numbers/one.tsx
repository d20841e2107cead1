import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import type { CallRow, ContactRow, NumberDetail, Page } from '../../server/contract.ts';
import { api, useNumber } from '../api.ts';
import { sayNumber } from '../format.ts';
import { useWords } from '../i18n/index.ts';
import { Calendar, HourHeat } from '../parts/heat.tsx';
import { Judge } from '../parts/judge.tsx';
import { Mark, NumberName, Score } from '../parts/marks.tsx';
import { PageHead, Panel } from '../parts/page-head.tsx';
import { Innocents, BasedOn, ReasonList, RecordLink } from '../parts/reasons.tsx';
import { Answer, Empty, Fault } from '../parts/states.tsx';
import { WeighedSum } from '../parts/weighed.tsx';
import { TileMap } from '../parts/tile-map.tsx';
import { TimeBrushBar } from '../parts/time-brush.tsx';
import { Measures, Origins } from './measured.tsx';
import { useTimeBrush, type TimeBrush } from '../time-range.ts';

/** Pages of a list, fetched as the reader asks for more. */
function usePages<T>(key: readonly unknown[], ask: (offset: number) => Promise<Page<T>>) {
  const asked = useInfiniteQuery({
    queryKey: key,
    initialPageParam: 0,
    queryFn: ({ pageParam }) => ask(pageParam),
    getNextPageParam: (last) =>
      last.offset + last.rows.length < last.total && last.rows.length > 0 ? last.offset + last.rows.length : null,
  });
  return { asked, rows: asked.data?.pages.flatMap((p) => p.rows) ?? [], total: asked.data?.pages[0]?.total ?? 0 };
}

function More({ shown, total, next, busy }: { shown: number; total: number; next: () => void; busy: boolean }) {
  const { t, f } = useWords();
  return (
    <p className="row small soft" style={{ marginTop: 6 }}>
      {t('number.shown', { n: f.count(shown), total: f.count(total) })}
      {shown < total && (
        <Button size="small" loading={busy} onClick={next}>
          {t('number.showAll')}
        </Button>
      )}
    </p>
  );
}

function Contacts({ number }: { number: string }) {
  const { t, f } = useWords();
  const { asked, rows, total } = usePages<ContactRow>(['contacts', number], (offset) =>
    api.contacts(number, { offset, limit: 25 }),
  );
  if (asked.error) return <Fault error={asked.error} again={() => void asked.refetch()} />;
  return (
    <>
      <div className="scrollx">
        <table className="plain">
          <thead>
            <tr>
              <th>{t('number.contact')}</th>
              <th className="num">{t('numbers.col.calls')}</th>
              <th className="num">{t('number.answered')}</th>
              <th className="num">{t('number.talk')}</th>
              <th className="num">{t('number.calledBack')}</th>
              <th>{t('number.cases')}</th>
              <th className="num">{t('number.last')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((c) => (
              <tr key={c.contact}>
                <td className="nowrap">
                  <span className="role">
                    {c.cases.length > 0 && <Mark kind="victim" />}
                    <NumberName id={c.contact} province={c.province} />
                  </span>
                </td>
                <td className="num">{f.count(c.calls)}</td>
                <td className="num">{f.count(c.answered)}</td>
                <td className="num">{f.duration(c.talkMs)}</td>
                <td className="num">{f.count(c.calledBack)}</td>
                <td>
                  {c.cases.map((id) => (
                    <span key={id} className="tag danger">
                      {id}
                    </span>
                  ))}
                </td>
                <td className="num soft">{f.time(c.last)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <More shown={rows.length} total={total} next={() => void asked.fetchNextPage()} busy={asked.isFetchingNextPage} />
    </>
  );
}

function Calls({ number, brush }: { number: string; brush: TimeBrush }) {
  const { t, f } = useWords();
  const { from, to } = brush.range ?? {};
  const { asked, rows, total } = usePages<CallRow>(['calls', number, from, to], (offset) =>
    api.calls(number, { from, to, offset, limit: 25 }),
  );
  if (asked.error) return <Fault error={asked.error} again={() => void asked.refetch()} />;
  return (
    <>
      <div className="scrollx">
        <table className="plain">
          <thead>
            <tr>
              <th>{t('number.at')}</th>
              <th>{t('number.dir')}</th>
              <th>{t('number.contact')}</th>
              <th className="num">{t('number.talk')}</th>
              <th>{t('number.origin')}</th>
              <th>{t('number.account')}</th>
              <th>{t('number.from')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((c) => {
              const out = c.caller === number;
              return (
                <tr key={c.record}>
                  <td className="nowrap">{f.moment(c.at)}</td>
                  <td>{out ? t('number.out') : t('number.in')}</td>
                  <td className="nowrap">
                    <NumberName id={out ? c.callee : c.caller} />
                  </td>
                  <td className="num">
                    {c.kind === 'sms' ? t('number.sms') : c.answered ? f.duration(c.durationMs) : '–'}
                  </td>
                  <td className="soft">
                    {[c.originCountry === '' ? '' : f.country(c.originCountry), c.city, c.originIp]
                      .filter((x) => x !== '')
                      .join(' · ') || t('state.notSeen')}
                  </td>
                  <td className="mono">{c.account}</td>
                  <td>
                    <RecordLink id={c.record} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <More shown={rows.length} total={total} next={() => void asked.fetchNextPage()} busy={asked.isFetchingNextPage} />
    </>
  );
}

function Shared({ d }: { d: NumberDetail }) {
  const { t } = useWords();
  if (d.shared.length === 0) return <p className="soft">{t('number.sharedNone')}</p>;
  return (
    <table className="plain">
      <tbody>
        {d.shared.map((s) => (
          <tr key={`${s.layer}-${s.id}`}>
            <td className="nowrap soft">{t(`number.sharedLayer.${s.layer}`)}</td>
            <td className="mono">{s.id}</td>
            <td>
              <span className="row wrap" style={{ gap: '0 12px' }}>
                {s.numbers.slice(0, 8).map((n) => (
                  <NumberName key={n} id={n} />
                ))}
                {s.numbers.length > 8 && (
                  <span className="soft">{t('number.sharedWith', { count: s.numbers.length })}</span>
                )}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Succession({ d }: { d: NumberDetail }) {
  const { t, say, f } = useWords();
  const lines = [
    ...d.predecessors.map((s) => ({ ...s, way: t('number.predecessor') })),
    ...d.successors.map((s) => ({ ...s, way: t('number.successor') })),
  ];
  if (lines.length === 0) return <p className="soft">{t('number.successionNone')}</p>;
  return (
    <ul>
      {lines.map((s) => (
        <li key={s.way + s.number} style={{ padding: '3px 0' }}>
          <span className="soft">{s.way}</span> <NumberName id={s.number} /> · {say(s.reason.text)}{' '}
          <span className="faint">({f.percent(s.score)})</span>
        </li>
      ))}
    </ul>
  );
}

function Verdict({ d, brush }: { d: NumberDetail; brush: TimeBrush }) {
  const { t, say, f } = useWords();
  const within = <T extends { day: number }>(days: T[]): T[] =>
    brush.range
      ? days.filter((x) => x.day >= (brush.range?.from ?? 0) - 86_400_000 && x.day <= (brush.range?.to ?? Infinity))
      : days;
  const left: ReactNode = (
    <div className="stack">
      <section className="panel in" style={{ padding: '12px 14px' }}>
        <p className="verdict" data-testid="sentence">
          {!d.analysed
            ? t('number.notAnalysed')
            : d.findings.length > 0 || d.weighed
              ? say(d.sentence)
              : t('number.verdictNone')}
        </p>
        <div className="row wrap" style={{ marginTop: 6, gap: 14 }}>
          {d.findings.length > 0 && <Score value={d.row.score} />}
          {d.rings.map((r) => (
            <span className="role" key={r.id}>
              <Mark kind={r.role ?? 'unknown'} />
              <Link to={`/rings/${encodeURIComponent(r.id)}`}>{t('number.inRing', { ring: say(r.name) })}</Link>
              {r.role && (
                <span className="soft">
                  {t('number.roleLine', {
                    role: t(`role.${r.role}`),
                    score: r.roleScore === null ? '–' : f.percent(r.roleScore),
                  })}
                </span>
              )}
            </span>
          ))}
          {d.row.lawful !== null && (
            <span className="role">
              <Mark kind="lawful" /> {t('judge.lawful')}
            </span>
          )}
          {d.row.firstSeen !== null && d.row.lastSeen !== null && (
            <span className="soft">
              {t('number.seen', { first: f.time(d.row.firstSeen), last: f.time(d.row.lastSeen) })}
            </span>
          )}
        </div>
      </section>
      {d.findings.map((finding) => (
        <Panel key={finding.detector} title={say(finding.title)} side={<Score value={finding.score} />}>
          <ReasonList reasons={finding.reasons} measures={d.measures} />
          <BasedOn records={finding.records} />
          {finding.innocent && !finding.reasons.some((r) => r.innocent?.zh === finding.innocent?.zh) && (
            <p className="innocent">{say(finding.innocent)}</p>
          )}
        </Panel>
      ))}
      <Panel title={t('number.contacts')}>
        <Contacts number={d.row.number} />
      </Panel>
      <Panel title={t('number.calls')}>
        <Calls number={d.row.number} brush={brush} />
      </Panel>
    </div>
  );
  return (
    <div className="grid wide-narrow" style={{ alignItems: 'start' }}>
      {left}
      <div className="stack">
        <Panel title={t('number.innocent')}>
          <div data-testid="innocent">
            {d.innocent.length > 0 ? (
              <Innocents texts={d.innocent} />
            ) : (
              <p className="soft">{d.analysed ? t('number.innocentNone') : t('number.notAnalysed')}</p>
            )}
          </div>
          {d.notSeen.map((n, i) => (
            <p key={i} className="notseen" style={{ marginTop: 6 }}>
              {say(n)}
            </p>
          ))}
        </Panel>
        {d.weighed && (
          <Panel title={t(d.weighed.whyNot ? 'number.whyNot' : 'number.sum')} hint={t('number.sumHint')}>
            <WeighedSum w={d.weighed} />
            {d.weighed.wouldChange.length > 0 && (
              <>
                <h3 className="small soft">{t('number.wouldChange')}</h3>
                <ul className="small" data-testid="would-change">
                  {d.weighed.wouldChange.map((x) => (
                    <li key={x.en}>{say(x)}</li>
                  ))}
                </ul>
              </>
            )}
          </Panel>
        )}
        <Panel title={t('judge.title')}>
          <Judge kind="number" subject={d.row.number} options={['ring', 'lawful', 'unsure']} history={d.judgements} />
        </Panel>
        <Panel title={t('number.hours')}>
          <HourHeat hours={d.hours} />
        </Panel>
        <Panel title={t('number.calendar')}>
          <Calendar days={within(d.calendar)} zone={f.zone} />
        </Panel>
        <Panel title={t('number.origins')}>
          <Origins d={d} />
        </Panel>
        <Panel title={t('number.reached')}>
          <TileMap counts={d.reachedProvinces} />
        </Panel>
        <Panel title={t('number.shared')}>
          <Shared d={d} />
        </Panel>
        <Panel title={`${t('number.predecessor')} · ${t('number.successor')}`}>
          <Succession d={d} />
        </Panel>
        <Panel title={t('number.measures')}>
          <Measures d={d} />
        </Panel>
      </div>
    </div>
  );
}

export default function NumberPage() {
  const { t, f } = useWords();
  const number = useParams()['number'] ?? '';
  const asked = useNumber(number);
  const brush = useTimeBrush();
  const row = asked.data?.row;
  const place = row
    ? [row.kind === 'e164' ? f.country(row.country) : '', row.province && f.province(row.province)]
        .filter(Boolean)
        .join(' · ')
    : '';
  return (
    <div className="page">
      <PageHead
        question={t('number.question')}
        answer={
          <span>
            <b>{sayNumber(number)}</b>
            {place && ` · ${place}`}
          </span>
        }
      >
        <TimeBrushBar brush={brush} />
        <Button type="primary" onClick={() => document.querySelector<HTMLElement>('#judge input')?.focus()}>
          {t('number.judgeAct')}
        </Button>
      </PageHead>
      <Answer
        of={asked}
        what={sayNumber(number)}
        missing={
          <Empty title={t('number.missing')}>
            <Link to="/numbers">{t('app.nav.numbers')}</Link>
          </Empty>
        }
      >
        {(d) => <Verdict d={d} brush={brush} />}
      </Answer>
    </div>
  );
}
