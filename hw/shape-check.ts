/**
 * Is the tree of tables itself sound? Invariant 24 and its kin.
 *
 * Non-leaf entries point to tables that exist and have a live entry; the driver's num_live is the
 * number of present entries and its children are the tables that the entries point to; no table is
 * out of reach. All of it holds when no update is under way; a zapped range (pt-zap.ts) is the one
 * case where num_live counts entries that the hardware no longer has. Mirrors no kernel function.
 */
import type { Page } from '../domain/units.ts';
import { entryBase, type Level } from './levels.ts';
import { entryAt, type Tables } from './page-tables.ts';
import { childrenOf, type PtNode, type PtTree } from './pt-tree.ts';
import { decodeEntry, encodeDirectory } from './pte.ts';
import { countFilled, noSlots, SLOT_COUNT, visitSlots } from './slots.ts';
import type { TableRoot } from './tables-check.ts';

/** A table that hardware reaches from a root. */
export interface ReachedTable {
  readonly table: Page;
  readonly level: Level;
  readonly base: Page;
  /** Present entries; `undefined` when the page is no table. */
  readonly present: number | undefined;
}

/** The tables that directory entries lead to, parents first, ascending by address. */
export function* reachedTables(tables: Tables, from: TableRoot): Generator<ReachedTable> {
  yield* reachedUnder(tables, from.root, from.levels - 1, 0);
}

function* reachedUnder(
  tables: Tables,
  table: Page,
  level: Level,
  base: Page,
): Generator<ReachedTable> {
  const page = tables.pages.get(table);
  const below: { readonly index: number; readonly table: Page }[] = [];
  let present = 0;
  visitSlots(page?.entries ?? noSlots<number>(), 0, SLOT_COUNT, (pte, index) => {
    const entry = decodeEntry(pte, level);
    if (entry.kind !== 'empty') present += 1;
    if (entry.kind === 'directory') below.push({ index, table: entry.table });
  });
  yield { table, level, base, present: page === undefined ? undefined : present };
  for (const child of below) {
    yield* reachedUnder(tables, child.table, level - 1, entryBase(base, level, child.index));
  }
}

export type ShapeFault =
  | { readonly kind: 'dangling'; readonly table: Page; readonly level: Level; readonly base: Page }
  | { readonly kind: 'empty'; readonly table: Page; readonly level: Level; readonly base: Page };

/** Directory entries to pages that are no tables, and tables below the root without an entry. */
export function shapeFaults(tables: Tables, from: TableRoot): ShapeFault[] {
  const faults: ShapeFault[] = [];
  for (const { table, level, base, present } of reachedTables(tables, from)) {
    if (present === undefined) faults.push({ kind: 'dangling', table, level, base });
    else if (present === 0 && table !== from.root)
      faults.push({ kind: 'empty', table, level, base });
  }
  return faults;
}

/** Table pages of the store that no root reaches: leaked, or not connected (or freed) yet. */
export function unreachedTables(tables: Tables, roots: readonly TableRoot[]): Page[] {
  const reached = new Set<Page>();
  for (const root of roots) for (const { table } of reachedTables(tables, root)) reached.add(table);
  return [...tables.pages.entries()].map(({ key }) => key).filter((table) => !reached.has(table));
}

/** A table on which the driver and the hardware do not agree. */
export interface LiveFault {
  readonly table: Page;
  readonly level: Level;
  readonly base: Page;
  readonly numLive: number;
  /** Present entries; `undefined` when the page is no table. */
  readonly present: number | undefined;
  /** Indices whose entry is not the driver's child. */
  readonly strangers: readonly number[];
}

/** Compares num_live and the children of each node with the entries of its table. */
export function liveFaults(tree: PtTree, tables: Tables): LiveFault[] {
  return [...liveFaultsUnder(tree.root, 0, tables)];
}

function* liveFaultsUnder(node: PtNode, base: Page, tables: Tables): Generator<LiveFault> {
  const { table, level, numLive } = node;
  const page = tables.pages.get(table);
  const present = page === undefined ? undefined : countFilled(page.entries);
  const strangers: number[] = [];
  for (const [index, child] of childrenOf(node)) {
    if (entryAt(tables, table, index) !== encodeDirectory(child.table)) strangers.push(index);
  }
  if (present !== numLive || countFilled(node.slots) !== numLive || strangers.length > 0) {
    yield { table, level, base, numLive, present, strangers };
  }
  for (const [index, child] of childrenOf(node)) {
    yield* liveFaultsUnder(child, entryBase(base, level, index), tables);
  }
}
