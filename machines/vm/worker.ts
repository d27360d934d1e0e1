/**
 * The asynchronous bind worker: it takes vm->lock, executes the oldest op and gives the lock up. An op that fails
 * stays at the head, the error is stored, and the worker rests until RESTART. Mirrors xe_vm.c (xe_vma_op_work_func).
 */
import type { FactOf } from '../../domain/facts/schema.ts';
import type { U64 } from '../../domain/units.ts';
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { type Call, type VmContext, type VmOp, workerOf } from './context.ts';
import { isDeferred } from './deferred.ts';
import { executeOps } from './execute.ts';
import { unpark } from './fault.ts';
import { boundBy, touchedBy } from './finish.ts';
import { busyLock, locksOf, releasing } from './locks.ts';
import { askForMove, mustMove, placedBy, type Placed } from './moving.ts';
import { mustPinAgain, stalePieces } from './pin.ts';
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
  mustPinAgain(context, toBind(context), shared);

const repinWork: Action<VmContext> = (context, { shared }) =>
  outcome({ ...context, toPin: stalePieces(context, toBind(context), shared) });

export const workLocks = (context: VmContext, shared: SharedReader): string[] =>
  locksOf(context, touchedBy(headOf(context)), shared);

const workMustWait: Guard<VmContext> = (context, { shared }) =>
  busyLock(context, workLocks(context, shared), shared) !== undefined;

const placedByHead = (context: VmContext): readonly Placed[] => placedBy(context, headOf(context));

/** Executes the next op of the oldest call. */
const workOne: Action<VmContext> = (context, { shared, decide }) => {
  const call = oldestOf(context);
  const count = Math.min(1, call.ops.length - call.executed);
  const executed = executeOps(context, call, count, shared, decide);
  if (!executed.ok) {
    return outcome({ ...executed.context, failure: executed.error }, ...executed.effects);
  }
  const { context: next, call: after, effects } = executed;
  const younger = context.pending.slice(1);
  if (after.executed < after.ops.length) {
    return outcome({ ...next, pending: [after, ...younger] }, ...effects);
  }
  const attached = attach({ ...next, pending: younger }, after, shared);
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

type Recorded = Pick<FactOf<'vm.errored'>, 'op' | 'addr' | 'range'>;

/** What the error record names: the op that failed. S29: nothing was filled in, so op 0 (MAP) at address 0. */
function recorded(op: VmOp | undefined, shared: SharedReader): Recorded {
  if (shared.has('S29')) return { op: 'map', addr: 0, range: 0 };
  const piece = op === undefined ? null : op.op === 'map' ? op.map : op.unmap;
  return { op: op?.op ?? 'none', addr: piece?.addr ?? 0, range: piece?.range ?? 0 };
}

/** The op stays at the head; an injected error fires once. */
const workFailed: Action<VmContext> = (context, { shared }) => {
  const call = oldestOf(context);
  const { number, executed: index, injected, ops } = call;
  const { failure: error, id: vm } = context;
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
      ...recorded(ops[index], shared),
      error,
    }),
    ...captured(context, error),
    done(context, false),
    ...unpark(context),
  );
};

export const workerActions = {
  restWorker,
  repinWork,
  askMoveForWork: askForMove(placedByHead),
  workOne,
  workDone: releasing(workDone),
  workFailed: releasing(workFailed),
};
export const workerGuards = {
  workerRests,
  workIsStale,
  workMustWait,
  workMustMove: mustMove(placedByHead),
};
