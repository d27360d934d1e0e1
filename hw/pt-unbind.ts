/**
 * Staging and committing an unbind: which entries are cleared, which tables go.
 *
 * Mirrors xe_pt_stage_unbind, xe_pt_check_kill and xe_pt_commit_unbind. A table all of whose live
 * entries belong to the range is not cleared but dropped: the entry that points to it is cleared
 * instead, and so on upwards, never the root. Updates come children first, as the kernel's
 * post-descend callback gives them. Cleared means 0, or the scratch entry of the level. Dropped
 * tables keep their entries, so a stale translation or a late walk still finds what was there until
 * they are freed.
 */
import type { Page } from '../domain/units.ts';
import { clipToEntry, cutAtEntries, entryBase, spanInSpace, type Span } from './levels.ts';
import { brokenCall, coverageOf } from './pt-coverage.ts';
import {
  childrenOf,
  tablesUnder,
  type PtNode,
  type PtRange,
  type PtSlot,
  type PtTree,
  type TableUpdate,
} from './pt-tree.ts';
import { clearRun } from './runs.ts';
import { emptyEntry, type ScratchTree } from './scratch.ts';
import { countFilled, fillSlots, slotAt } from './slots.ts';

export interface UnbindRequest extends PtRange {
  /**
   * Clears what is bound in the range and ignores the rest, as a driver does that got the range
   * wrong (bug L01). A huge leaf or a compact table that the range cuts stays (the kernel stops at
   * a BUG for the table). Without it such a range throws.
   */
  readonly loose?: boolean;
}

export interface StagedUnbind {
  /** After commit. */
  readonly tree: PtTree;
  readonly updates: readonly TableUpdate[];
  /** Dropped tables, parents first; free them once the updates are done and the TLB is clean. */
  readonly freed: readonly Page[];
}

interface Staging {
  readonly scratch: ScratchTree | undefined;
  readonly updates: TableUpdate[];
  readonly freed: Page[];
}

/**
 * Stages the unbind of a whole VMA.
 * @throws Error (a programming error of the caller) when the range is empty or outside the address
 * space, and, unless `loose`, when it is not bound whole or an end lies inside a huge leaf
 */
export function stageUnbind(tree: PtTree, request: UnbindRequest): StagedUnbind {
  const span = spanInSpace(tree.levels, request.addr, request.range);
  const found = coverageOf(tree, request);
  if (found !== 'bound' && request.loose !== true) throw brokenCall('unbind', request, found);
  const staging: Staging = { scratch: tree.scratch, updates: [], freed: [] };
  const root = unbindFrom(staging, tree.root, 0, span, false);
  if (root === 'dropped') throw new Error('unreachable: the root is never dropped');
  return { tree: { ...tree, root }, updates: staging.updates, freed: staging.freed };
}

/** Clears the span below `node`; 'dropped' when the caller is to clear the entry of `node`. */
function unbindFrom(
  staging: Staging,
  node: PtNode,
  base: Page,
  span: Span,
  mayDrop: boolean,
): PtNode | 'dropped' {
  const { level, table } = node;
  const { head, from, to, tail } = cutAtEntries(base, level, span);
  let slots = node.slots;
  /** True when the child at an end of the span is dropped, and with it its entry here. */
  const dropsChild = (index: number | undefined): boolean => {
    const child = index === undefined ? undefined : slotAt(node.slots, index);
    if (index === undefined || child === undefined || child === 'leaf') return false;
    if (child.layout === 'compact') return false;
    const part = clipToEntry(base, level, index, span);
    const next = unbindFrom(staging, child, entryBase(base, level, index), part, true);
    if (next === 'dropped') return true;
    slots = fillSlots<PtSlot>(slots, index, 1, next);
    return false;
  };
  const first = dropsChild(head) && head !== undefined ? head : from;
  const end = dropsChild(tail) && tail !== undefined ? tail + 1 : to;
  const live = countFilled(node.slots, first, end);
  if (mayDrop && live === node.numLive) return 'dropped';
  if (live === 0) return slots === node.slots ? node : { ...node, slots };
  for (const [, child] of childrenOf(node, first, end)) staging.freed.push(...tablesUnder(child));
  const count = end - first;
  const runs = [clearRun(first, count, emptyEntry(staging.scratch, level))];
  staging.updates.push({ table, level, base, index: first, count, runs });
  return {
    ...node,
    numLive: node.numLive - live,
    slots: fillSlots<PtSlot>(slots, first, count, undefined),
  };
}
