import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { isWorkbook } from './spreadsheet.ts';

/** What an archive may hold at most: a few kilobytes can unpack to petabytes (zip bombs; CWE-409). */
export interface ArchiveLimits {
  members: number;
  /** Unpacked bytes of all members together. */
  bytes: number;
  /** Unpacked to packed bytes of one member, once it is larger than `unsuspicious`. */
  ratio: number;
  unsuspicious: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  members: 10_000,
  bytes: 200e9,
  ratio: 300,
  unsuspicious: 256e6,
};

export type ArchiveProblem = 'encrypted' | 'bomb' | 'too_many_members' | 'damaged' | 'nested';

/** A member as it was unpacked, or why it was not. */
export type Unpacked =
  { member: string; path: string; problem?: undefined } | { member: string; problem: ArchiveProblem; path?: undefined };

const ZIP = Buffer.from('PK\x03\x04', 'latin1');

/** Whether a file is a zip archive and not a workbook, which is one too. */
export async function isArchive(path: string, name: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(256 * 1024);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const seen = head.subarray(0, bytesRead);
    return seen.subarray(0, 4).equals(ZIP) && !isWorkbook({ head: seen, name });
  } finally {
    await file.close();
  }
}

/**
 * Unpacks an archive's files one after the other into `dir` under names of ours; the caller removes each when done with it. Members of archives
 * inside are named `inner.zip!/file.csv`; one level of them is opened. A member that can't be unpacked is handed over with the reason, the others go on.
 */
export async function* unpack(
  path: string,
  dir: string,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
  depth = 0,
): AsyncGenerator<Unpacked> {
  const budget = { members: 0, bytes: 0 };
  yield* unpackInto(path, dir, limits, depth, '', budget);
}

async function* unpackInto(
  path: string,
  dir: string,
  limits: ArchiveLimits,
  depth: number,
  prefix: string,
  budget: { members: number; bytes: number },
): AsyncGenerator<Unpacked> {
  let zip: yauzl.ZipFile;
  try {
    zip = await yauzl.openPromise(path, { decodeStrings: false, validateEntrySizes: true, lazyEntries: true });
  } catch {
    yield { member: prefix, problem: 'damaged' };
    return;
  }
  try {
    for await (const entry of zip.eachEntry()) {
      const member = prefix + nameOf(entry);
      if (/\/$|(^|\/)(__MACOSX\/|\.)/.test(member.slice(prefix.length))) continue;
      if (++budget.members > limits.members) {
        yield { member, problem: 'too_many_members' };
        return;
      }
      const problem = problemOf(entry, limits, budget);
      if (problem !== null) {
        yield { member, problem };
        continue;
      }
      const to = join(dir, `member-${budget.members}`);
      try {
        await pipeline(
          await zip.openReadStreamPromise(entry),
          counted(limits, budget),
          createWriteStream(to, { mode: 0o600 }),
        );
      } catch (e) {
        yield { member, problem: e instanceof Bomb ? 'bomb' : 'damaged' };
        continue;
      }
      if (!(await isArchive(to, member))) yield { member, path: to };
      else if (depth > 0) yield { member, problem: 'nested' };
      else yield* unpackInto(to, dir, limits, depth + 1, `${member}!/`, budget);
    }
  } catch {
    yield { member: prefix, problem: 'damaged' };
  } finally {
    zip.close();
  }
}

function problemOf(entry: yauzl.Entry, limits: ArchiveLimits, budget: { bytes: number }): ArchiveProblem | null {
  if ((entry.generalPurposeBitFlag & 1) !== 0) return 'encrypted';
  const suspicious = entry.uncompressedSize > limits.unsuspicious;
  if (suspicious && entry.uncompressedSize > limits.ratio * Math.max(1, entry.compressedSize)) return 'bomb';
  return budget.bytes + entry.uncompressedSize > limits.bytes ? 'bomb' : null;
}

class Bomb extends Error {}

/** Counts what really comes out: the sizes an archive states may be lies. */
const counted = (limits: ArchiveLimits, budget: { bytes: number }): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      budget.bytes += chunk.length;
      if (budget.bytes > limits.bytes) done(new Bomb('too many bytes'));
      else done(null, chunk);
    },
  });

/** Names are UTF-8 when the archive says so, or can be read as such; Chinese archivers write GB18030 without saying anything. */
function nameOf(entry: yauzl.Entry): string {
  const bytes = entry.fileName as unknown as Buffer;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\\', '/');
  } catch {
    return new TextDecoder('gb18030').decode(bytes).replaceAll('\\', '/');
  }
}
