/**
 * The driver's own view of the page tables of one VM on one GT.
 *
 * Mirrors struct xe_pt / struct xe_pt_dir: a node for each table page with its count of live
 * entries (num_live) and, in a directory, its children. The driver decides by this view alone and
 * never reads an entry back; it can differ from what the hardware sees while updates are under
 * way. One thing is kept that the kernel does not keep: a slot says whether it holds a leaf, so
 * that a broken call is found here and not as a corrupted tree. Left out: the table's BO (`table`
 * is its page).
 */
import type { Page } from '../domain/units.ts';
import { DEFAULT_FLAVOUR, type PtFlavour, type TableLayout } from './flavour.ts';
import type { Level } from './levels.ts';
import type { Run } from './runs.ts';
import { scratchTreeOf, type ScratchPage, type ScratchTree } from './scratch.ts';
import { noSlots, SLOT_COUNT, type Slots, visitSlots } from './slots.ts';

/** A live entry: a leaf, or a child table. */
export type PtSlot = 'leaf' | PtNode;

export interface PtNode {
  readonly table: Page;
  readonly level: Level;
  /** Entries that are filled: xe_pt.num_live. */
  readonly numLive: number;
  readonly slots: Slots<PtSlot>;
  /** Normal unless given. A compact table (xe_pt.is_compact) has slots 0 to 31 only. */
  readonly layout?: TableLayout;
}

export interface PtTree {
  /** 4: 48-bit addresses, 5: 57-bit. */
  readonly levels: number;
  /** DEFAULT_FLAVOUR unless given. */
  readonly flavour?: PtFlavour;
  /** Only in a VM with scratch pages. */
  readonly scratch?: ScratchTree;
  /** `root.table` is what the hardware walks from; it is never freed by an unbind. */
  readonly root: PtNode;
}

/** Where the next table page comes from: the pages from `next` on, each used once. */
export interface TableAlloc {
  readonly next: Page;
}

/** A table built while nothing points to it; fold it with allocateTable. */
export interface NewTable {
  readonly table: Page;
  readonly level: Level;
  /** Address that its entry 0 translates (xe_pt_addr). */
  readonly base: Page;
  readonly runs: readonly Run[];
  /** Normal unless given. */
  readonly layout?: TableLayout;
}

/**
 * Entries to write into a table that hardware can reach, one struct xe_vm_pgtable_update: `index`
 * is its ofs, `count` its qwords; fold it with writeEntries.
 */
export interface TableUpdate extends NewTable {
  readonly index: number;
  readonly count: number;
}

/** A range of a VM to work on, in pages. */
export interface PtRange {
  readonly addr: Page;
  readonly range: Page;
}

export interface PtTreeOptions {
  readonly flavour?: PtFlavour;
  /** Makes it a scratch VM. Needs 16 pages, 64K-aligned, where VRAM needs 64K pages. */
  readonly scratch?: ScratchPage;
}

/** A new tree: an empty root table, and the scratch tables if the VM has them; the root first. */
export function createPtTree(
  alloc: TableAlloc,
  levels: number,
  { flavour, scratch: page }: PtTreeOptions = {},
): { tree: PtTree; alloc: TableAlloc; newTables: NewTable[] } {
  const table = alloc.next;
  const level = levels - 1;
  const root = { table, level, numLive: 0, slots: noSlots<PtSlot>() };
  const given = flavour === undefined ? {} : { flavour };
  if (page === undefined) {
    const tree = { levels, root, ...given };
    return { tree, alloc: { next: table + 1 }, newTables: [{ table, level, base: 0, runs: [] }] };
  }
  const scratch = scratchTreeOf(page, table + 1, level, flavour ?? DEFAULT_FLAVOUR);
  const built = [...scratch.tables, table].map((own, at) => {
    const run = { index: 0, count: SLOT_COUNT, pte: scratch.empty[at] ?? 0, stride: 0 };
    return { table: own, level: at, base: 0, runs: [run] };
  });
  return {
    tree: { levels, root, ...given, scratch },
    alloc: { next: table + 1 + scratch.tables.length },
    newTables: [...built.slice(-1), ...built.slice(0, -1)],
  };
}

/** The flavour of a tree. */
export function flavourOf({ flavour }: PtTree): PtFlavour {
  return flavour ?? DEFAULT_FLAVOUR;
}

/** The child tables of a node with their entry indices, ascending. */
export function childrenOf(
  { level, slots }: PtNode,
  from = 0,
  to = SLOT_COUNT,
): readonly (readonly [number, PtNode])[] {
  const children: (readonly [number, PtNode])[] = [];
  if (level === 0) return children;
  visitSlots(slots, from, to, (slot, index) => {
    if (slot !== 'leaf') children.push([index, slot]);
  });
  return children;
}

/** All table pages of a subtree, parents first: the order in which xe_pt_destroy frees them. */
export function* tablesUnder(node: PtNode): Generator<Page> {
  yield node.table;
  for (const [, child] of childrenOf(node)) yield* tablesUnder(child);
}

/** All table pages of a tree, the root first, scratch last: what closing the VM frees. */
export function tablesOf(tree: PtTree): Page[] {
  return [...tablesUnder(tree.root), ...(tree.scratch?.tables ?? [])];
}
