/**
 * Page-table entries for people: in words for dumps, in hex for logs.
 *
 * The kernel prints neither; its only view of an entry is the "Update level L at (OFS + QWORDS)"
 * line of xe_vm_dbg_print_entries, which names the place and not the value.
 */
import { hexOfPages, type U64 } from '../domain/units.ts';
import type { Level } from './levels.ts';
import { decodeEntry } from './pte.ts';

const LEAF_SIZES = ['4K', '2M', '1G'] as const;

/** Canonical hex of an entry. @example hexOfPte(0x203) === '0x203' */
export function hexOfPte(pte: number): U64 {
  return `0x${pte.toString(16)}`;
}

/** The inverse of {@link hexOfPte}. @throws RangeError when it is not the hex of an exact value */
export function pteOfHex(text: U64): number {
  const pte = /^0x[0-9a-f]+$/.test(text) ? Number.parseInt(text.slice(2), 16) : Number.NaN;
  if (!Number.isSafeInteger(pte)) throw new RangeError(`not a page-table entry: ${text}`);
  return pte;
}

/** Size of a leaf of `level` in words. */
function sizeWords(level: Level, hint64K: boolean): string {
  return `${LEAF_SIZES[level] ?? `level ${level}`}${hint64K ? ' (64K hint)' : ''}`;
}

/**
 * An entry of a table of `level` in words.
 * @example describeEntry(0x203, 0) === 'present writable NULL 4K'
 * @example describeEntry(0x100003, 1) === 'present directory, table 0x100000'
 */
export function describeEntry(pte: number, level: Level): string {
  const entry = decodeEntry(pte, level);
  switch (entry.kind) {
    case 'empty':
      return pte === 0 ? 'not present' : `not present (${hexOfPte(pte)})`;
    case 'directory': {
      const layout = { normal: '', compact: ' compact', ips: ' of 64K pages' }[entry.layout];
      return `present directory, table ${hexOfPages(entry.table)}${layout}`;
    }
    case 'leaf': {
      const access = entry.writable ? 'writable' : 'read-only';
      const place = entry.vram ? 'vram' : 'system';
      const what = entry.pfn === null ? 'NULL' : `${place} ${hexOfPages(entry.pfn)}`;
      const atomic = entry.atomic ? ' atomic' : '';
      const cache = entry.cache === 0 ? '' : `, cache ${entry.cache}`;
      return `present ${access}${atomic} ${what} ${sizeWords(level, entry.hint64K)}${cache}`;
    }
  }
}
