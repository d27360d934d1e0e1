/** Page tables, as facts tell: which table hangs where, how many of its entries are present, what TLBs may still hold. */
import type { FactOf } from '../../facts/schema.ts';
import { OrderedMap } from '../../ordered-map.ts';
import { isLeafEntry, PTE_PRESENT, pfnOfEntry } from '../../pte-bits.ts';
import type { Page } from '../../units.ts';

type Run = FactOf<'pte.written'>['runs'][number];

export interface TableSeen {
  readonly table: Page;
  readonly gt: string;
  readonly vm: string;
  readonly level: number;
  readonly isRoot: boolean;
  /** one of a scratch tree: many entries point to it, so it hangs nowhere in particular */
  readonly isScratch: boolean;
  /** the table that points to it */
  readonly parent: Page | null;
  /** the first page that it translates, once it hangs somewhere */
  readonly base: Page | null;
  /** bit i % 32 of word i / 32: entry i is present */
  readonly bits: readonly number[];
  /** how many are */
  readonly live: number;
  /** tables that it points to, by entry */
  readonly children: OrderedMap<Page>;
  /** it was taken out of the tree, and the TLB was not flushed there since */
  readonly isCached: boolean;
}
export type TablesSeen = OrderedMap<TableSeen>;

const ENTRIES = 512;
const NO_BITS: readonly number[] = new Array<number>(ENTRIES / 32).fill(0);
/** Pages that one entry of a level spans. */
export const entrySpan = (level: number): Page => 2 ** (9 * level);
export const tableSpan = (level: number): Page => entrySpan(level + 1);

const isPresent = (pte: number): boolean => pte % 2 === PTE_PRESENT;

/** The value that a run gives its i-th entry. */
const valueAt = ({ pte, stride }: Run, i: number): number => pte + i * stride;

/** The directory entries of a run, as entry and table. */
function childrenOf(level: number, run: Run): (readonly [index: number, table: Page])[] {
  if (level === 0 || !isPresent(run.pte) || isLeafEntry(run.pte, level)) return [];
  return Array.from({ length: run.count }, (_, i) => [run.index + i, pfnOfEntry(valueAt(run, i))]);
}

function marked(bits: readonly number[], { index, count, pte }: Run): readonly number[] {
  const next = bits.slice();
  for (let i = index; i < index + count; i++) {
    const word = i >>> 5;
    const bit = 1 << (i & 31);
    next[word] = isPresent(pte) ? (next[word] ?? 0) | bit : (next[word] ?? 0) & ~bit;
  }
  return next;
}

function ones(bits: readonly number[]): number {
  let found = 0;
  for (const word of bits) for (let left = word; left !== 0; left &= left - 1) found++;
  return found;
}

/** Takes a table out of the tree: nothing points to it any more, but a TLB may have walked it. */
function unlink(tables: TablesSeen, page: Page, from: Page): TablesSeen {
  const old = tables.get(page);
  if (old === undefined || old.parent !== from) return tables;
  return tables.set(page, { ...old, parent: null, isCached: true });
}

/** Hangs a table, and what hangs below it already, under `parent`. */
function link(tables: TablesSeen, page: Page, parent: Page | null, base: Page | null): TablesSeen {
  const old = tables.get(page);
  if (old === undefined || old.isScratch) return tables;
  let next = tables.set(page, { ...old, parent, base, isCached: false });
  if (base === null) return next;
  for (const { key: index, value: child } of old.children.entries()) {
    // a damaged log may have tables point to each other in a circle
    if ((tables.get(child)?.level ?? 0) >= old.level) continue;
    next = link(next, child, page, base + index * entrySpan(old.level));
  }
  return next;
}

/** A run of entries that all point to one table: that is of the scratch tree. */
function withScratch(
  tables: TablesSeen,
  { count, stride }: Run,
  page: Page | undefined,
): TablesSeen {
  const old = page === undefined || count === 1 || stride !== 0 ? undefined : tables.get(page);
  if (page === undefined || old === undefined || old.isScratch) return tables;
  return tables.set(page, { ...old, isScratch: true });
}

/** Entries of a table are written. */
export function storedEntries(tables: TablesSeen, page: Page, runs: readonly Run[]): TablesSeen {
  const old = tables.get(page);
  if (old === undefined) return tables;
  let next = tables;
  let { bits } = old;
  const children = old.children.mutable();
  // a scratch table hangs in hundreds of entries: where it hangs last is what counts
  const added = new Map<Page, number>();
  for (const run of runs) {
    bits = marked(bits, run);
    if (old.level === 0) continue;
    const gone: number[] = [];
    children.visit(run.index, run.index + run.count, (table, index) => {
      gone.push(index);
      next = unlink(next, table, page);
      return true;
    });
    for (const index of gone) children.delete(index);
    const below = childrenOf(old.level, run);
    next = withScratch(next, run, below[0]?.[1]);
    for (const [index, table] of below) {
      children.set(index, table);
      added.set(table, index);
    }
  }
  next = next.set(page, { ...old, bits, children: children.freeze(), live: ones(bits) });
  for (const [table, index] of added) {
    const base = old.base === null ? null : old.base + index * entrySpan(old.level);
    next = link(next, table, page, base);
  }
  return next;
}

export function allocatedTable(tables: TablesSeen, fact: FactOf<'table.allocated'>): TablesSeen {
  const { table, gt, vm, level, runs } = fact;
  const place = { isRoot: false, isScratch: false, parent: null, base: null, isCached: false };
  const empty = { bits: NO_BITS, live: 0, children: OrderedMap.empty<Page>() };
  return storedEntries(
    tables.set(table, { table, gt, vm, level, ...place, ...empty }),
    table,
    runs,
  );
}

export function rootedTable(tables: TablesSeen, page: Page): TablesSeen {
  const old = tables.get(page);
  if (old === undefined) return tables;
  return link(tables.set(page, { ...old, isRoot: true }), page, null, 0);
}

export function freedTable(tables: TablesSeen, page: Page): TablesSeen {
  const old = tables.get(page);
  if (old === undefined) return tables;
  // its children are as far out of the tree as it was itself
  const children = [...old.children.values()].reduce((all, child) => {
    const seen = all.get(child);
    if (seen === undefined || seen.parent !== page) return all;
    return all.set(child, { ...seen, parent: null, isCached: old.isCached });
  }, tables);
  return children.delete(page);
}

/** The table that everything above this one hangs from: a root, or one that was taken out. */
export function topOf(tables: TablesSeen, table: TableSeen): TableSeen {
  let top = table;
  for (;;) {
    const above = top.parent === null ? undefined : tables.get(top.parent);
    if (above === undefined || above.level <= top.level) return top;
    top = above;
  }
}

/** A flush of [addr, end): no TLB remembers the tables there that are out of the tree. */
export function flushedTables(
  tables: TablesSeen,
  cached: readonly Page[],
  covers: (table: TableSeen) => boolean,
): TablesSeen {
  return cached.reduce((all, page) => {
    const table = all.get(page);
    if (table === undefined || !table.isCached || !covers(table)) return all;
    return all.set(page, { ...table, isCached: false });
  }, tables);
}
