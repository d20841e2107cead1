/** What is read of a SIP message (RFC 3261): its start line and the headers that calls are put together from. */
export interface SipMessage {
  startLine: string;
  /** Method of a request; null for a response. */
  method: string | null;
  requestUri: string;
  status: number | null;
  reason: string;
  /** Lower-case full name -> value; of a header that comes several times, the first. */
  headers: ReadonlyMap<string, string>;
}

const COMPACT: Readonly<Record<string, string>> = {
  i: 'call-id',
  f: 'from',
  t: 'to',
  m: 'contact',
  v: 'via',
  l: 'content-length',
  c: 'content-type',
};
const REQUEST = /^([A-Z]{3,20}) (\S+) SIP\/2\.0$/;
const RESPONSE = /^SIP\/2\.0 (\d{3})(?: (.*))?$/;

/** Reads a SIP message's head; null when it is none. Never throws. */
export function readSip(text: string): SipMessage | null {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  // Folded headers (RFC 3261, 7.3.1) are one line.
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const startLine = lines.shift()?.trim() ?? '';
  const request = REQUEST.exec(startLine);
  const response = RESPONSE.exec(startLine);
  if (request === null && response === null) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const full = COMPACT[name] ?? name;
    if (!headers.has(full)) headers.set(full, line.slice(colon + 1).trim());
  }
  return {
    startLine,
    method: request?.[1] ?? null,
    requestUri: request?.[2] ?? '',
    status: response === null ? null : Number(response[1]),
    reason: response?.[2] ?? '',
    headers,
  };
}

/** The party a From, To or P-Asserted-Identity header or a URI names: the user part where it is a number (RFC 3966), else the URI. '' for none. */
export function partyOf(value: string): string {
  const uri = /<([^>]*)>/.exec(value)?.[1] ?? value.split(';', 1)[0]?.trim() ?? '';
  const user = /^sips?:([^@;>]+)@/i.exec(uri)?.[1] ?? /^tel:([^;>]+)/i.exec(uri)?.[1];
  const number = user?.split(';', 1)[0]?.replace(/[-.()]/g, '') ?? '';
  // The port a client happened to use is no part of who it is.
  return /^\+?[\d*#]{2,}$/.test(number)
    ? number
    : uri.replace(/[;?].*$/, '').replace(/^(sips?:[^@]+@[^:\]]+):\d+$/i, '$1');
}

/** `"name" <sip:...>` -> name. */
export const displayName = (value: string): string =>
  /^\s*"([^"]*)"|^\s*([^<"]+?)\s*</
    .exec(value)
    ?.slice(1)
    .find((x) => x !== undefined) ?? '';
