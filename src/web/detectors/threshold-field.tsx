import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, InputNumber, Slider } from 'antd';
import { useEffect, useState } from 'react';
import type { DetectorSettings, PreviewedNumber, ThresholdPreview } from '../../server/contract.ts';
import { api } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { NumberName, Score } from '../parts/marks.tsx';
import { Fault } from '../parts/states.tsx';
import { countsThings, scaleOf, STEPS } from './scale.ts';

type Threshold = DetectorSettings['thresholds'][number];

/** A value that has stood still this long is previewed. */
const SETTLED_MS = 500;

function useSettled(value: number | null): number | null {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const wait = setTimeout(() => setSettled(value), SETTLED_MS);
    return () => clearTimeout(wait);
  }, [value]);
  return settled;
}

/** One threshold: slider and field, what another value would change, and saving it. */
export function ThresholdField({ threshold: x, analysed }: { threshold: Threshold; analysed: boolean }) {
  const { t, say, f } = useWords();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [draft, setDraft] = useState<number | null>(x.value);
  const settled = useSettled(draft);
  const scale = scaleOf(x.min, x.max, countsThings(x));
  const valid = draft !== null && draft >= x.min && draft <= x.max;
  const changed = draft !== x.value;
  const tried = analysed && settled !== null && settled !== x.value && settled >= x.min && settled <= x.max;
  const preview = useQuery({
    queryKey: ['threshold-preview', x.id, settled],
    queryFn: () => api.previewThreshold(x.id, settled ?? x.value),
    enabled: tried,
    staleTime: 60_000,
  });
  const save = useMutation({
    mutationFn: (value: number | null) => api.setThreshold(x.id, value),
    onSuccess: async () => {
      void message.success(t('detectors.saved'));
      client.removeQueries({ queryKey: ['threshold-preview'] });
      await client.invalidateQueries({ queryKey: ['thresholds'] });
    },
  });
  const label = say(x.label);
  return (
    <form
      className="threshold"
      data-testid={`threshold-${x.id}`}
      onSubmit={(e) => {
        e.preventDefault();
        if (valid && changed) save.mutate(draft);
      }}
    >
      <div className="row wrap" style={{ justifyContent: 'space-between' }}>
        <label htmlFor={x.id}>{label}</label>
        <span className="faint mono">{x.name}</span>
      </div>
      <div className="row" style={{ gap: 12 }}>
        <div className="grow">
          <Slider
            min={0}
            max={STEPS}
            value={scale.at(draft ?? x.value)}
            onChange={(at: number) => setDraft(scale.value(at))}
            tooltip={{ formatter: (at) => String(scale.value(at ?? 0)) }}
            ariaLabelForHandle={label}
            ariaValueTextFormatterForHandle={(at) => String(scale.value(at))}
          />
        </div>
        <InputNumber
          id={x.id}
          value={draft}
          onChange={(v) => setDraft(v)}
          style={{ width: 104 }}
          {...(valid ? {} : { status: 'error' as const })}
        />
      </div>
      <div className="row wrap small soft" style={{ gap: 10 }}>
        <span>{t('detectors.range', { min: x.min, max: x.max, default: x.default })}</span>
        {x.set && <span>{t('detectors.setBy', { person: x.set.person, at: f.moment(x.set.at) })}</span>}
        {x.value !== x.default && !changed && (
          <Button size="small" type="link" loading={save.isPending} onClick={() => save.mutate(null)}>
            {t('detectors.toDefault')}
          </Button>
        )}
        {changed && (
          <span className="row" style={{ gap: 6, marginLeft: 'auto' }}>
            <Button size="small" onClick={() => setDraft(x.value)}>
              {t('detectors.undo')}
            </Button>
            <Button size="small" type="primary" htmlType="submit" disabled={!valid} loading={save.isPending}>
              {t('detectors.save')}
            </Button>
          </span>
        )}
      </div>
      {!valid && (
        <p className="small danger" role="alert">
          {t('detectors.outOfRange', { min: x.min, max: x.max })}
        </p>
      )}
      {save.error && <Fault error={save.error} />}
      {changed && valid && (
        <div aria-live="polite" data-testid="preview">
          {!analysed ? (
            <p className="notseen">{t('detectors.neverAnalysed')}</p>
          ) : preview.error ? (
            <Fault error={preview.error} again={() => void preview.refetch()} />
          ) : preview.data && settled === draft ? (
            <Outcome p={preview.data} />
          ) : (
            <p className="small soft">{t('detectors.previewing')}</p>
          )}
        </div>
      )}
    </form>
  );
}

/** "14 more numbers would be flagged, 2 fewer; here they are." */
function Outcome({ p }: { p: ThresholdPreview }) {
  const { t, f } = useWords();
  return (
    <div className="stack" style={{ gap: 6 }}>
      <p>
        <b>{t('detectors.outcome', { more: f.count(p.more), fewer: f.count(p.fewer) })}</b>{' '}
        <span className="soft">
          {t('detectors.outcomeFindings', { before: f.count(p.findings.before), after: f.count(p.findings.after) })}
        </span>
      </p>
      {p.notSeen.length > 0 && (
        <p className="notseen">{t('detectors.notSeen', { tables: p.notSeen.map((k) => t(`kind.${k}`)).join(' ') })}</p>
      )}
      <Numbers title={t('detectors.added')} list={p.added} all={p.more} />
      <Numbers title={t('detectors.removed')} list={p.removed} all={p.fewer} />
      <Numbers title={t('detectors.onRing')} list={p.onRing} all={p.restOnRing} />
      <p className="small faint">{t('detectors.previewNote')}</p>
    </div>
  );
}

/** Rows shown before somebody asks for the rest. */
const FIRST = 8;

function Numbers({ title, list, all }: { title: string; list: readonly PreviewedNumber[]; all: number }) {
  const { t, say, f } = useWords();
  const [open, setOpen] = useState(false);
  if (all === 0) return null;
  const shown = open ? list : list.slice(0, FIRST);
  return (
    <table className="plain">
      <caption className="small soft" style={{ textAlign: 'left' }}>
        {title}
      </caption>
      <tbody>
        {shown.map((n) => (
          <tr key={n.number}>
            <td className="nowrap">
              <NumberName id={n.number} />
            </td>
            <td className="nowrap">
              <Score
                value={n.score}
                title={t('detectors.scoreWas', { was: n.was === null ? '–' : f.percent(n.was) })}
              />
            </td>
            <td className="small soft">{n.reason ? say(n.reason.text) : t('detectors.noFinding')}</td>
          </tr>
        ))}
        {list.length > shown.length && (
          <tr>
            <td colSpan={3}>
              <Button size="small" type="link" onClick={() => setOpen(true)}>
                {t('detectors.showAll', { n: f.count(all) })}
              </Button>
            </td>
          </tr>
        )}
        {open && all > list.length && (
          <tr>
            <td colSpan={3} className="small soft">
              {t('number.shown', { n: f.count(list.length), total: f.count(all) })}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
