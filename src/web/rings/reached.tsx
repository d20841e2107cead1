import type { RingDetail } from '../../server/contract.ts';
import { useRingPart } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Strip } from '../parts/marks.tsx';
import { Panel } from '../parts/page-head.tsx';
import { Answer } from '../parts/states.tsx';
import { FunnelBars } from './funnel.tsx';

/** From a call to a loss, whole and day by day. */
export function Reached({ ring }: { ring: RingDetail }) {
  const { t, f } = useWords();
  const asked = useRingPart(ring.card.id, 'timeline');
  const rows = [
    ['reached', 'lanes.reached'],
    ['joined', 'lanes.joined'],
    ['reports', 'lanes.reports'],
  ] as const;
  return (
    <div className="page">
      <div className="grid two" style={{ alignItems: 'start' }}>
        <Panel title={t('ring.funnel')} hint={t('ring.funnelHint')}>
          <div data-testid="funnel">
            <FunnelBars reach={ring.card.reach} tall />
          </div>
        </Panel>
        <Panel title={t('ring.daily')}>
          <Answer of={asked} what={t('ring.daily')}>
            {(time) => (
              <div className="stack">
                {rows.map(([key, name]) => (
                  <div key={key}>
                    <div className="row">
                      <span className="soft grow">{t(name)}</span>
                      <b>{f.count(time.daily.reduce((n, d) => n + d[key], 0))}</b>
                    </div>
                    <Strip values={time.daily.map((d) => d[key])} width={520} height={44} label={t(name)} />
                  </div>
                ))}
                {time.daily[0] && (
                  <div className="row faint small">
                    <span className="grow">{f.day(time.daily[0].day)}</span>
                    <span>{f.day(time.daily.at(-1)?.day ?? time.to)}</span>
                  </div>
                )}
              </div>
            )}
          </Answer>
        </Panel>
      </div>
    </div>
  );
}
