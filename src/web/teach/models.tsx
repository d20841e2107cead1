import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import type { TeachingPage } from '../../server/contract.ts';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Panel } from '../parts/page-head.tsx';
import { Fault } from '../parts/states.tsx';

/** What was learnt so far: train on everything judged, and say which model analyses use. */
export function Models({ page }: { page: TeachingPage }) {
  const { t, f } = useWords();
  const client = useQueryClient();
  const again = (): Promise<void> => client.invalidateQueries({ queryKey: ['teaching'] });
  const train = useMutation({ mutationFn: api.trainModel, onSuccess: again });
  const use = useMutation({ mutationFn: api.useModel, onSuccess: again });
  const { ring, lawful } = page.judged;
  return (
    <Panel
      title={t('teach.models')}
      hint={t('teach.judged', { ring, lawful })}
      side={
        <Button
          type="primary"
          size="small"
          loading={train.isPending}
          disabled={Math.min(ring, lawful) < 5}
          onClick={() => train.mutate()}
        >
          {t('teach.train')}
        </Button>
      }
    >
      {(train.error ?? use.error) && <Fault error={(train.error ?? use.error)!} />}
      {Math.min(ring, lawful) < page.enough && <p className="soft">{t('teach.more', { count: page.enough })}</p>}
      {train.isSuccess && (
        <p role="status">
          {t('teach.trained')} <Link to="/runs">{t('teach.toRuns')}</Link>
        </p>
      )}
      {page.models.length === 0 ? (
        <p className="soft">{t('teach.noModels')}</p>
      ) : (
        <div className="scrollx">
          <table className="plain" data-testid="models">
            <thead>
              <tr>
                <th>{t('teach.model')}</th>
                <th>{t('teach.at')}</th>
                <th>{t('teach.person')}</th>
                <th className="num">{t('teach.rows')}</th>
                <th className="num">{t('teach.auc')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {page.models.map((m) => {
                const [low, high] = m.outOfFold.intervals['auc'] ?? [null, null];
                return (
                  <tr key={m.id}>
                    <td>
                      {m.id} <span className="faint mono">{m.sha256.slice(0, 8)}</span>
                    </td>
                    <td className="nowrap">{f.time(m.at)}</td>
                    <td>{m.person}</td>
                    <td className="num">{f.count(m.rows)}</td>
                    <td className="num nowrap">
                      {m.outOfFold.auc.toFixed(3)}
                      {low !== null && high !== null && (
                        <span className="soft">
                          {' '}
                          [{low.toFixed(3)}, {high.toFixed(3)}]
                        </span>
                      )}
                    </td>
                    <td className="nowrap">
                      {m.inUse && <b>{t('teach.inUse')} </b>}
                      <Button
                        size="small"
                        type="link"
                        loading={use.isPending && use.variables === m.id}
                        onClick={() => use.mutate(m.inUse ? null : m.id)}
                      >
                        {t(m.inUse ? 'teach.stop' : 'teach.use')}
                      </Button>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
