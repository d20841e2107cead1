import { Button, Popover } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Bilingual, Layer, MeasureValue, Reason } from '../../server/contract.ts';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Fault } from './states.tsx';

/** The row of the file a fact came from. */
function RecordCard({ id }: { id: string }) {
  const { t, f } = useWords();
  const asked = useQuery({ queryKey: ['record', id], queryFn: () => api.record(id), staleTime: Infinity });
  if (asked.error) return <Fault error={asked.error} />;
  if (!asked.data) return <div>{t('state.loading', { what: t('reason.record') })}</div>;
  const { file, row, kind, values, raw, rawMissing } = asked.data;
  const inside = [file.member, file.part].filter((x) => x !== '').join(' # ');
  return (
    <div style={{ width: 380, maxWidth: '80vw', maxHeight: 360, overflow: 'auto' }}>
      <div>
        <b>{file.path}</b> · {t('reason.row', { row: f.count(row) })}
      </div>
      <div className="faint small">
        {t(`kind.${kind}`)} · {t('reason.imported', { at: f.time(file.importedAt) })}
      </div>
      {(file.by !== '' || file.authority !== '') && (
        <div className="small soft">
          {t('reason.importedBy', { person: file.by })}
          {file.authority !== '' && t('reason.authority', { authority: file.authority })}
        </div>
      )}
      {inside !== '' && <div className="small soft">{t('reason.inside', { member: inside })}</div>}
      <div className="faint mono clip" title={file.original}>
        {t('reason.sha')} {file.original}
      </div>
      {raw === null ? (
        <div className="faint small">{t(`reason.raw_${rawMissing ?? 'not_found'}`)}</div>
      ) : (
        <pre className="mono small" style={{ whiteSpace: 'pre-wrap', wordBreak: 'break-all' }} data-testid="raw-row">
          {raw}
        </pre>
      )}
      <dl className="pairs small" style={{ marginTop: 8 }}>
        {Object.entries(values)
          .filter(([, v]) => v !== '')
          .map(([k, v]) => (
            <div key={k} style={{ display: 'contents' }}>
              <dt className="mono">{k}</dt>
              <dd>{v}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}

/** A link to the raw row: opens it beside the link. */
export function RecordLink({ id, text }: { id: string; text?: string }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      title={t('reason.record')}
      content={open ? <RecordCard id={id} /> : null}
    >
      <button type="button" className="link mono" onKeyDown={(e) => e.key === 'Escape' && setOpen(false)}>
        {text ?? id}
      </button>
    </Popover>
  );
}

/** `12 raw records`, opening into their rows. */
export function RecordLinks({ ids }: { ids: readonly string[] }) {
  const { t, f } = useWords();
  const [shown, setShown] = useState(0);
  if (ids.length === 0) return <span>{t('reason.noRecords')}</span>;
  if (shown === 0) {
    return (
      <button type="button" className="link" onClick={() => setShown(12)}>
        {t('reason.records', { count: ids.length })}
      </button>
    );
  }
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: '0 10px' }}>
      {ids.slice(0, shown).map((id) => (
        <RecordLink key={id} id={id} />
      ))}
      {ids.length > shown && (
        <Button size="small" type="link" onClick={() => setShown(shown + 50)}>
          {t('reason.more', { count: ids.length - shown })} ({f.count(ids.length)})
        </Button>
      )}
    </span>
  );
}

