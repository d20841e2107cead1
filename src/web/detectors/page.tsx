import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { Link } from 'react-router';
import type { DetectorSettings, ThresholdsPage } from '../../server/contract.ts';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { PageHead, Panel } from '../parts/page-head.tsx';
import { Answer, Empty } from '../parts/states.tsx';
import { ThresholdField } from './threshold-field.tsx';

/** What it sees, what looks the same, what tells them apart. */
function Told({ d }: { d: DetectorSettings }) {
  const { t, say } = useWords();
  return (
    <dl className="pairs">
      <dt>{t('detectors.sees')}</dt>
      <dd>{say(d.sees)}</dd>
      <dt>{t('detectors.looksTheSame')}</dt>
      <dd>{say(d.looksTheSame)}</dd>
      <dt>{t('detectors.tellsApart')}</dt>
      <dd>{say(d.tellsApart)}</dd>
      <dt>{t('detectors.source')}</dt>
      <dd className="soft">{d.source}</dd>
    </dl>
  );
}

function Detector({ d, analysed }: { d: DetectorSettings; analysed: boolean }) {
  const { t, say } = useWords();
  return (
    <div id={d.id} data-testid={`detector-${d.id}`}>
      <Panel
        title={say(d.title)}
        label={say(d.title)}
        hint={t(`detectors.family.${d.family}`)}
        side={
          <Link to={`/numbers?scope=all&detector=${encodeURIComponent(d.id)}`}>
            {t('detectors.speaksOf', { count: d.findings })}
          </Link>
        }
      >
        <div className="grid two" style={{ alignItems: 'start' }}>
          <Told d={d} />
          <div className="stack" style={{ gap: 10 }}>
            {d.thresholds.map((x) => (
              <ThresholdField key={`${x.id}=${x.value}`} threshold={x} analysed={analysed} />
            ))}
          </div>
        </div>
      </Panel>
    </div>
  );
}

/** Who set which threshold, and when: newest first. */
function Changes({ page }: { page: ThresholdsPage }) {
  const { t, say, f } = useWords();
  if (page.changes.length === 0) return <p className="soft">{t('detectors.changesNone')}</p>;
  const named = new Map(
    page.detectors.flatMap((d) => d.thresholds.map((x) => [x.id, `${say(d.title)} · ${say(x.label)}`] as const)),
  );
  return (
    <div className="scrollx">
      <table className="plain" data-testid="threshold-changes">
        <thead>
          <tr>
            <th>{t('detectors.at')}</th>
            <th>{t('detectors.person')}</th>
            <th>{t('detectors.threshold')}</th>
            <th className="num">{t('detectors.was')}</th>
            <th className="num">{t('detectors.value')}</th>
          </tr>
        </thead>
        <tbody>
          {page.changes.map((c, i) => (
            <tr key={i}>
              <td className="nowrap">{f.moment(c.at)}</td>
              <td>{c.person}</td>
              <td>{named.get(c.id) ?? <span className="mono">{c.id}</span>}</td>
              <td className="num">{c.was}</td>
              <td className="num">{c.value ?? t('detectors.default')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export default function DetectorsPage() {
  const { t, say } = useWords();
  const { message } = App.useApp();
  const client = useQueryClient();
  const asked = useQuery({ queryKey: ['thresholds'], queryFn: api.thresholds });
  const start = useMutation({
    mutationFn: api.analyse,
    onSuccess: () => {
      void message.success(t('runs.started2'));
      void client.invalidateQueries({ queryKey: ['runs'] });
    },
    onError: (e) => void message.error(String(e)),
  });
  const page = asked.data;
  return (
    <div className="page">
      <PageHead
        question={t('detectors.question')}
        {...(page
          ? {
              answer: page.applied
                ? t('detectors.answer', { count: page.detectors.length })
                : t('detectors.notApplied'),
            }
          : {})}
      >
        {page && page.analysed && (
          <Button type={page.applied ? 'default' : 'primary'} loading={start.isPending} onClick={() => start.mutate()}>
            {t('detectors.analyse')}
          </Button>
        )}
      </PageHead>
      <Answer of={asked} what={t('app.nav.detectors')}>
        {(p) => (
          <div className="stack">
            {!p.analysed && (
              <Empty title={t('detectors.neverAnalysed')} todo={t('detectors.neverAnalysedDo')}>
                <Link to="/imports">{t('overview.toImports')}</Link>
              </Empty>
            )}
            <nav className="row wrap small" aria-label={t('app.nav.detectors')} style={{ gap: 6 }}>
              {p.detectors.map((d) => (
                <a key={d.id} className="chip" href={`#${d.id}`}>
                  {say(d.title)}
                </a>
              ))}
            </nav>
            {p.detectors.map((d) => (
              <Detector key={d.id} d={d} analysed={p.analysed} />
            ))}
            <Panel title={t('detectors.changes')}>
              <Changes page={p} />
            </Panel>
          </div>
        )}
      </Answer>
    </div>
  );
}
