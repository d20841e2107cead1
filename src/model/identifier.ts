/** What the network, a dialler or a chat platform calls somebody or something. Parsed once at the edge, trusted afterwards. */
declare const brand: unique symbol;

/** Canonical spelling of a number or handle: E.164 with its plus sign where it is one, otherwise what it is (95588, sip:x@y, 4711). */
export type Identifier = string & { readonly [brand]: 'Identifier' };

/** An E.164 number with its plus sign, e.g. +8613800001234 (ITU-T E.164). */
export type E164 = Identifier & { readonly e164: true };

/**
 * What an identifier is:
 * - `e164`: a full international number;
 * - `service`: a national service or short code kept as dialled (95588, 4008123123, 10086, 12381, 1069...);
 * - `sip`: a SIP or SIPS URI;
 * - `opaque`: anything else a source uses to name a party (a node id, "anonymous").
 */
export const IDENTIFIER_KINDS = ['e164', 'service', 'sip', 'opaque'] as const;
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** What is known of an identifier from its spelling alone. Empty string: unknown, never a guess. */
export interface IdentifierFacts {
  id: Identifier;
  kind: IdentifierKind;
  /** ISO 3166-1 alpha-2 country of the numbering plan, '' when none. */
  country: string;
  /** Mainland province in Chinese short form (上海, 广东), '' when unknown. */
  province: string;
  /** City in Chinese (深圳), '' when unknown. */
  city: string;
  /** Original allocation, not the present carrier (number portability): 移动, 联通, 电信, 广电, ''. */
  carrier: string;
}
