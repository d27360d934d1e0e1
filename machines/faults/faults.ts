/**
 * One page-fault queue of a GT: a ring that the GuC's messages fill, and a worker that hands the faults to their VMs, one
 * at a time. What comes while the ring is full is dropped, and nobody answers it. Mirrors xe_gt_pagefault.c
 * (xe_guc_pagefault_handler, pf_queue_work_func, send_pagefault_reply, xe_gt_pagefault_reset), and of handle_pagefault
 * the look-up of the VM by its asid, with the reference that it holds until the answer. The handling is the VM's
 * (vm/fault.ts).
 */
import type { Page } from '../../domain/units.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { AccessKind, ActorId } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { dropRef, takeRef } from '../shared/refs.ts';

/** PF_QUEUE_NUM_DW of March 2023, and PF_MSG_LEN_DW. */
const RING_DWORDS = 128;
const MESSAGE_DWORDS = 4;
/**
 * Faults that wait besides the one that is handled. A ring is full when not more than one message's room is left, and
 * one dword is never used (pf_queue_full with CIRC_SPACE).
 */
export const FAULT_QUEUE_LENGTH = Math.ceil((RING_DWORDS - 1 - MESSAGE_DWORDS) / MESSAGE_DWORDS);

interface PageFault {
  readonly id: number;
  readonly vm: ActorId;
  readonly addr: Page;
  readonly access: AccessKind;
}

/** The fault that a VM handles. */
interface Handled extends PageFault {
  /** the VM was found by its asid, and is held until the answer */
  readonly holdsVm: boolean;
}

export interface FaultsContext {
  readonly id: ActorId;
  readonly gt: ActorId;
  readonly waiting: readonly PageFault[];
  readonly current: Handled | null;
  /** a fault came since the worker took the one that it handles, so its work item is queued once more */
  readonly queuedAgain: boolean;
}

export function newFaults(id: ActorId, gt: ActorId): FaultsContext {
  return { id, gt, waiting: [], current: null, queuedAgain: false };
}

/** The GuC tells of a fault (xe_guc_pagefault_handler): WARN and ENOSPC when there is no room. */
const receive: Action<FaultsContext> = (context, event) => {
  const raised = dataOf(event, 'fault.raise');
  const { waiting, gt } = context;
  if (waiting.length < FAULT_QUEUE_LENGTH) {
    return outcome({ ...context, waiting: [...waiting, raised], queuedAgain: true });
  }
  const { vm, addr } = raised;
  return outcome(context, fact({ type: 'fault.dropped', gt, vm, addr }));
};

/** Takes the oldest fault and looks its VM up; an asid leads to its VM until the last reference is gone. */
function takeNext(context: FaultsContext, shared: SharedReader): Outcome<FaultsContext> {
  const [next, ...waiting] = context.waiting;
  if (next === undefined) throw new RangeError(`${context.id} has no fault`);
  const { vm, addr, access } = next;
  const holdsVm = shared.refs(vm) > 0;
  return outcome(
    { ...context, waiting, current: { ...next, holdsVm }, queuedAgain: false },
    ...(holdsVm ? [takeRef(vm, context.id)] : []),
    send(vm, 'vm.fault', { gt: context.gt, addr, access }),
  );
}

const handleNext: Action<FaultsContext> = (context, { shared }) => takeNext(context, shared);

function currentOf({ id, current }: FaultsContext): Handled {
  if (current === null) throw new RangeError(`${id} handles no fault`);
  return current;
}

/** The VM had something to do first. */
const handAgain: Action<FaultsContext> = (context, { from }) => {
  const { addr, access } = currentOf(context);
  return outcome(context, send(from, 'vm.fault', { gt: context.gt, addr, access }));
};

/** However the fault ended, the VM is let go: an answer of EINVAL holds no reference back. */
const answer: Action<FaultsContext> = (context, event): Outcome<FaultsContext> => {
  const { result } = dataOf(event, 'fault.handled');
  const { id: by, gt } = context;
  const { id, vm, addr, holdsVm } = currentOf(context);
  const letGo: Effect[] = holdsVm ? dropRef(event.shared, vm, by) : [];
  return outcome(
    { ...context, current: null },
    fact({ type: 'fault.handled', gt, vm, addr, result }),
    ...letGo,
    send(gt, 'fault.answer', { id, result }),
  );
};

const answerAndGoOn: Action<FaultsContext> = (context, event) => {
  const answered = answer(context, event);
  const next = takeNext(answered.context, event.shared.after(answered.effects));
  return outcome(next.context, ...answered.effects, ...next.effects);
};

/** The GT is reset: what it waited for is forgotten, and raised anew if it still faults (xe_gt_pagefault_reset). */
const forget: Action<FaultsContext> = (context) =>
  outcome({ ...context, waiting: [], queuedAgain: false });

/**
 * Whether the worker takes another fault when it has answered one: until its queue is empty. Quirk S42
 * (pf_queue_work_func): it returns after one, and runs again only if a fault came meanwhile. A work item that is queued
 * twice runs once, so that the second of two that came meanwhile waits for the next fault.
 */
export const takesAnother = (
  { waiting, queuedAgain }: Pick<FaultsContext, 'waiting' | 'queuedAgain'>,
  takesOne = false,
): boolean => waiting.length > 0 && (!takesOne || queuedAgain);

const goesOn: Guard<FaultsContext> = (context, { shared }) =>
  takesAnother(context, shared.has('S42'));

export const faultsActions = { receive, handleNext, handAgain, answer, answerAndGoOn, forget };
export const faultsGuards = { goesOn };
