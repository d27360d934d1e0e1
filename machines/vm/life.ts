/**
 * The beginning and the end of a VM. Mirrors xe_vm.c (xe_vm_create, xe_vm_close_and_put).
 *
 * Closing: no new call starts; what the worker has not executed yet is dropped, and its fences signal in order, after
 * the jobs that the worker did get to; once no job and no invalidation is under way, the mappings and page tables go.
 * An external BO is let go one by one with its own lock in the kernel (the contested list); here all in one step: docs/vm-bind.md says what that loses.
 */
import { ERRNO } from '../../domain/errno.ts';
import { checkVmCreate, checkVmDestroy, vmCreateRequest } from '../../domain/ioctl/vm-check.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';
import type { Mapping } from '../../domain/va/mapping.ts';
import { createVaSpace } from '../../domain/va/va-space.ts';
import { spacePages } from '../../hw/levels.ts';
import { FAULT_FLAVOUR, type PtFlavour } from '../../hw/flavour.ts';
import { createPtTree, tablesOf } from '../../hw/pt-tree.ts';
import { freshPools } from '../../hw/allocator.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import type { Refusal } from '../../domain/ioctl/rules.ts';
import type { Action, Guard, StepEvent } from '../contract/event.ts';
import { dropRef, takeRef } from '../shared/refs.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { Dying, PtUpdates, VmContext } from './context.ts';
import { unpark } from './fault.ts';
import { EMPTY_INDEX } from './mapping-index.ts';
import { doomedPieces } from './notifier.ts';
import { pieceOfMapping } from './pieces.ts';
import { drop, settle } from './promised.ts';
import { destroyed } from './destroyed.ts';

type Gone = Pick<Dying, 'va' | 'obj'>;

/** Table pages that one VM may take before the next VM's begin: 64 GiB of page tables, and room for 2^15 VMs. */
const TABLE_WINDOW = 2 ** 24;

export interface VmInput {
  readonly id: string;
  /** 0, 1, 2, ...: keeps the VMs' table pages apart */
  readonly index: number;
  readonly declared: Scenario['vms'][string];
  readonly gts: readonly string[];
  readonly levels: number;
  readonly ptUpdates: PtUpdates;
  readonly flavour: PtFlavour | null;
}

/** A VM before its creation: no root tables yet. */
export function newVm({
  id,
  index,
  declared,
  gts,
  levels,
  ptUpdates,
  flavour,
}: VmInput): VmContext {
  const { async, semantics, mode, scratch, errorCapture } = declared;
  const config = { name: id, start: 0, range: spacePages(levels), reserved: null, semantics };
  return {
    id,
    index,
    async,
    semantics,
    mode,
    scratch,
    errorCapture: errorCapture ?? null,
    flags: vmCreateRequest(declared),
    gts,
    ptUpdates,
    levels,
    flavour,
    space: createVaSpace(config),
    trees: [],
    alloc: { next: freshPools().tables.next + index * TABLE_WINDOW },
    counts: { call: 0, va: 0, flush: 0, array: 0 },
    jobs: {},
    asyncs: {},
    vmas: OrderedMap.empty(),
    lookup: EMPTY_INDEX,
    call: null,
    work: null,
    toPin: [],
    waitingOn: [],
    locked: [],
    looksAgain: false,
    failure: 0,
    plan: null,
    pending: [],
    error: 0,
    attached: [],
    dying: [],
    lastFault: null,
    parked: [],
    invalidated: [],
    notifiers: [],
    queues: [],
    leaving: [],
    rebindFence: null,
    ranges: [],
    inFlight: [],
  };
}

/** Makes the address space and one root table for each GT. */
export function createVm(context: VmContext): { context: VmContext; effects: readonly Effect[] } {
  const { id: vm, async, semantics, mode, scratch, space } = context;
  const { start: addr, range } = space.config;
  const effects = [
    takeRef(vm, 'handle'),
    fact({ type: 'vm.created', vm, addr, range, async, semantics, mode, scratch }),
  ];
  // one page for all GTs; it comes out of the VM's own window of pages
  const page = { pfn: context.alloc.next, vram: true };
  const flavour = context.flavour ?? (mode === 'fault' ? FAULT_FLAVOUR : null);
  const options = {
    ...(context.scratch ? { scratch: page } : {}),
    ...(flavour === null ? {} : { flavour }),
  };
  let alloc = context.scratch ? { next: context.alloc.next + 1 } : context.alloc;
  const trees = context.gts.map((gt) => {
    const made = createPtTree(alloc, context.levels, options);
    alloc = made.alloc;
    for (const { table, level, runs } of made.newTables) {
      effects.push(fact({ type: 'table.allocated', gt, vm, table, level, runs }));
    }
    const { table, level } = made.tree.root;
    effects.push(fact({ type: 'table.rooted', gt, vm, table, level }));
    return made.tree;
  });
  return { context: { ...context, trees, alloc }, effects };
}

const create: Action<VmContext> = (context, event) => {
  const made = createVm(context);
  return outcome(made.context, ...made.effects, send(event.from, 'ioctl.done', { result: 0 }));
};

