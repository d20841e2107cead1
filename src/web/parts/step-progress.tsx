import { useEffect, useState } from 'react';
import type { PhaseStep, Progress } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';

/** Now, once a second while it is looked at. */
function useNow(on: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [on]);
  return now;
}

/** Amount done, rate, and time left: measured from when the step began. */
export function ProgressLine({
  progress,
  startedAt,
  brief,
}: {
  progress: Progress;
  startedAt: number | null;
  brief?: boolean;
}) {
  const { t, f } = useWords();
  const now = useNow(true);
  const took = startedAt === null ? 0 : Math.max(1, (now - startedAt) / 1000);
  const rate = took > 1 ? progress.done / took : 0;
  const left = progress.total !== null && rate > 0 ? (progress.total - progress.done) / rate : null;
  const amount = (n: number): string => (progress.unit === 'bytes' ? f.bytes(n) : f.count(n));
  const share = progress.total ? Math.min(1, progress.done / progress.total) : null;
  return (
    <>
      <div
        className={`bar grow${share === null ? ' unknown' : ''}`}
        role="progressbar"
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      >
        <b style={share === null ? {} : { width: `${share * 100}%` }} />
      </div>
      <span className="soft small nowrap">
        {progress.total === null
          ? amount(progress.done)
          : t('work.of', {
              done: amount(progress.done),
              total: `${progress.estimated ? '≈ ' : ''}${amount(progress.total)}`,
            })}
        {progress.unit !== 'bytes' && ` ${t(`work.unit.${progress.unit}`)}`}
        {brief !== true && rate >= 1 && ` · ${t('work.rate', { rate: amount(Math.round(rate)) })}`}
        {left !== null && left > 1 && ` · ${t('work.left', { time: f.duration(left * 1000) })}`}
      </span>
    </>
  );
}

export function StepProgress({ step, brief }: { step: PhaseStep; brief?: boolean }) {
  if (step.state !== 'running') return null;
  if (!step.progress) {
    return (
      <div className="bar grow unknown">
        <b />
      </div>
    );
  }
  return <ProgressLine progress={step.progress} startedAt={step.startedAt} {...(brief ? { brief } : {})} />;
}
