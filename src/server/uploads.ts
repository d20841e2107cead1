import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ApiFault, badRequest } from './api-error.ts';

/** Bytes of one uploaded file unless RINGBREAK_UPLOAD_MB says otherwise. Bigger ones are imported from the command line, without a copy. */
const UPLOAD_MB = 8192;

/** A file that a page sent, kept in the data directory until it is imported or the server starts anew. */
export interface Upload {
  id: string;
  name: string;
  path: string;
}

/** Streams a request's body to disk; it never stands in memory. Throws when it is too large or the disk is full; nothing is left then. */
export async function receive(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  body: ReadableStream<Uint8Array> | null,
): Promise<Upload> {
  if (body === null) throw badRequest('body', { zh: '没有文件内容', en: 'it holds no file' });
  const id = randomUUID();
  const folder = join(folderOf(dataDir), id);
  const upload = { id, name: safeName(name), path: join(folder, safeName(name)) };
  const limit = Number(env['RINGBREAK_UPLOAD_MB'] ?? UPLOAD_MB) * 1e6;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let size = 0;
  const counted = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.length;
      done(size > limit ? tooLarge(limit) : null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(body as never), counted, createWriteStream(upload.path, { mode: 0o600 }));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw diskFull();
    throw error;
  }
  return upload;
}

/** The upload of that id; throws when there is none (imported already, or the server was started anew). */
export function uploadOf(dataDir: string, id: string): Upload {
  const folder = join(folderOf(dataDir), id);
  const [name] = /^[0-9a-f-]{36}$/.test(id) && existsSync(folder) ? readdirSync(folder) : [];
  if (name === undefined) {
    throw new ApiFault(
      404,
      'no-upload',
      { zh: '这个文件已不在服务器上。', en: 'That file is not on the server any more.' },
      { zh: '请重新选择文件。', en: 'Choose the file again.' },
    );
  }
  return { id, name, path: join(folder, name) };
}

export const discard = (dataDir: string, upload: Pick<Upload, 'id'>): void =>
  rmSync(join(folderOf(dataDir), upload.id), { recursive: true, force: true });

/** Files that were previewed and never stored, from before this start. */
export const discardAll = (dataDir: string): void => rmSync(folderOf(dataDir), { recursive: true, force: true });

const folderOf = (dataDir: string): string => join(dataDir, 'uploads');

/** The file's own name without anything that would lead out of its folder; its ending tells the format. */
export function safeName(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const safe = [...last.replace(/[\p{Cc}\p{Cf}:*?"<>|]/gu, '_').replace(/^\.+/, '')].slice(-80).join('');
  return safe === '' ? 'file' : safe;
}

const tooLarge = (limit: number): ApiFault =>
  new ApiFault(
    413,
    'too-large',
    { zh: `文件超过 ${limit / 1e6} MB。`, en: `The file is larger than ${limit / 1e6} MB.` },
    {
      zh: '用 ringbreak import 命令导入，或用 RINGBREAK_UPLOAD_MB 调高上限。',
      en: 'Import it with ringbreak import, or raise RINGBREAK_UPLOAD_MB.',
    },
  );

const diskFull = (): ApiFault =>
  new ApiFault(
    507,
    'disk-full',
    { zh: '磁盘空间不足，文件没有保存。', en: 'The disk is full; the file was not kept.' },
    { zh: '腾出空间后重试。', en: 'Free some space and try again.' },
  );
