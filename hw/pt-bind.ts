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
import { firstNot64K } from './leaf-rule.ts';
import { clipToEntry, cutAtEntries, entryBase, spanInSpace, type Span } from './levels.ts';
import { fill, type BindRequest, type Staging } from './pt-build.ts';
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
import { fillSlots, slotAt } from './slots.ts';

export type { BindRequest } from './pt-build.ts';

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
    request,
    flavour,
    scratch,
    next: alloc.next,
    newTables: [],
    updates: [],
    freed: [],
  };
  const root = bindInto(staging, tree.root, 0, span);
  const { next, newTables, updates, freed } = staging;
  return { tree: { ...tree, root }, alloc: { next }, newTables, updates, freed };
}

/**
 * The same for a device that may refuse: EINVAL when VRAM must be mapped by 64K pages and cannot
 * be. The kernel finds out in the middle and frees what it has built; nothing else has changed.
 */
export function tryStageBind(
  tree: PtTree,
  alloc: TableAlloc,
  request: BindRequest,
): OrErrno<StagedBind> {
  const odd = firstNot64K(request, flavourOf(tree));
  return odd === undefined ? stageBind(tree, alloc, request) : ERRNO.EINVAL;
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
