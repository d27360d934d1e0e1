/**
 * The translations that one GT has cached.
 *
 * An entry holds what a walk found at the time, and goes on holding it whatever the page tables
 * say later: only an invalidation (or a reset) makes the GT forget. Nothing is evicted for lack of
 * room, so an entry lives as long as hardware could keep it. A 4K leaf with the 64K hint is cached
 * as the 64K page that the hint announces. Paging-structure (directory) caches are left out. Models
 * what xe_gt_tlb_invalidation.c asks the GuC to flush; entries are tagged with the VM's asid.
 */
import { OrderedMap } from '../domain/ordered-map.ts';
import { PAGE_BYTES, type Page } from '../domain/units.ts';
import { entryPages, type Level } from './levels.ts';
import { decodeEntry } from './pte.ts';
import type { LeafEntry } from './page-tables.ts';

/** One cached translation. */
export interface TlbEntry {
  readonly asid: number;
  /** First page that it translates. */
  readonly addr: Page;
  /** Pages that it translates: 1, 16, 512 or 2^18; `addr` is aligned to it. */
  readonly pages: Page;
  readonly level: Level;
  /** The entry that translates `addr`, as it was when it was walked. */
  readonly pte: number;
}

/** Entry sizes; lookup prefers the smaller where entries overlap (hardware may pick either). */
const SIZES = [1, 16, entryPages(1), entryPages(2)] as const;

type SizeClass = OrderedMap<TlbEntry>;

/** The cache of one GT. Immutable; two with the same entries need not be the same reference. */
export interface Tlb {
  /** @internal by asid, then by index into SIZES, then by addr */
  readonly spaces: OrderedMap<readonly SizeClass[]>;
}

const NO_ENTRIES: readonly SizeClass[] = SIZES.map(() => OrderedMap.empty<TlbEntry>());

/** An empty cache. */
export function noTlb(): Tlb {
  return { spaces: OrderedMap.empty() };
}

/** The cached form of the leaf that a walk for `asid` found. */
export function tlbEntryOf(asid: number, leaf: LeafEntry): TlbEntry {
  const { addr, level, pte } = leaf;
  const entry = decodeEntry(pte, level);
  if (entry.kind !== 'leaf') throw new Error(`not a leaf: 0x${pte.toString(16)}`);
  if (!entry.hint64K) return { asid, addr, pages: entryPages(level), level, pte };
  const inChunk = addr % SIZES[1];
  const back = entry.pfn === null ? 0 : inChunk * PAGE_BYTES;
  return { asid, addr: addr - inChunk, pages: SIZES[1], level, pte: pte - back };
}

/** Folds "a translation was cached"; replaces one of the same place and size. */
export function fill(tlb: Tlb, entry: TlbEntry): Tlb {
  const size = SIZES.findIndex((pages) => pages === entry.pages);
  if (size < 0 || entry.addr % entry.pages !== 0) {
    throw new RangeError(
      `no TLB entry spans ${entry.pages} pages from 0x${entry.addr.toString(16)}`,
    );
  }
  const old = tlb.spaces.get(entry.asid) ?? NO_ENTRIES;
  const next = old.map((entries, i) => (i === size ? entries.set(entry.addr, entry) : entries));
  return { spaces: tlb.spaces.set(entry.asid, next) };
}

/** The entry that translates page `addr` for `asid`, the smallest if several do. */
export function lookup(tlb: Tlb, asid: number, addr: Page): TlbEntry | undefined {
  const space = tlb.spaces.get(asid);
  if (space === undefined) return undefined;
  for (const [i, pages] of SIZES.entries()) {
    const entry = space[i]?.get(addr - (addr % pages));
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** Folds "a range was invalidated": drops each entry that translates any page of it. */
export function forget(tlb: Tlb, asid: number, addr: Page, range: Page): Tlb {
  const space = tlb.spaces.get(asid);
  if (space === undefined) return tlb;
  const next = space.map((entries, i) => {
    const pages = SIZES[i] ?? 1;
    const editor = entries.mutable();
    for (const { key } of entries.entries(addr - (addr % pages), addr + range)) editor.delete(key);
    return editor.freeze();
  });
  return withSpace(tlb, asid, next);
}

/** Folds "all of one VM was invalidated". */
export function forgetAsid(tlb: Tlb, asid: number): Tlb {
  return { spaces: tlb.spaces.delete(asid) };
}

/** Folds "everything was invalidated": a full flush or a GT reset. */
export function forgetAll(): Tlb {
  return noTlb();
}

function withSpace(tlb: Tlb, asid: number, space: readonly SizeClass[]): Tlb {
  const empty = space.every((entries) => entries.size === 0);
  return { spaces: empty ? tlb.spaces.delete(asid) : tlb.spaces.set(asid, space) };
}

/** All entries, by asid, then address, then size. */
export function tlbEntries(tlb: Tlb): TlbEntry[] {
  const all: TlbEntry[] = [];
  for (const space of tlb.spaces.values()) {
    const entries = space.flatMap((sized) => [...sized.values()]);
    all.push(...entries.sort((a, b) => a.addr - b.addr || a.pages - b.pages));
  }
  return all;
}
