import { UploadOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { FACT_KIND_NAMES } from '../../model/fact-kinds.ts';
import { balances, type Balance } from '../../model/import-balance.ts';
import type { ImportJob, ImportPreview } from '../../server/contract.ts';
import { api, type Reading } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { useLive, useStatus } from '../live.ts';
import { PageHead, Panel } from '../parts/page-head.tsx';
import { Answer, Fault } from '../parts/states.tsx';
import { ProgressLine } from '../parts/step-progress.tsx';
import { PreviewCard } from './preview.tsx';
import { Quarantine } from './quarantine.tsx';

/** A file on its way in: what the server made of it, kept with the file so that it can be read again as something else. */
interface Candidate {
  file: File;
  preview: ImportPreview;
  how: Reading;
}

/** Rows read = facts + duplicates + quarantined, as a bar and in words. */
function BalanceBar({ of: b }: { of: Balance & { waiting?: number } }) {
  const { t, f } = useWords();
  const part = (n: number): string => `${b.rows === 0 ? 0 : (n / b.rows) * 100}%`;
  const words = t('imports.answer', {
    rows: f.count(b.rows),
    facts: f.count(b.facts),
    duplicates: f.count(b.duplicates),
    quarantined: f.count(b.quarantined),
  });
  return (
    <div title={words}>
      <div className="balance" role="img" aria-label={words}>
        <span className="facts" style={{ width: part(b.facts) }} />
        <span className="dup" style={{ width: part(b.duplicates) }} />
        <span className="quar" style={{ width: part(b.quarantined) }} />
      </div>
      <div className="small soft nowrap">
        {f.count(b.facts)} {t('imports.facts')} · {f.count(b.duplicates)} {t('imports.duplicates')} ·{' '}
        {f.count(b.quarantined)} {t('imports.quarantined')}
        {b.waiting !== undefined && b.waiting > 0 && ` · ${f.count(b.waiting)} ${t('imports.waiting')}`}
      </div>
      {b.waiting === undefined && !balances(b) && b.rows > 0 && (
        <span className="tag danger">{t('imports.uneven')}</span>
      )}
    </div>
  );
}

const JOB_TAG: Readonly<Record<ImportJob['state'], string>> = {
  queued: 'tag',
  running: 'tag accent',
  done: 'tag good',
  failed: 'tag danger',
  cancelled: 'tag warn',
};

function Jobs({
  jobs,
  onFile,
  onCancel,
}: {
  jobs: readonly ImportJob[];
  onFile: (sha: string) => void;
  onCancel: (id: string) => void;
}) {
  const { t, say, f } = useWords();
  if (jobs.length === 0) return <p className="soft">{t('imports.jobsNone')}</p>;
  return (
    <div className="scrollx">
      <table className="plain" data-testid="jobs">
        <thead>
          <tr>
            <th>{t('imports.file')}</th>
            <th>{t('imports.kind')}</th>
            <th className="num">{t('imports.rows')}</th>
            <th style={{ minWidth: 220 }}>{t('imports.balance')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {jobs.flatMap((job) => [
            <tr key={job.id}>
              <td colSpan={5} style={{ background: 'var(--ground)' }}>
                <div className="row wrap">
                  <span className={JOB_TAG[job.state]}>{t(`imports.state.${job.state}`)}</span>
                  <span className="soft">{job.startedAt !== null && f.moment(job.startedAt)}</span>
                  {job.startedAt !== null && job.endedAt !== null && (
                    <span className="faint">{f.duration(job.endedAt - job.startedAt)}</span>
                  )}
                  {job.state === 'running' && job.progress && (
                    <>
                      <span className="soft">{say(job.progress.text)}</span>
                      <ProgressLine progress={job.progress} startedAt={job.progressSince} />
                      {job.progress.balance && <BalanceBar of={job.progress.balance} />}
                    </>
                  )}
                  {(job.state === 'queued' || job.state === 'running') && (
                    <button type="button" className="link" onClick={() => onCancel(job.id)} data-testid="cancel">
                      {t('imports.cancel')}
                    </button>
                  )}
                  {job.error && (
                    <span style={{ color: 'var(--danger)' }}>
                      {say(job.error.message)} {say(job.error.action)}
                    </span>
                  )}
                </div>
              </td>
            </tr>,
            ...job.files.map((file) => (
              <tr key={`${job.id}-${file.sha256}-${file.kind}-${file.path}`}>
                <td>
                  {file.path}
                  <div className="mono faint">{file.sha256.slice(0, 12)}</div>
                  {file.error !== null && file.error !== '' && (
                    <div style={{ color: 'var(--danger)' }}>{file.error}</div>
                  )}
                </td>
                <td className="nowrap">{t(`kind.${file.kind}`)}</td>
                <td className="num">{f.count(file.rows)}</td>
                <td>
                  <BalanceBar of={file} />
                </td>
                <td className="nowrap">
                  {file.quarantined > 0 && (
                    <button type="button" className="link" onClick={() => onFile(file.sha256)}>
                      {t('imports.quarantine')}
                    </button>
                  )}
                </td>
              </tr>
            )),
          ])}
        </tbody>
      </table>
    </div>
  );
}

export default function ImportsPage() {
  const { t, f } = useWords();
  const { message } = App.useApp();
  const client = useQueryClient();
  const status = useStatus();
  const { jobs: liveJobs } = useLive();
  const [params, setParams] = useSearchParams();
  const [over, setOver] = useState(false);
  const [previews, setPreviews] = useState<Candidate[]>([]);
  const [busyWith, setBusyWith] = useState<string | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const imports = useQuery({ queryKey: ['imports'], queryFn: api.imports });
  const store = useMutation({
    mutationFn: ({ preview, how }: Candidate) => api.store(preview.upload, how),
    onSuccess: (_, stored) => {
      setPreviews((old) => old.filter((p) => p.file !== stored.file));
      void message.success(t('imports.stored'));
      void client.invalidateQueries({ queryKey: ['imports'] });
    },
    onError: setFault,
  });
  // The list as last read, with what has arrived over the socket since.
  const jobs = useMemo(() => {
    const read = imports.data?.jobs ?? [];
    const fresh = Object.values(liveJobs).filter((j) => !read.some((r) => r.id === j.id));
    return [
      ...fresh,
      ...read.map((r) => (r.state === 'done' || r.state === 'failed' ? r : (liveJobs[r.id] ?? r))),
    ].sort((a, b) => (b.startedAt ?? Infinity) - (a.startedAt ?? Infinity));
  }, [imports.data, liveJobs]);
  const totals = jobs
    .flatMap((j) => j.files)
    .reduce(
      (a, b) => ({
        rows: a.rows + b.rows,
        facts: a.facts + b.facts,
        duplicates: a.duplicates + b.duplicates,
        quarantined: a.quarantined + b.quarantined,
      }),
      { rows: 0, facts: 0, duplicates: 0, quarantined: 0 },
    );

  const take = async (files: Iterable<File>, how: Reading = {}): Promise<void> => {
    setFault(null);
    for (const file of files) {
      setBusyWith(file.name);
      try {
        const preview = await api.preview(file, how);
        setPreviews((old) => [{ file, preview, how }, ...old.filter((p) => p.file !== file)]);
      } catch (e) {
        setFault(e);
      }
    }
    setBusyWith(null);
  };
  const file = params.get('file');
  return (
    <div
      className="page"
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={(e) => e.currentTarget === e.target && setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        void take(e.dataTransfer.files);
      }}
    >
      <PageHead
        question={t('imports.question')}
        answer={
          totals.rows > 0
            ? t('imports.answer', {
                rows: f.count(totals.rows),
                facts: f.count(totals.facts),
                duplicates: f.count(totals.duplicates),
                quarantined: f.count(totals.quarantined),
              })
            : undefined
        }
      >
        <Button type="primary" icon={<UploadOutlined />} onClick={() => chooser.current?.click()}>
          {t('imports.choose')}
        </Button>
      </PageHead>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        data-testid="file"
        onChange={(e) => {
          void take([...(e.target.files ?? [])]);
          e.target.value = '';
        }}
      />
      <div className="stack">
        <div className={`drop${over ? ' over' : ''}`} data-testid="drop">
          {busyWith !== null ? (
            <span role="status">{t('imports.previewing', { name: busyWith })}</span>
          ) : (
            <>
              {t('imports.drop')}{' '}
              <button type="button" className="link" onClick={() => chooser.current?.click()}>
                {t('imports.choose')}
              </button>
              <div className="faint small">{t('imports.dropHint')}</div>
            </>
          )}
        </div>
        {fault !== null && <Fault error={fault} />}
        {previews.map((p) => (
          <PreviewCard
            key={p.preview.upload}
            preview={p.preview}
            how={p.how}
            onHow={(how) => void take([p.file], how)}
            busy={store.isPending && store.variables.file === p.file}
            onStore={(authority) =>
              store.mutate({ ...p, how: { ...p.how, ...(authority === '' ? {} : { authority }) } })
            }
            onDiscard={() => setPreviews((old) => old.filter((x) => x.file !== p.file))}
          />
        ))}
        {status && Object.values(status.facts).some((n) => n > 0) && (
          <div className="row wrap soft">
            {t('imports.inStore')}
            {FACT_KIND_NAMES.filter((k) => status.facts[k] > 0).map((k) => (
              <span key={k}>
                {t(`kind.${k}`)} <b>{f.count(status.facts[k])}</b>
              </span>
            ))}
            <Link to="/runs">{t('app.nav.runs')}</Link>
          </div>
        )}
        <Panel title={t('imports.jobs')}>
          <Answer of={imports} what={t('imports.jobs')}>
            {() => (
              <Jobs
                jobs={jobs}
                onCancel={(id) => void api.cancelImport(id).catch(setFault)}
                onFile={(sha) => {
                  setParams({ file: sha });
                  document.getElementById('quarantine')?.scrollIntoView({ behavior: 'smooth' });
                }}
              />
            )}
          </Answer>
        </Panel>
        <div id="quarantine">
          <Quarantine file={file} onAll={() => setParams({})} />
        </div>
      </div>
    </div>
  );
}
