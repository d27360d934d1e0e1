/**
 * A Mali GPU as its driver sees it: accesses go through the TLB of their address space, a locked region stalls those
 * inside it, a flush drops its translations and unlocks it. Mirrors, from the outside, panthor_mmu.c
 * (panthor_vm_lock_region, panthor_vm_unlock_region) and panthor_gpu.c (panthor_gpu_flush_caches).
 *
 * One command is under way at a time (slots_lock, and the wait for each command's end): whoever comes meanwhile waits in
 * the mail. A command that hangs is ended by a reset, which leaves nothing cached. Every VM has an address space of its
 * own here; that there are fewer slots than VMs is left out.
 */
import { ERRNO } from '../../domain/errno.ts';
import { without } from '../../domain/without.ts';
import { lockedRegion, overlaps } from '../../hw/as-region.ts';
import type { PtRange } from '../../hw/pt-tree.ts';
import { arm, type Effect, fact, outcome, type Outcome, send, work } from '../contract/effects.ts';
import { type Action, dataOf, type Guard, type StepEvent } from '../contract/event.ts';
import { type ActorId, NO_DATA } from '../contract/messages.ts';
import { perform } from '../gt/access.ts';
import type { SharedReader } from '../shared/reader.ts';
import { type Access, type GtContext, newGt } from '../gt/context.ts';

interface Stalled {
  readonly id: number;
  readonly from: ActorId;
  readonly access: Access;
}

export interface Mali extends GtContext {
  /** the region that is locked, by VM */
  readonly regions: Readonly<Record<ActorId, PtRange>>;
  /** accesses to a locked region, in the order in which they came */
  readonly stalled: readonly Stalled[];
  readonly nextStall: number;
  /** whose region is being flushed; null while none is */
  readonly flushing: ActorId | null;
  /** the command under way does not end */
  readonly hangs: boolean;
}

export function newMali(id: ActorId): Mali {
  return { ...newGt(id), regions: {}, stalled: [], nextStall: 1, flushing: null, hangs: false };
}

const isLocked = ({ regions }: Mali, { vm, addr }: Access): boolean => {
  const region = regions[vm];
  return region !== undefined && overlaps(region, addr);
};

function accessOrStall(
  context: Mali,
  from: ActorId,
  access: Access,
  event: StepEvent,
): Outcome<Mali> {
  if (isLocked(context, access)) {
    const stalled = [...context.stalled, { id: context.nextStall, from, access }];
    return outcome({ ...context, stalled, nextStall: context.nextStall + 1 });
  }
  const done = perform(context, from, access, event);
  return outcome({ ...context, ...done.context }, ...done.effects);
}

const accessMemory: Action<Mali> = (context, event) =>
  accessOrStall(context, event.from, dataOf(event, 'gpu.access'), event);

/** The region is unlocked: the access is made as if it were new. */
const retryAccess: Action<Mali> = (context, event) => {
  const { id } = dataOf(event, 'as.retry');
  const found = context.stalled.find((each) => each.id === id);
  if (found === undefined) throw new RangeError(`${context.id} has no stalled access ${id}`);
  const stalled = context.stalled.filter((each) => each !== found);
  return accessOrStall({ ...context, stalled }, found.from, found.access, event);
};

/** A command that does not end (as_send_cmd_and_wait): the driver gives up and has the GPU reset. */
const hang = (context: Mali, { shared }: StepEvent, ...before: readonly Effect[]): Outcome<Mali> =>
  outcome({ ...context, hangs: true }, ...before, ...resetEffects(context, shared));

const resetEffects = ({ id: gt }: Mali, { device }: SharedReader): Effect[] => [
  fact({ type: 'gt.reset', gt }),
  arm('reset', device.costs.gtResetNs, 'gt.resume', NO_DATA),
];

/** AS_COMMAND_LOCK. */
const lockRegion: Action<Mali> = (context, event) => {
  const { vm, addr, range } = dataOf(event, 'as.lock');
  if (event.decide.fails('as.lock')) {
    return hang(context, event, send(event.from, 'as.locked', { result: ERRNO.ETIMEDOUT }));
  }
  const region = lockedRegion({ addr, range });
  return outcome(
    { ...context, regions: { ...context.regions, [vm]: region } },
    fact({ type: 'as.locked', gt: context.id, vm, ...region }),
    send(event.from, 'as.locked', { result: 0 }),
  );
};

const startFlush: Action<Mali> = (context, event) => {
  const next = { ...context, flushing: dataOf(event, 'as.flush').vm };
  if (event.decide.fails('as.flush')) return hang(next, event);
  const cost = work(event.shared.device.costs.flushNs);
  return outcome(next, ...cost, send(context.id, 'as.flushed', NO_DATA));
};

const hung: Guard<Mali> = ({ hangs }) => hangs;
const isFlushing: Guard<Mali> = ({ flushing }) => flushing !== null;

/** The region of the VM whose flush is over is unlocked, and what stalled there goes on. */
function unlocked(context: Mali, vm: ActorId): Outcome<Mali> {
  const next: Mali = { ...context, regions: without(context.regions, vm), flushing: null };
  return outcome(
    next,
    fact({ type: 'as.unlocked', gt: context.id, vm }),
    send(vm, 'as.unlocked', NO_DATA),
    ...context.stalled
      .filter(({ access }) => access.vm === vm)
      .map(({ id }) => send(context.id, 'as.retry', { id })),
  );
}

const endFlush: Action<Mali> = (context) => {
  const { flushing: vm, id: gt, seqno: last } = context;
  const region = vm === null ? undefined : context.regions[vm];
  if (vm === null || region === undefined) throw new RangeError(`${gt} flushes nothing`);
  const seqno = last + 1;
  const done = unlocked({ ...context, seqno }, vm);
  return outcome(
    done.context,
    fact({ type: 'tlb.invalidated', gt, vm, ...region, seqno }),
    ...done.effects,
  );
};

/** Asked for by a client. Regions stay locked: the driver has not let go of them. */
const startReset: Action<Mali> = (context, { from, shared }) =>
  outcome({ ...context, resetBy: [from] }, ...resetEffects(context, shared));

const joinReset: Action<Mali> = (context, { from }) =>
  outcome({ ...context, resetBy: [...context.resetBy, from] });

/** Nothing is cached any more, which ends a flush that hung as well. */
const endReset: Action<Mali> = (context) => {
  const { id: gt, flushing, resetBy } = context;
  const next = { ...context, resetBy: [], hangs: false };
  const done = flushing === null ? outcome(next) : unlocked(next, flushing);
  return outcome(
    done.context,
    fact({ type: 'gt.resumed', gt }),
    ...resetBy.map((asker) => send(asker, 'reset.done', NO_DATA)),
    ...done.effects,
  );
};

export const maliActions = {
  accessMemory,
  retryAccess,
  lockRegion,
  startFlush,
  endFlush,
  startReset,
  joinReset,
  endReset,
};
export const maliGuards = { hung, isFlushing };
