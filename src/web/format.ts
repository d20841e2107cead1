import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { PROVINCES } from './places.ts';

export type Language = 'zh' | 'en';

const LOCALE: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en-GB' };

/** Country calling prefix -> spelling with gaps; kept because a table asks for the same number at every scroll. */
const spelled = new Map<string, string>();

/** A number as people say it: +63 917 555 0123, 138 0000 1234, 021 6888 8888, 95588. */
export function sayNumber(id: string, homePrefix = '+86'): string {
  const known = spelled.get(id);
  if (known !== undefined) return known;
  const said = spell(id, homePrefix);
  if (spelled.size > 20_000) spelled.clear();
  spelled.set(id, said);
  return said;
}

function spell(id: string, homePrefix: string): string {
  if (/^400\d{7}$/.test(id)) return `${id.slice(0, 3)} ${id.slice(3, 6)} ${id.slice(6)}`;
  if (!/^\+\d{6,15}$/.test(id)) return id;
  if (id.startsWith(homePrefix) && homePrefix === '+86') {
    const rest = id.slice(3);
    if (/^1\d{10}$/.test(rest)) return `${rest.slice(0, 3)} ${rest.slice(3, 7)} ${rest.slice(7)}`;
    const area = /^(10|2\d)(\d{4})(\d{4})$/.exec(rest) ?? /^([3-9]\d{2})(\d{3,4})(\d{4})$/.exec(rest);
    if (area) return `0${area[1]} ${area[2]} ${area[3]}`;
    return rest;
  }
  return parsePhoneNumberFromString(id)?.formatInternational() ?? id;
}

export interface Format {
  language: Language;
  zone: string;
  /** 12,345 */
  count(n: number): string;
  /** 1.2 万 / 12 k, for figures in tight places */
  short(n: number): string;
  /** 0.123 -> 12.3 % */
  percent(share: number): string;
  /** 2023-05-12, the reader's convention */
  day(at: number): string;
  /** month and day only */
  shortDay(at: number): string;
  /** day and time to the second, home zone */
  moment(at: number): string;
  /** to the minute */
  time(at: number): string;
  /** 83000 -> 1 分 23 秒 / 1 min 23 s */
  duration(ms: number): string;
  /** '28000' CNY -> ¥28,000.00 */
  money(amount: string, currency: string): string;
  /** ISO code -> 菲律宾 / Philippines; '' -> unknown */
  country(code: string): string;
  /** 上海 / Shanghai; '' -> unknown */
  province(name: string): string;
  /** A measure's value with its unit. */
  measure(value: number, unit: string): string;
  unit(unit: string): string;
  bytes(n: number): string;
}

const UNKNOWN: Readonly<Record<Language, string>> = { zh: '未知', en: 'unknown' };

/** Units as measures name them, and as a Chinese reader reads them. English shows the unit itself. */
const UNITS_ZH: Readonly<Record<string, string>> = {
  calls: '次',
  call: '次',
  numbers: '个号码',
  people: '人',
  'new people a day': '名新联系人/天',
  persons: '人',
  victims: '名受害人',
  cases: '起',
  days: '天',
  day: '天',
  hours: '小时',
  h: '小时',
  minutes: '分钟',
  seconds: '秒',
  s: '秒',
  nats: '奈特',
  bits: '比特',
  times: '倍',
  ratio: '倍',
  accounts: '个账号',
  devices: '台设备',
  addresses: '个地址',
  countries: '个国家',
  cities: '个城市',
  groups: '个群',
  seats: '个座席',
  teams: '个班组',
  members: '名成员',
  links: '条联系',
  logins: '次登录',
  reviews: '次质检',
  payments: '笔',
  score: '',
  count: '',
  callers: '个主叫',
  cells: '个基站',
  contacts: '个联系人',
  'contacts/day': '人/天',
  'cosine distance': '余弦距离',
  'devices/day': '台/天',
  'hour of day': '时',
  'hours/day': '小时/天',
  interactions: '次往来',
  provinces: '个省份',
  'times expected': '倍于预期',
  link: '',
  '0 or 1': '',
  'calls/day': '次/天',
  'calls per day': '次/天',
  'people/day': '人/天',
  'numbers one after another, this one included': '个先后使用的号码（含本号）',
  'days from first to last use': '天（首次至末次使用）',
  'numbers that say the same, this one included': '个说同样话的号码（含本号）',
  'days between the last call of one and the first of the other': '天（前号末次至后号首次呼叫）',
  'people called by both': '人（两号都呼叫过）',
  'cells it was ever seen in': '个出现过的基站',
  'seconds of ringing before the caller hung up': '秒（主叫挂断前的振铃）',
  'people rung': '人（响铃）',
  'people per day': '人/天',
  'calls/hour': '次/小时',
  'interactions per contact': '次/人',
  layers: '层',
  group: '个群',
  account: '个账号',
  place: '处',
  steps: '步',
  'people called': '人',
  'people in the same group': '人',
  'customers of one organisation': '人',
  'numbers or handsets': '个',
  'numbers per account or handset': '个号码',
  'numbers in one handset, or handsets of one number': '个',
  'hours in a row': '小时',
  'days from first to last call': '天',
  'calls per active hour': '次/小时',
  'calls or logins with a known origin': '次',
  'probability of as many by chance': '',
  'probability of such a block by accident': '',
};

