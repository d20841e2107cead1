import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Modal, Pagination } from 'antd';
import { useState } from 'react';
import type { QuarantineRow } from '../../server/contract.ts';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Panel } from '../parts/page-head.tsx';
import { Answer, Fault } from '../parts/states.tsx';

const PAGE = 20;

/** Why a row was set aside, in the reader's language; a reason without words of its own is shown as it is. */
function useWhy(): (reason: string) => string {
  const { t } = useWords();
  return (reason) => t(`imports.reasons.${reason}` as 'imports.reasons.empty', { defaultValue: reason });
}

function Correct({ row, close }: { row: QuarantineRow; close: () => void }) {
  const { t, f } = useWords();
  const why = useWhy();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>(row.raw);
  const retry = useMutation({
    mutationFn: () => api.retry(row.id, values),
    onSuccess: (result) => {
      if (!result.stored) return;
      void message.success(t('imports.retried'));
      void client.invalidateQueries({ queryKey: ['quarantine'] });
      void client.invalidateQueries({ queryKey: ['imports'] });
      close();
    },
  });
  const problem = retry.data?.problem;
  return (
    <Modal
      open
      onCancel={close}
      title={t('imports.correctTitle', { path: row.path, row: f.count(row.row) })}
      onOk={() => retry.mutate()}
      okText={t('imports.retry')}
      confirmLoading={retry.isPending}
    >
      <p className="notseen">
        <b className="mono">{row.column}</b> {why(row.reason)} <span className="mono">{row.value}</span>
      </p>
      {problem && (
        <p role="alert" style={{ color: 'var(--danger)' }}>
          {t('imports.refused', { column: problem.column, value: problem.value, reason: why(problem.reason) })}
        </p>
      )}
      {retry.error && <Fault error={retry.error} />}
      <div
        style={{
          display: 'grid',
          gridTemplateColumns: 'auto 1fr',
          gap: '4px 10px',
          alignItems: 'center',
          marginTop: 10,
          maxHeight: 380,
          overflow: 'auto',
        }}
      >
        {Object.entries(values).map(([k, v]) => (
          <label key={k} style={{ display: 'contents' }}>
            <span className="mono" style={k === row.column ? { color: 'var(--danger)', fontWeight: 600 } : {}}>
              {k}
            </span>
            <Input
              size="small"
              value={v}
              autoFocus={k === row.column}
              onChange={(e) => setValues({ ...values, [k]: e.target.value })}
              onPressEnter={() => retry.mutate()}
            />
          </label>
        ))}
      </div>
    </Modal>
  );
}

/** Rows that could not become facts, verbatim, each with its reason; corrected and tried again from here. */
export function Quarantine({ file, onAll }: { file: string | null; onAll: () => void }) {
  const { t, f } = useWords();
  const why = useWhy();
  const [page, setPage] = useState(0);
  const [open, setOpen] = useState<QuarantineRow | null>(null);
  const asked = useQuery({
    queryKey: ['quarantine', file, page],
    queryFn: () => api.quarantine({ ...(file !== null ? { file } : {}), offset: page * PAGE, limit: PAGE }),
    placeholderData: (old) => old,
  });
  return (
    <Panel
      title={t('imports.quarantine')}
      hint={asked.data ? `${f.count(asked.data.total)} · ${t('imports.quarantineHint')}` : undefined}
      side={
        file !== null && (
          <Button size="small" onClick={onAll}>
            {t('imports.allFiles')}
          </Button>
        )
      }
    >
      <Answer of={asked} what={t('imports.quarantine')}>
        {(rows) =>
          rows.total === 0 ? (
            <p className="soft">{t('imports.quarantineNone')}</p>
          ) : (
            <>
              <div className="scrollx">
                <table className="plain" data-testid="quarantine">
                  <thead>
                    <tr>
                      <th>{t('imports.file')}</th>
                      <th>{t('imports.column')}</th>
                      <th>{t('imports.reason')}</th>
                      <th>{t('imports.value')}</th>
                      <th>{t('imports.raw')}</th>
                      <th />
                    </tr>
                  </thead>
                  <tbody>
                    {rows.rows.map((r) => (
                      <tr key={r.id}>
                        <td>
                          {r.path} <span className="faint nowrap">{t('reason.row', { row: f.count(r.row) })}</span>
                        </td>
                        <td className="mono">{r.column}</td>
                        <td>{why(r.reason)}</td>
                        <td className="mono" style={{ overflowWrap: 'anywhere' }}>
                          {r.value}
                        </td>
                        <td className="mono faint" style={{ overflowWrap: 'anywhere', maxWidth: 420 }}>
                          {Object.values(r.raw).join(', ').slice(0, 160)}
                        </td>
                        <td>
                          <Button size="small" onClick={() => setOpen(r)}>
                            {t('imports.correct')}
                          </Button>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {rows.total > PAGE && (
                <Pagination
                  size="small"
                  style={{ marginTop: 8 }}
                  current={page + 1}
                  pageSize={PAGE}
                  total={rows.total}
                  showSizeChanger={false}
                  onChange={(p) => setPage(p - 1)}
                />
              )}
            </>
          )
        }
      </Answer>
      {open && <Correct key={open.id} row={open} close={() => setOpen(null)} />}
    </Panel>
  );
}
