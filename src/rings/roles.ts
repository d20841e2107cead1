import { ROLES, type Layer, type Role } from '../model/role.ts';
import type { Bilingual, Reason } from '../model/reason.ts';
import { FLAT, VARIED, type Traces } from './traces.ts';

export interface RoleGuess {
  role: Role;
  scores: Record<Role, number>;
  reasons: Reason[];
  notSeen: Layer[];
  innocent: Bilingual | null;
}

interface Signal {
  layer: Layer;
  role: Role;
  weight: number;
  measure: string;
  value: number;
  unit: string;
  text: Bilingual;
}

/**
 * The role a member's traces speak for: log-odds add up over layers, a softmax makes them probabilities. Weights say how much commoner a
 * trace is in the role than in the others, as domain practice has it (the roles table of the base case); they are not fitted.
 */
export function guessRole(t: Traces): RoleGuess {
  const signals: Signal[] = [];
  const say = (
    layer: Layer,
    role: Role,
    weight: number,
    measure: string,
    value: number,
    unit: string,
    zh: string,
    en: string,
  ): void => {
    if (weight !== 0) signals.push({ layer, role, weight, measure, value, unit, text: { zh, en } });
  };
  const notSeen: Layer[] = [];
  const n = (x: number): string => x.toLocaleString('en-US', { maximumFractionDigits: 1 });

  const d = t.dialling;
  const dials = d !== null && d.people >= 8;
  if (d === null || d.calls === 0) notSeen.push('calls');
  else if (dials) {
    const w = Math.min(4.5, 2 + Math.log10(d.people / 8) * 2);
    say(
      'calls',
      'agent',
      w,
      'people_called',
      d.people,
      'people',
      `在 ${n(d.days)} 天里拨打了 ${n(d.people)} 人`,
      `called ${n(d.people)} people on ${n(d.days)} days`,
    );
  }
  if (t.seats === null) notSeen.push('dialler');
  else if (t.seats > 0) {
    say(
      'dialler',
      'agent',
      dials ? 1.5 : 0.8,
      'seats',
      t.seats,
      'seats',
      `占用 ${n(t.seats)} 个座席`,
      `sits at ${n(t.seats)} seat${t.seats > 1 ? 's' : ''} of the dialler`,
    );
  }
  if (t.adminLogins === null) notSeen.push('logins');
  else {
    const touched = t.accountsTouched ?? 0;
    if (touched >= 3) {
      say(
        'logins',
        'technician',
        Math.min(4.5, 1.5 + Math.log2(touched)),
        'accounts_touched',
        touched,
        'accounts',
        `其设备登录过他人的 ${n(touched)} 个账号`,
        `${n(touched)} accounts of others logged in from this handset`,
      );
    }
    if (t.adminLogins > 0 && !dials) {
      say(
        'logins',
        'technician',
        1.6,
        'admin_logins',
        t.adminLogins,
        'logins',
        `${n(t.adminLogins)} 次登录外呼系统管理端`,
        `${n(t.adminLogins)} logins to the dialler’s administration`,
      );
      say(
        'logins',
        'leader',
        0.8,
        'admin_logins',
        t.adminLogins,
        'logins',
        `${n(t.adminLogins)} 次登录外呼系统管理端`,
        `${n(t.adminLogins)} logins to the dialler’s administration`,
      );
    }
  }
  if (t.seatsReviewed === null) notSeen.push('reviews');
  else if (t.seatsReviewed >= 2) {
    say(
      'reviews',
      'inspector',
      Math.min(7, 4 + Math.log2(t.seatsReviewed)),
      'seats_reviewed',
      t.seatsReviewed,
      'seats',
      `调听过 ${n(t.seatsReviewed)} 个座席的录音`,
      `listened to the recordings of ${n(t.seatsReviewed)} seats`,
    );
  }
  if (t.groupsRun === null) notSeen.push('groups');
  else if (t.groupsRun > 0) {
    say(
      'groups',
      'leader',
      Math.min(4, 2 + t.groupsRun * 0.5),
      'groups_run',
      t.groupsRun,
      'groups',
      `是 ${n(t.groupsRun)} 个涉案群的群主或管理员`,
      `owns or administers ${n(t.groupsRun)} of the ring’s groups`,
    );
  } else if (t.groupsJoined > 0) {
    say(
      'groups',
      'agent',
      0.5,
      'groups_joined',
      t.groupsJoined,
      'groups',
      `在 ${n(t.groupsJoined)} 个涉案群中（普通成员）`,
      `an ordinary member of ${n(t.groupsJoined)} of the ring’s groups`,
    );
  }
  if (t.amongHeads > 0 && !dials) {
    // Whoever sits with those who pay or lead, and does neither, serves them all: listens, or keeps the lines.
    const zh = `与 ${n(t.amongHeads)} 名发薪或带组的人同在一群，自己两者皆非`;
    const en = `shares a group with ${n(t.amongHeads)} members who pay others or lead a team, and does neither`;
    say('groups', 'inspector', 1.5, 'among_heads', t.amongHeads, 'people', zh, en);
    say('groups', 'technician', 1, 'among_heads', t.amongHeads, 'people', zh, en);
  }
  if (t.payees === null) notSeen.push('money');
  else {
    if (t.payeesWhoPay >= 2) {
      say(
        'money',
        'principal',
        3 + Math.min(3, t.payeesWhoPay * 0.5),
        'payees_who_pay',
        t.payeesWhoPay,
        'people',
        `向 ${n(t.payeesWhoPay)} 名发薪人付款`,
        `pays ${n(t.payeesWhoPay)} people who pay others`,
      );
    } else if (t.fundsPayer && t.payees < 3) {
      const zh = '向发薪人付款，数额不少于其发出的薪金';
      const en = 'pays somebody who pays others, no less than they pay';
      say('money', 'principal', 3.5, 'funds_payer', 1, 'people', zh, en);
    } else if (t.payeesWhoLead >= 2) {
      const zh = `向 ${n(t.payees)} 名成员付款，其中 ${n(t.payeesWhoLead)} 人各自管理工作群`;
      const en = `pays ${n(t.payees)} members, ${n(t.payeesWhoLead)} of whom run work groups of their own`;
      say(
        'money',
        'principal',
        4 + Math.min(3, t.payeesWhoLead * 0.5),
        'payees_who_lead',
        t.payeesWhoLead,
        'people',
        zh,
        en,
      );
    } else if (t.payees >= 3) {
      say(
        'money',
        'leader',
        Math.min(5, 2.5 + Math.log2(t.payees / 3 + 1)),
        'payees',
        t.payees,
        'people',
        `向 ${n(t.payees)} 名成员发薪`,
        `pays ${n(t.payees)} members`,
      );
    }
    if (t.cryptoIn > 0) {
      say(
        'money',
        'principal',
        2.5,
        'crypto_in',
        t.cryptoIn,
        'payments',
        `${n(t.cryptoIn)} 次收到虚拟币`,
        `received virtual currency ${n(t.cryptoIn)} times`,
      );
    }
    const telling = t.seatsReviewed === null && !dials && t.paidDays >= 7;
    const flat = t.paidVariation !== null && t.paidVariation < FLAT && t.paidDays >= 3;
    if (t.paidVariation !== null && t.payees < 3) {
      // What sets the fixed wage apart is that others are paid by the piece; where everybody is paid alike it says nothing. A caller's few days
      // may be alike by chance: it takes a week, and somebody who does not dial; and where listening was recorded, that tells better.
      if (flat) {
        // The fewer get the same every time, the more it tells.
        const usual = t.usualVariation;
        const rare = Math.min(4, Math.max(2, -Math.log2(t.flatShare ?? 1)));
        say(
          'money',
          'inspector',
          usual === null || !telling ? 2 : usual >= 0.1 ? 4 : usual >= VARIED ? rare : 0,
          'pay_variation',
          t.paidVariation,
          'coefficient of variation',
          `按日领取固定金额（${n(t.paidDays)} 天）${usual === null ? '' : '，团伙付给他人的金额则不固定'}`,
          `paid the same amount on each of ${n(t.paidDays)} days${usual === null ? '' : ', while others of the ring get varying sums'}`,
        );
      } else if (t.paidDays >= 2 && !t.paidByPayerOfPayers)
        say(
          'money',
          'agent',
          0.8,
          'pay_variation',
          t.paidVariation,
          'coefficient of variation',
          `按日领取浮动金额（${n(t.paidDays)} 天）`,
          `paid varying amounts on ${n(t.paidDays)} days`,
        );
    }
    if (t.payees === 0 && t.paidDays >= 2 && !t.paidByPayerOfPayers && !t.paidFromPurse) {
      // Somebody who is paid by a payer and pays nobody does not lead, whatever group they help to run.
      const zh = `由组长付薪（${n(t.paidDays)} 天），自己不付薪`;
      const en = `is paid by a leader (${n(t.paidDays)} days) and pays nobody`;
      say('money', 'agent', 2, 'paid_by_leader', t.paidDays, 'days', zh, en);
      if (flat && telling) say('money', 'inspector', 2, 'paid_by_leader', t.paidDays, 'days', zh, en);
    }
    if (t.payees === 0 && t.runsBesidePayer && !t.paidByPayerOfPayers) {
      const zh = '所管理的群另有付薪的管理人，自己不付薪：协助管理';
      const en = 'helps to run groups that somebody who pays runs too, and pays nobody';
      say('money', 'agent', 1.5, 'runs_beside_payer', t.groupsRun ?? 0, 'groups', zh, en);
    }
    if (t.paidByPayerOfPayers) {
      const zh = '由核心成员直接付款，不经组长';
      const en = 'paid by the top, not by a team leader';
      if (t.payees >= 3 || (t.groupsRun ?? 0) > 0) say('money', 'leader', 1.5, 'paid_from_top', 1, 'payer', zh, en);
      else if (!dials) say('money', 'technician', flat ? 0.8 : 2.8, 'paid_from_top', 1, 'payer', zh, en);
    }
  }
  const odds: Record<Role, number> = { principal: -1, leader: -0.5, inspector: -0.5, agent: 1, technician: -1 };
  for (const s of signals) odds[s.role] += s.weight;
  const top = Math.max(...ROLES.map((r) => odds[r]));
  const mass = ROLES.map((r) => Math.exp(odds[r] - top));
  const all = mass.reduce((x, y) => x + y, 0);
  const scores = Object.fromEntries(ROLES.map((r, i) => [r, Math.round((mass[i]! / all) * 1e6) / 1e6])) as Record<
    Role,
    number
  >;
  const role = ROLES.reduce((best, r) => (scores[r] > scores[best] ? r : best), 'agent' as Role);
  const reasons = signals
    .filter((s) => s.role === role)
    .sort((x, y) => y.weight - x.weight)
    .map((s): Reason => ({ measure: s.measure, value: s.value, unit: s.unit, threshold: null, text: s.text }));
  if (reasons.length === 0) {
    reasons.push({
      measure: 'association',
      value: 1,
      unit: 'link',
      threshold: null,
      text: {
        zh: '仅因关联而列入，未见足以判断分工的痕迹；默认按最常见的分工显示',
        en: 'listed by association only; no trace tells the role, so the commonest one is shown',
      },
    });
  }
  return { role, scores, reasons, notSeen, innocent: innocentOf(role, t) };
}

/** What an innocent person in this place would look like: shown beside every role. */
function innocentOf(role: Role, t: Traces): Bilingual {
  if (role === 'agent') {
    return t.paidDays > 0 && t.paidDays <= 3
      ? {
          zh: '可能受招聘广告诱骗、只做了几天就离开；须核实其是否知情',
          en: 'may have been lured by a job advert and left within days; check what they knew',
        }
      : {
          zh: '可能受招聘广告诱骗，误以为是正当客服工作',
          en: 'may have been lured by a job advert and taken it for real customer service',
        };
  }
  if (role === 'leader') {
    return {
      zh: '群主身份可能被挂名；付款可能是代发',
      en: 'may lend the name for a group, or pass on pay for somebody else',
    };
  }
  if (role === 'inspector') {
    return {
      zh: '正当外呼中心也有质检；须看被检座席是否涉案',
      en: 'lawful call centres have inspectors too; it depends on the seats listened to',
    };
  }
  if (role === 'technician') {
    return { zh: '可能是不知用途的系统维护者或出租方', en: 'may maintain or lease the system without knowing its use' };
  }
  return {
    zh: '资金可能代收代付；须查来源与去向',
    en: 'may pass money on for others; check where it came from and went',
  };
}
