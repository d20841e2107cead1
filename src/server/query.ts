import { z } from 'zod';

/** Pieces that queries of many routes share. All values arrive as text. */
export const flag = z
  .enum(['0', '1', 'true', 'false'])
  .optional()
  .transform((v) => v === '1' || v === 'true');

/** Epoch milliseconds. */
export const instant = z.coerce.number().int().min(-62_135_596_800_000).max(253_402_300_799_999).optional();

/** Names to choose from, separated by commas; empty = no choice made. */
export const choice = z
  .string()
  .max(4000)
  .optional()
  .transform((v) => (v === undefined || v === '' ? [] : v.split(',')));

export const paging = {
  offset: z.coerce.number().int().min(0).max(100_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};

export const text = (max = 200) => z.string().max(max).default('');
