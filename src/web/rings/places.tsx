import { useMemo, useState } from 'react';
import type { RingDetail } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';
import { Mark } from '../parts/marks.tsx';
import { Panel } from '../parts/page-head.tsx';
import { TileMap } from '../parts/tile-map.tsx';
import { nameOf } from './member-card.tsx';

/** Where members are: tiles, cities as a ranked list, and the people of the chosen province. */
export function Places({ ring, onWho }: { ring: RingDetail; onWho: (id: string) => void }) {
  const { t, f } = useWords();
  const [province, setProvince] = useState<string | null>(null);
  const counts = useMemo(() => {
    const n = new Map<string, number>();
    for (const m of ring.members) n.set(m.province, (n.get(m.province) ?? 0) + 1);
    return [...n].map(([p, k]) => ({ province: p, n: k }));
  }, [ring]);
  const cities = ring.cities.filter((c) => province === null || c.province === province).sort((a, b) => b.n - a.n);
  const top = Math.max(1, ...cities.map((c) => c.n));
  const people = ring.members.filter((m) => m.province === province);
  return (
    <div className="page">
      <div className="grid two" style={{ alignItems: 'start' }}>
        <Panel title={t('ring.provinces')} hint={t('ring.provincesHint')}>
          <TileMap counts={counts} picked={province} onPick={(p) => setProvince(p === province ? null : p)} />
        </Panel>
        <div className="stack">
          {province !== null && (
            <Panel title={t('ring.membersIn', { place: f.province(province) })} hint={f.count(people.length)}>
              <div className="team" style={{ border: 0, padding: 0 }}>
                <div className="folks">
                  {people.map((m) => (
                    <button key={m.id} type="button" className="who" onClick={() => onWho(m.id)}>
                      <Mark kind={m.role} size={10} /> {nameOf(m)}
                      {m.city !== '' && <span className="faint">{m.city}</span>}
                    </button>
                  ))}
                </div>
              </div>
            </Panel>
          )}
          <Panel title={t('ring.cities')} hint={f.count(cities.length)}>
            <table className="plain">
              <tbody>
                {cities.slice(0, 60).map((c) => (
                  <tr key={`${c.province}${c.city}`}>
                    <td className="nowrap">{c.city || t('state.unknown')}</td>
                    <td className="soft nowrap">{f.province(c.province)}</td>
                    <td style={{ width: '50%', verticalAlign: 'middle' }}>
                      <span className="bar" style={{ background: 'none' }}>
                        <b style={{ width: `${(c.n / top) * 100}%` }} />
                      </span>
                    </td>
                    <td className="num">{f.count(c.n)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Panel>
        </div>
      </div>
    </div>
  );
}
