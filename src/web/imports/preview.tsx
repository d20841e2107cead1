import { Button, Input, Select } from 'antd';
import { FACT_KIND_NAMES, FACT_KINDS } from '../../model/fact-kinds.ts';
import type { FactKindName, ImportPreview, PreviewedTable } from '../../server/contract.ts';
import type { Reading } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Panel } from '../parts/page-head.tsx';
import { useState } from 'react';
import { MappingForm } from './mapping.tsx';

/** One table: what it was taken for and why, what else it might be, its columns, first rows as they will be stored, and problem rows. */
function TablePreview({ table }: { table: PreviewedTable }) {
  const { t, say, f } = useWords();
  const [best, ...others] = table.candidates;
  // Stored in UTC, shown on the reader's clock like every other time.
  const instants = new Set(FACT_KINDS[table.kind].columns.filter((c) => c.type === 'instant').map((c) => c.name));
  const cell = (column: string, value: string): string =>
    instants.has(column) && value !== '' ? f.moment(Date.parse(`${value.replace(' ', 'T')}Z`)) : value;
  const shown = Object.keys(table.sample[0] ?? {}).filter(
    (k) => k !== 'extra' && table.sample.some((row) => (row[k] ?? '') !== ''),
  );
  return (
    <section className="stack" data-testid="previewed">
      <p>
        <b>{table.path}</b> <span className="tag accent">{t(`kind.${table.kind}`)}</span>{' '}
        {table.profile !== '' && <span className="soft">{t('imports.by', { profile: table.profile })}</span>} ·{' '}
        {f.count(table.balance.rows)} {t('imports.rows')} = {f.count(table.balance.facts)} {t('imports.facts')} +{' '}
        {f.count(table.balance.duplicates)} {t('imports.duplicates')} + {f.count(table.balance.quarantined)}{' '}
        {t('imports.quarantined')}
      </p>
      {best !== undefined && (
        <p className="small">
          <span className="soft">{t('imports.why')}</span> {best.id} {best.score.toFixed(2)}: {say(best.why)}
          {others.slice(0, 2).map((c) => (
            <span key={c.id} className="faint">
              {' '}
              · {t('imports.runnerUp')} {c.id} {c.score.toFixed(2)} ({say(c.why)})
            </span>
          ))}
        </p>
      )}
      {table.notes.length > 0 && (
        <ul className="small soft">
          {table.notes.map((n) => (
            <li key={n.en}>{say(n)}</li>
          ))}
        </ul>
      )}
      <p className="small">
        {table.columns.map((c, i) => (
          <span key={`${c.source}${i}`} className="nowrap">
            {c.source === '' ? `(${i + 1})` : c.source} →{' '}
            {c.canonical === null ? (
              <span className="faint">{t('imports.extra')}</span>
            ) : (
              <span style={{ color: 'var(--accent)' }}>
                {t(`column.${c.canonical}` as 'column.at', { defaultValue: c.canonical })}
              </span>
            )}
            {i < table.columns.length - 1 && <span className="faint">{t('imports.comma')}</span>}
          </span>
        ))}
      </p>
      <div className="scrollx">
        <table className="plain">
          <thead>
            <tr>
              {shown.map((c) => (
                <th key={c}>{t(`column.${c}` as 'column.at', { defaultValue: c })}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.sample.slice(0, 20).map((row, i) => (
              <tr key={i}>
                {shown.map((c) => (
                  <td key={c} className="mono nowrap">
                    {cell(c, row[c] ?? '')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.problems.length > 0 && (
        <div className="scrollx">
          <h2 className="section">{t('imports.problems')}</h2>
          <table className="plain">
            <tbody>
              {table.problems.map((p) => (
                <tr key={`${p.row}${p.column}`}>
                  <td className="num">{t('reason.row', { row: f.count(p.row) })}</td>
                  <td>{t(`column.${p.column}` as 'column.at', { defaultValue: p.column })}</td>
                  <td>{t(`imports.reasons.${p.reason}` as 'imports.reasons.empty', { defaultValue: p.reason })}</td>
                  <td className="mono">{p.value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** A file before anything of it is stored: its tables, or, where nobody could name it, a form to say what its columns mean. */
export function PreviewCard({
  preview,
  how,
  onHow,
  onStore,
  onDiscard,
  busy,
}: {
  preview: ImportPreview;
  /** What the person chose instead of what was recognised. */
  how: Reading;
  onHow: (how: Reading) => void;
  onStore: (authority: string) => void;
  onDiscard: () => void;
  busy: boolean;
}) {
  const { t, say } = useWords();
  const [authority, setAuthority] = useState('');
  const kinds = [...new Set(preview.tables.map((x) => x.kind))];
  return (
    <Panel
      title={preview.name}
      hint={
        kinds.length === 0
          ? t('imports.unknown')
          : t('imports.as', { kind: kinds.map((k) => t(`kind.${k}`)).join(', ') })
      }
      label={t('imports.preview')}
    >
      <div className="stack" data-testid="preview">
        {preview.refused && <p>{say(preview.refused)}</p>}
        {preview.tables.map((table) => (
          <TablePreview key={table.path} table={table} />
        ))}
        {preview.tables.length === 0 &&
          preview.unknown.map((table) => (
            <MappingForm
              key={table.member}
              file={preview.name}
              table={table}
              onSaved={(profile, own) => {
                onHow({ profile, ...(own === '' ? {} : { own }) });
              }}
            />
          ))}
        <div className="row wrap">
          <Button
            type="primary"
            disabled={preview.tables.length === 0}
            loading={busy}
            onClick={() => onStore(authority)}
            data-testid="store"
          >
            {t('imports.store')}
          </Button>
          <label className="row">
            <span className="soft">{t('imports.authority')}</span>
            <Input
              style={{ width: 220 }}
              value={authority}
              placeholder={t('imports.authorityHint')}
              onChange={(e) => setAuthority(e.target.value)}
            />
          </label>
          <label className="row">
            <span className="soft">{t('imports.treatAs')}</span>
            <Select
              style={{ width: 130 }}
              value={(how.as as FactKindName | undefined) ?? kinds[0] ?? null}
              onChange={(as: FactKindName) => onHow({ ...how, as })}
              options={FACT_KIND_NAMES.map((k) => ({ value: k, label: t(`kind.${k}`) }))}
            />
          </label>
          <Button onClick={onDiscard}>{t('imports.discard')}</Button>
        </div>
      </div>
    </Panel>
  );
}
