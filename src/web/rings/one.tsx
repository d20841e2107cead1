import { Button, Modal, Select } from 'antd';
import { Suspense, lazy, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import type { RingDetail } from '../../server/contract.ts';
import { useRing, useRingPart, useRings } from '../api.ts';
import { useWords } from '../i18n/index.ts';
import { useKeys } from '../keys.ts';
import { Judge } from '../parts/judge.tsx';
import { Score } from '../parts/marks.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Answer, Empty, Loading } from '../parts/states.tsx';
import { LineageLine, SharedLine, TurnLines } from './beside.tsx';
import { Evidence } from './evidence.tsx';
import { Leaks } from './leaks.tsx';
import { STATE_TAG } from './list.tsx';
import { NamelessAccounts } from './nameless-accounts.tsx';
import { Places } from './places.tsx';
import { Reached } from './reached.tsx';
import { Structure } from './structure.tsx';
import { SuccessionChains } from './succession.tsx';

// The two heavy ones arrive when their tab is opened.
const network = () => import('../graph/network.tsx');
const Network = lazy(network);
const Time = lazy(() => import('./time.tsx'));

const TABS = ['structure', 'network', 'time', 'succession', 'places', 'reached', 'leaks', 'evidence'] as const;
type Tab = (typeof TABS)[number];
const DRAWN: Tab = 'network';
if (new URLSearchParams(location.search).get('tab') === DRAWN) void network();

function Body({
  ring,
  tab,
  who,
  onWho,
}: {
  ring: RingDetail;
  tab: Tab;
  who: string | null;
  onWho: (id: string | null) => void;
}) {
  switch (tab) {
    case 'structure':
      return <Structure ring={ring} who={who} onWho={onWho} />;
    case 'network':
      return <Network ring={ring} who={who} onWho={onWho} />;
    case 'time':
      return <Time ring={ring} onWho={onWho} />;
    case 'succession':
      return <SuccessionChains ring={ring} />;
    case 'places':
      return <Places ring={ring} onWho={onWho} />;
    case 'reached':
      return <Reached ring={ring} />;
    case 'leaks':
      return <Leaks ring={ring} />;
    case 'evidence':
      return <Evidence ring={ring} onWho={onWho} />;
  }
}

export default function RingPage() {
  const { t, say, f } = useWords();
  const id = useParams()['id'] ?? '';
  const asked = useRing(id);
  const others = (useRings().data?.rows ?? []).filter((r) => r.id !== id);
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const [judging, setJudging] = useState(false);
  const tab: Tab = TABS.find((x) => x === params.get('tab')) ?? 'structure';
  // Its data come while its program does.
  useRingPart(id, 'network', tab === DRAWN);
  const who = params.get('who');
  const address = (next: Readonly<Record<string, string | null>>): URLSearchParams => {
    const q = new URLSearchParams(params);
    for (const [k, v] of Object.entries(next)) {
      if (v === null) q.delete(k);
      else q.set(k, v);
    }
    return q;
  };
  const onWho = (next: string | null): void => {
    // From a tab that lists people, a person opens in the structure, where the evidence stands.
    const there = next !== null && tab !== 'structure' && tab !== 'network' ? 'structure' : tab;
    setParams(address({ who: next, tab: there === 'structure' ? null : there }), { replace: there === tab });
  };
  const to = (x: Tab): void => setParams(address({ tab: x === 'structure' ? null : x }));
  useKeys({ ...Object.fromEntries(TABS.map((x, i) => [String(i + 1), () => to(x)])), Escape: () => onWho(null) });
  const ring = asked.data;
  return (
    <div className={`page full${tab === 'network' ? '' : ' free'}`}>
      <PageHead
        question={t('ring.question')}
        {...(ring
          ? {
              answer: (
                <span className="row wrap" style={{ gap: '2px 12px' }}>
                  <b style={{ color: 'var(--ink)' }}>{say(ring.card.name)}</b>
                  <span className={STATE_TAG[ring.card.state]}>{t(`judge.state.${ring.card.state}`)}</span>
                  <span>{t('rings.size', { count: ring.card.size })}</span>
                  <NamelessAccounts count={ring.card.accounts} />
                  <span>{t('rings.numbers', { count: ring.card.numbers })}</span>
                  <span>{t('rings.active', { from: f.day(ring.card.firstSeen), to: f.day(ring.card.lastSeen) })}</span>
                  <Score value={ring.card.score} title={say(ring.card.topReason.text)} />
                  <span className="small">{say(ring.card.topReason.text)}</span>
                </span>
              ),
            }
          : {})}
      >
        {ring && others.length > 0 && (
          <Select
            value={null}
            placeholder={t('compare.with')}
            aria-label={t('compare.with')}
            style={{ minWidth: 150 }}
            options={others.map((r) => ({ value: r.id, label: say(r.name) }))}
            onChange={(other: string | null) =>
              other !== null && void navigate(`/rings/${encodeURIComponent(id)}/compare/${encodeURIComponent(other)}`)
            }
          />
        )}
        {ring && (
          <Button type="primary" onClick={() => setJudging(true)}>
            {t('ring.confirm')}
          </Button>
        )}
      </PageHead>
      <Answer
        of={asked}
        what={t('app.nav.rings')}
        missing={
          <Empty title={t('ring.missing')} todo={t('ring.missingDo')}>
            <Link to="/rings">{t('ring.toRings')}</Link>
          </Empty>
        }
      >
        {(ring) => (
          <>
            <div className="ringlines">
              <LineageLine ring={ring} />
              <SharedLine ring={ring} />
              <TurnLines ring={ring} />
            </div>
            <nav className="tabs" aria-label={say(ring.card.name)}>
              {TABS.map((x) => (
                <Link
                  key={x}
                  to={{ search: address({ tab: x === 'structure' ? null : x }).toString() }}
                  className={x === tab ? 'active' : ''}
                  aria-current={x === tab ? 'page' : undefined}
                  data-testid={`tab-${x}`}
                >
                  {t(`ring.tab.${x}`)}
                </Link>
              ))}
            </nav>
            <div className="tabbody">
              <Suspense fallback={<Loading what={t(`ring.tab.${tab}`)} />}>
                <Body ring={ring} tab={tab} who={who} onWho={onWho} />
              </Suspense>
            </div>
            <Modal
              open={judging}
              onCancel={() => setJudging(false)}
              footer={null}
              title={t('judge.title')}
              destroyOnHidden
            >
              <Judge
                kind="ring"
                subject={ring.card.id}
                options={['confirmed', 'dismissed', 'unsure']}
                history={ring.judgements}
              />
            </Modal>
          </>
        )}
      </Answer>
    </div>
  );
}
