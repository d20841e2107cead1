import type { Bilingual } from '../model/reason.ts';
import { ROWS_AT_ONCE, type SourceRow, type SourceTable } from './reader.ts';
import { noRecord, type FoundTable, type NoRecord } from './table-finder.ts';

/** A row as it was cut, and its text. */
export interface CutRow {
  cells: readonly string[];
  raw: string;
}

const WORDS: Record<Exclude<NoRecord, 'blank'>, { zh: string; en: string }> = {
  total: { zh: '合计行', en: 'total' },
  repeated_header: { zh: '重复的表头', en: 'repeated header' },
  remark: { zh: '说明行', en: 'remark' },
};

/**
 * The table below a header that was found. Rows that are no records (totals, repeated headers, remarks) are counted and named in its notes; every
 * other row is handed over, broken where it has more cells than the header.
 */
export function peopleTable(
  member: string,
  found: FoundTable,
  rows: () => AsyncIterable<CutRow>,
): SourceTable & { notes: Bilingual[] } {
  const notes: Bilingual[] = [];
  const { header } = found;
  if (found.headerAt > 0) {
    notes.push({
      zh: `表头前有 ${found.headerAt} 行说明，未作记录读取。`,
      en: `${found.headerAt} line${found.headerAt === 1 ? '' : 's'} above the header, not read as records.`,
    });
  }
  const before = notes.length;
  return {
    member,
    kind: null,
    header,
    preamble: found.preamble,
    notes,
    async *rows() {
      const left = new Map<Exclude<NoRecord, 'blank'>, string[]>();
      let batch: SourceRow[] = [];
      let index = -1;
      for await (const { cells, raw } of rows()) {
        index++;
        if (index <= found.headerAt) continue;
        const why = noRecord(cells, header);
        if (why === 'blank') continue;
        if (why !== null) {
          left.set(why, [...(left.get(why) ?? []), raw]);
          continue;
        }
        const beyond = cells.slice(header.length).some((c) => c.trim() !== '');
        batch.push(
          beyond ? { broken: 'wrong_number_of_cells', raw } : { cells: header.map((_, i) => cells[i] ?? ''), raw },
        );
        if (batch.length < ROWS_AT_ONCE) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
      notes.length = before;
      for (const [why, texts] of left) {
        const shown = texts.slice(0, 3).map((t) => (t.length > 40 ? `${t.slice(0, 40)}…` : t));
        notes.push({
          zh: `${texts.length} 行是${WORDS[why].zh}，不是记录：${shown.join(' / ')}`,
          en: `${texts.length} row(s) are no records (${WORDS[why].en}): ${shown.join(' / ')}`,
        });
      }
    },
  };
}
