import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArchive, unpack, type ArchiveLimits, type ArchiveProblem } from '../sources/archive.ts';
import { sha256OfFile } from '../sources/inspect.ts';
import { ImportRefusal } from './refusal.ts';

/** A file to read, or a member of an archive that was unpacked for it. */
export interface Part {
  /** Where its bytes lie now. */
  path: string;
  /** As people know it: the path or an upload's name, then `!/member` for what came in an archive. */
  name: string;
  /** The archive it came in, by its SHA-256, and its name in there; null for a file of its own. */
  container: { sha256: string; path: string; member: string } | null;
}

const WORDS: Record<ArchiveProblem, { zh: string; en: string }> = {
  encrypted: { zh: '已加密，请先解密', en: 'it is encrypted; decrypt it first' },
  bomb: {
    zh: '解压后大得可疑，未解压；确认无误后请自行解压再导入',
    en: 'it would unpack to a suspicious size and was left alone; unpack it yourself if you trust it',
  },
  too_many_members: { zh: '文件太多，其余未读取', en: 'there are too many members; the rest was not read' },
  damaged: { zh: '压缩包损坏或不完整', en: 'the archive is damaged or cut short' },
  nested: {
    zh: '压缩包内的压缩包再套压缩包，未解压',
    en: 'an archive within an archive within an archive is not opened',
  },
};

/**
 * The files to read behind a path: itself, or an archive's members, each there only until the next one is asked for. A member that can't be unpacked comes as a
 * refusal.
 */
export async function* partsOf(
  path: string,
  name: string,
  options: { tempDir?: string; archive?: ArchiveLimits } = {},
): AsyncGenerator<Part | { name: string; refusal: ImportRefusal }> {
  if (!(await isArchive(path, name))) {
    yield { path, name, container: null };
    return;
  }
  const sha256 = await sha256OfFile(path);
  const dir = await mkdtemp(join(options.tempDir ?? tmpdir(), 'ringbreak-archive-'));
  try {
    for await (const { member, path: at, problem } of unpack(path, dir, options.archive)) {
      const full = member === '' ? name : `${name}!/${member}`;
      if (problem === undefined) {
        yield { path: at, name: full, container: { sha256, path, member } };
        await rm(at, { force: true });
      } else {
        const { zh, en } = WORDS[problem];
        yield { name: full, refusal: new ImportRefusal('archive', { zh: `${full}：${zh}。`, en: `${full}: ${en}.` }) };
      }
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
