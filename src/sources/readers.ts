import { spreadsheet } from './spreadsheet.ts';
import type { Reader, Recognition, SourceFile } from './reader.ts';

/** Every reader of our own; a new one is a file here and a line in this list. */
export const READERS: readonly Reader[] = [spreadsheet];

/** The readers that know the file, surest first. */
export function readersOf(file: SourceFile): { reader: Reader; recognition: Recognition }[] {
  return READERS.flatMap((reader) => {
    const recognition = reader.recognise(file);
    return recognition === null ? [] : [{ reader, recognition }];
  }).sort((a, b) => b.recognition.score - a.recognition.score);
}
