import { useState } from 'react';
import { Button } from 'antd';
import type { RingDetail } from '../../server/contract.ts';
import { useRingPart } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { Mark } from '../parts/marks.tsx';
import { Panel } from '../parts/page-head.tsx';
import { Innocents, NotSeen, ReasonList } from '../parts/reasons.tsx';
import { Answer } from '../parts/states.tsx';
import { Beside } from './beside.tsx';
import { nameOf } from './member-card.tsx';

/** Every reason with its records: the ring's own, layer by layer, and each member's. */
export function Evidence({ ring, onWho }: { ring: RingDetail; onWho: (id: string) => void }) {
  const { t, say, f } = useWords();
  const asked = useRingPart(ring.card.id, 'evidence');
  const [shown, setShown] = useState(60);
  return (
    <div className="page">
      <div className="grid two" style={{ alignItems: 'start' }}>
        <div className="stack">
          <Panel title={t('ring.reasons')}>
            <ReasonList reasons={ring.reasons} />
          </Panel>
          <Beside ring={ring} />
          <Panel title={t('ring.alternatives')}>
            <Innocents texts={ring.alternatives} />
            <div style={{ marginTop: 8 }}>
              <NotSeen layers={ring.notSeen} />
            </div>
          </Panel>
          <Panel title={t('ring.allMembers')} hint={f.count(ring.members.length)}>
            <table className="plain">
              <tbody>
                {ring.members.slice(0, shown).map((m) => (
                  <tr key={m.id}>
                    <td className="nowrap">
                      <button type="button" className="link role" onClick={() => onWho(m.id)}>
                        <Mark kind={m.role} size={11} /> {nameOf(m)}
                      </button>
                    </td>
                    <td className="nowrap soft">
                      {t(`role.${m.role}`)} {f.percent(m.roleScore)}
                    </td>
                    <td>{m.reasons[0] ? say(m.reasons[0].text) : ''}</td>
                    <td className="num soft">{t('ring.reasonsN', { count: m.reasons.length })}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {shown < ring.members.length && (
              <Button size="small" style={{ marginTop: 8 }} onClick={() => setShown(ring.members.length)}>
                {t('number.showAll')}
              </Button>
            )}
          </Panel>
        </div>
        <Answer of={asked} what={t('ring.tab.evidence')}>
          {(e) => (
            <div className="stack">
              {e.layers.map((layer) => (
                <Panel
                  key={layer.layer}
                  title={t(`edge.${layer.layer}`)}
                  hint={t('ring.links', { count: layer.links })}
                >
                  <p>{say(layer.text)}</p>
                  {layer.reasons.length > 0 && <ReasonList reasons={layer.reasons} />}
                </Panel>
              ))}
            </div>
          )}
        </Answer>
      </div>
    </div>
  );
}
