/**
 * Executing ops: what each comes to in page tables. Per op type as in the seed: MAP binds, unless a fault-mode VM
 * leaves it to the first fault; UNMAP unbinds; REMAP unbinds the old VMA whole, after all jobs of the VM, and binds
 * what is left of it; PREFETCH moves the BO and binds what is not bound. Mirrors xe_vm.c (xe_vma_op_execute).
 *
 * The last bind of a REMAP goes into the KERNEL slot, so that no job starts between its unbind and its binds; the one
 * before it on the same queue needs no slot of its own.
 */
import type { SharedReader } from '../shared/reader.ts';
import type { Decisions } from '../contract/decisions.ts';
import { fact, outcome, type Outcome, work } from '../contract/effects.ts';
import { ERRNO } from '../../domain/errno.ts';
import { type Call, type Plan, type VmContext, type VmOp, wantedMask } from './context.ts';
import { isDeferred } from './deferred.ts';
import { usageOfRebind } from './remap-order.ts';
import { Submission } from './submission.ts';

function submitOp(
  submission: Submission,
  context: VmContext,
  op: VmOp,
  shared: SharedReader,
): void {
  switch (op.op) {
    case 'map':
      if (!isDeferred(context, op)) submission.bind(op.map, 'bookkeep');
      return;
    case 'unmap':
      submission.unbind(op.unmap, false);
      return;
    case 'remap': {
      submission.unbind(op.unmap, true);
      const rest = [op.prev, op.next].filter((piece) => piece !== null);
      rest.forEach((piece, i) => {
        submission.bind(piece, usageOfRebind(i === rest.length - 1, shared));
      });
      return;
    }
    case 'prefetch': {
      const { unmap: piece, region } = op;
      const { present, zapped } = submission.stateOf(piece.va);
      const isBound = wantedMask(context, piece) === (present & ~zapped);
      if (!isBound || submission.moves(piece, region)) {
        submission.bind(piece, 'bookkeep', { region });
      }
    }
  }
}

/** What executing ops of a call leaves: the VM and the call after it, and the effects; or the errno. */
export type Executed =
  | ({ readonly ok: true } & Plan)
  | ({ readonly ok: false; readonly error: number } & Outcome<VmContext>);

/** What a failed op leaves behind with a known bug; null: nothing, since all that it has prepared is dropped. */
function leftBehind(
  submission: Submission,
  op: VmOp,
  { async }: Call,
  shared: SharedReader,
): Outcome<VmContext> | null {
  // S52: the binds of one GT after another; the first are not undone when a later one fails
  const isHalfBound = shared.has('S52') && op.op === 'map' && !async;
  // S06: a REMAP whose unbind is done starts anew with the old VMA, which is destroyed by then
  const isHalfSplit = shared.has('S06') && op.op === 'remap' && async;
  if (!isHalfBound && !isHalfSplit) return null;
  const context = submission.context();
  return outcome(context, ...submission.effects);
}

/**
 * Executes the next `count` ops of a call, all or none. A call that finds nothing to do takes its place in the bind
 * queue all the same: it is done when its in-syncs have signalled and what was queued before it is done (today's
 * xe_sync_in_fence_get with the queue's last fence).
 */
export function executeOps(
  context: VmContext,
  call: Call,
  count: number,
  shared: SharedReader,
  decide: Decisions,
): Executed {
  const { engine, waits, fences } = call;
  const submission = new Submission(context, shared, decide, { engine, waits, fences });
  const end = call.executed + count;
  for (let index = call.executed; index < end; index++) {
    const op = call.ops[index];
    if (op === undefined) throw new RangeError('no op left to execute');
    if (call.injected.includes(index))
      return { ok: false, error: ERRNO.ENOMEM, ...outcome(context) };
    submission.effects.push(...work(shared.device.costs.opNs));
    submitOp(submission, context, op, shared);
    const { failure: error } = submission;
    if (error !== 0) {
      const left = leftBehind(submission, op, call, shared) ?? submission.failed();
      return { ok: false, error, ...left };
    }
    const { number } = call;
    submission.effects.push(
      fact({
        type: 'op.executed',
        vm: context.id,
        call: number,
        index,
        op: op.op,
        fences: submission.fences,
      }),
    );
  }
  const isLast = end === call.ops.length;
  if (isLast && submission.lastJob === null) submission.nothing();
  const next = submission.context();
  const done = { ...call, executed: end, fences: submission.fences };
  return { ok: true, context: next, call: done, effects: submission.effects };
}
