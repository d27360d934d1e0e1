/**
 * Staging and committing a bind: which tables are built, which shared entries are written.
 *
 * Mirrors xe_pt_stage_bind, xe_pt_insert_entry and xe_pt_commit_bind. A table that does not exist
 * yet, or whose whole range is bound, is built and filled while nothing points to it; only entries
 * of tables that stay become updates, in the order in which the kernel's walk meets them: at most
 * two tables a level and the root. The value returned is the tree after commit; see pt-abort.ts for
 * a bind that is called off instead.
 */
import { ERRNO } from '../domain/errno.ts';
import type { OrErrno } from '../domain/va/result.ts';
import type { Page } from '../domain/units.ts';
import type { PtFlavour } from './flavour.ts';
import {
  cacheBitsOf,
  compactRun,
  firstNot64K,
  leafFits,
  leafRuns,
  privateLayout,
  type Mapping,
} from './leaf-rule.ts';
import {
  clipToEntry,
  COMPACT_COUNT,
  cutAtEntries,
  entryBase,
  spanInSpace,
  type Level,
  type Span,
} from './levels.ts';
import { brokenCall, coverageOf } from './pt-coverage.ts';
import {
  childrenOf,
  flavourOf,
  tablesUnder,
  type NewTable,
  type PtNode,
  type PtSlot,
  type PtTree,
  type TableAlloc,
  type TableUpdate,
} from './pt-tree.ts';
import { encodeDirectory } from './pte.ts';
import { clearRun, packRuns, type IndexedPte, type Run } from './runs.ts';
import type { ScratchTree } from './scratch.ts';
import { fillSlots, noSlots, SLOT_COUNT, slotAt, writeSlots, type Slots } from './slots.ts';

export interface BindRequest extends Mapping {
  /**
   * The VMA is bound already and its memory or access changed (after eviction, a userptr
   * invalidation, a zap): all of the range must be bound. Its private tables are replaced.
   */
  readonly rebind?: boolean;
  /**
   * Highest level of a NULL leaf, 2 unless given. The posted series has no limit for NULL: with 4,
   * a NULL bind of a whole 512G entry writes 0x203 there, which the hardware takes for a directory.
   */
  readonly maxLeafLevel?: Level;
}

export interface StagedBind {
  /** After commit. */
  readonly tree: PtTree;
  readonly alloc: TableAlloc;
  /** Parents before children. */
  readonly newTables: readonly NewTable[];
  readonly updates: readonly TableUpdate[];
  /** Tables that a rebind replaced; free them once the updates are done and the TLB is clean. */
  readonly freed: readonly Page[];
}

interface Staging {
  readonly request: BindRequest;
  readonly flavour: PtFlavour;
  readonly scratch: ScratchTree | undefined;
  next: Page;
  readonly newTables: NewTable[];
  readonly updates: TableUpdate[];
  readonly freed: Page[];
}

/**
 * Stages the bind of a whole VMA.
 * @throws Error (a programming error of the caller) when the range is empty, outside the address
 * space or bound already in part or whole; of a rebind, when it is not bound whole; when the device
 * refuses it, which {@link tryStageBind} tells as an errno
 */
export function stageBind(tree: PtTree, alloc: TableAlloc, request: BindRequest): StagedBind {
  const span = spanInSpace(tree.levels, request.addr, request.range);
  const rebind = request.rebind === true;
  const found = coverageOf(tree, request);
  if (found !== (rebind ? 'bound' : 'free')) {
    throw brokenCall(rebind ? 'rebind' : 'bind', request, found);
  }
  const { scratch } = tree;
  const flavour = flavourOf(tree);
  const odd = firstNot64K(request, flavour);
  if (odd !== undefined) {
    throw new RangeError(
      `page 0x${odd.toString(16)} cannot be mapped as 64K, which VRAM needs here`,
    );
  }
  const staging: Staging = {
    ...{ request, flavour, scratch, next: alloc.next },
    ...{ newTables: [], updates: [], freed: [] },
  };
  const root = bindInto(staging, tree.root, 0, span);
  const { next, newTables, updates, freed } = staging;
  return { tree: { ...tree, root }, alloc: { next }, newTables, updates, freed };
}

/**
 * The same for a device that may refuse: EINVAL when VRAM must be mapped by 64K pages and cannot be.
 * The kernel finds out in the middle and frees what it has built; nothing else has changed.
 */
export function tryStageBind(
  tree: PtTree,
  alloc: TableAlloc,
  request: BindRequest,
): OrErrno<StagedBind> {
  const odd = firstNot64K(request, flavourOf(tree));
  return odd === undefined ? stageBind(tree, alloc, request) : ERRNO.EINVAL;
}

/** What goes into entries of one table: slots for the driver, runs for the hardware. */
interface Filling {
  readonly slots: Slots<PtSlot>;
  readonly runs: readonly Run[];
  /** Entries written. */
  readonly count: number;
}

