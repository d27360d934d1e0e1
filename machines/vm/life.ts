/**
 * The beginning and the end of a VM. Mirrors xe_vm.c (xe_vm_create, xe_vm_close_and_put).
 *
 * Closing: no new call starts; what the worker has not executed yet is dropped, and its fences signal in order, after
 * the jobs that the worker did get to; once no job and no invalidation is under way, the mappings and page tables go.
 * Left out until its issue: killing the bind queue's jobs and the contested external BOs.
 */
import { ERRNO } from '../../domain/errno.ts';
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { createVaSpace } from '../../domain/va/va-space.ts';
import { spacePages } from '../../hw/levels.ts';
import { createPtTree, type NewTable, tablesOf } from '../../hw/pt-tree.ts';
import { freshPools } from '../../hw/allocator.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { VmContext } from './context.ts';
import { pieceOfMapping } from './pieces.ts';
import { drop, settle } from './promised.ts';

/** Table pages that one VM may take before the next VM's begin: 64 GiB of page tables, and room for 2^15 VMs. */
const TABLE_WINDOW = 2 ** 24;

export interface VmInput {
  readonly id: string;
  /** 0, 1, 2, ...: keeps the VMs' table pages apart */
  readonly index: number;
  readonly async: boolean;
  readonly semantics: VmContext['semantics'];
  readonly gts: readonly string[];
  readonly levels: number;
}

/** A VM before its creation: no root tables yet. */
export function newVm({ id, index, async, semantics, gts, levels }: VmInput): VmContext {
  const config = { name: id, start: 0, range: spacePages(levels), reserved: null, semantics };
  return {
    id,
    index,
    async,
    semantics,
    gts,
    levels,
    space: createVaSpace(config),
    trees: [],
    alloc: { next: freshPools().tables.next + index * TABLE_WINDOW },
    counts: { call: 0, va: 0, job: 0, flush: 0, async: 0, array: 0 },
    call: null,
    pending: [],
    attached: [],
    inFlight: [],
  };
}

/** Makes the address space and one root table for each GT. */
export function createVm(context: VmContext): { context: VmContext; effects: readonly Effect[] } {
  const { id: vm, async, semantics, space } = context;
  const { start: addr, range } = space.config;
  const effects = [fact({ type: 'vm.created', vm, addr, range, async, semantics })];
  let alloc = context.alloc;
  const trees = context.gts.map((gt) => {
    const made = createPtTree(alloc, context.levels);
    alloc = made.alloc;
    const { table, level, runs } = made.newTables[0] as NewTable;
    effects.push(fact({ type: 'table.allocated', gt, vm, table, level, runs }));
    effects.push(fact({ type: 'table.rooted', gt, vm, table, level }));
    return made.tree;
  });
  return { context: { ...context, trees, alloc }, effects };
}

const create: Action<VmContext> = (context, event) => {
  const made = createVm(context);
  return outcome(made.context, ...made.effects, send(event.from, 'ioctl.done', { result: 0 }));
};

/** The destroy ioctl of somebody whose VM id leads nowhere, or nowhere any more. */
const refuseClose: Action<VmContext> = (context, event) =>
  outcome(context, send(event.from, 'ioctl.done', { result: ERRNO.ENOENT }));

/** debugfs on a VM that is not there, or the address space as it is, under vm->lock. */
const dump: Action<VmContext> = (context, event) => {
  const mappings = [...context.space.mappings.values()].map((each) => pieceOfMapping(each));
  return outcome(context, send(event.from, 'debugfs.done', { mappings }));
};

const beginClose: Action<VmContext> = (context, event) => {
  const { shared } = event;
  const inFlight = context.inFlight.filter((fence) => !shared.isSignaled(fence));
  let now: VmContext = { ...context, inFlight, pending: [] };
  const effects: Effect[] = [fact({ type: 'vm.closing', vm: context.id })];
  for (const call of context.pending) {
    const dropped = drop(now, call);
    now = dropped.context;
    effects.push(...dropped.effects);
  }
  const settled = settle(now, shared);
  return outcome(
    settled.context,
    ...effects,
    ...settled.effects,
    ...inFlight.map((fence) => fact({ type: 'fence.waited', fence, waiter: context.id })),
    send(event.from, 'ioctl.done', { result: 0 }),
  );
};

const withoutFence = (fences: readonly FenceKey[], fence: FenceKey): readonly FenceKey[] =>
  fences.filter((each) => each !== fence);

/** A fence that closing waits for has signalled. */
const noteIdle: Action<VmContext> = (context, event) => {
  const { fence } = dataOf(event, 'fence.signaled');
  return outcome({ ...context, inFlight: withoutFence(context.inFlight, fence) });
};

const hardwareIdle: Guard<VmContext> = ({ inFlight }) => inFlight.length === 0;

const finishClose: Action<VmContext> = (context) => {
  const { id: vm, space, trees, gts } = context;
  const effects: Effect[] = [...space.mappings.values()].map(({ id: va, addr, range }) =>
    fact({ type: 'va.unmapped', vm, va, addr, range }),
  );
  trees.forEach((tree, i) => {
    const gt = gts[i] ?? '';
    effects.push(...tablesOf(tree).map((table) => fact({ type: 'table.freed', gt, vm, table })));
  });
  const empty = createVaSpace(space.config);
  const closed = { ...context, space: empty, trees: [] };
  return outcome(closed, ...effects, fact({ type: 'vm.closed', vm }));
};

export const lifeActions = {
  create,
  refuseClose,
  dump,
  beginClose,
  noteIdle,
  finishClose,
};
export const lifeGuards = { hardwareIdle };
