import { Button, Select } from 'antd';
import { FACT_KIND_NAMES } from '../../model/fact-kinds.ts';
import type { FactKindName, ImportPreview } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';
import { Panel } from '../parts/page-head.tsx';

/** What a file was taken for and why, its columns, first rows and problem rows, before anything is stored. */
export function PreviewCard({
  preview,
  as,
  onAs,
  onStore,
  onDiscard,
  busy,
}: {
  preview: ImportPreview;
  /** Kind the reader chose instead of the one recognised. */
  as: FactKindName | null;
  onAs: (kind: FactKindName) => void;
  onStore: () => void;
  onDiscard: () => void;
  busy: boolean;
}) {
  const { t, say, f } = useWords();
  const columns = preview.columns.map((c) => c.source);
  return (
    <Panel
      title={preview.name}
      hint={preview.kind === null ? t('imports.unknown') : t('imports.as', { kind: t(`kind.${preview.kind}`) })}
      label={t('imports.preview')}
    >
      <div className="stack" data-testid="preview">
        <p>
          <span className="soft">{t('imports.why')}</span> {say(preview.why)}
        </p>
        {preview.balance && (
          <p>
            {f.count(preview.balance.rows)} {t('imports.rows')} · {f.count(preview.balance.quarantined)}{' '}
            {t('imports.quarantined')}
          </p>
        )}
        <div className="scrollx">
          <table className="plain">
            <thead>
              <tr>
                {preview.columns.map((c) => (
                  <th key={c.source}>
                    {c.source}
                    <div
                      className={c.canonical === null ? 'faint' : 'on'}
                      style={c.canonical === null ? {} : { color: 'var(--accent)' }}
                    >
                      {c.canonical ?? t('imports.extra')}
                    </div>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {preview.sample.slice(0, 6).map((row, i) => (
                <tr key={i}>
                  {columns.map((c) => (
                    <td key={c} className="mono nowrap">
                      {row[c] ?? ''}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {preview.problems.length > 0 && (
          <div className="scrollx">
            <h2 className="section">{t('imports.problems')}</h2>
            <table className="plain">
              <tbody>
                {preview.problems.slice(0, 8).map((p) => (
                  <tr key={`${p.row}${p.column}`}>
                    <td className="num">{t('reason.row', { row: f.count(p.row) })}</td>
                    <td className="mono">{p.column}</td>
                    <td>{t(`imports.reasons.${p.reason}` as 'imports.reasons.empty', { defaultValue: p.reason })}</td>
                    <td className="mono">{p.value}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <div className="row">
          <Button type="primary" disabled={preview.kind === null} loading={busy} onClick={onStore} data-testid="store">
            {t('imports.store')}
          </Button>
          <label className="row">
            <span className="soft">{t('imports.treatAs')}</span>
            <Select
              style={{ width: 130 }}
              value={as ?? preview.kind}
              onChange={onAs}
              options={FACT_KIND_NAMES.map((k) => ({ value: k, label: t(`kind.${k}`) }))}
            />
          </label>
          <Button onClick={onDiscard}>{t('imports.discard')}</Button>
        </div>
      </div>
    </Panel>
  );
}
