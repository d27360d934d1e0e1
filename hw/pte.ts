/**
 * Page-table entries, bit for bit.
 *
 * One entry is one JavaScript number that holds the real 64-bit value: a physical address below
 * 2^52 plus twelve flag bits is exact. 32-bit bit operators would truncate it, so the low 12 bits
 * are split off first. Mirrors gen8_pde_encode, __gen8_pte_encode and the NULL branch of
 * xe_pt_stage_bind_entry (xe_pt.c, patch 4 of the March 2023 series), and pte_encode_pat_index of
 * later kernels; bit names are those of xe_bo.h. PAT index bits 3 and 4 (entry bits 62 and 61) are
 * left out: a number does not hold them.
 */
import { PDE_PAGE_SIZE, PTE_NULL, PTE_PRESENT, PTE_WRITABLE } from '../domain/pte-bits.ts';
import { PAGE_BYTES, type Page } from '../domain/units.ts';
import type { Caching, TableLayout } from './flavour.ts';
import { entryPages, MAX_LEAF_LEVEL, type Level } from './levels.ts';

export { PDE_PAGE_SIZE, PTE_NULL, PTE_PRESENT, PTE_WRITABLE };
/** Cache / PAT index bits 0, 1 and 2; the last stands elsewhere in a 2M or 1G leaf. */
export const PTE_CACHE_LOW = 0x008;
export const PTE_CACHE_HIGH = 0x010;
export const PTE_CACHE_4K = 0x080;
/** XE_PPGTT_PDE_PDPE_PAT2: an address bit that a 2M or 1G leaf does not need. */
export const PTE_CACHE_HUGE = 0x1000;
/** GEN12_PDE_64K: the directory entry points to a compact table of 64K pages. */
export const PDE_COMPACT = 0x040;
/** GEN12_PTE_PS64: this 4K entry is one of 16 that make a 64K page. */
export const PTE_HINT_64K = 0x100;
/** GEN12_USM_PPGTT_PTE_AE */
export const PTE_ATOMIC = 0x400;
/** GEN12_PPGTT_PTE_LM in a leaf: the address is in local memory (VRAM). */
export const PTE_LOCAL_MEMORY = 0x800;
/** GEN8_PDE_IPS_64K: the same bit in a directory entry. */
export const PDE_IPS_64K = 0x800;

/** What is behind a mapping or a leaf: nothing (NULL), or physical pages from `pfn` on. */
export type Backing =
  | { readonly kind: 'null' }
  | { readonly kind: 'physical'; readonly pfn: Page; readonly vram: boolean };

export interface LeafFields {
  readonly level: Level;
  /** `pfn` is the first page of this very leaf; it is aligned to the leaf's size. */
  readonly backing: Backing;
  readonly readOnly: boolean;
  /** Only at level 0. */
  readonly hint64K: boolean;
  /** The bits that {@link cacheBits} gives; none unless given. */
  readonly cache?: number;
  /** Atomic enable; only in VRAM. */
  readonly atomic?: boolean;
}

const PFN_LIMIT = 2 ** 40;

function addressOf(pfn: Page, align: Page): number {
  if (pfn < 0 || pfn >= PFN_LIMIT || pfn % align !== 0) {
    throw new RangeError(`pfn 0x${pfn.toString(16)} is not below 2^40 and aligned to ${align}`);
  }
  return pfn * PAGE_BYTES;
}

/** The entry bits of cache attribute `index` (0 .. 7) in a leaf of `level`. */
export function cacheBits(caching: Caching, index: number, level: Level): number {
  if (caching === 'unset') return 0;
  const low = ((index & 1) === 0 ? 0 : PTE_CACHE_LOW) | ((index & 2) === 0 ? 0 : PTE_CACHE_HIGH);
  if ((index & 4) === 0) return low;
  return low | (caching === 'pat-index' && level > 0 ? PTE_CACHE_HUGE : PTE_CACHE_4K);
}

/**
 * The value of a leaf entry. NULL: 0x203 at level 0 (0x303 with the 64K hint), 0x283 at levels 1
 * and 2, two less when read-only. A NULL "leaf" above level 2 gets 0x203, as in the posted code,
 * which has no check there; a walk takes it for a directory (see `maxLeafLevel` in pt-bind.ts).
 * @throws RangeError for a physical leaf above level 2 (BUG in the kernel) or a misaligned one
 */
