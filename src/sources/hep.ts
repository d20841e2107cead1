import { inflateSync } from 'node:zlib';
import { inBatches, type Reader, type SourceRow } from './reader.ts';
import { eventOf, SipDialogs, SIP_HEADER } from './sip-dialogs.ts';
import { readSip } from './sip-message.ts';

/** What a HEP3 packet carries. */
export interface HepPacket {
  /** Epoch milliseconds. */
  at: number;
  sourceIp: string;
  destinationIp: string;
  sourcePort: number;
  destinationPort: number;
  /** 1: SIP. */
  protocol: number;
  /** Capture agent. */
  agent: number;
  payload: Buffer;
}

const MAGIC = Buffer.from('HEP3', 'latin1');
const HEAD = 6;

/**
 * Decodes one HEP3 packet (HEP/EEP specification, rev. 12: "HEP3", length, then chunks of vendor, type, length and data); null when its chunks are not what their
 * lengths say. Chunks of other vendors are passed over.
 */
export function decodeHep(packet: Buffer): HepPacket | null {
  if (packet.length < HEAD || !packet.subarray(0, 4).equals(MAGIC) || packet.readUInt16BE(4) !== packet.length)
    return null;
  const out: HepPacket = {
    at: 0,
    sourceIp: '',
    destinationIp: '',
    sourcePort: 0,
    destinationPort: 0,
    protocol: 0,
    agent: 0,
    payload: Buffer.alloc(0),
  };
  let [seconds, micros] = [0, 0];
  for (let at = HEAD; at < packet.length;) {
    if (at + HEAD > packet.length) return null;
    const vendor = packet.readUInt16BE(at);
    const type = packet.readUInt16BE(at + 2);
    const length = packet.readUInt16BE(at + 4);
    if (length < HEAD || at + length > packet.length) return null;
    const data = packet.subarray(at + HEAD, at + length);
    at += length;
    if (vendor !== 0) continue;
    const number =
      data.length === 1
        ? data.readUInt8()
        : data.length === 2
          ? data.readUInt16BE()
          : data.length === 4
            ? data.readUInt32BE()
            : 0;
    if (type === 3 || type === 4) {
      if (data.length !== 4) return null;
      out[type === 3 ? 'sourceIp' : 'destinationIp'] = data.join('.');
    } else if (type === 5 || type === 6) {
      if (data.length !== 16) return null;
      out[type === 5 ? 'sourceIp' : 'destinationIp'] = ipv6(data);
    } else if (type === 7) out.sourcePort = number;
    else if (type === 8) out.destinationPort = number;
    else if (type === 9) seconds = number;
    else if (type === 10) micros = number;
    else if (type === 11) out.protocol = number;
    else if (type === 12) out.agent = number;
    else if (type === 15) out.payload = data;
    else if (type === 16) {
      try {
        out.payload = inflateSync(data, { maxOutputLength: 1 << 20 });
      } catch {
        return null;
      }
    }
  }
  out.at = seconds * 1000 + Math.floor(micros / 1000);
  return out;
}

function ipv6(data: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => data.readUInt16BE(i * 2).toString(16));
  return groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}

/** Cuts a stream of bytes into packets; what is none comes as `broken`, up to where the next packet begins. */
export class HepSplitter {
  #rest: Buffer = Buffer.alloc(0);

  *feed(chunk: Buffer): Generator<{ packet: Buffer; broken?: undefined } | { broken: Buffer }> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const start = bytes.indexOf(MAGIC);
      if (start !== 0) {
        // The last three bytes may be the beginning of the magic.
        const until = start < 0 ? Math.max(0, bytes.length - 3) : start;
        if (until > 0) yield { broken: bytes.subarray(0, until) };
        bytes = bytes.subarray(until);
        if (start < 0) break;
      }
      if (bytes.length < HEAD) break;
      const length = bytes.readUInt16BE(4);
      if (length < HEAD || (bytes.length >= length && !endsWell(bytes, length))) {
        // A wrong length must not swallow the packets behind it.
        const next = bytes.indexOf(MAGIC, 4);
        const until = next < 0 ? 4 : next;
        yield { broken: bytes.subarray(0, until) };
        bytes = bytes.subarray(until);
        continue;
      }
      if (bytes.length < length) break;
      yield { packet: bytes.subarray(0, length) };
      bytes = bytes.subarray(length);
    }
    this.#rest = Buffer.from(bytes);
  }

  *end(): Generator<{ broken: Buffer }> {
    if (this.#rest.length > 0) yield { broken: this.#rest };
    this.#rest = Buffer.alloc(0);
  }
}

/** A packet whose chunks end exactly where its length says. */
function endsWell(bytes: Buffer, length: number): boolean {
  let at = HEAD;
  while (at < length) {
    if (at + HEAD > length) return false;
    const chunk = bytes.readUInt16BE(at + 4);
    if (chunk < HEAD) return false;
    at += chunk;
  }
  return at === length;
}

const SIP = 1;
const KEPT = 200;

/** Captures of SIP signalling in HEP3, as Homer's agents, Kamailio's siptrace and our own listener write them: packets one after the other. */
export const hepCapture: Reader = {
  id: 'hep3',
  title: { zh: 'HEP3 信令抓包', en: 'HEP3 capture of SIP signalling' },
  source: 'HEP/EEP network protocol specification, revision 12; RFC 3261',
  recognise({ head }) {
    if (!head.subarray(0, 4).equals(MAGIC)) return null;
    return { score: 1, why: { zh: '以 HEP3 开头', en: 'it begins with HEP3' } };
  },
  tables(file, options) {
    const notes: { zh: string; en: string }[] = [];
    const rows = async function* (): AsyncGenerator<SourceRow> {
      const splitter = new HepSplitter();
      const dialogs = new SipDialogs();
      let others = 0;
      const broken = (bytes: Buffer): SourceRow => ({
        broken: 'broken_packet',
        raw: bytes.subarray(0, KEPT).toString('hex'),
      });
      const take = function* (
        cut: ReturnType<HepSplitter['feed']> | ReturnType<HepSplitter['end']>,
      ): Generator<SourceRow> {
        for (const part of cut) {
          if (part.broken !== undefined) {
            yield broken(part.broken);
            continue;
          }
          const packet = decodeHep(part.packet);
          const message = packet === null || packet.protocol !== SIP ? null : readSip(packet.payload.toString('utf8'));
          if (packet === null || (packet.protocol === SIP && message === null)) {
            yield broken(part.packet);
            continue;
          }
          const event = message === null ? null : eventOf(message, packet.at, packet.sourceIp);
          if (event === null) others++;
          else
            yield* dialogs.take({
              ...event,
              text: `${new Date(packet.at).toISOString()} ${packet.sourceIp} > ${packet.destinationIp} ${event.text}`,
            });
        }
      };
      for await (const chunk of file.open()) yield* take(splitter.feed(chunk as Buffer));
      yield* take(splitter.end());
      yield* dialogs.end();
      notes.length = 0;
      if (others > 0)
        notes.push({
          zh: `${others} 个数据包与通话无关（注册、确认等）`,
          en: `${others} packets say nothing of calls (registrations, acknowledgements ...)`,
        });
    };
    void options;
    return Promise.resolve([{ member: '', kind: 'calls', header: SIP_HEADER, notes, rows: () => inBatches(rows()) }]);
  },
};
