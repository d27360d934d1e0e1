/**
 * Page-table entries, bit for bit.
 *
 * One entry is one JavaScript number that holds the real 64-bit value: a physical address below
 * 2^52 plus twelve flag bits is exact. 32-bit bit operators would truncate it, so the low 12 bits
 * are split off first. Mirrors gen8_pde_encode, __gen8_pte_encode and the NULL branch of
 * xe_pt_stage_bind_entry (xe_pt.c, patch 4 of the March 2023 series); bit names are those of
 * xe_bo.h. Left out, and 0 in what is encoded: cache / PAT bits (3, 4, 7), atomic enable (10),
 * compact tables (6) and IPS (11 in a directory entry).
 */
import { PAGE_BYTES, type Page } from '../domain/units.ts';
import { entryPages, MAX_LEAF_LEVEL, type Level } from './levels.ts';

/** GEN8_PAGE_PRESENT */
export const PTE_PRESENT = 0x001;
/** GEN8_PAGE_RW: cleared for a read-only mapping. */
export const PTE_WRITABLE = 0x002;
/** Cache / PAT index bits; bit 7 is one of them only in a 4K entry. */
export const PTE_CACHE_LOW = 0x008;
export const PTE_CACHE_HIGH = 0x010;
export const PTE_CACHE_4K = 0x080;
/** GEN12_PDE_64K: the directory entry points to a compact table of 64K pages. */
export const PDE_COMPACT = 0x040;
/** GEN8_PDE_PS_2M and GEN8_PDPE_PS_1G: an entry of level 1 or 2 is a leaf. */
export const PDE_PAGE_SIZE = 0x080;
/** GEN12_PTE_PS64: this 4K entry is one of 16 that make a 64K page. */
export const PTE_HINT_64K = 0x100;
/** GEN12_PTE_NULL: reads give 0, writes are dropped, the address is not used. */
export const PTE_NULL = 0x200;
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
}

const PFN_LIMIT = 2 ** 40;

function addressOf(pfn: Page, align: Page): number {
  if (pfn < 0 || pfn >= PFN_LIMIT || pfn % align !== 0) {
    throw new RangeError(`pfn 0x${pfn.toString(16)} is not below 2^40 and aligned to ${align}`);
  }
  return pfn * PAGE_BYTES;
}

/**
 * The value of a leaf entry. NULL: 0x203 at level 0 (0x303 with the 64K hint), 0x283 at levels 1
 * and 2, two less when read-only. A NULL "leaf" above level 2 gets 0x203, as in the posted code,
 * which has no check there; a walk takes it for a directory (see `maxLeafLevel` in pt-bind.ts).
 * @throws RangeError for a physical leaf above level 2 (BUG in the kernel) or a misaligned one
 */
export function encodeLeaf({ level, backing, readOnly, hint64K }: LeafFields): number {
  const sized = level === 1 || level === 2;
  const flags =
    PTE_PRESENT +
    (readOnly ? 0 : PTE_WRITABLE) +
    (sized ? PDE_PAGE_SIZE : 0) +
    (level === 0 && hint64K ? PTE_HINT_64K : 0);
  if (backing.kind === 'null') return flags + PTE_NULL;
  if (level > MAX_LEAF_LEVEL) throw new RangeError(`no physical leaf at level ${level}`);
  const local = backing.vram ? PTE_LOCAL_MEMORY : 0;
  return addressOf(backing.pfn, entryPages(level)) + flags + local;
}

/** The value of a directory entry that points to the table page `table`. */
export function encodeDirectory(table: Page): number {
  return addressOf(table, 1) + PTE_PRESENT + PTE_WRITABLE;
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
  | { readonly kind: 'directory'; readonly table: Page; readonly compact: boolean }
  | {
      readonly kind: 'leaf';
      readonly level: Level;
      readonly writable: boolean;
      /** First page of the leaf; `null` for a NULL entry. */
      readonly pfn: Page | null;
      readonly vram: boolean;
      readonly hint64K: boolean;
      readonly atomic: boolean;
    };

/** Reads an entry as the hardware does: by its bits and the level it is met at, nothing else. */
export function decodeEntry(pte: number, level: Level): DecodedEntry {
  const flags = flagsOf(pte);
  if ((flags & PTE_PRESENT) === 0) return { kind: 'empty' };
  const leaf = level === 0 || (level <= MAX_LEAF_LEVEL && (flags & PDE_PAGE_SIZE) !== 0);
  if (!leaf) {
    return { kind: 'directory', table: pfnOf(pte), compact: (flags & PDE_COMPACT) !== 0 };
  }
  return {
    kind: 'leaf',
    level,
    writable: (flags & PTE_WRITABLE) !== 0,
    pfn: (flags & PTE_NULL) !== 0 ? null : pfnOf(pte),
    vram: (flags & PTE_LOCAL_MEMORY) !== 0,
    hint64K: level === 0 && (flags & PTE_HINT_64K) !== 0,
    atomic: (flags & PTE_ATOMIC) !== 0,
  };
}
