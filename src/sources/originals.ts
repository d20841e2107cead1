import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';

/** Where the bytes with this SHA-256 are kept below `dir`. */
export function originalPath(dir: string, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError(`${JSON.stringify(sha256)} is not a SHA-256`);
  return join(dir, sha256.slice(0, 2), sha256);
}

/**
 * Keeps a copy of a file under its content's address, once. The copy appears whole or not at all, and can only be read. Throws the system's
 * error (a full disk), or an Error when the file changed while it was copied.
 */
export async function keepOriginal(dir: string, path: string, sha256: string, bytes: number): Promise<void> {
  const to = originalPath(dir, sha256);
  if (existsSync(to)) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const next = `${to}.${randomUUID()}.part`;
  try {
    // A clone where the file system can: no bytes are moved.
    await copyFile(path, next, constants.COPYFILE_FICLONE);
    const copied = (await stat(next)).size;
    if (copied !== bytes) throw new Error(`${path} changed while it was being kept (${bytes} bytes, then ${copied})`);
    await chmod(next, 0o400);
    await rename(next, to);
  } catch (e) {
    await rm(next, { force: true });
    throw e;
  }
}
