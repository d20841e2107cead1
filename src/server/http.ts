import { Hono, type Context } from 'hono';
import { compress } from 'hono/compress';
import type { z } from 'zod';
import { ApiFault, apiErrorOf, badRequest, loggable, notFound, engineCode } from './api-error.ts';
import { guard, SECURITY_HEADERS, same, TOKEN_COOKIE, type Access } from './guard.ts';
import type { Pages } from './pages.ts';
import type { Route, ServerContext } from './route.ts';
import { ROUTES } from './routes.ts';

/** JSON bodies are small (a judgement, a mapping); files are streamed by their own routes, which name their own limit. */
const JSON_LIMIT = 256 * 1024;

/** The whole HTTP side, without a socket: tests call `.request()` on it. */
export function httpApp(context: ServerContext, access: Access, pages: Pages, routes: readonly Route[] = ROUTES): Hono {
  const app = new Hono();

  app.use(async (c, next) => {
    if (access.token !== null && (await signIn(c, access.token))) return redirectWithCookie(c, access.token);
    guard(access, { method: c.req.method, path: c.req.path, header: (name) => c.req.header(name) });
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
  });
  app.use('/api/*', compress());
  for (const r of routes) app.on(r.method, r.path, (c) => answer(context, r, c));

  app.all('/api/*', (c) => {
    throw routes.some((r) => matches(r.path, c.req.path))
      ? new ApiFault(
          405,
          'method',
          { zh: '此地址不支持这种请求方式。', en: 'This address does not take requests of that method.' },
          { zh: '参阅接口文档。', en: 'See the description of the interface.' },
        )
      : notFound({ zh: '这个接口', en: 'That part of the interface' });
  });
  app.get('*', (c) => pages.answer(c.req.path, (name) => c.req.header(name)));
  app.notFound(() => withHeaders(errorResponse(notFound({ zh: '这个页面', en: 'That page' }))));

  app.onError((thrown, c) => {
    const { status } = apiErrorOf(thrown);
    // The pattern of the address, not the address: a person's number may stand in it.
    if (status >= 500)
      context.log(`${c.req.method} ${routePattern(routes, c.req.path)} ${status}: ${loggable(thrown)}`);
    return withHeaders(errorResponse(thrown));
  });
  return app;
}

async function answer(context: ServerContext, r: Route, c: Context): Promise<Response> {
  if (!context.person.duties.has(r.permission)) {
    throw new ApiFault(
      403,
      'permission',
      { zh: '您没有进行此操作的权限。', en: 'You do not have the duty this needs.' },
      { zh: '请有相应职责的人员操作。', en: 'Ask somebody who has it.' },
    );
  }
  const asked = {
    context,
    params: c.req.param() as Record<string, string>,
    query: parsed(r.query, queryOf(c.req.url)) as never,
    body: (r.body === null ? null : parsed(r.body, await jsonBody(c))) as never,
    request: c.req.raw,
  };
  let result: unknown;
  try {
    result = await r.handle(asked);
  } catch (thrown) {
    // An analysis replaces its tables: a question that had found the old one as it went is asked once more.
    if (r.method !== 'GET' || engineCode(thrown) !== 'UNKNOWN_TABLE') throw thrown;
    await new Promise((again) => setTimeout(again, 100));
    result = await r.handle(asked);
  }
  if (result instanceof Response) return result;
  return c.json(result as object, 200, { 'Cache-Control': 'no-store' });
}

/** Every query value as text; a name given twice keeps its last value. */
const queryOf = (url: string): Record<string, string> => Object.fromEntries(new URL(url).searchParams);

function parsed(schema: z.ZodType | null, value: unknown): unknown {
  if (schema === null) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  throw badRequest(where === '' ? (issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : 'body') : where, {
    zh: issue?.message ?? '',
    en: issue?.message ?? '',
  });
}

async function jsonBody(c: Context): Promise<unknown> {
  const type = c.req.header('content-type') ?? '';
  if (!type.startsWith('application/json')) {
    throw new ApiFault(
      415,
      'content-type',
      { zh: '请求正文必须是 JSON。', en: 'The body must be JSON.' },
      { zh: '设置 Content-Type: application/json。', en: 'Set Content-Type: application/json.' },
    );
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > JSON_LIMIT) {
      throw new ApiFault(
        413,
        'too-large',
        { zh: '请求正文过大。', en: 'The body is too large.' },
        { zh: `最多 ${JSON_LIMIT / 1024} KB。`, en: `At most ${JSON_LIMIT / 1024} KB.` },
      );
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw badRequest('body', { zh: '不是有效的 JSON', en: 'it is not valid JSON' });
  }
}

function errorResponse(thrown: unknown): Response {
  const { status, body } = apiErrorOf(thrown);
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
}

function withHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
  return response;
}

/** `?token=` on a page address signs a browser in once; the token leaves the address bar at once. */
async function signIn(c: Context, token: string): Promise<boolean> {
  const given = c.req.query('token');
  return c.req.method === 'GET' && !c.req.path.startsWith('/api/') && given !== undefined && same(given, token);
}

function redirectWithCookie(c: Context, token: string): Response {
  const url = new URL(c.req.url);
  url.searchParams.delete('token');
  const headers = new Headers({ Location: `${url.pathname}${url.search}` });
  headers.set('Set-Cookie', `${TOKEN_COOKIE}=${encodeURIComponent(token)}; HttpOnly; SameSite=Strict; Path=/`);
  return withHeaders(new Response(null, { status: 302, headers }));
}

const matches = (pattern: string, path: string): boolean => {
  const [a, b] = [pattern.split('/'), path.split('/')];
  return a.length === b.length && a.every((part, i) => part.startsWith(':') || part === b[i]);
};

const routePattern = (routes: readonly Route[], path: string): string =>
  routes.find((r) => matches(r.path, path))?.path ?? '(page)';
