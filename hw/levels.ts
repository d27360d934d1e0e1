/**
 * The geometry of the page-table tree: what one entry of a level spans, and how a range of
 * addresses falls on the entries of one table.
 *
 * Mirrors the shift table of xe_pt.c and xe_pt_offset / xe_pt_covers / xe_pt_num_entries of
 * xe_pt_walk.h. An entry of level 0 spans 4K, of level 1 2M, 2 1G, 3 512G, 4 256T. A tree with 4
 * levels (root level 3) has 48-bit addresses, one with 5 levels 57-bit. An entry of a compact
 * level-0 table spans 64K: xe_compact_pt_shifts.
 */
import { hexOfPages, type Page } from '../domain/units.ts';
import type { TableLayout } from './flavour.ts';
import { SLOT_COUNT } from './slots.ts';

/** 0 = table of 4K entries, rising to the root. */
export type Level = number;

/** The highest level whose entries may be leaves (1G): MAX_HUGEPTE_LEVEL. */
export const MAX_LEAF_LEVEL: Level = 2;

const ENTRY_PAGES: readonly Page[] = [0, 1, 2, 3, 4, 5].map((level) => SLOT_COUNT ** level);

/** Pages that one entry of `level` spans. @example entryPages(1) === 512 */
export function entryPages(level: Level): Page {
  const pages = ENTRY_PAGES[level];
  if (pages === undefined) throw new RangeError(`no page-table level ${level}`);
  return pages;
}

/** Pages that a whole table of `level` spans. */
export function tablePages(level: Level): Page {
  return entryPages(level + 1);
}

/** Pages of the address space of a tree with this many levels. @example 4 levels: 2^36 (48 bits) */
export function spacePages(levels: number): Page {
  return tablePages(levels - 1);
}

/** Pages of a 64K page. */
export const PAGES_64K: Page = 16;
/** Entries of a compact table. */
export const COMPACT_COUNT = SLOT_COUNT / PAGES_64K;

/** Entries of a level-0 table that hardware reads, as [first page, index] steps. */
export interface LeafStep {
  /** Pages that one entry translates. */
  readonly pages: Page;
  /** Entries from one that is read to the next. */
  readonly slots: number;
  /** Entries that a full table has. */
  readonly count: number;
}

const STEPS: Readonly<Record<TableLayout, LeafStep>> = {
  normal: { pages: 1, slots: 1, count: SLOT_COUNT },
  compact: { pages: PAGES_64K, slots: 1, count: COMPACT_COUNT },
  ips: { pages: PAGES_64K, slots: PAGES_64K, count: SLOT_COUNT },
};

/** How hardware reads a level-0 table. */
export function leafStep(layout: TableLayout): LeafStep {
  return STEPS[layout];
}

/** The entry that translates page `addr` in a level-0 table. */
export function leafIndexAt(addr: Page, layout: TableLayout): number {
  const { pages, slots } = STEPS[layout];
  return Math.floor((addr % SLOT_COUNT) / pages) * slots;
}

/** Where `addr` falls in a table of `level`: 0 .. 511. */
export function indexAt(addr: Page, level: Level): number {
  return Math.floor(addr / entryPages(level)) % SLOT_COUNT;
}

/** The largest multiple of `step` that is at most `addr`. */
export function alignDown(addr: Page, step: Page): Page {
  return addr - (addr % step);
}

/** The smallest multiple of `step` that is at least `addr`. */
export function alignUp(addr: Page, step: Page): Page {
  return alignDown(addr + step - 1, step);
}

/** A range of addresses, half open. */
export interface Span {
  readonly from: Page;
  readonly to: Page;
}

/**
 * How a span falls on the entries of one table: entries covered whole are [from, to); `head` and
 * `tail` are entries covered in part (a span inside a single entry has only a `head`).
 */
export interface Cut {
  readonly head: number | undefined;
  readonly from: number;
  readonly to: number;
  readonly tail: number | undefined;
}

/** Cuts `span`, which lies inside the table of `level` whose entry 0 is at `base`, at entries. */
export function cutAtEntries(base: Page, level: Level, span: Span): Cut {
  const size = entryPages(level);
  const first = Math.floor((span.from - base) / size);
  const last = Math.ceil((span.to - base) / size) - 1;
  const headCut = span.from % size !== 0 || (first === last && span.to % size !== 0);
  const tailCut = first !== last && span.to % size !== 0;
  return {
    head: headCut ? first : undefined,
    from: headCut ? first + 1 : first,
    to: tailCut ? last : last + 1,
    tail: tailCut ? last : undefined,
  };
}

/** Address that entry `index` of the table of `level` at `base` starts to translate. */
export function entryBase(base: Page, level: Level, index: number): Page {
  return base + index * entryPages(level);
}

/** The part of `span` that falls on entry `index` of the table of `level` at `base`. */
export function clipToEntry(base: Page, level: Level, index: number, span: Span): Span {
  const start = entryBase(base, level, index);
  return {
    from: Math.max(span.from, start),
    to: Math.min(span.to, start + entryPages(level)),
  };
}

/** [addr, addr + range) as a span. @throws Error when empty or outside a tree of `levels` */
export function spanInSpace(levels: number, addr: Page, range: Page): Span {
  const to = addr + range;
  if (addr < 0 || range <= 0 || to > spacePages(levels)) {
    throw new Error(
      `addresses ${hexOfPages(addr)} + ${hexOfPages(range)} are empty or ` +
        `outside an address space of ${levels} levels`,
    );
  }
  return { from: addr, to };
}
