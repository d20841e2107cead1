import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled, LoadingOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import type { PhaseStep, Status } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';
import { PageHead } from '../parts/page-head.tsx';
import { StepProgress } from '../parts/step-progress.tsx';

const SIGN: Readonly<Record<PhaseStep['state'], ReactNode>> = {
  waiting: <ClockCircleOutlined />,
  running: <LoadingOutlined />,
  done: <CheckCircleFilled />,
  failed: <CloseCircleFilled />,
};

/** The checklist shown while the program works: what is done, what runs and how far, what is still to come. */
export function Working({ status }: { status: Status }) {
  const { t, say, f } = useWords();
  return (
    <div className="working" data-testid="working">
      <PageHead question={t('work.question')} answer={status.demo ? t('work.demo') : undefined} />
      {status.phase === 'failed' && status.error && (
        <div className="state fault" role="alert">
          <h2>{t('work.failedTitle')}</h2>
          <p>{say(status.error.message)}</p>
          <p>{say(status.error.action)}</p>
        </div>
      )}
      {status.steps.length === 0 && <p className="soft">{t('work.empty')}</p>}
      <ol className="steps" aria-live="polite">
        {status.steps.map((step) => (
          <li key={step.id} className={step.state}>
            <span className="mark">{SIGN[step.state]}</span>
            <span className="name">
              {say(step.text)} <span className="sr">{t(`work.${step.state}`)}</span>
            </span>
            <span className="soft small">
              {step.startedAt !== null && step.endedAt !== null
                ? t('work.took', { time: f.duration(step.endedAt - step.startedAt) })
                : t(`work.${step.state}`)}
            </span>
            {step.state === 'running' && (
              <span className="more">
                {step.progress && say(step.progress.text) !== say(step.text) && (
                  <div className="soft small">{say(step.progress.text)}</div>
                )}
                <span className="row">
                  <StepProgress step={step} />
                </span>
              </span>
            )}
          </li>
        ))}
      </ol>
      {status.phase === 'ready' && <p>{t('work.ready')}</p>}
    </div>
  );
}
