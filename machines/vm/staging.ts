/** What preparing one part of a submission comes to: entries staged on copies of the driver's trees, nothing published. */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { Page } from '../../domain/units.ts';
import { cpuWorkNs } from '../../hw/costs.ts';
import { type StagedBind, tryStageBind } from '../../hw/pt-bind.ts';
import type { PtTree, TableUpdate } from '../../hw/pt-tree.ts';
import { costOf } from '../../hw/update-cost.ts';
import { type Effect, fact, work } from '../contract/effects.ts';
import type { ActorId, Piece, TableWrite } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { resvOf } from '../shared/shared.ts';
import { backingOf } from './backing.ts';
import type { VmContext } from './context.ts';
import { leafLimit } from './known-bugs.ts';

/** What a submission is for. */
export interface Drafted {
  readonly engine: ActorId;
  /** what the first job waits for besides what its part needs */
  readonly waits: readonly FenceKey[];
  /** fences of parts submitted before: the last job's, then those of flushes */
  readonly fences?: readonly FenceKey[];
}

/** Translations that TLBs may still have, and tables that only they lead to. */
export interface Stale {
  readonly addr: Page;
  readonly range: Page;
  readonly freed: readonly Page[];
}

export const writesOf = (updates: readonly TableUpdate[]): TableWrite[] =>
  updates.map(({ table, level, runs }) => ({ table, level, runs }));

/** The bind of a VMA on one GT, or the errno that the page-table walk ends with. */
export function stagePiece(
  tree: PtTree,
  alloc: VmContext['alloc'],
  { piece, rebind }: { readonly piece: Piece; readonly rebind: boolean },
  shared: SharedReader,
): ReturnType<typeof tryStageBind> {
  const { addr, range, readOnly } = piece;
  const backing = backingOf(piece, shared);
  const request = { addr, range, readOnly, backing, rebind, ...leafLimit(shared) };
  return tryStageBind(tree, alloc, request);
}

/** New tables are filled while nothing points to them. */
export function tablesMade(vm: ActorId, gt: ActorId, { newTables }: StagedBind): Effect[] {
  return newTables.map(({ table, level, runs }) =>
    fact({ type: 'table.allocated', gt, vm, table, level, runs }),
  );
}

/** The CPU's part of a staged operation takes its time. */
export function stagingWork(
  staged: Parameters<typeof costOf>[0],
  shared: SharedReader,
): readonly Effect[] {
  return work(cpuWorkNs(shared.device.costs, costOf(staged)));
}

/** What a bind of a BO waits for: moves and clears of it. */
export function kernelFences(bo: string, shared: SharedReader): readonly FenceKey[] {
  const found = shared.bo(bo);
  return found === undefined ? [] : shared.resv(resvOf(bo, found), 'kernel');
}
