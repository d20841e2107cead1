import { Button } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ROLES } from '../../model/role.ts';
import type { ListedRing } from '../../server/contract.ts';
import { useRings } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { useStatus } from '../live.ts';
import { Mark, Score, Strip } from '../parts/marks.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Answer, Empty } from '../parts/states.tsx';
import { TileMap } from '../parts/tile-map.tsx';
import { FunnelBars } from './funnel.tsx';
import { NamelessAccounts } from './nameless-accounts.tsx';

export const STATE_TAG = { new: 'tag warn', confirmed: 'tag danger', dismissed: 'tag' } as const;

interface CardProps {
  ring: ListedRing;
  chosen: boolean;
  /** Null: there is no other to compare it with. */
  onChoose: ((id: string) => void) | null;
}

function Card({ ring, chosen, onChoose }: CardProps) {
  const { t, say, f } = useWords();
  const href = `/rings/${encodeURIComponent(ring.id)}`;
  return (
    <article className="panel ringcard" data-testid="ring-card">
      <div className="stack" style={{ gap: 6 }}>
        <div className="row wrap">
          <Link to={href} style={{ fontSize: 16, fontWeight: 600 }}>
            {say(ring.name)}
          </Link>
          <span className={STATE_TAG[ring.state]}>{t(`judge.state.${ring.state}`)}</span>
          <Score value={ring.score} title={say(ring.topReason.text)} />
          {onChoose && (
            <label className="check small soft">
              <input type="checkbox" checked={chosen} onChange={() => onChoose(ring.id)} /> {t('rings.choose')}
            </label>
          )}
        </div>
        <p>{say(ring.topReason.text)}</p>
        <p className="innocent">
          <b>{t('rings.alternative')}</b> {say(ring.alternative)}
        </p>
        <div className="row wrap" style={{ gap: '2px 14px' }}>
          <b>{t('rings.size', { count: ring.size })}</b>
          {ROLES.filter((r) => ring.byRole[r] > 0).map((r) => (
            <span key={r} className="role">
              <Mark kind={r} /> {t(`role.${r}`)} {f.count(ring.byRole[r])}
            </span>
          ))}
          <NamelessAccounts count={ring.accounts} />
          <span className="soft">{t('rings.numbers', { count: ring.numbers })}</span>
        </div>
        {ring.sources.length > 0 && (
          <p data-testid="ring-sources">
            <span className="soft">{t('leaks.listFrom')}</span>{' '}
            <Link to={`${href}?tab=leaks`}>
              {ring.sources
                .map((s) =>
                  s.until === null
                    ? s.organisation
                    : t('leaks.sourceUntil', { name: s.organisation, day: f.day(s.until - 1) }),
                )
                .join(t('leaks.and'))}
            </Link>
          </p>
        )}
        <FunnelBars reach={ring.reach} />
      </div>
      <div className="stack" style={{ gap: 6 }}>
        <TileMap counts={ring.provinces} small />
        <Strip values={ring.strip} width={158} height={26} label={t('rings.strip')} />
        <span className="faint small">
          {t('rings.active', { from: f.shortDay(ring.firstSeen), to: f.shortDay(ring.lastSeen) })}
        </span>
      </div>
    </article>
  );
}

export default function RingsPage() {
  const { t } = useWords();
  const navigate = useNavigate();
  const asked = useRings();
  const status = useStatus();
  const worst = asked.data?.rows[0];
  // The last two that were chosen.
  const [pair, setPair] = useState<readonly string[]>([]);
  const choose = (id: string): void =>
    setPair((old) => (old.includes(id) ? old.filter((x) => x !== id) : [...old, id].slice(-2)));
  const analysed = status === null || status.lastRun !== null;
  return (
    <div className="page">
      <PageHead
        question={t('rings.question')}
        {...(asked.data ? { answer: t('rings.answer', { count: asked.data.total }) } : {})}
      >
        {pair.length > 0 && (
          <Button
            disabled={pair.length < 2}
            onClick={() => void navigate(`/rings/${pair.map(encodeURIComponent).join('/compare/')}`)}
          >
            {t(pair.length < 2 ? 'rings.chooseOther' : 'rings.compareTwo')}
          </Button>
        )}
        {worst && (
          <Button type="primary" onClick={() => void navigate(`/rings/${encodeURIComponent(worst.id)}`)}>
            {t('rings.openWorst')}
          </Button>
        )}
      </PageHead>
      <Answer of={asked} what={t('app.nav.rings')}>
        {(page) =>
          page.rows.length === 0 ? (
            <Empty
              title={t(analysed ? 'rings.empty' : 'rings.nothing')}
              todo={t(analysed ? 'rings.emptyDo' : 'rings.nothingDo')}
            >
              <Link to="/imports">{t('overview.toImports')}</Link>
            </Empty>
          ) : (
            <div className="cards">
              {page.rows.map((r) => (
                <Card
                  key={r.id}
                  ring={r}
                  chosen={pair.includes(r.id)}
                  onChoose={page.rows.length > 1 ? choose : null}
                />
              ))}
            </div>
          )
        }
      </Answer>
    </div>
  );
}
