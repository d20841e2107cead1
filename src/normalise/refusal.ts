import type { Bilingual } from '../model/reason.ts';
import { UnreadableFile } from '../sources/inspect.ts';

/** Why a whole file is not taken in; nothing of it is stored. */
export type RefusalCode =
  | 'not_found'
  | 'unreadable'
  | 'empty'
  | 'binary'
  | 'truncated'
  | 'encoding'
  | 'unknown_kind'
  | 'missing_column'
  | 'delimiter'
  | 'profile'
  | 'disk_full'
  | 'unsupported'
  | 'engine'
  | 'balance'
  | 'archive';

/** A file that can't be imported as it is: says what was found, where, and what to do. */
export class ImportRefusal extends Error {
  readonly code: RefusalCode;
  readonly text: Bilingual;
  constructor(code: RefusalCode, text: Bilingual, options?: ErrorOptions) {
    super(text.en, options);
    this.name = 'ImportRefusal';
    this.code = code;
    this.text = text;
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
      return e.detail.startsWith('workbook')
        ? make(
            `${path} 是电子表格，但读不出来（${e.detail}）。请确认文件完整、未加密，或另存为 CSV UTF-8。`,
            `${path} is a workbook that can't be read (${e.detail}). Check that it is whole and not encrypted, or save it as CSV UTF-8.`,
          )
        : make(
            `${path} 不是文本文件（${e.detail}）。可导入：CSV、NDJSON、Parquet、电子表格、zip，以及文档列出的各种日志与报告。`,
            `${path} is not text (${e.detail}). What can be imported: CSV, NDJSON, Parquet, workbooks, zip archives, and the logs and reports the guide lists.`,
          );
  }
}
