/**
 * The bits of a page-table entry that say what it is. Entries stand in the log (`pte.written`), so whoever reads a log
 * needs them, without the hardware's code: the invariants do. hw/pte.ts has all of the bits, and encodes.
 */
import { PAGE_BYTES, type Page } from './units.ts';

/** GEN8_PAGE_PRESENT */
export const PTE_PRESENT = 0x001;
/** GEN8_PAGE_RW: cleared for a read-only mapping. */
export const PTE_WRITABLE = 0x002;
/** GEN8_PDE_PS_2M and GEN8_PDPE_PS_1G: an entry of level 1 or 2 is a leaf. */
export const PDE_PAGE_SIZE = 0x080;
/** GEN12_PTE_NULL: reads give 0, writes are dropped, the address is not used. */
export const PTE_NULL = 0x200;
/** Physical leaves are of 4K, 2M or 1G. */
const MAX_LEAF_LEVEL = 2;

/** The low 12 bits, on which bit operators are safe. */
export const flagsOfEntry = (pte: number): number => pte % PAGE_BYTES;

export const hasFlag = (pte: number, flag: number): boolean => (flagsOfEntry(pte) & flag) !== 0;

/** Whether a present entry of a table of `level` ends a walk. */
export const isLeafEntry = (pte: number, level: number): boolean =>
  level === 0 || (level <= MAX_LEAF_LEVEL && hasFlag(pte, PDE_PAGE_SIZE));

/** The page frame number in bits 12 and up. */
export const pfnOfEntry = (pte: number): Page => Math.floor(pte / PAGE_BYTES);

/** The first page behind a leaf of `level`; bit 12 of a 2M or 1G leaf is a cache bit. */
export const leafPage = (pte: number, level: number): Page => {
  const page = pfnOfEntry(pte);
  return level === 0 ? page : page - (page % 2);
};
