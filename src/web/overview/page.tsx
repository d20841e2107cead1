import { useMutation } from '@tanstack/react-query';
import { App, Button, Segmented } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Figure, NeedsPerson, Overview } from '../../server/contract.ts';
import { api, useOverview } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { useStatus } from '../live.ts';
import { NumberName, Score, Strip } from '../parts/marks.tsx';
import { PageHead, Panel } from '../parts/page-head.tsx';
import { Answer, Empty } from '../parts/states.tsx';
import { TileMap } from '../parts/tile-map.tsx';
import { TimeBrushBar } from '../parts/time-brush.tsx';
import { useTimeBrush } from '../time-range.ts';
import { Working } from './working.tsx';

const WHERE: Readonly<Record<Figure['id'], string>> = {
  calls: '/numbers?scope=all&sort=-calls',
  flagged: '/numbers',
  rings: '/rings',
  reached: '/rings',
};

function FigureCard({ figure }: { figure: Figure }) {
  const { t, f } = useWords();
  const sign = figure.change > 0 ? `+${f.count(figure.change)}` : f.count(figure.change).replace('-', '−');
  return (
    <Link className="panel figure" to={WHERE[figure.id]}>
      <span className="label">{t(`overview.figure.${figure.id}`)}</span>
      <span className="below">
        <span className="big">{f.count(figure.value)}</span>
        {figure.series.length > 2 && (
          <Strip
            values={figure.series.map((d) => d.n)}
            width={120}
            height={30}
            label={t(`overview.figure.${figure.id}`)}
          />
        )}
      </span>
      <span className="change">{figure.change === 0 ? t('overview.same') : t('overview.change', { n: sign })}</span>
    </Link>
  );
}

const URGENT: Readonly<Record<NeedsPerson['urgency'], string>> = { high: 'tag danger', medium: 'tag warn', low: 'tag' };