/** Binds into a table that stays: own entries become one update, partial children descend. */
function bindInto(staging: Staging, node: PtNode, base: Page, span: Span): PtNode {
  const { level } = node;
  const { head, from, to, tail } = cutAtEntries(base, level, span);
  let slots = node.slots;
  const descend = (index: number | undefined): boolean => {
    const child = index === undefined ? undefined : slotAt(node.slots, index);
    if (index === undefined || child === undefined || child === 'leaf') return false;
    const part = clipToEntry(base, level, index, span);
    const next = bindInto(staging, child, entryBase(base, level, index), part);
    slots = fillSlots<PtSlot>(slots, index, 1, next);
    return true;
  };
  const first = descend(head) || head === undefined ? from : head;
  const tailStays = tail !== undefined && slotAt(node.slots, tail) !== undefined;
  const end = tail === undefined || tailStays ? to : tail + 1;
  const own = fill(staging, slots, level, base, { from: first, to: end }, span);
  if (own.count > 0) {
    for (const [, child] of childrenOf(node, from, to)) staging.freed.push(...tablesUnder(child));
    const { table } = node;
    const update = { table, level, base, index: first, count: own.count, runs: own.runs };
    staging.updates.push(update);
  }
  slots = own.slots;
  descend(tail);
  const added = staging.request.rebind === true ? 0 : own.count;
  return { ...node, numLive: node.numLive + added, slots };
}

/** Builds a table that nothing points to yet, with everything below it. */
function build(staging: Staging, level: Level, base: Page, span: Span): PtNode {
  const table = staging.next++;
  const place = staging.newTables.length;
  staging.newTables.push({ table, level, base, runs: [] });
  const { head, from, to, tail } = cutAtEntries(base, level, span);
  const entries = { from: head ?? from, to: tail === undefined ? to : tail + 1 };
  const { slots, runs, count } = fill(staging, noSlots(), level, base, entries, span);
  const { from: first, to: end } = entries;
  staging.newTables[place] = { table, level, base, runs: padded(staging, level, runs, first, end) };
  return { table, level, numLive: count, slots };
}

/** The runs of a new table whose entries [from, to) are used: the others get scratch entries. */
function padded(
  { scratch }: Staging,
  level: Level,
  runs: readonly Run[],
  from: number,
  to: number,
): readonly Run[] {
  const empty = scratch?.empty[level];
  if (empty === undefined) return runs;
  const before = from > 0 ? [clearRun(0, from, empty)] : [];
  const after = to < SLOT_COUNT ? [clearRun(to, SLOT_COUNT - to, empty)] : [];
  return [...before, ...runs, ...after];
}

/** Builds the level-0 table of 2M that are all the request's, of 64K pages where it can be. */
function buildPrivate(staging: Staging, base: Page, span: Span): PtNode {
  const { request, flavour } = staging;
  const layout = privateLayout(request, flavour);
  if (layout === 'normal') return build(staging, 0, base, span);
  if (layout === 'ips') return { ...build(staging, 0, base, span), layout };
  const table = staging.next++;
  const runs = [compactRun(request, base, COMPACT_COUNT, flavour)];
  staging.newTables.push({ table, level: 0, base, runs, layout });
  const slots = fillSlots<PtSlot>(noSlots(), 0, COMPACT_COUNT, 'leaf');
  return { table, level: 0, numLive: COMPACT_COUNT, slots, layout };
}

/**
 * Fills `entries` of the table at `base` for the part of `span` on each: leaves where the leaf rule
 * allows, else new child tables.
 */
function fill(
  staging: Staging,
  old: Slots<PtSlot>,
  level: Level,
  base: Page,
  entries: { readonly from: number; readonly to: number },
  span: Span,
): Filling {
  const { request, flavour } = staging;
  const { from, to } = cutAtEntries(base, level, span);
  const leaves = from < to && leafFits(request, level, request.maxLeafLevel);
  let slots = leaves ? fillSlots<PtSlot>(old, from, to - from, 'leaf') : old;
  const children = (first: number, end: number): Run[] => {
    const ptes: IndexedPte[] = [];
    // A directory entry has no third cache bit, so as in a 2M leaf it must not become bit 7.
    const cache = flavour.caching === 'pat-index' ? cacheBitsOf(request, flavour, level) & 0x18 : 0;
    slots = writeSlots<PtSlot>(slots, first, end - first, (index) => {
      const part = clipToEntry(base, level, index, span);
      const at = entryBase(base, level, index);
      const isPrivate = level === 1 && from <= index && index < to;
      const child = isPrivate
        ? buildPrivate(staging, at, part)
        : build(staging, level - 1, at, part);
      ptes.push({ index, pte: encodeDirectory(child.table, child.layout, cache) });
      return child;
    });
    return packRuns(ptes);
  };
  const runs = leaves
    ? [
        ...children(entries.from, from),
        ...leafRuns(request, level, base, from, to, flavour),
        ...children(to, entries.to),
      ]
    : children(entries.from, entries.to);
  return { slots, runs, count: entries.to - entries.from };
}
