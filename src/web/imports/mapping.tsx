import { useMutation } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { FACT_KIND_NAMES, FACT_KINDS } from '../../model/fact-kinds.ts';
import type { FactKindName, ProfileInput, UnknownTable } from '../../server/contract.ts';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Fault } from '../parts/states.tsx';

/** Lists of one number's calls: instead of caller and callee there are the number itself, the other one, and which way the call went. */
const LIST_ROLES = ['@own', '@other', '@way'] as const;
const SAMPLES = 4;

/**
 * Says what the columns of a file mean, by looking at what stands in them. What is said is kept as a profile: the next file of its source is recognised.
 */
export function MappingForm({
  file,
  table,
  onSaved,
}: {
  file: string;
  table: UnknownTable;
  onSaved: (profile: string, own: string) => void;
}) {
  const { t, say } = useWords();
  const [kind, setKind] = useState<FactKindName>(table.candidates[0]?.kind ?? 'calls');
  const [meaning, setMeaning] = useState<Readonly<Record<number, string>>>(() =>
    Object.fromEntries(table.guess.flatMap((g, i) => (g === null ? [] : [[i, g] as const]))),
  );
  const [name, setName] = useState(() => nameFrom(file));
  const [own, setOwn] = useState(() => /(?<!\d)1[3-9]\d{9}(?!\d)/.exec(file)?.[0] ?? '');
  const save = useMutation({ mutationFn: api.saveProfile, onSuccess: (made) => onSaved(made.name, own.trim()) });

  const chosen = (value: string): string[] =>
    table.header.filter((h, i) => meaning[i] === value && h.trim() !== '').slice(0, 10);
  const isList = LIST_ROLES.some((r) => chosen(r).length > 0);
  const given = (column: string): boolean =>
    chosen(column).length > 0 ||
    (isList && ['caller', 'callee'].includes(column) && chosen('@other').length > 0 && chosen('@way').length > 0);
  const missing = FACT_KINDS[kind].columns.filter((c) => c.required === true && !given(c.name)).map((c) => c.name);
  const needsOwn = isList && chosen('@own').length === 0;
  const word = (column: string): string => t(`column.${column}` as 'column.at', { defaultValue: column });

  const input = (): ProfileInput => {
    const known = new Set(FACT_KINDS[kind].columns.map((c) => c.name));
    const columns = [...new Set(Object.values(meaning))]
      .filter((m) => known.has(m) && !(isList && ['caller', 'callee'].includes(m)))
      .map((m) => [m, chosen(m)] as const)
      .filter(([, from]) => from.length > 0);
    const list = (role: (typeof LIST_ROLES)[number]): string[] | undefined =>
      chosen(role).length > 0 ? chosen(role) : undefined;
    const [mine, other, way] = [list('@own'), list('@other'), list('@way')];
    return {
      name,
      kind,
      columns: Object.fromEntries(columns),
      ...(mine === undefined ? {} : { own: mine }),
      ...(other === undefined ? {} : { other }),
      ...(way === undefined ? {} : { way }),
    };
  };

  return (
    <section className="stack" data-testid="mapping" aria-label={t('imports.mapping')}>
      <div className="row wrap">
        <b>{t('imports.mappingTitle', { table: table.member === '' ? file : table.member })}</b>
        <label className="row">
          <span className="soft">{t('imports.kind')}</span>
          <Select
            style={{ width: 130 }}
            value={kind}
            onChange={setKind}
            options={FACT_KIND_NAMES.map((k) => ({ value: k, label: t(`kind.${k}`) }))}
            data-testid="mapping-kind"
          />
        </label>
      </div>
      {table.candidates.length > 0 && (
        <p className="small soft">
          {t('imports.nearest')}{' '}
          {table.candidates
            .slice(0, 2)
            .map((c) => `${c.id} (${say(c.why)})`)
            .join(t('imports.comma'))}
        </p>
      )}
      <div className="scrollx">
        <table className="plain">
          <thead>
            <tr>
              <th>{t('imports.source')}</th>
              <th>{t('imports.sample')}</th>
              <th>{t('imports.canonical')}</th>
            </tr>
          </thead>
          <tbody>
            {table.header.map((column, i) => (
              <tr key={i}>
                <td>{column === '' ? <span className="faint">({i + 1})</span> : column}</td>
                <td className="mono small">
                  {table.rows
                    .map((r) => r[i] ?? '')
                    .filter((v) => v !== '')
                    .slice(0, SAMPLES)
                    .join(' · ')}
                </td>
                <td>
                  <Select
                    style={{ width: 220 }}
                    showSearch={{ optionFilterProp: 'label' }}
                    value={meaning[i] ?? ''}
                    onChange={(value: string) => setMeaning({ ...meaning, [i]: value })}
                    aria-label={t('imports.meaningOf', { column })}
                    data-testid={`meaning-${i}`}
                    options={[
                      { value: '', label: t('imports.extra') },
                      ...(kind === 'calls' ? LIST_ROLES.map((r) => ({ value: r, label: t(`imports.list.${r}`) })) : []),
                      ...FACT_KINDS[kind].columns.map((c) => ({
                        value: c.name,
                        label: `${word(c.name)}${c.required === true ? ' *' : ''}`,
                      })),
                    ]}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="row wrap">
        {needsOwn && (
          <label className="row">
            <span className="soft">{t('imports.own')}</span>
            <Input style={{ width: 180 }} value={own} onChange={(e) => setOwn(e.target.value)} data-testid="own" />
          </label>
        )}
        <label className="row">
          <span className="soft">{t('imports.profileName')}</span>
          <Input
            style={{ width: 200 }}
            value={name}
            onChange={(e) => setName(e.target.value)}
            data-testid="profile-name"
          />
        </label>
        <Button
          type="primary"
          loading={save.isPending}
          disabled={missing.length > 0 || name === '' || (needsOwn && own.trim() === '')}
          onClick={() => save.mutate(input())}
          data-testid="save-mapping"
        >
          {t('imports.saveMapping')}
        </Button>
        {missing.length > 0 && (
          <span className="soft" role="status">
            {t('imports.stillMissing', { columns: missing.map(word).join(t('imports.comma')) })}
          </span>
        )}
      </div>
      {save.error !== null && <Fault error={save.error} />}
    </section>
  );
}

/** A profile's name from a file's: letters and digits, without dates and numbers that change from file to file. */
const nameFrom = (file: string): string =>
  file
    .replace(/\.[^.]*$/, '')
    .replace(/\d{4,}/g, '')
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40) || 'mapping';