function Needs({ needs }: { needs: readonly NeedsPerson[] }) {
  const { t, say } = useWords();
  const [all, setAll] = useState(false);
  if (needs.length === 0) return <p className="soft">{t('overview.needsNone')}</p>;
  return (
    <>
      <table className="plain">
        <tbody>
          {needs.slice(0, all ? undefined : 9).map((n) => (
            <tr key={`${n.kind}-${n.id}`}>
              <td className="nowrap">
                <span className={URGENT[n.urgency]}>{t(`overview.urgency.${n.urgency}`)}</span>
              </td>
              <td className="soft nowrap">{t(`overview.kind.${n.kind}`)}</td>
              <td>
                <Link to={n.href}>{say(n.text)}</Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {needs.length > 9 && !all && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t('overview.all')} ({needs.length})
        </Button>
      )}
    </>
  );
}

const MAPS = ['reached', 'callers', 'victims', 'members'] as const;

function Where({ places }: { places: Overview['places'] }) {
  const { t, f } = useWords();
  const navigate = useNavigate();
  const [which, setWhich] = useState<(typeof MAPS)[number]>('reached');
  const counts = places[which];
  const ranked = [...counts]
    .filter((c) => c.province !== '')
    .sort((a, b) => b.n - a.n)
    .slice(0, 8);
  return (
    <Panel
      title={t('overview.map')}
      side={
        <Segmented
          size="small"
          value={which}
          onChange={setWhich}
          options={MAPS.map((m) => ({ value: m, label: t(`overview.mapOf.${m}`) }))}
        />
      }
    >
      <TileMap counts={counts} onPick={(p) => void navigate(`/numbers?province=${encodeURIComponent(p)}`)} />
      <p className="row wrap small soft" style={{ gap: '0 12px', marginTop: 8 }}>
        {ranked.map((c) => (
          <span key={c.province} className="nowrap">
            {f.province(c.province)} <b>{f.count(c.n)}</b>
          </span>
        ))}
      </p>
    </Panel>
  );
}

function Found({ data }: { data: Overview }) {
  const { t, say, f } = useWords();
  const { message } = App.useApp();
  const rerun = useMutation({
    mutationFn: api.analyse,
    onSuccess: () => void message.success(t('overview.rerunStarted')),
    onError: (e) => void message.error(String(e)),
  });
  return (
    <div className="stack">
      <div className="grid four">
        {data.figures.map((figure) => (
          <FigureCard key={figure.id} figure={figure} />
        ))}
      </div>
      <div className="grid wide-narrow" style={{ alignItems: 'start' }}>
        <div className="stack">
          <Panel title={t('overview.needs')}>
            <Needs needs={data.needs} />
          </Panel>
          <Panel title={t('overview.latest')}>
            {data.latest.length === 0 && <p className="soft">{t('overview.latestNone')}</p>}
            <table className="plain">
              <tbody>
                {data.latest.map((l) => (
                  <tr key={l.number}>
                    <td className="nowrap">
                      <NumberName id={l.number} />
                    </td>
                    <td>{say(l.reason.text)}</td>
                    <td className="nowrap only-wide">
                      {l.ring !== null && <Link to={`/rings/${encodeURIComponent(l.ring)}`}>{l.ring}</Link>}
                    </td>
                    <td className="nowrap only-wide">
                      <Score value={l.score} title={say(l.reason.text)} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Panel>
        </div>
        <div className="stack">
          <Where places={data.places} />
          <Panel
            title={t('overview.run')}
            side={
              <Button size="small" loading={rerun.isPending} onClick={() => rerun.mutate()}>
                {t('overview.rerun')}
              </Button>
            }
          >
            {data.run === null ? (
              <p className="soft">{t('overview.runNever')}</p>
            ) : (
              <dl className="pairs">
                <dt>{t('runs.started')}</dt>
                <dd>
                  <Link to={`/runs/${encodeURIComponent(data.run.id)}`}>{f.moment(data.run.startedAt)}</Link> ·{' '}
                  {t(`runs.state.${data.run.state}`)}
                  {data.run.endedAt !== null && (
                    <span className="soft"> · {f.duration(data.run.endedAt - data.run.startedAt)}</span>
                  )}
                </dd>
                <dt>{t('overview.outcome')}</dt>
                <dd>
                  {t('overview.runLine', {
                    numbers: f.count(data.run.numbers),
                    flagged: f.count(data.run.flagged),
                    rings: f.count(data.run.rings),
                  })}
                  <div className="mono faint clip" title={data.run.resultHash}>
                    {data.run.resultHash.slice(0, 24)}
                  </div>
                </dd>
              </dl>
            )}
          </Panel>
        </div>
      </div>
    </div>
  );
}

export function OverviewPage() {
  const { t, f } = useWords();
  const status = useStatus();
  const navigate = useNavigate();
  const brush = useTimeBrush();
  const overview = useOverview(brush.range ?? {});
  const working = status !== null && status.phase !== 'ready';
  const watched = useRef(false);
  // Whoever watched the demo work is led to what it found; whoever comes later is not.
  useEffect(() => {
    if (working) watched.current = true;
    else if (watched.current && status?.openRing) {
      watched.current = false;
      void navigate(`/rings/${encodeURIComponent(status.openRing)}`);
    }
  }, [working, status, navigate]);
  if (working) return <Working status={status} />;
  const data = overview.data;
  const worst =
    data?.needs.find((n) => n.kind === 'ring')?.href ??
    (status?.openRing ? `/rings/${encodeURIComponent(status.openRing)}` : null);
  const empty = status !== null && Object.values(status.facts).every((n) => n === 0);
  return (
    <div className="page">
      <PageHead
        question={t('overview.question')}
        {...(brush.data
          ? { answer: t('overview.answer', { from: f.day(brush.data.from), to: f.day(brush.data.to) }) }
          : {})}
      >
        {!empty && <TimeBrushBar brush={brush} />}
        {empty ? (
          <Button type="primary" onClick={() => void navigate('/imports')}>
            {t('overview.toImports')}
          </Button>
        ) : (
          worst !== null && (
            <Button type="primary" onClick={() => void navigate(worst)}>
              {t('overview.openRing')}
            </Button>
          )
        )}
      </PageHead>
      {empty ? (
        <Empty title={t('overview.empty')} todo={t('overview.emptyDo')} />
      ) : (
        <Answer of={overview} what={t('app.nav.overview')}>
          {(data) => <Found data={data} />}
        </Answer>
      )}
    </div>
  );
}
