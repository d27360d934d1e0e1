/**
 * The asynchronous bind worker: it takes vm->lock, executes the oldest op and gives the lock up. An op that fails
 * stays at the head, the error is stored, and the worker rests until RESTART. Mirrors xe_vm.c (xe_vma_op_work_func).
 */
import type { U64 } from '../../domain/units.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { type Call, type VmContext, type VmOp, workerOf } from './context.ts';
import { executeOps, isDeferred } from './execute.ts';
import { unpark } from './fault.ts';
import { boundBy, touchedBy } from './finish.ts';
import { busyLock, locksOf } from './locks.ts';
import { stalePieces } from './pin.ts';
import { attach } from './promised.ts';

function oldestOf({ pending }: VmContext): Call {
  const [oldest] = pending;
  if (oldest === undefined) throw new RangeError('nothing pending');
  return oldest;
}

function headOf(context: VmContext): readonly VmOp[] {
  const { ops, executed } = oldestOf(context);
  return ops.slice(executed, executed + 1);
}

const workerRests: Guard<VmContext> = ({ pending, error }) => pending.length === 0 || error !== 0;

const done = ({ id }: VmContext, again: boolean): Effect =>
  send(workerOf(id), 'work.done', { again });

const restWorker: Action<VmContext> = (context) =>
  outcome({ ...context, parked: [] }, done(context, false), ...unpark(context));

const toBind = (context: VmContext): ReturnType<typeof boundBy> =>
  boundBy(headOf(context).filter((op) => !isDeferred(context, op)));

const workIsStale: Guard<VmContext> = (context, { shared }) =>
  stalePieces(context, toBind(context), shared).length > 0;

const repinWork: Action<VmContext> = (context, { shared }) =>
  outcome({ ...context, toPin: stalePieces(context, toBind(context), shared) });

export const workLocks = (context: VmContext, shared: SharedReader): string[] =>
  locksOf(context, touchedBy(headOf(context)), shared);

const workMustWait: Guard<VmContext> = (context, { shared }) =>
  busyLock(context, workLocks(context, shared), shared) !== undefined;

/** Executes the next op of the oldest call. */
const workOne: Action<VmContext> = (context, { shared, decide }) => {
  const call = oldestOf(context);
  const count = Math.min(1, call.ops.length - call.executed);
  const executed = executeOps(context, call, count, shared, decide);
  if (executed.failure !== 0 && 'index' in executed) {
    return outcome({ ...context, failure: executed.failure });
  }
  if (!('call' in executed)) throw new RangeError('neither done nor failed');
  const { context: next, call: after, effects } = executed;
  const younger = context.pending.slice(1);
  if (after.executed < after.ops.length) {
    return outcome({ ...next, pending: [after, ...younger] }, ...effects);
  }
  const attached = attach({ ...next, pending: younger }, after);
  const finished = fact({ type: 'bind.finished', vm: context.id, call: call.number });
  return outcome(attached.context, ...effects, finished, ...attached.effects);
};

const workDone: Action<VmContext> = (context) =>
  outcome(
    { ...context, parked: [] },
    done(context, context.pending.length > 0),
    ...unpark(context),
  );

/** The record of the error, at the address that user space gave: its first word is not 0 any more. */
function captured({ errorCapture }: VmContext, error: number): Effect[] {
  if (errorCapture === null) return [];
  const value: U64 = `0x${(BigInt(error) & 0xffff_ffffn).toString(16)}`;
  return [fact({ type: 'ufence.written', at: errorCapture, value })];
}

/** The op stays at the head; an injected error fires once. */
const workFailed: Action<VmContext> = (context) => {
  const call = oldestOf(context);
  const { number, executed: index, injected, ops } = call;
  const { failure: error, id: vm } = context;
  const op = ops[index];
  const piece = op === undefined ? null : op.op === 'map' ? op.map : op.unmap;
  const head = { ...call, injected: injected.filter((each) => each !== index) };
  return outcome(
    {
      ...context,
      failure: 0,
      toPin: [],
      parked: [],
      error,
      pending: [head, ...context.pending.slice(1)],
    },
    fact({
      type: 'vm.errored',
      vm,
      call: number,
      index,
      op: op?.op ?? 'none',
      addr: piece?.addr ?? 0,
      range: piece?.range ?? 0,
      error,
    }),
    ...captured(context, error),
    done(context, false),
    ...unpark(context),
  );
};

export const workerActions = { restWorker, repinWork, workOne, workDone, workFailed };
export const workerGuards = { workerRests, workIsStale, workMustWait };
