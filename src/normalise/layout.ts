import { FACT_KIND_NAMES, FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import type { Bilingual } from '../model/reason.ts';
import { readHeader, sniffDelimiter } from '../sources/delimited.ts';
import {
  inspectFile,
  openDecompressed,
  UnreadableFile,
  type Inspected,
  type TextEncoding,
} from '../sources/inspect.ts';
import type { FactsStore } from '../store/facts.ts';
import { fittingProfiles, kindOfHeader, kindOfName, mapColumns, type Mapping, type Profile } from './profile.ts';
import { ImportRefusal } from './refusal.ts';
import { parquetColumns, type Layout } from './stage.ts';

export interface Recognised {
  layout: Layout;
  mapping: Mapping;
  /** What a person should know about how the file was read. */
  notes: Bilingual[];
}

export interface RecognitionOptions {
  as?: FactKindName;
  profile?: Profile;
  profiles: readonly Profile[];
  maxLine: number;
  onBytes?: (done: number) => void;
}

/**
 * Finds out what a file is: its bytes, encoding, delimiter, columns, kind and mapping. The kind is the one asked for (`as`), the
 * profile's, the one the name stands for, or the one whose columns the header has.
 * @throws ImportRefusal saying what is wrong with it and what to do
 */
export async function recognise(facts: FactsStore, path: string, options: RecognitionOptions): Promise<Recognised> {
  const file = await inspected(path, options);
  const notes: Bilingual[] = [];
  if (file.format === 'parquet') {
    if (facts.engine !== 'chdb') {
      throw new ImportRefusal('unsupported', {
        zh: `${path}：连接 ClickHouse 服务器时不能导入 Parquet，请先转换为 CSV。`,
        en: `${path}: Parquet can't be imported into a ClickHouse server yet; convert it to CSV first.`,
      });
    }
    const header = (await parquetColumns(facts, path)).map((c) => c.name);
    const layout: Layout = { file, delimiter: ',', encoding: 'utf-8', header, hasHeaderRow: false };
    return { layout, mapping: mappingOf(path, header, options, notes), notes };
  }
  const encoding = await encodingOf(file, options.profile, notes);
  const head = new TextDecoder(encoding).decode(file.head);
  if (file.format === 'ndjson') return recogniseJson(path, file, head, options, notes);

  const sniffed = sniffDelimiter(head);
  let profile = options.profile;
  const delimiter = profile?.delimiter ?? sniffed;
  const header = profile?.header === false ? (profile.names ?? []) : readHeader(head, delimiter);
  if (header === null) {
    throw new ImportRefusal('delimiter', {
      zh: `${path} 的表头读不懂：首行引号不成对或过长。请检查文件是否为带表头的 CSV。`,
      en: `${path}: the header can't be read (broken quotes, or a first line that is far too long). Check that it is CSV with a header row.`,
    });
  }
  if (profile === undefined && options.as === undefined && kindOfHeader(header) === null) {
    // Columns of a source we know: its profile is used without being asked for.
    profile = fittingProfiles(header, options.profiles)[0];
    if (profile !== undefined) {
      notes.push({ zh: `${path}：按配置 ${profile.name} 读取。`, en: `${path}: read by the profile ${profile.name}.` });
    }
  }
  if (delimiter !== ',' && profile?.delimiter === undefined) {
    const shown = delimiter === '\t' ? 'TAB' : delimiter;
    notes.push({
      zh: `${path}：分隔符不是逗号，按“${shown}”读取。`,
      en: `${path}: the delimiter is not a comma; read with "${shown}".`,
    });
  }
  if (file.hasLongLine) {
    notes.push({
      zh: `${path}：有超过 ${options.maxLine} 字节的行，将被隔离。`,
      en: `${path}: some lines are longer than ${options.maxLine} bytes; they are quarantined.`,
    });
  }
  const layout: Layout = { file, delimiter, encoding, header, hasHeaderRow: profile?.header !== false };
  const withProfile = profile === undefined ? options : { ...options, profile };
  return { layout, mapping: mappingOf(path, header, withProfile, notes), notes };
}

function mappingOf(path: string, header: readonly string[], options: RecognitionOptions, notes: Bilingual[]): Mapping {
  const { profile } = options;
  const named = kindOfName(path);
  const kind = options.as ?? profile?.kind ?? named ?? kindOfHeader(header);
  if (kind === null) {
    const found = header.join(', ');
    throw new ImportRefusal('unknown_kind', {
      zh: `认不出 ${path} 是什么数据；列是：${found}。用 --as 指明（${FACT_KIND_NAMES.join('、')}），或用 --profile。`,
      en: `${path}: it is not clear what this is; its columns are: ${found}. Say so with --as (${FACT_KIND_NAMES.join(', ')}), or use --profile.`,
    });
  }
  if (profile !== undefined && profile.kind !== kind) {
    throw new ImportRefusal('profile', {
      zh: `配置 ${profile.name} 用于 ${profile.kind}，不能用于 ${kind}。`,
      en: `The profile ${profile.name} is for ${profile.kind}, not for ${kind}.`,
    });
  }
  const mapping = mapColumns(header, kind, profile ?? null, options.profiles);
  const unknown = mapping.extra.map((e) => e.name);
  if (unknown.length > 0) {
    notes.push({
      zh: `${path}：未知列 ${unknown.join('、')} 保存在 extra 中。`,
      en: `${path}: unknown columns are kept in extra: ${unknown.join(', ')}.`,
    });
  }
  return mapping;
}

async function inspected(path: string, options: RecognitionOptions): Promise<Inspected> {
  try {
    return await inspectFile(path, options.maxLine, options.onBytes);
  } catch (cause) {
    throw refusalOf(path, cause);
  }
}

/** The system's and the reader's errors as refusals a person can act on. */
export function refusalOf(path: string, cause: unknown): unknown {
  if (cause instanceof UnreadableFile) return refusalOfBytes(path, cause);
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? '';
  if (code === 'ENOENT') {
    return new ImportRefusal(
      'not_found',
      { zh: `没有 ${path} 这个文件或目录。`, en: `${path} does not exist.` },
      { cause },
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const text = {
      zh: `没有读取 ${path} 的权限。请用有权限的账户运行，或修改其权限。`,
      en: `${path} may not be read. Run with an account that may, or change its mode.`,
    };
    return new ImportRefusal('unreadable', text, { cause });
  }
  const words = cause instanceof Error ? cause.message : String(cause);
  if (code === 'ENOSPC' || /No space left|NOT_ENOUGH_SPACE|CANNOT_RESERVE_SPACE|ENOSPC/.test(words)) {
    const text = {
      zh: `导入 ${path} 时磁盘已满，未保存任何内容。腾出空间后重新运行同一命令。`,
      en: `The disk became full while ${path} was being imported; nothing of it was stored. Free some space and run the same command again.`,
    };
    return new ImportRefusal('disk_full', text, { cause });
  }
  return cause;
}

function refusalOfBytes(path: string, e: UnreadableFile): ImportRefusal {
  const make = (zh: string, en: string): ImportRefusal => new ImportRefusal(e.code, { zh, en }, { cause: e });
  switch (e.code) {
    case 'empty':
      return make(`${path} 是空文件。`, `${path} is empty.`);
    case 'truncated':
      return make(
        `${path} 的压缩数据不完整：解出 ${e.detail} 字节后中断。文件可能没有传完；未保存任何内容，请重新获取该文件。`,
        `${path} is cut short: its compressed data ends after ${e.detail} bytes of text. The copy was probably not complete; nothing was stored. Fetch the file again.`,
      );
    case 'unsupported':
      return make(
        `读取 zstd 压缩需要 Node 22.15 以上：请先解压 ${path}(zstd -d)，或改用 gzip。`,
        `Reading zstd needs Node 22.15 or newer: decompress ${path} first (zstd -d), or use gzip.`,
      );
    case 'binary':
      return e.detail.startsWith('xls')
        ? make(
            `${path} 是表格文件（${e.detail}），不是 CSV。请在表格软件中另存为 CSV UTF-8，号码列先设为文本格式。`,
            `${path} is a spreadsheet (${e.detail}), not CSV. Save it as CSV UTF-8 there, with the number columns set to text first.`,
          )
        : make(
            `${path} 不是文本文件（${e.detail}）。可导入的格式：CSV、NDJSON、Parquet，可用 gzip 压缩。`,
            `${path} is not text (${e.detail}). What can be imported: CSV, NDJSON, Parquet, gzip-compressed or not.`,
          );
  }
}

/** UTF-8, or what the profile says, or GB18030 where all of the file can be read as that. */
async function encodingOf(file: Inspected, profile: Profile | undefined, notes: Bilingual[]): Promise<TextEncoding> {
  const { path } = file;
  if (file.encoding !== null && file.encoding !== 'utf-8') {
    notes.push({ zh: `${path}：按 ${file.encoding} 读取。`, en: `${path}: read as ${file.encoding}.` });
    return file.encoding;
  }
  const wanted = profile?.encoding;
  if (file.encoding === 'utf-8' && (wanted === undefined || wanted === 'utf-8')) return 'utf-8';
  const candidate = wanted === undefined || wanted === 'utf-8' ? 'gb18030' : wanted;
  if (await decodes(file, candidate)) {
    if (wanted !== candidate) {
      notes.push({
        zh: `${path}：不是 UTF-8，按 GB18030 读取（可完整解码）。`,
        en: `${path}: not UTF-8; read as GB18030, as which all of it can be decoded.`,
      });
    }
    return candidate;
  }
  throw new ImportRefusal('encoding', {
    zh: `${path} 既不是 UTF-8 也不是 ${candidate}。请先转换，例如 iconv -f 原编码 -t UTF-8，或在配置中写明 encoding。`,
    en: `${path} is neither UTF-8 nor ${candidate}. Convert it first (iconv -f ENCODING -t UTF-8), or name its encoding in a profile.`,
  });
}

async function decodes(file: Inspected, encoding: TextEncoding): Promise<boolean> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of openDecompressed(file.path, file.compression)) {
      // Undefined positions of the table come out as private-use characters: bytes of another encoding do that, Chinese text doesn't.
      if (/[\ue000-\uf8ff\ufffd]/.test(decoder.decode(chunk as Buffer, { stream: true }))) return false;
    }
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

function recogniseJson(
  path: string,
  file: Inspected,
  head: string,
  options: RecognitionOptions,
  notes: Bilingual[],
): Recognised {
  if (file.encoding !== 'utf-8') {
    throw new ImportRefusal('encoding', {
      zh: `${path} 是 JSON，但不是 UTF-8。请先转换为 UTF-8。`,
      en: `${path} is JSON, but not UTF-8. Convert it to UTF-8 first.`,
    });
  }
  const keys = new Set<string>();
  for (const line of head.split('\n').slice(0, 200)) {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        for (const key of Object.keys(value)) keys.add(key);
      }
    } catch {
      // broken rows are found and quarantined when the file is read; the last line of the head is usually cut
    }
  }
  const found = [...keys];
  let { profile } = options;
  if (profile === undefined && options.as === undefined && kindOfHeader(found) === null) {
    profile = fittingProfiles(found, options.profiles)[0];
  }
  const kind = options.as ?? profile?.kind ?? kindOfName(path) ?? kindOfHeader(found);
  // Optional columns may turn up after the part that was looked at.
  const optional = kind === null ? [] : FACT_KINDS[kind].columns.filter((c) => c.required !== true).map((c) => c.name);
  const wanted = new Set([
    ...(kind === null ? [] : FACT_KINDS[kind].columns.map((c) => c.name)),
    ...Object.values(profile?.columns ?? {}).flatMap((rule) =>
      typeof rule === 'string' ? [rule] : Array.isArray(rule) ? rule : 'from' in rule ? [rule.from].flat() : [],
    ),
  ]);
  const header = [...new Set([...found.filter((k) => wanted.has(k)), ...optional])];
  const withProfile = profile === undefined ? options : { ...options, profile };
  const mapping = mappingOf(path, kind === null ? found : header, withProfile, notes);
  const layout: Layout = { file, delimiter: ',', encoding: 'utf-8', header: [...header, 'extra'], hasHeaderRow: false };
  return { layout, mapping: { ...mapping, extra: [], extraJson: header.length }, notes };
}
