/**
 * Executing ops: what each comes to in page tables. Per op type as in the seed: MAP binds, unless a fault-mode VM
 * leaves it to the first fault; UNMAP unbinds; REMAP unbinds the old VMA whole, after all jobs of the VM, and binds
 * what is left of it; PREFETCH moves the BO and binds what is not bound. Mirrors xe_vm.c (xe_vma_op_execute).
 *
 * The last bind of a REMAP goes into the KERNEL slot, so that no job starts between its unbind and its binds; the one
 * before it on the same queue needs no slot of its own (as posted both got it: S30).
 */
import type { SharedReader } from '../shared/reader.ts';
import type { Decisions } from '../contract/decisions.ts';
import { fact } from '../contract/effects.ts';
import { ERRNO } from '../../domain/errno.ts';
import { type Call, type VmContext, type VmOp, wantedMask } from './context.ts';
import { Submission } from './submission.ts';

/** MAP and MAP_USERPTR of a fault-mode VM without IMMEDIATE: only the VMA is made. */
export function isDeferred({ mode }: VmContext, op: VmOp): boolean {
  return op.op === 'map' && mode === 'fault' && !op.immediate;
}

function submitOp(submission: Submission, context: VmContext, op: VmOp): void {
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
        submission.bind(piece, i === rest.length - 1 ? 'kernel' : 'bookkeep');
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
  | {
      readonly failure: 0;
      readonly context: VmContext;
      readonly call: Call;
      readonly effects: Submission['effects'];
    }
  | { readonly failure: number; readonly index: number };

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
    if (call.injected.includes(index)) return { failure: ERRNO.ENOMEM, index };
    submitOp(submission, context, op);
    if (submission.failure !== 0) return { failure: submission.failure, index };
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
  return { failure: 0, context: next, call: done, effects: submission.effects };
}
