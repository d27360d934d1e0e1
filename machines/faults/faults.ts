/**
 * The page faults of one GT: a short queue that the GuC's messages fill, and a worker that hands them to their VMs, one
 * at a time, until none is left. What comes while the queue is full is dropped, and nobody answers it. Mirrors
 * xe_gt_pagefault.c (xe_guc_pagefault_handler, pf_queue_work_func, send_pagefault_reply). The handling itself is the
 * VM's. Left out: several queues by asid; the worker of 2023 took one fault per run, so that it could strand others.
 */
import type { Page } from '../../domain/units.ts';
import { fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import type { AccessKind, ActorId } from '../contract/messages.ts';

/** Faults that wait besides the one that is handled; assumed (the kernel's queue has 128 KiB). */
export const FAULT_QUEUE_LENGTH = 8;

interface PageFault {
  readonly id: number;
  readonly vm: ActorId;
  readonly addr: Page;
  readonly access: AccessKind;
}

export interface FaultsContext {
  readonly id: ActorId;
  readonly gt: ActorId;
  readonly waiting: readonly PageFault[];
  /** the one that a VM handles */
  readonly current: PageFault | null;
}

export function newFaults(id: ActorId, gt: ActorId): FaultsContext {
  return { id, gt, waiting: [], current: null };
}

const enqueue: Action<FaultsContext> = (context, event) => {
  const raised = dataOf(event, 'fault.raise');
  return outcome({ ...context, waiting: [...context.waiting, raised] });
};

const drop: Action<FaultsContext> = (context, event) => {
  const { vm, addr } = dataOf(event, 'fault.raise');
  return outcome(context, fact({ type: 'fault.dropped', gt: context.gt, vm, addr }));
};

const handleNext: Action<FaultsContext> = (context) => {
  const [current, ...waiting] = context.waiting;
  if (current === undefined) throw new RangeError(`${context.id} has no fault`);
  const { vm, addr, access } = current;
  const next = { ...context, waiting, current };
  return outcome(next, send(vm, 'vm.fault', { gt: context.gt, addr, access }));
};

/** The VM had something to do first. */
const handAgain: Action<FaultsContext> = (context, { from }) => {
  const { current, gt } = context;
  if (current === null) throw new RangeError(`${context.id} handles no fault`);
  const { addr, access } = current;
  return outcome(context, send(from, 'vm.fault', { gt, addr, access }));
};

const answer: Action<FaultsContext> = (context, event): Outcome<FaultsContext> => {
  const { result } = dataOf(event, 'fault.handled');
  const { gt, current } = context;
  if (current === null) throw new RangeError(`${context.id} handles no fault`);
  const { id, vm, addr } = current;
  return outcome(
    { ...context, current: null },
    fact({ type: 'fault.handled', gt, vm, addr, result }),
    send(gt, 'fault.answer', { id, result }),
  );
};

const isFull: Guard<FaultsContext> = ({ waiting }) => waiting.length >= FAULT_QUEUE_LENGTH;
const isEmpty: Guard<FaultsContext> = ({ waiting }) => waiting.length === 0;

export const faultsActions = { enqueue, drop, handleNext, handAgain, answer };
export const faultsGuards = { isFull, isEmpty };