/** Quantiles of peers as a box with whiskers, the limit, and this one. `peers` are the 0, 5, 25, 50, 75, 95 and 100 % points. */
export function Distribution({
  value,
  peers,
  threshold,
  unit,
}: {
  value: number;
  peers: readonly number[];
  threshold: number | null;
  unit: string;
}) {
  const { t, f } = useWords();
  if (peers.length < 7) return <span className="faint small">{t('reason.noPeers')}</span>;
  const [low = 0, p5 = 0, p25 = 0, p50 = 0, p75 = 0, p95 = 0] = peers;
  const from = Math.min(low, value, threshold ?? value);
  const to = Math.max(p95 * 1.15, value, threshold ?? value, from + 1e-9);
  const x = (v: number): number => 4 + ((Math.min(Math.max(v, from), to) - from) / (to - from)) * 192;
  const words = t('reason.peers', {
    median: f.measure(p50, unit),
    p95: f.measure(p95, unit),
    value: f.measure(value, unit),
  });
  return (
    <svg className="dist" viewBox="0 0 200 26" preserveAspectRatio="xMinYMid meet" role="img" aria-label={words}>
      <title>{words}</title>
      <line className="whisker" x1={x(p5)} x2={x(p95)} y1="13" y2="13" />
      <rect className="box" x={x(p25)} width={Math.max(1, x(p75) - x(p25))} y="7" height="12" />
      <line className="median" x1={x(p50)} x2={x(p50)} y1="7" y2="19" />
      {threshold !== null && <line className="limit" x1={x(threshold)} x2={x(threshold)} y1="2" y2="24" />}
      <path className="this" d={`M${x(value) - 3.5} 1h7l-3.5 6z`} />
    </svg>
  );
}

/** The rows a whole finding rests on; nothing when its reasons name their own. */
export function BasedOn({ records }: { records: readonly string[] }) {
  const { t } = useWords();
  if (records.length === 0) return null;
  return (
    <p className="small faint" style={{ marginTop: 4 }}>
      {t('reason.basedOn')} <RecordLinks ids={records} />
    </p>
  );
}

/** One reason: the sentence, the value with its unit, the limit, the rows it rests on, and what innocent thing looks the same. */
export function ReasonCard({
  reason,
  measures,
  quiet,
}: {
  reason: Reason;
  measures?: readonly MeasureValue[];
  quiet?: boolean;
}) {
  const { t, say, f } = useWords();
  const peers = measures?.find((m) => m.name === reason.measure)?.peers ?? [];
  return (
    <div className="reason">
      <div className="line">
        <div className="what">{say(reason.text)}</div>
        <div className="value">{f.measure(reason.value, reason.unit)}</div>
      </div>
      {peers.length >= 7 && (
        <Distribution value={reason.value} peers={peers} threshold={reason.threshold} unit={reason.unit} />
      )}
      <div className="meta">
        <span className="mono">{reason.measure}</span>
        <span>
          {reason.threshold === null
            ? t('reason.context')
            : t('reason.threshold', { value: f.measure(reason.threshold, reason.unit) })}
        </span>
        <RecordLinks ids={reason.records ?? []} />
      </div>
      {reason.innocent && quiet !== true && (
        <p className="innocent">
          <b>{t('reason.innocent')}</b> {say(reason.innocent)}
        </p>
      )}
    </div>
  );
}

export function ReasonList({ reasons, measures }: { reasons: readonly Reason[]; measures?: readonly MeasureValue[] }) {
  const { t } = useWords();
  if (reasons.length === 0) return <p className="soft">{t('reason.none')}</p>;
  return (
    <>
      {reasons.map((r, i) => (
        <ReasonCard key={`${r.measure}-${i}`} reason={r} {...(measures ? { measures } : {})} />
      ))}
    </>
  );
}

export function Innocents({ texts }: { texts: readonly Bilingual[] }) {
  const { say } = useWords();
  return (
    <ul className="stack" style={{ gap: 6 }}>
      {texts.map((text, i) => (
        <li key={i} className="innocent">
          {say(text)}
        </li>
      ))}
    </ul>
  );
}

/** What stands between the names of a list. */
const LIST_MARK = { zh: '\u3001', en: ', ' } as const;

/** The layers that were not in the data, so that silence is not read as "no". */
export function NotSeen({ layers }: { layers: readonly Layer[] }) {
  const { t, language } = useWords();
  if (layers.length === 0) return null;
  const names = layers.map((l) => t(`layer.${l}`)).join(LIST_MARK[language]);
  return <p className="notseen">{t('state.notSeenLayers', { layers: names })}</p>;
}