export function encodeLeaf(fields: LeafFields): number {
  const { level, backing, readOnly, hint64K, cache = 0, atomic = false } = fields;
  const sized = level === 1 || level === 2;
  const flags =
    cache |
    PTE_PRESENT |
    (readOnly ? 0 : PTE_WRITABLE) |
    (sized ? PDE_PAGE_SIZE : 0) |
    (level === 0 && hint64K ? PTE_HINT_64K : 0);
  if (backing.kind === 'null') return flags | PTE_NULL;
  if (level > MAX_LEAF_LEVEL) throw new RangeError(`no physical leaf at level ${level}`);
  const local = backing.vram ? PTE_LOCAL_MEMORY | (atomic ? PTE_ATOMIC : 0) : 0;
  return addressOf(backing.pfn, entryPages(level)) + (flags | local);
}

const LAYOUT_BITS = { normal: 0, compact: PDE_COMPACT, ips: PDE_IPS_64K } as const;

/** The value of a directory entry that points to the table page `table`. */
export function encodeDirectory(
  table: Page,
  layout: TableLayout = 'normal',
  cache: number = 0,
): number {
  return addressOf(table, 1) + (PTE_PRESENT | PTE_WRITABLE | LAYOUT_BITS[layout] | cache);
}

/** Whether `pte` points to `table` as laid out; its cache bits do not matter. */
export function pointsTo(pte: number, table: Page, layout: TableLayout): boolean {
  const cache = flagsOf(pte) & (PTE_CACHE_LOW | PTE_CACHE_HIGH);
  return pte - cache === encodeDirectory(table, layout);
}

/** The low 12 bits, on which bit operators are safe. */
export function flagsOf(pte: number): number {
  return pte % PAGE_BYTES;
}

/** The page frame number in bits 12 and up. */
export function pfnOf(pte: number): Page {
  return (pte - flagsOf(pte)) / PAGE_BYTES;
}

/** What the hardware takes an entry for; `level` is that of the table it stands in. */
export type DecodedEntry =
  | { readonly kind: 'empty' }
  | { readonly kind: 'directory'; readonly table: Page; readonly layout: TableLayout }
  | {
      readonly kind: 'leaf';
      readonly level: Level;
      readonly writable: boolean;
      /** First page of the leaf; `null` for a NULL entry. */
      readonly pfn: Page | null;
      readonly vram: boolean;
      readonly hint64K: boolean;
      readonly atomic: boolean;
      /** Cache attribute, 0 .. 7. */
      readonly cache: number;
    };

/** The layout bits mean something only in the entry that points to a table of level 0. */
function layoutOf(flags: number, level: Level): TableLayout {
  if (level !== 1) return 'normal';
  if ((flags & PDE_COMPACT) !== 0) return 'compact';
  return (flags & PDE_IPS_64K) !== 0 ? 'ips' : 'normal';
}

/** Reads an entry as the hardware does: by its bits and the level it is met at, nothing else. */
export function decodeEntry(pte: number, level: Level): DecodedEntry {
  const flags = flagsOf(pte);
  if ((flags & PTE_PRESENT) === 0) return { kind: 'empty' };
  const leaf = level === 0 || (level <= MAX_LEAF_LEVEL && (flags & PDE_PAGE_SIZE) !== 0);
  const page = pfnOf(pte);
  if (!leaf) return { kind: 'directory', table: page, layout: layoutOf(flags, level) };
  const high = level === 0 ? (flags & PTE_CACHE_4K) !== 0 : page % 2 !== 0;
  return {
    kind: 'leaf',
    level,
    writable: (flags & PTE_WRITABLE) !== 0,
    pfn: (flags & PTE_NULL) !== 0 ? null : page - (level === 0 ? 0 : page % 2),
    vram: (flags & PTE_LOCAL_MEMORY) !== 0,
    hint64K: level === 0 && (flags & PTE_HINT_64K) !== 0,
    atomic: (flags & PTE_ATOMIC) !== 0,
    cache: ((flags & (PTE_CACHE_LOW | PTE_CACHE_HIGH)) >> 3) + (high ? 4 : 0),
  };
}
