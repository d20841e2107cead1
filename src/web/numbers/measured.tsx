import type { NumberDetail } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';
import { Distribution } from '../parts/reasons.tsx';

/** Every measure beside those of numbers that reach as many people. */
export function Measures({ d }: { d: NumberDetail }) {
  const { t, say, f } = useWords();
  return (
    <div className="scrollx" style={{ maxHeight: 420, overflow: 'auto' }}>
      <table className="plain">
        <thead>
          <tr>
            <th>{t('number.measure')}</th>
            <th className="num">{t('number.value')}</th>
            <th style={{ width: 210 }}>{t('number.peers')}</th>
          </tr>
        </thead>
        <tbody>
          {d.measures.map((m) => (
            <tr key={m.name}>
              <td>
                {say(m.meaning)}
                <div className="mono faint">{m.name}</div>
              </td>
              <td className="num">
                {m.value === null ? <span className="faint">{t('state.notSeen')}</span> : f.measure(m.value, m.unit)}
              </td>
              <td>
                {m.value !== null && <Distribution value={m.value} peers={m.peers} threshold={null} unit={m.unit} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where its calls entered the network. */
export function Origins({ d }: { d: NumberDetail }) {
  const { t, f } = useWords();
  if (d.origins.length === 0) return <p className="notseen">{t('number.originsNone')}</p>;
  return (
    <table className="plain">
      <tbody>
        {d.origins.slice(0, 10).map((o) => (
          <tr key={`${o.country}${o.city}${o.ip}`}>
            <td>{f.country(o.country)}</td>
            <td>{o.city || t('state.unknown')}</td>
            <td className="mono soft">{o.ip}</td>
            <td className="num">{f.count(o.calls)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
