import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Link } from 'react-router';
import { ROLES } from '../../model/role.ts';
import type { RingMember } from '../../server/contract.ts';
import { sayNumber } from '../format.ts';
import { useWords } from '../i18n/index.ts';
import { Mark, NumberName, RoleName } from '../parts/marks.tsx';
import { NotSeen, ReasonList } from '../parts/reasons.tsx';

/** What a member is called: a person's handle, or the number as people say it. */
export const nameOf = (m: Pick<RingMember, 'id' | 'kind'>): string => (m.kind === 'number' ? sayNumber(m.id) : m.id);

interface Props {
  member: RingMember;
  byId: ReadonlyMap<string, RingMember>;
  teamName: string | null;
  onWho: (id: string) => void;
  close: () => void;
}

/** One member: the role and why, what else it could be, what was not seen, and why under whom. */
export function MemberCard({ member: m, byId, teamName, onWho, close }: Props) {
  const { t, say, f } = useWords();
  const boss = m.reportsTo === null ? null : (byId.get(m.reportsTo) ?? null);
  // Analyses made before members could have several rings don't say.
  const alsoIn = m.alsoIn ?? [];
  const others = ROLES.filter((r) => r !== m.role && m.roleScores[r] >= 0.01).sort(
    (a, b) => m.roleScores[b] - m.roleScores[a],
  );
  return (
    <aside className="aside" aria-label={nameOf(m)} data-testid="member-card">
      <div className="row">
        <Mark kind={m.role} size={16} />
        <b className="grow" style={{ fontSize: 15 }}>
          {nameOf(m)}
        </b>
        <Button type="text" size="small" icon={<CloseOutlined />} onClick={close} aria-label={t('app.close')} />
      </div>
      <div className="stack" style={{ marginTop: 6 }}>
        <div>
          {t(`role.${m.role}`)} · {t('ring.sure', { p: f.percent(m.roleScore) })}
        </div>
        <dl className="pairs">
          {teamName !== null && (
            <>
              <dt>{t('ring.team')}</dt>
              <dd>{teamName}</dd>
            </>
          )}
          <dt>{t('ring.reportsTo')}</dt>
          <dd>
            {boss ? (
              <button type="button" className="link" onClick={() => onWho(boss.id)}>
                {nameOf(boss)} · {t(`role.${boss.role}`)}
              </button>
            ) : (
              <span className="faint">{t('ring.noLine')}</span>
            )}
          </dd>
          <dt>{t('ring.province')}</dt>
          <dd>{[f.province(m.province), m.city].filter((x) => x !== '').join(' · ')}</dd>
          <dt>{t('ring.nums')}</dt>
          <dd>
            {m.numbers.length === 0 && <span className="faint">{t('state.notSeen')}</span>}
            {m.numbers.map((n) => (
              <div key={n}>
                <NumberName id={n} />
              </div>
            ))}
          </dd>
          {m.accounts.length > 0 && (
            <>
              <dt>{t('ring.accounts')}</dt>
              <dd className="mono">{m.accounts.join(' ')}</dd>
            </>
          )}
          <dt>{t('numbers.col.calls')}</dt>
          <dd>
            {f.count(m.calls)} · {t('numbers.col.people')} {f.count(m.people)} · {t('numbers.col.victims')}{' '}
            {f.count(m.victims)}
          </dd>
          <dt>{t('ring.pay')}</dt>
          <dd>{m.pay === null ? <span className="faint">{t('state.notSeen')}</span> : f.money(m.pay, 'CNY')}</dd>
          {m.firstSeen !== null && m.lastSeen !== null && (
            <>
              <dt>{t('numbers.col.seen')}</dt>
              <dd>{t('rings.active', { from: f.time(m.firstSeen), to: f.time(m.lastSeen) })}</dd>
            </>
          )}
        </dl>
        <section>
          <h2 className="section">{t('ring.roleWhy', { role: t(`role.${m.role}`) })}</h2>
          <ReasonList reasons={m.reasons} />
        </section>
        {m.innocent && (
          <p className="innocent">
            <b>{t('reason.innocent')}</b> {say(m.innocent)}
          </p>
        )}
        {boss && (
          <section id="line-why">
            <h2 className="section">{t('ring.lineWhy', { name: nameOf(boss) })}</h2>
            <ReasonList reasons={m.lineReasons} />
          </section>
        )}
        {alsoIn.length > 0 && (
          <section>
            <h2 className="section">{t('ring.alsoIn')}</h2>
            <p>
              {alsoIn.map((r) => (
                <span key={r}>
                  <Link to={`/rings/${encodeURIComponent(r)}`}>{r}</Link>{' '}
                </span>
              ))}
            </p>
            {(m.sharedBy ?? []).length > 0 ? (
              <ReasonList reasons={m.sharedBy ?? []} />
            ) : (
              <p className="soft small">{t('ring.alsoInThere')}</p>
            )}
          </section>
        )}
        <NotSeen layers={m.notSeen} />
        {others.length > 0 && (
          <section>
            <h2 className="section">{t('ring.roleOther')}</h2>
            {others.map((r) => (
              <div key={r} className="row">
                <RoleName kind={r} /> <span className="soft">{f.percent(m.roleScores[r])}</span>
              </div>
            ))}
          </section>
        )}
      </div>
    </aside>
  );
}
