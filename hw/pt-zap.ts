/**
 * Zapping: fault mode makes a range fault again without unbinding it.
 *
 * Mirrors xe_pt_zap_ptes. The entries that belong whole to the range are cleared in every table
 * that the range shares, from the root down; private tables are only cut off. The driver's own view
 * does not change (num_live counts the entries as before) and no table is freed: the next fault
 * rebinds (stageBind with `rebind`) and replaces them. The kernel reports that the TLB needs an
 * invalidation as soon as one entry was written, whatever it held.
 */
import type { Page } from '../domain/units.ts';
import { clipToEntry, cutAtEntries, entryBase, spanInSpace, type Span } from './levels.ts';
import { brokenCall, coverageOf } from './pt-coverage.ts';
import type { PtNode, PtRange, PtTree, TableUpdate } from './pt-tree.ts';
import { clearRun } from './runs.ts';
import { slotAt } from './slots.ts';

export interface StagedZap {
  readonly updates: readonly TableUpdate[];
  readonly needsInvalidate: boolean;
}

/** Stages the zap of a whole bound VMA. @throws Error when the range is not bound whole */
export function stageZap(tree: PtTree, request: PtRange): StagedZap {
  const span = spanInSpace(tree.levels, request.addr, request.range);
  const found = coverageOf(tree, request);
  if (found !== 'bound') throw brokenCall('zap', request, found);
  const updates: TableUpdate[] = [];
  zapUnder(updates, tree.root, 0, span);
  return { updates, needsInvalidate: updates.length > 0 };
}

function zapUnder(updates: TableUpdate[], node: PtNode, base: Page, span: Span): void {
  const { level, table } = node;
  const { head, from, to, tail } = cutAtEntries(base, level, span);
  const count = to - from;
  if (count > 0) {
    updates.push({ table, level, base, index: from, count, runs: [clearRun(from, count)] });
  }
  for (const index of [head, tail]) {
    const child = index === undefined ? undefined : slotAt(node.slots, index);
    if (index === undefined || child === undefined || child === 'leaf') continue;
    zapUnder(updates, child, entryBase(base, level, index), clipToEntry(base, level, index, span));
  }
}
