import type { Bilingual } from '../model/reason.ts';
import { PASSED, type Passed } from './vicidial-making.ts';

/** What the readers of VICIdial were written from. */
export const SOURCE = 'astguiclient: extras/MySQL_AST_CREATE_tables.sql';

/** How many rows of a table are no records of their own, and what they are. */
export const passedNote = (table: string, why: Passed, rows: number): Bilingual => ({
  zh: `${table}：${rows} 行${PASSED[why].zh}，未读取`,
  en: `${table}: ${rows} rows are ${PASSED[why].en}, not read`,
});

/** Tables that stay unread, with their rows. Lead lists are named by themselves: people look for them. */
export function leftNotes(left: readonly (readonly [table: string, rows: number])[]): Bilingual[] {
  const leads = left.filter(([t]) => /^vicidial_list(?:_archive)?$/.test(t)).reduce((sum, [, n]) => sum + n, 0);
  const rest = left.filter(([t]) => !/^vicidial_list(?:_archive)?$/.test(t));
  const list = rest.map(([t, n]) => `${t} ${n}`).join(', ');
  const notes: Bilingual[] = [];
  if (leads > 0)
    notes.push({
      zh: `vicidial_list 有 ${leads} 条待拨名单：名单来自哪个机构，库中没有可靠说明（list_name、vendor_lead_code 是操作者自填的），未作为往来记录导入`,
      en: `vicidial_list has ${leads} leads: nothing in it says for sure which organisation they came from (list_name and vendor_lead_code are whatever its operator typed), so no dealings were made of them`,
    });
  if (rest.length > 0)
    notes.push({ zh: `没有对应种类、未读取的表：${list}`, en: `tables of no kind of record, not read: ${list}` });
  return notes;
}

/** Rows that stand in a live table and in its archive. */
export const twiceNote = (table: string, rows: number): Bilingual => ({
  zh: `${table} 与 ${table}_archive 有 ${rows} 行相同，只读取一次`,
  en: `${rows} rows stand in both ${table} and ${table}_archive and were read once`,
});
