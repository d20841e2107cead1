import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};
const SQUEEZED = new Set(['.html', '.js', '.css', '.json', '.svg']);

interface Asset {
  body: Buffer;
  type: string;
  etag: string;
  immutable: boolean;
  squeeze: boolean;
  br?: Promise<Buffer>;
  gzip?: Promise<Buffer>;
}

/** What is shown while the pages are being built (or could not be). It asks again by itself. */
export interface Waiting {
  zh: string;
  en: string;
}

/**
 * The built pages, read from `dir` once and kept (a few MB), compressed at the first request. Addresses of the pages themselves
 * (`/rings/R1`) all get index.html; the page finds its way.
 */
export class Pages {
  readonly #dir: string;
  #assets = new Map<string, Asset>();
  waiting: Waiting | null = null;

  constructor(dir: string) {
    this.#dir = dir;
    this.reload();
  }

  /** Reads the directory again, after a build. */
  reload(): void {
    this.#assets = new Map(
      filesBelow(this.#dir).map((file) => [`/${relative(this.#dir, file).split(sep).join('/')}`, assetOf(file)]),
    );
  }

  get built(): boolean {
    return this.#assets.has('/index.html');
  }

  async answer(path: string, header: (name: string) => string | undefined): Promise<Response> {
    if (this.waiting !== null || !this.built) return waitingPage(this.waiting);
    const isFile = extname(path) !== '' && path.startsWith('/assets/');
    const asset = this.#assets.get(path) ?? (isFile ? undefined : this.#assets.get('/index.html'));
    if (asset === undefined)
      return new Response('Not found\n', { status: 404, headers: { 'Cache-Control': 'no-store' } });
    const headers: Record<string, string> = {
      'Content-Type': asset.type,
      'Cache-Control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: asset.etag,
      Vary: 'Accept-Encoding',
    };
    if (header('if-none-match')?.includes(asset.etag)) return new Response(null, { status: 304, headers });
    const accepted = header('accept-encoding') ?? '';
    const encoding = !asset.squeeze ? null : /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : null;
    if (encoding === null) return new Response(new Uint8Array(asset.body), { headers });
    asset[encoding] ??= encoding === 'br' ? brotli(asset.body) : promisify(gzip)(asset.body);
    return new Response(new Uint8Array(await asset[encoding]), {
      headers: { ...headers, 'Content-Encoding': encoding },
    });
  }
}

const brotli = (body: Buffer): Promise<Buffer> =>
  promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

const filesBelow = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .map((name) => join(dir, name))
        .filter((file) => statSync(file).isFile())
    : [];

function assetOf(file: string): Asset {
  const body = readFileSync(file);
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  return {
    body,
    type,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}"`,
    // The build puts a hash of the content into these names.
    immutable: file.includes(`${sep}assets${sep}`),
    squeeze: SQUEEZED.has(extname(file)) && body.length > 1024,
  };
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function waitingPage(waiting: Waiting | null): Response {
  const text = waiting ?? { zh: '页面尚未构建。', en: 'The pages are not built yet.' };
  const body = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width"><title>断流 Ringbreak</title>
<style>body{font:16px/1.6 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1rem;color-scheme:light dark}</style></head>
<body><h1>断流 Ringbreak</h1><p>${escape(text.zh)}</p><p lang="en">${escape(text.en)}</p></body></html>`;
  return new Response(body, {
    status: 503,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'Retry-After': '2' },
  });
}
