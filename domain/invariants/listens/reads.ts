/** What the questions that rules and folds ask of what is known look at. */
import type { FenceKey } from '../../fence/fence-table.ts';
import type { CallSeen, JobSeen } from '../known/calls.ts';
import { isPending } from '../known/fences.ts';
import type { Known } from '../known/known.ts';
import { userptrOf } from '../known/memory.ts';
import type { VmaSeen, VmSeen } from '../known/spaces.ts';
import { type Moment, ONE, type Part, type Touch } from './parts.ts';

export function readFences({ reads }: Touch, fences: Iterable<FenceKey>, sake?: Part): void {
  for (const fence of fences) reads('fence', fence, sake);
}

/** The call as it is known; one that the record makes, or takes away, too. */
export const callOf = ({ before, after }: Moment, key: string): CallSeen | undefined =>
  after.calls.calls.get(key) ?? before.calls.calls.get(key);

export const jobOf = ({ before, after }: Moment, id: string): JobSeen | undefined =>
  after.calls.jobs.get(id) ?? before.calls.jobs.get(id);

/** The VM that a call's key begins with. */
export const vmOfCall = (key: string): string => key.slice(0, key.lastIndexOf(' '));

/** What is looked up to know a VM's settings and its mappings. */
export function readSpace({ reads }: Touch, vm: string): void {
  reads('vm', vm);
  reads('space', vm);
}

export function readWholeVm(touch: Touch, vm: string): void {
  readSpace(touch, vm);
  touch.reads('life', vm);
}

/** Every VM is looked at. */
export function readVms(touch: Touch, { before, after }: Moment): void {
  touch.reads('vms', ONE);
  for (const known of [before, after]) for (const vm in known.vms) readWholeVm(touch, vm);
}

/** userptrOf */
export function readUserptrOf(touch: Touch, known: Known, vma: VmaSeen, sake?: Part): void {
  if (!vma.userptr) return;
  touch.reads('userptrs', ONE, sake);
  const area = userptrOf(known.memory, vma);
  if (area !== null) touch.reads('userptr', area.userptr, sake);
}

/** physOf, for a mapping that is bound */
export function readPhysOf(touch: Touch, known: Known, vma: VmaSeen): void {
  readUserptrOf(touch, known, vma, 'space');
  if (vma.obj !== null) touch.reads('bo', vma.obj, 'space');
}

/**
 * pendingIn, of any class. A slot whose fence has signalled is as good as free, and may be gone: who signalled the fence
 * wrote the reservation object.
 */
export function readSlots(touch: Touch, { before, after }: Moment, resv: string): void {
  touch.reads('resv', resv);
  for (const known of [before, after]) readPendingSlots(touch, known, resv);
}

export function readPendingSlots(touch: Touch, known: Known, resv: string, sake?: Part): void {
  for (const { fence } of known.queues.resvs[resv] ?? []) {
    if (isPending(known.fences, fence)) touch.reads('fence', fence, sake);
  }
}

/** externalBos */
export function readExternals({ reads }: Touch, vm: VmSeen | undefined): void {
  for (const obj in vm?.byObject) reads('bo', obj);
}