const UNITS_EN_SILENT = new Set(['score', 'count', 'link', '0 or 1', '']);

function pieces(ms: number, language: Language): string {
  const s = Math.round(ms / 1000);
  const zh = language === 'zh';
  const u = zh ? [' 天', ' 小时', ' 分', ' 秒'] : [' d', ' h', ' min', ' s'];
  if (ms > 0 && ms < 1000) return zh ? `${Math.round(ms)} 毫秒` : `${Math.round(ms)} ms`;
  const d = Math.floor(s / 86400);
  const h = Math.floor((s % 86400) / 3600);
  const m = Math.floor((s % 3600) / 60);
  const parts: [number, string][] = [
    [d, u[0] ?? ''],
    [h, u[1] ?? ''],
    [m, u[2] ?? ''],
    [s % 60, u[3] ?? ''],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return `0${u[3]}`;
  return parts
    .slice(first, first + 2)
    .filter(([n], i) => i === 0 || n > 0)
    .map(([n, t]) => `${n}${t}`)
    .join(' ');
}

/** Everything that turns a value into words for a reader of `language`, with times in `zone`. */
export function formatFor(language: Language, zone: string): Format {
  const locale = LOCALE[language];
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const decimal = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const pct = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const on = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  const day = on({ year: 'numeric', month: language === 'zh' ? 'numeric' : 'short', day: 'numeric' });
  const shortDay = on({ month: language === 'zh' ? 'numeric' : 'short', day: 'numeric' });
  const time = on({
    month: language === 'zh' ? 'numeric' : 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const moment = on({
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const regions = new Intl.DisplayNames([locale], { type: 'region', style: 'short' });
  const currencies = new Map<string, Intl.NumberFormat>();

  const f: Format = {
    language,
    zone,
    count: (n) => number.format(n),
    short: (n) => (Math.abs(n) < 10_000 ? number.format(n) : compact.format(n)),
    percent: (share) => pct.format(share),
    day: (at) => day.format(at),
    shortDay: (at) => shortDay.format(at),
    moment: (at) => moment.format(at),
    time: (at) => time.format(at),
    duration: (ms) => pieces(ms, language),
    money(amount, currency) {
      const code = /^[A-Z]{3}$/.test(currency) ? currency : 'CNY';
      let fmt = currencies.get(code);
      if (!fmt) {
        fmt = new Intl.NumberFormat(locale, { style: 'currency', currency: code, currencyDisplay: 'narrowSymbol' });
        currencies.set(code, fmt);
      }
      // A decimal string is formatted as it is, without passing through a float.
      return fmt.format(/^-?\d+(\.\d+)?$/.test(amount) ? (amount as unknown as number) : Number(amount) || 0);
    },
    country(code) {
      if (!/^[A-Z]{2}$/.test(code)) return UNKNOWN[language];
      try {
        return regions.of(code) ?? code;
      } catch {
        return code;
      }
    },
    province: (name) => (name === '' ? UNKNOWN[language] : language === 'en' ? (PROVINCES[name]?.[2] ?? name) : name),
    measure(value, unit) {
      if (!Number.isFinite(value)) return '–';
      if (/^(share|fraction|percent)/.test(unit)) return pct.format(value);
      if (unit === 'ms') return pieces(value, language);
      if (unit === 's' || unit === 'seconds') return pieces(value * 1000, language);
      if (unit === 'CNY') return f.money(String(value), 'CNY');
      const n = Number.isInteger(value) || Math.abs(value) >= 1000 ? number.format(value) : decimal.format(value);
      const u = f.unit(unit);
      return u === '' ? n : `${n} ${u}`;
    },
    unit(unit) {
      if (UNITS_EN_SILENT.has(unit)) return '';
      return language === 'zh' ? (UNITS_ZH[unit] ?? unit) : unit;
    },
    bytes(n) {
      const step = n >= 1e9 ? (['GB', 1e9] as const) : n >= 1e6 ? (['MB', 1e6] as const) : (['kB', 1e3] as const);
      return `${decimal.format(n / step[1])} ${step[0]}`;
    },
  };
  return f;
}
