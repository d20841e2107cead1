import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { Link, useNavigate, useParams } from 'react-router';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { PageHead, Panel } from '../parts/page-head.tsx';
import { Answer, Empty } from '../parts/states.tsx';

const TAG = { running: 'tag accent', done: 'tag good', failed: 'tag danger' } as const;

function Detail({ id }: { id: string }) {
  const { t, f } = useWords();
  const asked = useQuery({ queryKey: ['run', id], queryFn: () => api.run(id) });
  return (
    <Answer of={asked} what={id}>
      {(run) => {
        const top = Math.max(1, ...run.steps.map((s) => s.ms));
        return (
          <div className="stack">
            <Panel title={t('runs.log')} hint={f.duration(run.steps.reduce((n, s) => n + s.ms, 0))}>
              <table className="plain" data-testid="steps">
                <thead>
                  <tr>
                    <th>{t('runs.step')}</th>
                    <th />
                    <th className="num">{t('runs.time')}</th>
                    <th className="num">{t('runs.rows')}</th>
                  </tr>
                </thead>
                <tbody>
                  {run.steps.map((s, i) => (
                    <tr key={`${s.name}-${i}`}>
                      <td className="mono">{s.name}</td>
                      <td style={{ width: '34%', verticalAlign: 'middle' }}>
                        <span className="bar" style={{ background: 'none' }}>
                          <b style={{ width: `${(s.ms / top) * 100}%` }} />
                        </span>
                      </td>
                      <td className="num">{f.duration(s.ms)}</td>
                      <td className="num">{s.rows === null ? '' : f.count(s.rows)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Panel>
            <Panel title={t('runs.parameters')}>
              <dl className="pairs">
                <dt>{t('runs.version')}</dt>
                <dd className="mono">{run.codeVersion}</dd>
                <dt>{t('runs.input')}</dt>
                <dd className="mono">{run.inputHash}</dd>
                <dt>{t('runs.result')}</dt>
                <dd className="mono">{run.resultHash}</dd>
              </dl>
              <pre className="log">{JSON.stringify(run.parameters, null, 2)}</pre>
              {run.error !== '' && (
                <>
                  <h2 className="section">{t('runs.error')}</h2>
                  <pre className="log">{run.error}</pre>
                </>
              )}
            </Panel>
          </div>
        );
      }}
    </Answer>
  );
}

export default function RunsPage() {
  const { t, f } = useWords();
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const asked = useQuery({ queryKey: ['runs'], queryFn: api.runs });
  const chosen = useParams()['id'] ?? asked.data?.rows[0]?.id ?? null;
  const start = useMutation({
    mutationFn: api.analyse,
    onSuccess: () => {
      void message.success(t('runs.started2'));
      void client.invalidateQueries({ queryKey: ['runs'] });
    },
    onError: (e) => void message.error(String(e)),
  });
  return (
    <div className="page">
      <PageHead
        question={t('runs.question')}
        {...(asked.data ? { answer: t('runs.answer', { count: asked.data.total }) } : {})}
      >
        <Button type="primary" loading={start.isPending} onClick={() => start.mutate()}>
          {t('runs.run')}
        </Button>
      </PageHead>
      <Answer of={asked} what={t('app.nav.runs')}>
        {(page) =>
          page.rows.length === 0 ? (
            <Empty title={t('runs.empty')} todo={t('runs.emptyDo')}>
              <Link to="/imports">{t('overview.toImports')}</Link>
            </Empty>
          ) : (
            <div className="grid two" style={{ alignItems: 'start' }}>
              <Panel title={t('app.nav.runs')}>
                <div className="scrollx">
                  <table className="plain">
                    <thead>
                      <tr>
                        <th>{t('runs.started')}</th>
                        <th />
                        <th className="num">{t('runs.took')}</th>
                        <th className="num">{t('runs.numbers')}</th>
                        <th className="num">{t('runs.flagged')}</th>
                        <th className="num">{t('runs.rings')}</th>
                        <th>{t('runs.result')}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {page.rows.map((r, i) => (
                        <tr
                          key={r.id}
                          onClick={() => void navigate(`/runs/${encodeURIComponent(r.id)}`)}
                          style={r.id === chosen ? { background: 'var(--selected)' } : { cursor: 'pointer' }}
                        >
                          <td className="nowrap">
                            <Link to={`/runs/${encodeURIComponent(r.id)}`}>{f.moment(r.startedAt)}</Link>
                          </td>
                          <td>
                            <span className={TAG[r.state]}>{t(`runs.state.${r.state}`)}</span>
                          </td>
                          <td className="num">{r.endedAt === null ? '' : f.duration(r.endedAt - r.startedAt)}</td>
                          <td className="num">{f.count(r.numbers)}</td>
                          <td className="num">{f.count(r.flagged)}</td>
                          <td className="num">{f.count(r.rings)}</td>
                          <td className="mono faint">
                            {r.resultHash.slice(0, 10)}
                            {r.resultHash !== '' && page.rows[i + 1]?.resultHash === r.resultHash && (
                              <div>{t('runs.same')}</div>
                            )}
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </Panel>
              {chosen !== null && <Detail key={chosen} id={chosen} />}
            </div>
          )
        }
      </Answer>
    </div>
  );
}
