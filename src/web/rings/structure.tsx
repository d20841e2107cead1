import { DownOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { memo, useMemo, useState } from 'react';
import { headcount } from '../../model/ring.ts';
import { ROLES } from '../../model/role.ts';
import type { RingDetail, RingMember } from '../../server/contract.ts';
import { useWords } from '../i18n/index.ts';
import { Mark } from '../parts/marks.tsx';
import { NotSeen } from '../parts/reasons.tsx';
import { chartOf, type Team } from './chart.ts';
import { MemberCard, nameOf } from './member-card.tsx';
import { NamelessAccounts } from './nameless-accounts.tsx';

const Who = memo(function Who({
  m,
  at,
  onWho,
  head,
}: {
  m: RingMember;
  at: boolean;
  onWho: (id: string) => void;
  head?: boolean;
}) {
  const { t, f } = useWords();
  const missing = m.notSeen.length;
  return (
    <button
      type="button"
      className={`who${at ? ' at' : ''}${head === true ? ' head' : ''}`}
      onClick={() => onWho(m.id)}
      title={`${t(`role.${m.role}`)} · ${t('ring.sure', { p: f.percent(m.roleScore) })}${missing > 0 ? ` · ${t('state.notSeen')}: ${m.notSeen.map((l) => t(`layer.${l}`)).join(' ')}` : ''}`}
    >
      <Mark kind={m.role} size={head === true ? 14 : 10} />
      <span className="clip">{nameOf(m)}</span>
      <span className="sure">{Math.round(m.roleScore * 100)}</span>
      {head === true && missing > 0 && (
        <span className="gap">
          {t('state.notSeen')} {missing}
        </span>
      )}
    </button>
  );
});

interface Shown {
  who: string | null;
  onWho: (id: string) => void;
  onLine: (id: string) => void;
  matches: (m: RingMember) => boolean;
  searching: boolean;
}

function TeamCard({ team, open, toggle, shown }: { team: Team; open: boolean; toggle: () => void; shown: Shown }) {
  const { t, say, f } = useWords();
  const size = team.agents.length + team.inspectors.length + (team.leader ? 1 : 0);
  const agents = shown.searching ? team.agents.filter(shown.matches) : team.agents;
  const expanded = open || (shown.searching && agents.length > 0);
  const name = say(team.name);
  return (
    <section className="team" aria-label={name}>
      <header>
        <button
          type="button"
          className="plain row grow"
          style={{ gap: 6 }}
          aria-expanded={expanded}
          onClick={toggle}
          aria-label={t(expanded ? 'ring.group' : 'ring.ungroup', { name })}
        >
          {expanded ? <DownOutlined style={{ fontSize: 10 }} /> : <RightOutlined style={{ fontSize: 10 }} />}
          <span className="name clip">{name}</span>
          <span className="faint small nowrap">{t('rings.size', { count: size })}</span>
        </button>
        {team.leader?.reportsTo && (
          <button type="button" className="why-line" onClick={() => shown.onLine(team.leader?.id ?? '')}>
            {t('ring.why')}
          </button>
        )}
      </header>
      <div>
        {team.leader ? (
          <Who m={team.leader} at={shown.who === team.leader.id} onWho={shown.onWho} />
        ) : (
          <span className="faint small">{t('ring.missingLeader')}</span>
        )}
      </div>
      <div className="under">
        {team.inspectors.length > 0 && (
          <div className="folks" style={{ marginTop: 5 }}>
            {team.inspectors.map((m) => (
              <Who key={m.id} m={m} at={shown.who === m.id} onWho={shown.onWho} />
            ))}
          </div>
        )}
        {expanded ? (
          <div className="folks" style={{ marginTop: 5 }}>
            {agents.map((m) => (
              <Who key={m.id} m={m} at={shown.who === m.id} onWho={shown.onWho} />
            ))}
          </div>
        ) : (
          <button type="button" className="plain soft small row" style={{ marginTop: 5, gap: 5 }} onClick={toggle}>
            <Mark kind="agent" size={10} /> {t('ring.agents')} {f.count(team.agents.length)}
            <span className="faint">
              · {t('numbers.col.people')} {f.count(team.agents.reduce((n, m) => n + m.people, 0))} ·{' '}
              {t('numbers.col.victims')} {f.count(team.agents.reduce((n, m) => n + m.victims, 0))}
            </span>
          </button>
        )}
      </div>
    </section>
  );
}

/** The organisation chart, from the top. */
export function Structure({
  ring,
  who,
  onWho,
}: {
  ring: RingDetail;
  who: string | null;
  onWho: (id: string | null) => void;
}) {
  const { t, say, f } = useWords();
  const [closed, setClosed] = useState<ReadonlySet<string>>(
    () => new Set(ring.members.length > 80 ? ring.teams.map((x) => x.id) : []),
  );
  const [find, setFind] = useState('');
  const chart = useMemo(() => chartOf(ring), [ring]);
  const byId = useMemo(() => new Map(ring.members.map((m) => [m.id, m])), [ring]);
  const wanted = find.trim().toLowerCase();
  const matches = (m: RingMember): boolean =>
    [m.id, m.city, m.province, ...m.numbers, ...m.accounts].some((s) =>
      s.toLowerCase().includes(wanted.replace(/\s/g, '')),
    );
  const shown: Shown = {
    who,
    onWho,
    onLine: (id) => {
      onWho(id);
      setTimeout(() => document.getElementById('line-why')?.scrollIntoView({ behavior: 'smooth' }), 60);
    },
    matches,
    searching: wanted !== '',
  };
  const member = who === null ? null : (byId.get(who) ?? null);
  const team = member?.team ? ring.teams.find((x) => x.id === member.team) : undefined;
  const toggle = (id: string): void =>
    setClosed((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const { people, accounts } = headcount(ring.members);
  const counts = ROLES.map((r) => [r, people.filter((m) => m.role === r).length] as const).filter(([, n]) => n > 0);
  return (
    <div className={`split${member ? ' open' : ''}`}>
      <div className="body" data-testid="structure">
        <div className="row wrap" style={{ marginBottom: 10 }}>
          <div className="legend">
            {counts.map(([r, n]) => (
              <span key={r} className="role">
                <Mark kind={r} /> {t(`role.${r}`)} {f.count(n)}
              </span>
            ))}
            <NamelessAccounts count={accounts.length} />
          </div>
          <span className="grow" />
          <Input
            allowClear
            size="small"
            style={{ width: 180 }}
            value={find}
            onChange={(e) => setFind(e.target.value)}
            placeholder={t('ring.find')}
            aria-label={t('ring.find')}
          />
          <Button size="small" onClick={() => setClosed(new Set())}>
            {t('ring.expand')}
          </Button>
          <Button size="small" onClick={() => setClosed(new Set(ring.teams.map((x) => x.id)))}>
            {t('ring.collapse')}
          </Button>
        </div>
        <NotSeen layers={ring.notSeen} />
        {chart.technicians.length > 0 && (
          <div className="row wrap" style={{ margin: '10px 0', gap: 6 }}>
            <span className="tier-label" style={{ margin: 0 }}>
              {t('ring.techTier', { n: f.count(chart.technicians.length) })}
            </span>
            {chart.technicians.map((m) => (
              <Who key={m.id} m={m} at={who === m.id} onWho={onWho} />
            ))}
          </div>
        )}
        {chart.bands.map((band) => {
          const teams = shown.searching
            ? band.teams.filter((x) => [x.leader, ...x.inspectors, ...x.agents].some((m) => m !== null && matches(m)))
            : band.teams;
          return (
            <section key={band.head?.id ?? ''} style={{ marginTop: 14 }}>
              <div className="tier" style={{ justifyContent: 'flex-start', alignItems: 'center' }}>
                {band.head ? (
                  <Who m={band.head} at={who === band.head.id} onWho={onWho} head />
                ) : (
                  <span className="faint">{t('ring.noLine')}</span>
                )}
                <span className="soft small">{t('ring.teamsTitle', { n: f.count(band.teams.length) })}</span>
                {band.inspectors.map((m) => (
                  <Who key={m.id} m={m} at={who === m.id} onWho={onWho} />
                ))}
              </div>
              <div className="bandrule">
                <div className="teams">
                  {teams.map((x) => (
                    <TeamCard key={x.id} team={x} open={!closed.has(x.id)} toggle={() => toggle(x.id)} shown={shown} />
                  ))}
                </div>
              </div>
            </section>
          );
        })}
        {(['teamless', 'userless'] as const).map((heading) => {
          const those = chart.loose.filter((m) => (m.kind === 'number') === (heading === 'userless'));
          if (those.length === 0) return null;
          return (
            <section key={heading} style={{ marginTop: 14 }}>
              <p className="tier-label" style={{ textAlign: 'left' }}>
                {t(`ring.${heading}`)} {f.count(those.length)}
              </p>
              <div className="team">
                <div className="folks">
                  {those
                    .filter((m) => !shown.searching || matches(m))
                    .map((m) => (
                      <Who key={m.id} m={m} at={who === m.id} onWho={onWho} />
                    ))}
                </div>
              </div>
            </section>
          );
        })}
      </div>
      {member && (
        <MemberCard
          member={member}
          byId={byId}
          teamName={team ? say(team.name) : member.team}
          onWho={onWho}
          close={() => onWho(null)}
        />
      )}
    </div>
  );
}
