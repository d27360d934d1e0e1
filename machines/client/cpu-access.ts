/**
 * Steps that touch memory as the CPU does: a word of a BO, through a mapping of it, or of the process's own. A BO that
 * moves is mapped nowhere: the access faults, and waits for the move (ttm_bo_vm_fault_idle).
 */
import { ERRNO } from '../../domain/errno.ts';
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { Step } from '../../domain/scenario/schema.ts';
import { readWord } from '../../hw/memory.ts';
import { fact, outcome, type Outcome } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import { movesOf } from '../memory/move.ts';
import type { SharedReader } from '../shared/reader.ts';
import { wordOf } from './access.ts';
import { began, type ClientContext, endStep, failStep, judged, stepOf } from './context.ts';
import { next, nextStep } from './program.ts';

type CpuStep = Extract<Step, { cpu: unknown }>['cpu'];

/** The access itself: no GPU translation, no TLB. */
export function accessByCpu(
  context: ClientContext,
  step: CpuStep,
  shared: SharedReader,
): Outcome<ClientContext> {
  const { bo: name, userptr, read, write, value, expect } = step;
  const bo = name ?? userptr ?? '';
  const { addr: offset, word } = wordOf(read ?? write ?? '0x0');
  const first = name === undefined ? shared.userptr(bo)?.phys : shared.bo(bo)?.phys;
  if (first === undefined || first === null) {
    return failStep(context, 'CPU access', name === undefined ? ERRNO.EFAULT : ERRNO.ENOENT);
  }
  const phys = first + offset;
  const client = context.id;
  if (write !== undefined) {
    const stored = value ?? '0x0';
    return endStep(
      context,
      0,
      fact({ type: 'memory.written', phys, word, value: stored, by: client }),
      fact({ type: 'cpu.accessed', client, bo, offset, word, access: 'write', value: stored }),
    );
  }
  const seen = readWord(shared.hardware(shared.device.gts[0] ?? '').memory, { pfn: phys, word });
  const looked = fact({
    type: 'cpu.accessed',
    client,
    bo,
    offset,
    word,
    access: 'read',
    value: seen,
  });
  if (expect === undefined) return endStep(context, 0, looked);
  return endStep(context, 0, looked, judged(context, 'CPU read', expect, seen));
}

const movesFor = (step: Step | undefined, shared: SharedReader): readonly FenceKey[] =>
  step === undefined || !('cpu' in step) || step.cpu.bo === undefined
    ? []
    : movesOf(shared, step.cpu.bo);

const nextMustFault: Guard<ClientContext> = (context, { shared }) =>
  movesFor(nextStep(context), shared).length > 0;

const beginFault: Action<ClientContext> = (context) => {
  const now = next(context);
  return outcome(now, began(now));
};

const isMoving: Guard<ClientContext> = (context, { shared }) =>
  movesFor(stepOf(context), shared).length > 0;

const awaitMoves: Action<ClientContext> = (context, { shared }) => {
  const waitingOn = movesFor(stepOf(context), shared);
  const waits = waitingOn.map((fence) => fact({ type: 'fence.waited', fence, waiter: context.id }));
  return outcome({ ...context, waitingOn }, ...waits);
};

const endFault: Action<ClientContext> = (context, { shared }) => {
  const step = stepOf(context);
  if (!('cpu' in step)) throw new RangeError('not a CPU access');
  return accessByCpu(context, step.cpu, shared);
};

export const cpuAccessActions = { beginFault, awaitMoves, accessByCpu: endFault };
export const cpuAccessGuards = { nextMustFault, isMoving };
