import { asteriskCel, asteriskQueueLog } from './asterisk.ts';
import { freeswitchJson } from './freeswitch-json.ts';
import { hepCapture } from './hep.ts';
import { kamailioAccLog, kamailioAccTable } from './kamailio.ts';
import { mysqlDump } from './mysql-dump.ts';
import { phoneXml } from './phone-xml.ts';
import type { Reader, Recognition, SourceFile } from './reader.ts';
import { spreadsheet } from './spreadsheet.ts';
import { vicidialCsv, vicidialDump } from './vicidial.ts';

/** Every reader of our own; a new one is a file here and a line in this list. */
export const READERS: readonly Reader[] = [
  spreadsheet,
  asteriskQueueLog,
  asteriskCel,
  freeswitchJson,
  kamailioAccLog,
  kamailioAccTable,
  hepCapture,
  vicidialDump,
  vicidialCsv,
  mysqlDump,
  phoneXml,
];

/** The readers that know the file, surest first. */
export function readersOf(file: SourceFile): { reader: Reader; recognition: Recognition }[] {
  return READERS.flatMap((reader) => {
    const recognition = reader.recognise(file);
    return recognition === null ? [] : [{ reader, recognition }];
  }).sort((a, b) => b.recognition.score - a.recognition.score);
}
