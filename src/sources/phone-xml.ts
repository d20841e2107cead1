import { SaxesParser } from 'saxes';
import { FACT_KINDS, type FactKindName } from '../model/fact-kinds.ts';
import type { Bilingual } from '../model/reason.ts';
import { inBatches, type Reader, type SourceFile, type SourceRow, type SourceTable } from './reader.ts';

/**
 * Reports of phone examinations. Both formats are proprietary and not published: the adapter follows reports as people describe them, is tested on files made for
 * it, and hands over as broken what looks otherwise.
 */

/** An element as it was closed: its own text, fields and parts. */
interface Node {
  name: string;
  type: string;
  attributes: Readonly<Record<string, string>>;
  text: string;
  children: Node[];
}

/** Elements that are kept until they close; everything else is passed over. */
const KEPT = /^(?:model|call|message|sms|item|contact)$/;
const MOST_CHILDREN = 20_000;

/** Streams the elements that hold records. Entities from outside are not read; the parser refuses what is no XML. */
async function* elements(file: SourceFile): AsyncGenerator<Node | { broken: string }> {
  const parser = new SaxesParser({ xmlns: false });
  const stack: Node[] = [];
  let kept: Node | null = null;
  const done: (Node | { broken: string })[] = [];
  parser.on('opentag', (tag) => {
    const name = tag.name.replace(/^.*:/, '').toLowerCase();
    const attributes = Object.fromEntries(Object.entries(tag.attributes).map(([k, v]) => [k.toLowerCase(), v]));
    const node: Node = {
      name,
      type: (attributes['type'] ?? attributes['name'] ?? attributes['section'] ?? '').toLowerCase(),
      attributes,
      text: '',
      children: [],
    };
    if (kept === null && KEPT.test(name)) kept = node;
    else if (kept !== null && stack.at(-1)!.children.length < MOST_CHILDREN) stack.at(-1)!.children.push(node);
    stack.push(node);
  });
  const text = (t: string): void => {
    const top = stack.at(-1);
    if (top !== undefined && kept !== null && top.text.length < 1_000_000) top.text += t;
  };
  parser.on('text', text);
  parser.on('cdata', text);
  parser.on('closetag', () => {
    const node = stack.pop();
    if (node === undefined || node !== kept) return;
    done.push(node);
    kept = null;
  });
  let failed = '';
  parser.on('error', (e) => {
    failed = e.message;
  });
  const decoder = new TextDecoder(file.encoding ?? 'utf-8');
  const write = (chunk: string): void => {
    try {
      parser.write(chunk);
    } catch (e) {
      failed = e instanceof Error ? e.message : String(e);
    }
  };
  for await (const chunk of file.open()) {
    write(decoder.decode(chunk as Buffer, { stream: true }));
    yield* done.splice(0);
    if (failed !== '') break;
  }
  if (failed === '') {
    write(decoder.decode());
    try {
      parser.close();
    } catch (e) {
      failed = e instanceof Error ? e.message : String(e);
    }
  }
  yield* done.splice(0);
  if (failed !== '') yield { broken: failed };
}

const valueOf = (node: Node): string => {
  const own = node.text.trim();
  return own !== '' ? own : (node.children.map(valueOf).find((v) => v !== '') ?? '');
};

/** Names under which the same thing goes in both formats, small letters. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  direction: ['type', 'direction', 'calltype', 'folder', 'status'],
  number: ['number', 'identifier', 'phone', 'phonenumber', 'from', 'to', 'address'],
  at: ['timestamp', 'date', 'time', 'datetime', 'start', 'starttime'],
  duration: ['duration', 'length'],
  body: ['body', 'text', 'content', 'message'],
  source: ['source', 'application', 'app', 'service'],
};

/** A field of a record by what it means: <field name="Duration">, <duration>, or an attribute. */
function field(node: Node, meaning: string): string {
  for (const name of NAMES[meaning] ?? [meaning]) {
    const child = node.children.find((c) =>
      c.name === 'field' || c.name === 'item' ? c.attributes['name']?.toLowerCase() === name : c.name === name,
    );
    const value = child === undefined ? (node.attributes[name] ?? '') : valueOf(child);
    if (value !== '') return value;
  }
  return '';
}

