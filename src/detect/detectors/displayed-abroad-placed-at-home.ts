import { detector, int, pct, reason, shareStrength } from '../detector.ts';
import { sql } from '../../store/sql.ts';

/**
 * Displayed abroad, placed at home (外显境外、境内落地): the base case's signature.
 *
 * Sees: numbers shown with a foreign country code whose calls enter the network at home, or whose account logs in from home.
 * Looks the same: foreign firms with an office here, travellers' foreign SIMs, VPN users (one address, many countries). A home number with a
 * foreign origin is a roamer: the other way round, not matched here.
 * Tells them apart: people call an office back, and it calls few strangers.
 * Source: 反电信网络诈骗法 art. 13 (true caller identity, real country shown); the base case.
 */
export const displayedAbroadPlacedAtHome = detector<
  'homeShare' | 'seen',
  {
    number: string;
    country: string;
    origin_home: number | null;
    origins_seen: number;
    login_home: number | null;
    called_back: number | null;
    answered_in: number | null;
    strangers: number | null;
    people: number;
  }
>({
  id: 'displayed-abroad-placed-at-home',
  title: { zh: '外显境外、境内拨出', en: 'Displayed abroad, placed at home' },
  family: 'identity',
  sees: {
    zh: '来电显示境外号码，呼叫却从境内进入网络，或其账号在境内登录',
    en: 'shows a foreign number, while its calls enter the network at home or its account logs in from home',
  },
  looksTheSame: {
    zh: '在境内设办事处的外企、持境外卡的旅客、使用 VPN 的人',
    en: 'foreign firms with an office here, travellers with foreign SIMs, VPN users',
  },
  tellsApart: { zh: '办事处有人回拨，且很少联系陌生人', en: 'an office is called back, and calls few strangers' },
  source: '反电信网络诈骗法 13',
  needs: ['calls'],
  weight: 4,
  thresholds: {
    // More often than not: a gang also routes calls by way of abroad, and then the share says how much it cares to hide.
    homeShare: { value: 0.5, unit: 'share of calls or logins', min: 0, max: 1 },
    seen: { value: 2, unit: 'calls or logins with a known origin', min: 1, max: 1000 },
  },
  steps: (t, home) => [
    {
      name: 'foreign_display',
      sql: sql`SELECT m.number AS number, n.country AS country, origin_home_share AS origin_home, ifNull(origin_known, 0) AS origins_seen,
        home_login_share AS login_home, call_back_ratio AS called_back, answered_in_share AS answered_in, strangers_share AS strangers, out_degree AS people
      FROM measures AS m INNER JOIN numbers AS n FINAL ON n.id = m.number WHERE displayed_abroad = 1 AND n.country != ${home.country}`,
    },
    {
      name: 'placed_at_home',
      sql: sql`SELECT * FROM foreign_display
      WHERE (origin_home >= ${t.homeShare} AND origins_seen >= ${t.seen})
         OR (origin_home IS NULL AND login_home >= ${t.homeShare})`,
    },
  ],
  // An office that is called back, or that calls people it knows, keeps only a trace of the suspicion.
  score: (r, t) =>
    shareStrength(Math.max(r.origin_home ?? 0, r.login_home ?? 0), t.homeShare) *
    (reachable(r) ? 0.2 : 1) *
    ((r.strangers ?? 1) < 0.5 ? 0.3 : 1),
  reasons: (r, t) => [
    ...(r.origin_home === null
      ? []
      : [
          reason(
            'origin_home_share',
            r.origin_home,
            'share',
            t.homeShare,
            {
              zh: `显示 ${r.country} 号码，却有 ${pct(r.origin_home)}（${int(r.origins_seen)} 次已知来源中）从境内拨出`,
              en: `shows a number of ${r.country}, yet ${pct(r.origin_home)} of ${int(r.origins_seen)} calls of known origin were placed at home`,
            },
            {
              zh: '外企境内办事处也会如此；但办事处有人回拨',
              en: 'a foreign firm’s office here looks the same; but people call an office back',
            },
          ),
        ]),
    ...(r.login_home === null
      ? []
      : [
          reason('home_login_share', r.login_home, 'share', t.homeShare, {
            zh: `其账号 ${pct(r.login_home)} 的登录在境内`,
            en: `${pct(r.login_home)} of its account’s logins came from home`,
          }),
        ]),
  ],
  innocent: (r) =>
    reachable(r)
      ? {
          zh: `${pct(r.called_back ?? 0)} 的人会回拨，像真正的办事处`,
          en: `${pct(r.called_back ?? 0)} of the people call it back, as they do a real office`,
        }
      : null,
});

/** An office can be reached: people call it back, and somebody answers. */
const reachable = (r: { called_back: number | null; answered_in: number | null }): boolean =>
  (r.called_back ?? 0) > 0.1 && (r.answered_in ?? 0) > 0.1;
