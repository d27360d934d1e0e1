/**
 * What one GT has cached of the page tables: translations, and directory entries on the way there.
 *
 * An entry holds what a walk found at the time, and goes on holding it whatever the page tables
 * say later: only an invalidation (or a reset) makes the GT forget. Nothing is evicted for lack of
 * room, so an entry lives as long as hardware could keep it; whether hardware uses it is a choice
 * (access-choices.ts). Only present entries are cached, never a fault. A 4K leaf with the 64K hint
 * is cached as the 64K page that the hint announces. Models what xe_gt_tlb_invalidation.c asks the
 * GuC to flush; entries are tagged with the VM's asid. Left out: two caches that disagree about one
 * place (each engine has one of its own), since the newest fill replaces the older.
 */
import { PAGE_BYTES, type Page } from '../domain/units.ts';
import { leafPages } from './leaf-rule.ts';
import { alignDown, entryPages, PAGES_64K } from './levels.ts';
import type { LeafEntry, PassedEntry } from './page-tables.ts';
import { decodeEntry, pfnOf } from './pte.ts';
import {
  dropEntries,
  entriesAbout,
  listEntries,
  noEntries,
  putEntry,
  type EntryStore,
  type TlbEntry,
} from './tlb-classes.ts';

export type { TlbEntry } from './tlb-classes.ts';

/** Sizes of translations; lookup prefers the smaller where they overlap (hardware may pick any). */
const SIZES = [1, PAGES_64K, entryPages(1), entryPages(2)] as const;
/** Spans of the directory entries of levels 1 to 4. */
const SPANS = [1, 2, 3, 4].map(entryPages);

/** The cache of one GT. Immutable; two with the same entries need not be the same reference. */
export interface Tlb {
  /** @internal translations */
  readonly spaces: EntryStore;
  /** @internal directory entries */
  readonly directories: EntryStore;
}

/**
 * Which cached directory entries a range invalidation drops besides translations. 'overlapping':
 * each that leads to a page of the range; what the driver relies on when it frees a table, and what
 * Intel documents for CPU and IOMMU (no public text says it of the GPU). 'inside': only those all
 * of whose span is in the range; 'none': none. The latter two are hardware that breaks the driver.
 */
export type DirectoryFlush = 'overlapping' | 'inside' | 'none';

/** An empty cache. */
export function noTlb(): Tlb {
  return { spaces: noEntries(), directories: noEntries() };
}

/** The cached form of the leaf that a walk for `asid` found. */
export function tlbEntryOf(asid: number, leaf: LeafEntry): TlbEntry {
  const { addr, level, pte } = leaf;
  const entry = decodeEntry(pte, level);
  if (entry.kind !== 'leaf') throw new Error(`not a leaf: 0x${pte.toString(16)}`);
  const pages = entry.hint64K ? PAGES_64K : leafPages(leaf);
  const back = entry.hint64K && entry.pfn !== null ? (pfnOf(pte) % PAGES_64K) * PAGE_BYTES : 0;
  return { asid, addr: alignDown(addr, pages), pages, level, pte: pte - back };
}

/** The cached form of a directory entry that a walk for `asid` passed. */
export function directoryEntryOf(asid: number, { addr, level, pte }: PassedEntry): TlbEntry {
  return { asid, addr, pages: entryPages(level), level, pte };
}

/** Folds "an entry was cached"; replaces one of the same place and size. */
export function fill(tlb: Tlb, entry: TlbEntry): Tlb {
  return decodeEntry(entry.pte, entry.level).kind === 'directory'
    ? { ...tlb, directories: putEntry(tlb.directories, SPANS, entry) }
    : { ...tlb, spaces: putEntry(tlb.spaces, SIZES, entry) };
}

/** The entry that translates page `addr` for `asid`, the smallest if several do. */
export function lookup(tlb: Tlb, asid: number, addr: Page): TlbEntry | undefined {
  return leafHits(tlb, asid, addr)[0];
}

/** All entries that translate page `addr` for `asid`, the smallest first. */
export function leafHits(tlb: Tlb, asid: number, addr: Page): TlbEntry[] {
  return entriesAbout(tlb.spaces, SIZES, asid, addr);
}

/** The cached directory entries on the way to page `addr` for `asid`, the deepest first. */
export function directoryHits(tlb: Tlb, asid: number, addr: Page): TlbEntry[] {
  return entriesAbout(tlb.directories, SPANS, asid, addr);
}

/** Folds "a range was invalidated": drops each translation of a page of it, and directories. */
export function forget(
  tlb: Tlb,
  asid: number,
  addr: Page,
  range: Page,
  flush: DirectoryFlush = 'overlapping',
): Tlb {
  const where = { asid, addr, range };
  const isInside = (entry: TlbEntry): boolean =>
    entry.addr >= addr && entry.addr + entry.pages <= addr + range;
  const goes = (entry: TlbEntry): boolean =>
    flush === 'overlapping' || (flush === 'inside' && isInside(entry));
  return {
    spaces: dropEntries(tlb.spaces, SIZES, where),
    directories: dropEntries(tlb.directories, SPANS, where, goes),
  };
}

/** Folds "all of one VM was invalidated". */
export function forgetAsid({ spaces, directories }: Tlb, asid: number): Tlb {
  return { spaces: spaces.delete(asid), directories: directories.delete(asid) };
}

/** Folds "everything was invalidated": a full flush or a GT reset. */
export function forgetAll(): Tlb {
  return noTlb();
}

/** All cached translations, by asid, then address, then size. */
export function tlbEntries(tlb: Tlb): TlbEntry[] {
  return listEntries(tlb.spaces);
}

/** All cached directory entries, by asid, then address, then span. */
export function cachedDirectories(tlb: Tlb): TlbEntry[] {
  return listEntries(tlb.directories);
}
