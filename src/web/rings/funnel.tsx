import type { Funnel } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';

/** Called, talked, joined, lost: each step with its share of the one before. A step without data says so. */
export function FunnelBars({ reach, tall }: { reach: Funnel; tall?: boolean }) {
  const { t, f } = useWords();
  const names = tall === true ? 'ring' : 'rings';
  const steps = [
    { id: 'called', n: reach.called },
    { id: 'talked', n: reach.talked },
    { id: 'joined', n: reach.joined },
    { id: 'lost', n: reach.lost },
  ] as const;
  const top = Math.max(1, reach.called);
  return (
    <div className="funnel" style={tall === true ? { gap: '10px 14px', fontSize: 14 } : {}}>
      {steps.map((s, i) => {
        const before = [...steps.slice(0, i)].reverse().find((x) => x.n !== null)?.n ?? null;
        return (
          <div key={s.id} style={{ display: 'contents' }}>
            <span className="soft">{t(`${names}.${s.id}`)}</span>
            <span className={`track${s.id === 'lost' ? ' lost' : ''}`} style={tall === true ? { height: 26 } : {}}>
              {s.n !== null && <b style={{ width: `${(s.n / top) * 100}%` }} />}
            </span>
            <span className="num">
              {s.n === null ? <span className="faint">{t('ring.joinedNotSeen')}</span> : <b>{f.count(s.n)}</b>}
            </span>
            <span className="num faint small">
              {s.n !== null && before ? t('ring.ofBefore', { share: f.percent(s.n / before) }) : ''}
            </span>
          </div>
        );
      })}
      {Number(reach.lossAmount) > 0 && (
        <div style={{ display: 'contents' }}>
          <span className="soft">{tall === true ? t('ring.lossTotal') : ''}</span>
          <span className="soft" style={{ gridColumn: '2 / 5' }}>
            {tall === true ? (
              <b>{f.money(reach.lossAmount, reach.currency)}</b>
            ) : (
              t('rings.loss', { amount: f.money(reach.lossAmount, reach.currency) })
            )}
          </span>
        </div>
      )}
    </div>
  );
}
