import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiFault } from './api-error.ts';

/** How this server may be reached. */
export interface Access {
  /** Address it listens on. */
  host: string;
  /** Required of everybody when set; always set when `host` is not a loopback address. */
  token: string | null;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);
export const isLoopback = (host: string): boolean => LOOPBACK.has(host.replace(/^\[|\]$/g, ''));

export const TOKEN_COOKIE = 'ringbreak_token';

/** The headers that are looked at, from a Request or from a WebSocket upgrade. */
export interface AskedWith {
  method: string;
  path: string;
  header(name: string): string | undefined;
}

/**
 * Lets a request through or throws an ApiFault.
 * - Host: a page of another site that had its name re-pointed at this machine (DNS rebinding) asks with its own name.
 * - Origin: only our own pages may change anything or listen.
 * - Token: needed wherever one is set.
 */
export function guard(access: Access, asked: AskedWith, isLive = false): void {
  const host = asked.header('host') ?? '';
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (isLoopback(access.host) ? !isLoopback(name) : !(access.token !== null || name === access.host)) {
    throw new ApiFault(
      403,
      'host',
      { zh: '请求使用了不认识的主机名。', en: 'The request names a host this server does not know.' },
      { zh: '用启动时显示的网址打开。', en: 'Open the address printed at start.' },
    );
  }
  const origin = asked.header('origin');
  const site = asked.header('sec-fetch-site');
  const changes = asked.method !== 'GET' && asked.method !== 'HEAD';
  const foreign = origin !== undefined && hostOf(origin) !== host.toLowerCase();
  const crossSite = site === 'cross-site' && asked.path.startsWith('/api/');
  if (foreign ? changes || isLive || crossSite : crossSite) {
    throw new ApiFault(
      403,
      'origin',
      { zh: '请求来自另一个网站，已拒绝。', en: 'The request comes from another site and was refused.' },
      { zh: '在断流自己的页面中操作。', en: "Use Ringbreak's own pages." },
    );
  }
  if (access.token !== null && !same(tokenOf(asked), access.token)) {
    throw new ApiFault(
      401,
      'token',
      { zh: '需要访问令牌。', en: 'An access token is needed.' },
      {
        zh: '用带 ?token= 的网址打开一次，或在请求头中带上 Authorization: Bearer。',
        en: 'Open the address once with ?token=, or send Authorization: Bearer.',
      },
    );
  }
}

/** Compares without telling by its duration how much was right. */
export function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function tokenOf(asked: AskedWith): string {
  const bearer = /^Bearer (.+)$/.exec(asked.header('authorization') ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const cookie = asked
    .header('cookie')
    ?.split(/;\s*/)
    .find((part) => part.startsWith(`${TOKEN_COOKIE}=`));
  return decode(cookie?.slice(TOKEN_COOKIE.length + 1) ?? '');
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
};

const hostOf = (origin: string): string => {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return '';
  }
};

/** Sent with every answer. Ant Design writes its styles into the page, hence inline styles; scripts come from files of ours only. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), interest-cohort=()',
};
