import { FilterOutlined, FilterFilled, ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { Button, Drawer, Input, InputNumber, Popover, Segmented } from 'antd';
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import type { NumberRow, NumbersPage } from '../../server/contract.ts';
import { api, queryOf } from '../api.ts';
import { sayNumber } from '../format.ts';
import { useWords, type Words } from '../i18n/index.ts';
import { useKeys } from '../keys.ts';
import { useStatus } from '../live.ts';
import { Mark, Score, Strip } from '../parts/marks.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Empty, Fault, Loading } from '../parts/states.tsx';
import { VirtualTable, type Column } from '../parts/virtual-table.tsx';
import { FACETS, useNumbersView, type NumbersView } from './query.ts';
import { NumberPreview } from './preview.tsx';
import { SavedViews } from './saved-views.tsx';

const PAGE = 200;

/** Column of the server that a shown column sorts and filters by. */
const SERVER_COLUMN: Readonly<Record<string, string>> = {
  score: 'score',
  calls: 'calls',
  people: 'people',
  strangersShare: 'strangersShare',
  callBackShare: 'callBackShare',
  victims: 'victims',
  lastSeen: 'lastSeen',
  number: 'number',
};
const FILTERS = new Set(['score', 'calls', 'people', 'strangersShare', 'callBackShare', 'victims']);
const SHARES = new Set(['score', 'strangersShare', 'callBackShare']);

function ColumnFilter({ column, title, view }: { column: string; title: string; view: NumbersView }) {
  const { t } = useWords();
  const [min, max] = [view.params.get(`min.${column}`), view.params.get(`max.${column}`)];
  const scale = SHARES.has(column) ? 100 : 1;
  const field = (which: 'min' | 'max', value: string | null) => (
    <label className="row">
      <span style={{ width: 60 }}>{t(`numbers.${which}`)}</span>
      <InputNumber
        size="small"
        min={0}
        style={{ width: 110 }}
        {...(value === null ? {} : { defaultValue: Number(value) * scale })}
        {...(scale === 100 && column !== 'score' ? { suffix: '%' } : {})}
        onPressEnter={(e) =>
          view.change({
            [`${which}.${column}`]:
              e.currentTarget.value === '' ? null : String(parseFloat(e.currentTarget.value) / scale),
          })
        }
        onBlur={(e) =>
          view.change({
            [`${which}.${column}`]:
              e.currentTarget.value === '' ? null : String(parseFloat(e.currentTarget.value) / scale),
          })
        }
      />
    </label>
  );
  const on = min !== null || max !== null;
  return (
    <Popover
      trigger="click"
      destroyOnHidden
      title={t('numbers.filter', { column: title })}
      content={
        <div className="stack" style={{ gap: 6 }}>
          {field('min', min)}
          {field('max', max)}
        </div>
      }
    >
      <Button
        type="text"
        size="small"
        style={{ minWidth: 18, width: 18, height: 18 }}
        icon={on ? <FilterFilled className="on" /> : <FilterOutlined />}
        aria-label={t('numbers.filter', { column: title })}
      />
    </Popover>
  );
}

function HeadCell({ id, title, view }: { id: string; title: string; view: NumbersView }) {
  const key = SERVER_COLUMN[id];
  const sort = view.question['sort'] ?? '';
  const down = sort === `-${key}`;
  const up = sort === key;
  return (
    <>
      {FILTERS.has(id) && <ColumnFilter column={key ?? id} title={title} view={view} />}
      {key === undefined ? (
        title
      ) : (
        <button
          type="button"
          className={`sort${down || up ? ' on' : ''}`}
          onClick={() => view.change({ sort: down ? key : `-${key}` })}
        >
          {title} {down ? <ArrowDownOutlined /> : up ? <ArrowUpOutlined /> : null}
        </button>
      )}
    </>
  );
}

function columnsOf(w: Words, view: NumbersView): Column<NumberRow>[] {
  const { t, f, say } = w;
  const share = (n: number | null): ReactNode =>
    n === null ? <span className="faint">{t('state.notSeen')}</span> : f.percent(n);
  const column = (id: keyof typeof cells, width: string, numeric: boolean): Column<NumberRow> => ({
    id,
    width,
    numeric,
    title: <HeadCell id={id} title={t(`numbers.col.${id}`)} view={view} />,
    cell: cells[id],
  });
  const cells = {
    number: (r: NumberRow) => (
      <Link to={`/numbers/${encodeURIComponent(r.number)}`} title={r.number} tabIndex={-1}>
        {sayNumber(r.number)}
      </Link>
    ),
    origin: (r: NumberRow) => (
      <span
        title={
          r.originHomeShare === null
            ? t('numbers.homeNone')
            : t('numbers.home', { share: f.percent(r.originHomeShare) })
        }
      >
        {r.kind === 'e164' ? f.country(r.country) : '–'}
        {r.province !== '' && ` · ${f.province(r.province)}`}
        <span className="faint">
          {' '}
          /{' '}
          {r.originHomeShare === null ? t('state.notSeen') : t('numbers.home', { share: f.percent(r.originHomeShare) })}
        </span>
      </span>
    ),
    score: (r: NumberRow) => (
      <span className="row" style={{ gap: 8 }}>
        <Score value={r.score} {...(r.topReason ? { title: say(r.topReason.text) } : {})} />
        <span className="clip">
          {r.lawful !== null ? (
            <span className="role">
              <Mark kind="lawful" size={11} /> {r.lawful}
            </span>
          ) : r.topReason ? (
            say(r.topReason.text)
          ) : (
            ''
          )}
        </span>
      </span>
    ),
    calls: (r: NumberRow) => f.count(r.calls),
    people: (r: NumberRow) => f.count(r.people),
    strangersShare: (r: NumberRow) => share(r.strangersShare),
    callBackShare: (r: NumberRow) => share(r.callBackShare),
    victims: (r: NumberRow) => (r.victims > 0 ? <b>{f.count(r.victims)}</b> : <span className="faint">0</span>),
    ring: (r: NumberRow) =>
      r.ring === null ? (
        ''
      ) : (
        <span className="role">
          <Mark kind={r.role ?? 'unknown'} />
          {r.role && t(`role.${r.role}`)}
          <Link to={`/rings/${encodeURIComponent(r.ring)}`} tabIndex={-1} title={r.ring}>
            {r.ring}
          </Link>
        </span>
      ),
    seen: (r: NumberRow) => <Strip values={r.strip} width={92} height={18} label={t('numbers.col.seen')} />,
    lastSeen: (r: NumberRow) => (r.lastSeen === null ? '' : <span className="soft">{f.time(r.lastSeen)}</span>),
  };
  return [
    column('number', '142px', false),
    column('origin', 'minmax(132px, 170px)', false),
    column('score', 'minmax(200px, 1fr)', false),
    column('calls', '72px', true),
    column('people', '84px', true),
    column('strangersShare', '78px', true),
    column('callBackShare', '68px', true),
    column('victims', '78px', true),
    column('ring', '142px', false),
    column('seen', '104px', false),
  ];
}

/** Beside the preview, and on a phone, only what tells rows apart. */
function narrowColumns(w: Words, view: NumbersView, phone: boolean): Column<NumberRow>[] {
  const all = columnsOf(w, view);
  const pick = (id: string, width: string): Column<NumberRow> => ({
    ...(all.find((c) => c.id === id) as Column<NumberRow>),
    width,
  });
  if (phone) return [pick('number', '132px'), pick('score', 'minmax(0, 1fr)'), pick('victims', '78px')];
  return [
    pick('number', '142px'),
    pick('score', 'minmax(0, 1fr)'),
    pick('calls', '72px'),
    pick('people', '84px'),
    pick('victims', '78px'),
    pick('ring', '92px'),
  ];
}

function Facets({ page, view }: { page: NumbersPage; view: NumbersView }) {
  const { t, f, say } = useWords();
  return (
    <>
      {FACETS.map((name) => {
        const values = page.facets[name];
        if (values.length === 0) return null;
        return (
          <section key={name} aria-label={t(`numbers.facet.${name}`)}>
            <h3>{t(`numbers.facet.${name}`)}</h3>
            {values.slice(0, 14).map((v) => {
              const on = view.params.get(name) === v.value;
              return (
                <button
                  key={v.value}
                  type="button"
                  className={`facet${on ? ' on' : ''}`}
                  aria-pressed={on}
                  title={say(v.label)}
                  onClick={() => view.change({ [name]: on ? null : v.value })}
                >
                  <span>
                    {name === 'province' ? f.province(v.value) : name === 'country' ? f.country(v.value) : say(v.label)}
                  </span>
                  <b>{f.count(v.n)}</b>
                </button>
              );
            })}
          </section>
        );
      })}
      <section aria-label={t('numbers.lawful')}>
        <h3>{t('numbers.lawful')}</h3>
        {(['1', '0'] as const).map((v) => {
          const on = view.params.get('lawful') === v;
          return (
            <button
              key={v}
              type="button"
              className={`facet${on ? ' on' : ''}`}
              aria-pressed={on}
              onClick={() => view.change({ lawful: on ? null : v })}
            >
              <span>{t(v === '1' ? 'numbers.lawfulOnly' : 'numbers.lawfulNone')}</span>
            </button>
          );
        })}
      </section>
    </>
  );
}

const NARROW = window.matchMedia('(max-width: 760px)');
function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const tell = (): void => setNarrow(NARROW.matches);
    NARROW.addEventListener('change', tell);
    return () => NARROW.removeEventListener('change', tell);
  }, []);
  return narrow;
}

