import type { Bilingual } from '../model/reason.ts';
import { openDecompressed, type Inspected, type TextEncoding } from '../sources/inspect.ts';
import type { SourceFile } from '../sources/reader.ts';
import type { Profile } from './profile.ts';
import { ImportRefusal } from './refusal.ts';

/** A file as readers see it; `encoding` null: it is no text. */
export const sourceFile = (file: Inspected, name: string, encoding: TextEncoding | null): SourceFile => ({
  path: file.path,
  name,
  compression: file.compression,
  head: file.head,
  text: encoding === null ? null : new TextDecoder(encoding).decode(file.head),
  encoding,
  size: file.textBytes,
  open: () => openDecompressed(file.path, file.compression),
});

/** UTF-8, or what the profile says, or GB18030 where all of the file can be read as that. */
export async function encodingOf(
  file: Inspected,
  path: string,
  profile: Profile | undefined,
  notes: Bilingual[],
): Promise<TextEncoding> {
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
