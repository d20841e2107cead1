import type { Bilingual } from '../model/reason.ts';

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
  | 'balance';

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
