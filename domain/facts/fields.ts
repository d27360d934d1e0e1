/**
 * The field kinds that facts are made of, in their two forms.
 *
 * In memory an address, range, offset or physical place is a page count and a page-table entry a number; on the wire
 * (a log line) both are hex strings. A schema is written once over a {@link Fields} and instantiated twice. Which
 * members change form is decided by the member's name alone ({@link WIRE_FORM}), so that a writer needs no schema.
 */
import { z } from 'zod';

export interface Fields<P extends z.ZodType, E extends z.ZodType> {
  /** whole pages in memory, hex bytes on the wire */
  readonly page: P;
  /** a raw 64-bit page-table entry or stride: a number in memory, hex on the wire */
  readonly entry: E;
}

export const memoryFields: Fields<z.ZodNumber, z.ZodNumber> = {
  page: z
    .number()
    .int()
    .min(0)
    .max(2 ** 52),
  entry: z.number().int().min(0),
};

export const wireFields: Fields<z.ZodString, z.ZodString> = {
  // at most 2^52 pages, at most 2^53 - 1: what the memory form can hold
  page: z.string().regex(/^0x(0|[1-9a-f][0-9a-f]{0,12}000|10000000000000000)$/),
  entry: z.string().regex(/^0x(0|[1-9a-f][0-9a-f]{0,12}|1[0-9a-f]{13})$/),
};

/** Every member name whose number becomes hex on the wire, and how. No other member may carry such a quantity. */
export const WIRE_FORM: Readonly<Record<string, 'page' | 'entry'>> = {
  addr: 'page',
  range: 'page',
  offset: 'page',
  phase: 'page',
  phys: 'page',
  source: 'page',
  ptr: 'page',
  table: 'page',
  root: 'page',
  pte: 'entry',
  stride: 'entry',
};

/** Facts are folded into plain records by name, where `constructor` and its kin are never absent: no scenario has them. */
const isFree = (name: string): boolean => !(name in Object.prototype);
const FREE = { error: 'is the name of what every object has' };
/** Ids are paths of names: `vm0`, `vm0/bind0`, `gt0/tlb`. */
export const id = z.string().min(1).max(200).refine(isFree, FREE);
export const idOrNull = id.nullable();
/** `context:seqno`, for example `vm0/bind0:3`. */
export const fenceKey = z
  .string()
  .regex(/^.+:\d+$/)
  .refine((key) => isFree(key.slice(0, key.lastIndexOf(':'))), FREE);
/** Canonical 64-bit hex, see units.ts. */
export const u64 = z.string().regex(/^0x(0|[1-9a-f][0-9a-f]{0,15})$/);
export const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** 0 or a negative errno. */
export const result = z.number().int().max(0).min(-4095);