const creation = (context: VmContext, { shared }: StepEvent): Refusal | null =>
  checkVmCreate(context.flags, { ...shared.openVms(), supportsFaults: true });

const createRefused: Guard<VmContext> = (context, event) => creation(context, event) !== null;

const refuseCreate: Action<VmContext> = (context, event) => {
  const refusal = creation(context, event);
  if (refusal === null) throw new RangeError('nothing refuses this VM');
  const { error, row } = refusal;
  return outcome(
    context,
    fact({ type: 'vm.refused', vm: context.id, error, row }),
    send(event.from, 'ioctl.done', { result: error }),
  );
};

/** The destroy ioctl of somebody whose VM id leads nowhere, or nowhere any more. */
const refuseClose: Action<VmContext> = (context, event) =>
  outcome(context, send(event.from, 'ioctl.done', { result: ERRNO.ENOENT }));

const closing = ({ mode, queues }: VmContext): Refusal | null =>
  checkVmDestroy({ vm: 'open', mode, queues: queues.length });

const closeRefused: Guard<VmContext> = (context) => closing(context) !== null;

const refuseBusy: Action<VmContext> = (context, event) => {
  const refusal = closing(context);
  return outcome(
    context,
    fact({
      type: 'vm.refused',
      vm: context.id,
      error: refusal?.error ?? 0,
      row: refusal?.row ?? '',
    }),
    send(event.from, 'ioctl.done', { result: refusal?.error ?? 0 }),
  );
};

/** debugfs on a VM that is not there, or the address space as it is, under vm->lock. */
const dump: Action<VmContext> = (context, event) => {
  const mappings = [...context.space.mappings.values()].map((each) => pieceOfMapping(each));
  return outcome(context, send(event.from, 'debugfs.done', { mappings }));
};

/**
 * The address space goes once nothing is under way: no bind job, no invalidation, and, since page tables are BOs of the
 * VM, nothing else that its reservation object holds, such as jobs.
 */
const beginClose: Action<VmContext> = (context, event) => {
  const { shared } = event;
  const own = context.inFlight.filter((fence) => !shared.isSignaled(fence));
  const inFlight = [...new Set([...own, ...shared.resv(context.id, 'bookkeep')])];
  // jobs that were pushed before may still store entries of what was to be unbound
  const doomed = doomedPieces(context).map(({ va, obj }): Dying => ({ va, obj, fences: inFlight }));
  const dying = [...context.dying, ...doomed];
  let now: VmContext = { ...context, inFlight, dying, parked: [], pending: [] };
  const effects: Effect[] = [fact({ type: 'vm.closing', vm: context.id }), ...unpark(context)];
  for (const call of context.pending) {
    const dropped = drop(now, call, shared);
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

const hardwareIdle: Guard<VmContext> = ({ inFlight }) => inFlight.length === 0;

/**
 * The mappings that closing destroys: all. S01: those of external BOs are put aside for later, with the arguments of
 * list_add_tail the wrong way round, which leaves only the last of them on the list.
 */
function destroyedOnClose(mapped: readonly Mapping[], shared: SharedReader): Gone[] {
  const isExternal = ({ obj }: Mapping): boolean => obj !== null && shared.bo(obj)?.vm === null;
  const last = mapped.findLast(isExternal);
  const isLost = (each: Mapping): boolean => shared.has('S01') && isExternal(each) && each !== last;
  return mapped.filter((each) => !isLost(each)).map(({ id: va, obj }) => ({ va, obj }));
}

const finishClose: Action<VmContext> = (context, { shared }) => {
  const { id: vm, space, trees, gts } = context;
  const mapped = [...space.mappings.values()];
  const effects: Effect[] = mapped.map(({ id: va, addr, range, obj }) =>
    fact({ type: 'va.unmapped', vm, va, addr, range, obj }),
  );
  trees.forEach((tree, i) => {
    const gt = gts[i] ?? '';
    effects.push(...tablesOf(tree).map((table) => fact({ type: 'table.freed', gt, vm, table })));
  });
  // with the root gone and the TLBs flushed nothing leads to the memory that the mappings let go of
  effects.push(fact({ type: 'vm.closed', vm }));
  const gone = [...context.dying, ...destroyedOnClose(mapped, shared)];
  let now = shared.after(effects);
  for (const each of gone) {
    const ended = destroyed(vm, each, now);
    effects.push(...ended);
    now = now.after(ended);
  }
  effects.push(...dropRef(now, vm, 'handle'));
  const closed: VmContext = {
    ...context,
    space: createVaSpace(space.config),
    trees: [],
    dying: [],
    invalidated: [],
    vmas: OrderedMap.empty(),
    lookup: EMPTY_INDEX,
    lastFault: null,
  };
  return outcome(closed, ...effects);
};

export const lifeActions = {
  create,
  refuseCreate,
  refuseClose,
  refuseBusy,
  dump,
  beginClose,
  finishClose,
};
export const lifeGuards = { hardwareIdle, createRefused, closeRefused };