/** The parties of a record, with their part in it. */
const parties = (node: Node): { id: string; role: string }[] =>
  all(node, (n) => n.name === 'model' && n.type === 'party').map((p) => ({
    id: field(p, 'number') || field(p, 'name'),
    role: (
      p.children.find((c) => c.attributes['name']?.toLowerCase() === 'role')?.children.map(valueOf)[0] ?? ''
    ).toLowerCase(),
  }));

const all = (node: Node, test: (n: Node) => boolean): Node[] =>
  node.children.flatMap((c) => (test(c) ? [c] : all(c, test)));

const isOutgoing = (direction: string): boolean => /out|sent|dialed|dialled|呼出|拨出|主叫|发送|去电/i.test(direction);
const isMissed = (direction: string): boolean => /miss|reject|未接|拒/i.test(direction);

const header = (kind: FactKindName, more: readonly string[]): string[] => [
  ...FACT_KINDS[kind].columns.map((c) => c.name),
  ...more,
];
const CALLS = header('calls', ['name', 'source', 'folder']);
const TEXTS = header('texts', ['direction', 'other', 'source']);

/** Where the owner's number stands: UFED's device info, or MOBILedit's own elements. */
const OWNER = [
  /<item[^>]*name="(?:MSISDN|Phone number|Own number|本机号码)"[^>]*>\s*(?:<!\[CDATA\[)?\+?([\d ]{5,20})/i,
  /<(?:own_?number|msisdn|phone_?number)>\s*\+?([\d ]{5,20})/i,
];
const IMEI = [/<item[^>]*name="IMEI[^"]*"[^>]*>\s*(?:<!\[CDATA\[)?(\d{14,16})/i, /<imei>\s*(\d{14,16})/i];

const firstMatch = (text: string, patterns: readonly RegExp[]): string =>
  patterns.map((p) => p.exec(text)?.[1] ?? '').find((m) => m !== '') ?? '';

export const phoneXml: Reader = {
  id: 'phone-xml',
  title: { zh: '手机取证 XML 报告', en: 'XML report of a phone examination' },
  source: 'reports in the manner of Cellebrite UFED and MOBILedit; no published specification',
  recognise({ text }) {
    if (text === null || !/^\ufeff?\s*</.test(text)) return null;
    const ufed = /<decodedData|<modelType\s|<project[^>]*(?:cellebrite|reportVersion)/i.test(text);
    const mobiledit = /<mobiledit|<report[^>]*>[^]*<(?:calls|messages|phonebook|contacts)\b/i.test(text);
    if (!ufed && !mobiledit) return null;
    return {
      score: 0.9,
      why: ufed
        ? { zh: 'UFED 式报告的元素', en: 'elements of a UFED-like report' }
        : { zh: 'MOBILedit 式报告的元素', en: 'elements of a MOBILedit-like report' },
    };
  },
  tables(file) {
    const text = file.text ?? '';
    const number = firstMatch(text, OWNER).replace(/\s/g, '');
    const imei = firstMatch(text, IMEI);
    const owner = number !== '' ? number : imei !== '' ? `device:${imei}` : 'device:unknown';
    const notes: Bilingual[] =
      number !== ''
        ? []
        : [
            {
              zh: `报告未写明本机号码，以 ${owner} 代替`,
              en: `the report does not name the phone's own number; ${owner} stands for it`,
            },
          ];
    return Promise.resolve([
      table(file, 'calls', CALLS, notes, (node) => callRow(node, owner, imei)),
      table(file, 'texts', TEXTS, [], (node) => textRow(node, owner)),
    ]);
  },
};

function table(
  file: SourceFile,
  kind: FactKindName,
  columns: readonly string[],
  notes: readonly Bilingual[],
  make: (node: Node) => Record<string, string> | null,
): SourceTable {
  return {
    member: kind,
    kind,
    header: columns,
    notes,
    rows: () =>
      inBatches(
        (async function* (): AsyncGenerator<SourceRow> {
          for await (const node of elements(file)) {
            if ('broken' in node) {
              // Of two tables over one file, one says where it broke.
              if (kind === 'calls') yield { broken: 'broken_xml', raw: node.broken };
              continue;
            }
            for (const record of node.name === 'model' && node.type === 'chat'
              ? all(node, (n) => n.type === 'instantmessage')
              : [node]) {
              const made = make(record);
              if (made !== null) yield { cells: columns.map((c) => made[c] ?? ''), raw: textOf(record) };
            }
          }
        })(),
      ),
  };
}

const isMessage = (n: Node): boolean =>
  (n.name === 'model' && ['sms', 'instantmessage', 'mms'].includes(n.type)) || n.name === 'message' || n.name === 'sms';

function callRow(node: Node, owner: string, imei: string): Record<string, string> | null {
  const call = (node.name === 'model' && node.type === 'call') || node.name === 'call';
  // Messages of a chat application are no telephone records; short messages are.
  const sms =
    (node.name === 'model' && node.type === 'sms') ||
    node.name === 'sms' ||
    (node.name === 'message' && /sms/i.test(field(node, 'source') || node.type || 'sms'));
  if (!call && !sms) return null;
  const direction = field(node, 'direction');
  const others = parties(node).filter((p) => p.id !== owner && p.id !== '');
  const outgoing = direction === '' ? others.some((p) => p.role === 'to') : isOutgoing(direction);
  const other = others.find((p) => p.role === (outgoing ? 'to' : 'from'))?.id ?? others[0]?.id ?? field(node, 'number');
  const duration = field(node, 'duration');
  return {
    started_at: field(node, 'at').replace(/^(\d{4}-\d\d-\d\d)T([\d:.]+)$/, '$1 $2'),
    caller: outgoing ? owner : other,
    callee: outgoing ? other : owner,
    duration_s: call ? duration || '0' : '0',
    answered: call && isMissed(direction) ? '0' : '',
    kind: call ? 'voice' : 'sms',
    direction: outgoing ? 'out' : 'in',
    imei,
    name: field(node, 'name') || others.map((p) => p.id).join(';'),
    source: field(node, 'source'),
    folder: direction,
  };
}

function textRow(node: Node, owner: string): Record<string, string> | null {
  if (!isMessage(node)) return null;
  const body = field(node, 'body');
  if (body === '') return null;
  const direction = field(node, 'direction');
  const others = parties(node).filter((p) => p.id !== owner && p.id !== '');
  const from = others.find((p) => p.role === 'from')?.id;
  const author = isOutgoing(direction) ? owner : (from ?? field(node, 'number'));
  return {
    text_id: node.attributes['id'] ?? `${field(node, 'at')} ${author}`,
    kind: 'chat',
    text: body,
    at: field(node, 'at'),
    author,
    direction,
    other: others.map((p) => p.id).join(';'),
    source: field(node, 'source'),
  };
}

/** The record in one line, as provenance shows it: names and values in their order. */
function textOf(node: Node): string {
  const parts = (n: Node): string[] => [
    ...(n.text.trim() === '' ? [] : [`${n.attributes['name'] ?? n.name}=${n.text.trim()}`]),
    ...n.children.flatMap((c) =>
      c.name === 'value'
        ? c.text.trim() === ''
          ? []
          : [`${n.attributes['name'] ?? n.name}=${c.text.trim()}`]
        : parts(c),
    ),
  ];
  return `<${node.name}${node.type === '' ? '' : ` ${node.type}`}> ${parts(node).join(' ')}`.slice(0, 4000);
}
