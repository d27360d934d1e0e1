/**
 * Is the tree of tables itself sound? Invariant 24 and its kin.
 *
 * Non-leaf entries point to tables that exist and have a live entry; the driver's num_live is the
 * number of present entries and its children are the tables that the entries point to; no table is
 * out of reach. In a scratch VM an entry that leads to the scratch tree is not live, and no entry
 * is 0. All of it holds when no update is under way; a zapped range (pt-zap.ts) is the one case
 * where num_live counts entries that the hardware no longer has. Mirrors no kernel function.
 */
import type { Page } from '../domain/units.ts';
import type { TableLayout } from './flavour.ts';
import { entryBase, leafStep, type Level } from './levels.ts';
import type { TableAt, TablePage, Tables } from './page-tables.ts';
import type { PtNode, PtTree } from './pt-tree.ts';
import { decodeEntry, pointsTo } from './pte.ts';
import { mapsSomething, type ScratchTree } from './scratch.ts';
import { countFilled, noSlots, SLOT_COUNT, slotAt, visitSlots } from './slots.ts';
import type { TableRoot } from './tables-check.ts';

/** A table that hardware reaches from a root. */
export interface ReachedTable {
  readonly table: Page;
  readonly level: Level;
  readonly base: Page;
  readonly layout: TableLayout;
  /** Entries that map something; `undefined` when the page is no table. */
  readonly present: number | undefined;
}

/** The tables that directory entries lead to, parents first, ascending; not the scratch tables. */
export function* reachedTables(tables: Tables, from: TableRoot): Generator<ReachedTable> {
  const root = { table: from.root, level: from.levels - 1, layout: 'normal' } as const;
  yield* reachedUnder(tables, root, 0, from.scratch);
}

function* reachedUnder(
  tables: Tables,
  { table, level, layout }: TableAt,
  base: Page,
  scratch: ScratchTree | undefined,
): Generator<ReachedTable> {
  const page = tables.pages.get(table);
  const below: (TableAt & { readonly index: number })[] = [];
  let present = 0;
  visitSlots(page?.entries ?? noSlots<number>(), 0, SLOT_COUNT, (pte, index) => {
    if (!mapsSomething(scratch, level, pte)) return;
    present += 1;
    if (level === 0) return;
    const entry = decodeEntry(pte, level);
    if (entry.kind !== 'directory') return;
    below.push({ index, table: entry.table, level: level - 1, layout: entry.layout });
  });
  yield { table, level, base, layout, present: page === undefined ? undefined : present };
  for (const child of below) {
    yield* reachedUnder(tables, child, entryBase(base, level, child.index), scratch);
  }
}

export type ShapeFault =
  | { readonly kind: 'dangling'; readonly table: Page; readonly level: Level; readonly base: Page }
  | { readonly kind: 'empty'; readonly table: Page; readonly level: Level; readonly base: Page }
  /** A table of a scratch VM with entries that are 0: a walk there faults. */
  | { readonly kind: 'hole'; readonly table: Page; readonly level: Level; readonly base: Page };

/**
 * Directory entries to pages that are no tables, tables below the root without an entry, and holes
 * in a scratch VM.
 */
export function shapeFaults(tables: Tables, from: TableRoot): ShapeFault[] {
  const faults: ShapeFault[] = [];
  for (const { table, level, base, layout, present } of reachedTables(tables, from)) {
    const at = { table, level, base };
    if (present === undefined) faults.push({ kind: 'dangling', ...at });
    else if (present === 0 && table !== from.root) faults.push({ kind: 'empty', ...at });
    if (from.scratch === undefined || present === undefined) continue;
    const filled = countFilled((tables.pages.get(table) as TablePage).entries);
    if (filled < leafStep(layout).count) faults.push({ kind: 'hole', ...at });
  }
  return faults;
}

/** Table pages of the store that no root reaches: leaked, or not connected (or freed) yet. */
export function unreachedTables(tables: Tables, roots: readonly TableRoot[]): Page[] {
  const reached = new Set<Page>();
  for (const root of roots) {
    for (const { table } of reachedTables(tables, root)) reached.add(table);
    for (const table of root.scratch?.tables ?? []) reached.add(table);
  }
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
  const faults: LiveFault[] = [];
  liveFaultsUnder(tree.root, 0, tables, tree.scratch, faults);
  return faults;
}

function liveFaultsUnder(
  node: PtNode,
  base: Page,
  tables: Tables,
  scratch: ScratchTree | undefined,
  faults: LiveFault[],
): void {
  const { table, level, numLive } = node;
  const page = tables.pages.get(table);
  const present = page === undefined ? undefined : countLive(page, level, scratch);
  const children: (readonly [number, PtNode])[] = [];
  const strangers: number[] = [];
  let filled = 0;
  visitSlots(node.slots, 0, SLOT_COUNT, (slot, index) => {
    filled += 1;
    if (slot === 'leaf') return;
    children.push([index, slot]);
    const pte = page === undefined ? 0 : (slotAt(page.entries, index) ?? 0);
    if (!pointsTo(pte, slot.table, slot.layout ?? 'normal')) strangers.push(index);
  });
  if (present !== numLive || filled !== numLive || strangers.length > 0) {
    faults.push({ table, level, base, numLive, present, strangers });
  }
  for (const [index, child] of children) {
    liveFaultsUnder(child, entryBase(base, level, index), tables, scratch, faults);
  }
}

function countLive({ entries }: TablePage, level: Level, scratch: ScratchTree | undefined): number {
  if (scratch === undefined) return countFilled(entries);
  let live = 0;
  visitSlots(entries, 0, SLOT_COUNT, (pte) => {
    if (mapsSomething(scratch, level, pte)) live += 1;
  });
  return live;
}
