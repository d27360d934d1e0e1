/**
 * A call that others get a look in at holds the BOs that it is about to map, or a handle that is closed meanwhile takes
 * the memory along. Mirrors xe_vm_bind_ioctl (drm_gem_object_lookup, put_obj); a call of one step needs no references.
 */
import { type BindRequest, rawOp } from '../../domain/ioctl/bind-request.ts';
import type { StepEvent } from '../contract/event.ts';
import type { Effect } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import { dropRef, takeRef } from '../shared/refs.ts';
import type { Call, VmContext } from './context.ts';
import { busyLock, locksOf } from './locks.ts';
import { placedBy, toMove } from './moving.ts';
import { madeBy } from './pieces.ts';

/** The row of domain/ioctl/bind-check for an object handle that nobody has. */
const UNKNOWN_HANDLE = '17a';

const holderOf = ({ id }: Pick<VmContext, 'id'>, { number }: Pick<Call, 'number'>): string =>
  `${id}/call${number}`;

/** The BOs to hold: none if the call comes to its end in this step. */
export function toHold(context: VmContext, { ops }: Call, shared: SharedReader): readonly string[] {
  const made = ops.flatMap(madeBy);
  const sleeps =
    made.some(({ userptr }) => userptr) ||
    busyLock(context, locksOf(context, made, shared), shared) !== undefined ||
    toMove(context, placedBy(context, ops), shared) !== null;
  return sleeps ? [...new Set(made.flatMap(({ obj }) => obj ?? []))] : [];
}

export const holdAll = (context: VmContext, call: Call): Effect[] =>
  call.held.map((bo) => takeRef(bo, holderOf(context, call)));

/** @param before what the same step did to references before */
export function letGo(
  context: VmContext,
  call: Call,
  { shared, type }: Pick<StepEvent, 'shared' | 'type'>,
  before: readonly Effect[] = [],
): Effect[] {
  // a call that ends in the step in which it came in took them in this very step
  const taken = type === 'vm.bind' ? holdAll(context, call) : [];
  const effects: Effect[] = [];
  for (const bo of call.held) {
    const now = shared.after([...taken, ...before, ...effects]);
    effects.push(...dropRef(now, bo, holderOf(context, call)));
  }
  return effects;
}

/** S20: the reference of the VM that the ioctl took to look it up is dropped only where it fails. */
export function keptByCall(vm: string, { number }: Call, shared: SharedReader): Effect[] {
  return shared.has('S20') ? [takeRef(vm, holderOf({ id: vm }, { number }))] : [];
}

/** L04: a handle that leads nowhere ends the call, and the BOs that were looked up before it are not let go. */
export function keptByLookup(
  { id }: VmContext,
  { number, refusal }: Call,
  { ops }: BindRequest,
  shared: SharedReader,
): Effect[] {
  if (!shared.has('L04') || refusal?.row !== UNKNOWN_HANDLE) return [];
  const handles = ops.flatMap((op) => rawOp(op, true).bo ?? []);
  const unknown = handles.findIndex((bo) => shared.bo(bo)?.closed !== false);
  return handles.slice(0, unknown).map((bo) => takeRef(bo, holderOf({ id }, { number })));
}