export default function NumbersList() {
  const words = useWords();
  const { t, f } = words;
  const view = useNumbersView();
  const navigate = useNavigate();
  const status = useStatus();
  const narrow = useNarrow();
  const [range, setRange] = useState<[number, number]>([0, 40]);
  const [at, setAt] = useState(-1);
  const [find, setFind] = useState(view.params.get('q') ?? '');
  const [drawer, setDrawer] = useState(false);
  const question = JSON.stringify(view.question);

  const pages = useMemo(() => {
    const [a, b] = [Math.floor(range[0] / PAGE), Math.floor(range[1] / PAGE)];
    return Array.from({ length: b - a + 1 }, (_, i) => a + i);
  }, [range]);
  const asked = useQueries({
    queries: pages.map((p) => ({
      queryKey: ['numbers', question, p],
      queryFn: () => api.numbers({ ...view.question, offset: p * PAGE, limit: PAGE }),
      placeholderData: keepPreviousData<NumbersPage | undefined>,
    })),
  });
  const any = asked.find((a) => a.data)?.data;
  const total = any?.total ?? 0;
  const fresh = asked.filter((a) => !a.isPlaceholderData);
  const row = (i: number): NumberRow | undefined =>
    fresh.map((a) => a.data).find((d) => d && i >= d.offset && i < d.offset + d.rows.length)?.rows[
      i - Math.floor(i / PAGE) * PAGE
    ] ?? (fresh.length === 0 ? any?.rows[i] : undefined);

  useEffect(() => {
    const timer = setTimeout(() => {
      const digits = /^[+\d\s-]+$/.test(find) ? find.replace(/[\s-]/g, '') : find.trim();
      if (digits !== (view.params.get('q') ?? '')) view.change({ q: digits, open: null });
    }, 180);
    return () => clearTimeout(timer);
  }, [find, view]);
  useKeys({ Escape: () => view.change({ open: null }), f: () => document.getElementById('find-number')?.focus() });

  const onRange = useCallback(
    (first: number, last: number) => setRange((old) => (old[0] === first && old[1] === last ? old : [first, last])),
    [],
  );
  const onAt = (i: number): void => {
    setAt(i);
    const r = row(i);
    if (r) view.change({ open: r.number });
  };
  const error = asked.find((a) => a.error && !a.data)?.error;
  const slim = narrow || view.open !== null;
  const columns = slim ? narrowColumns(words, view, narrow) : columnsOf(words, view);
  const chosen = [...view.params].filter(([k]) => k !== 'open' && k !== 'sort' && k !== 'scope' && k !== 'q');
  const label = (k: string, v: string): string => {
    const facet = FACETS.find((x) => x === k);
    if (facet) {
      const known = any?.facets[facet].find((x) => x.value === v);
      return `${t(`numbers.facet.${facet}`)}: ${facet === 'country' ? f.country(v) : facet === 'province' ? f.province(v) : known ? words.say(known.label) : v}`;
    }
    if (k === 'lawful') return t(v === '1' ? 'numbers.lawfulOnly' : 'numbers.lawfulNone');
    const [which, column] = k.split('.');
    const name = column && FILTERS.has(column) ? t(`numbers.col.${column as 'calls'}`) : k;
    return `${name} ${which === 'max' ? '≤' : '≥'} ${column && SHARES.has(column) ? f.percent(Number(v)) : v}`;
  };
  const analysed = status === null || status.lastRun !== null;
  return (
    <div className="page full">
      <PageHead question={t('numbers.question')} {...(any ? { answer: t('numbers.answer', { count: total }) } : {})}>
        <Input.Search
          id="find-number"
          allowClear
          style={{ width: 240 }}
          value={find}
          onChange={(e) => setFind(e.target.value)}
          placeholder={t('numbers.find')}
          aria-label={t('numbers.find')}
        />
        <Segmented
          aria-label={t('numbers.scope')}
          value={view.params.get('scope') === 'all' ? 'all' : 'flagged'}
          onChange={(v) => view.change({ scope: v === 'all' ? 'all' : null })}
          options={[
            { value: 'flagged', label: t('numbers.flagged') },
            { value: 'all', label: t('numbers.all') },
          ]}
        />
        <Button className="only-narrow" onClick={() => setDrawer(true)}>
          {t('numbers.facets')}
        </Button>
        <SavedViews view={view} />
        <Button type="primary" disabled={total === 0} href={`/api/numbers.csv${queryOf(view.question)}`} download>
          {t('numbers.export')}
        </Button>
        {chosen.length > 0 && (
          <div className="chips" style={{ width: '100%' }}>
            {chosen.map(([k, v]) => (
              <button key={k} type="button" className="chip" onClick={() => view.change({ [k]: null })}>
                {label(k, v)} ×
              </button>
            ))}
            <button
              type="button"
              className="link small"
              onClick={() => {
                setFind('');
                view.replaceAll({});
              }}
            >
              {t('numbers.clear')}
            </button>
          </div>
        )}
      </PageHead>
      {error ? (
        <Fault error={error} again={() => asked.forEach((a) => void a.refetch())} />
      ) : !any ? (
        <Loading what={t('numbers.what')} />
      ) : (
        <div className={`numbers${view.open !== null ? ' preview' : ''}`}>
          <aside className="facets" aria-label={t('numbers.facets')}>
            <Facets page={any} view={view} />
          </aside>
          {total === 0 ? (
            analysed ? (
              <Empty title={t('numbers.empty')} todo={t('numbers.emptyDo')}>
                <Button
                  onClick={() => {
                    setFind('');
                    view.replaceAll({ scope: 'all' });
                  }}
                >
                  {t('numbers.all')}
                </Button>
              </Empty>
            ) : (
              <Empty title={t('numbers.nothing')} todo={t('numbers.nothingDo')}>
                <Link to="/imports">{t('overview.toImports')}</Link>
              </Empty>
            )
          ) : (
            <VirtualTable
              label={t('numbers.what')}
              columns={columns}
              row={row}
              total={total}
              keyOf={(r) => r.number}
              at={at}
              onAt={onAt}
              onOpen={(r) => void navigate(`/numbers/${encodeURIComponent(r.number)}`)}
              onRange={onRange}
              {...(slim ? {} : { minWidth: 1096 })}
            />
          )}
          {view.open !== null && <NumberPreview number={view.open} close={() => view.change({ open: null })} />}
        </div>
      )}
      <Drawer open={drawer} onClose={() => setDrawer(false)} title={t('numbers.facets')} placement="left" size={280}>
        <div className="facets-in">{any && <Facets page={any} view={view} />}</div>
      </Drawer>
    </div>
  );
}
