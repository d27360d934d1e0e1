/**
 * Units of the address space.
 *
 * Inside, an address, a range or an offset is a whole number of 4 KiB pages: 2^52 of them are all of u64 and a
 * JavaScript number holds each exactly. Outside (scenarios, logs, output) it is a hex string of bytes. This file is
 * the only place where the two meet, and the only one that knows about overflow and alignment.
 */

/** A page number, or a count of 4 KiB pages. Whole, 0 .. 2^52. */
export type Page = number;

/** A 64-bit quantity that is only stored and compared, as canonical hex: `0x0`, `0xc0ffee`. */
export type U64 = string;

/** Virtual nanoseconds since the start of the run. */
export type VtimeNs = number;

export const PAGE_SHIFT = 12;
export const PAGE_BYTES = 4096;
/** All of u64, in pages. */
export const PAGES_IN_U64: Page = 2 ** 52;

/** Bytes of `page` as canonical hex. @example hexOfPages(4) === '0x4000' */
export function hexOfPages(pages: Page): string {
  return pages === 0 ? '0x0' : `0x${pages.toString(16)}000`;
}

const HEX = /^0x[0-9a-f]{1,17}$/;

/**
 * The inverse of {@link hexOfPages}, for text that this project wrote itself.
 * @throws RangeError when the text is not canonical hex of whole pages
 */
export function pagesOfHex(text: string): Page {
  if (text === '0x0') return 0;
  if (!HEX.test(text) || !text.endsWith('000') || text.startsWith('0x0')) {
    throw new RangeError(`not a page-aligned canonical hex address: ${text}`);
  }
  return Number.parseInt(text.slice(2, -3), 16);
}

/** What can be wrong with a u64 that should be a whole number of pages. */
export type PageFault = 'not-hex' | 'overflow' | 'unaligned';

/** `0x` and up to 12 digits: a number holds it exactly. The quick way for nearly every address there is. */
function shortHex(text: string): number | null {
  if (text.length > 14 || !text.startsWith('0x')) return null;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}

/** Reads any u64 hex (leading zeros and upper case allowed) as pages, or says what is wrong with it. */
export function parsePages(text: string): Page | PageFault {
  const short = shortHex(text);
  if (short !== null) return short % PAGE_BYTES === 0 ? short / PAGE_BYTES : 'unaligned';
  if (!/^0x[0-9a-f]+$/i.test(text)) return 'not-hex';
  const digits = text.slice(2).replace(/^0+(?=.)/, '');
  if (digits.length > 16) return 'overflow';
  if (digits === '0') return 0;
  return digits.endsWith('000') ? Number.parseInt(digits.slice(0, -3), 16) : 'unaligned';
}

/** Canonical hex of a 64-bit bigint. @throws RangeError outside 0 .. 2^64-1 */
export function u64OfBigint(value: bigint): U64 {
  if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw new RangeError(`not a u64: ${value}`);
  return `0x${value.toString(16)}`;
}

/** Orders two canonical u64: negative, 0 or positive, like a comparator. */
export function compareU64(a: U64, b: U64): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A byte address as pages plus the 8-byte word inside the page; no number in this project holds 64-bit bytes. */
export interface WordAddress {
  readonly addr: Page;
  /** 0 .. 511 */
  readonly word: number;
}

/** The bytes of a word address as hex. @example hexOfWord({ addr: 3, word: 511 }) === '0x3ff8' */
export function hexOfWord({ addr, word }: WordAddress): string {
  const low = word * 8;
  return addr === 0
    ? `0x${low.toString(16)}`
    : `0x${addr.toString(16)}${low.toString(16).padStart(3, '0')}`;
}

/** Reads a byte address that must be 8-byte aligned. */
export function parseWord(text: string): WordAddress | PageFault {
  const short = shortHex(text);
  if (short !== null) {
    const low = short % PAGE_BYTES;
    return low % 8 === 0 ? { addr: (short - low) / PAGE_BYTES, word: low / 8 } : 'unaligned';
  }
  if (!/^0x[0-9a-f]+$/i.test(text)) return 'not-hex';
  const digits = text.slice(2).replace(/^0+(?=.)/, '');
  if (digits.length > 16) return 'overflow';
  const low = Number.parseInt(digits.slice(-3), 16);
  if (low % 8 !== 0) return 'unaligned';
  return { addr: Number.parseInt(digits.slice(0, -3) || '0', 16), word: low / 8 };
}
