/** Steps that are ioctls which a VM or a queue answers: create, bind, madvise, close, and the end of an exec. */
import type { Step } from '../../domain/scenario/schema.ts';
import { type Effect, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import { began, type ClientContext, endStep, judgedResult, stepOf } from './context.ts';
import { next } from './program.ts';

/** Sends the ioctl and waits for its answer. */
const callIoctl: Action<ClientContext> = (context) => {
  const now = next(context);
  const step = stepOf(now);
  if ('bind' in step) {
    const { vm, async, queue, extensions, ops, in: ins, out } = step.bind;
    const flag = async ?? now.declared.vms[vm]?.async ?? false;
    const raw = { queue: queue ?? null, extensions: extensions ?? '0x0' };
    const request = { async: flag, ...raw, ops, in: ins, out };
    return outcome(now, began(now), send(vm, 'vm.bind', request));
  }
  return outcome(now, began(now), otherIoctl(now));
};

function otherIoctl(context: ClientContext): Effect {
  const step = stepOf(context);
  const { queues } = context.declared;
  if ('create' in step) {
    const { name } = step.create;
    const queue = queues[name];
    if (queue !== undefined) return send(name, 'queue.create', { vm: queue.vm });
    return send(name, 'vm.create', {});
  }
  if ('close' in step) {
    const { name } = step.close;
    return name in queues ? send(name, 'queue.destroy', {}) : send(name, 'vm.close', {});
  }
  if (!('madvise' in step)) throw new RangeError('not an ioctl');
  const { vm, addr, range, property, value } = step.madvise;
  return send(vm, 'vm.madvise', { addr, range, property, value });
}

/** What a step calls its ioctl, and what it expects of it. */
function expectedOf(step: Step): readonly [what: string, expected: string] {
  if ('bind' in step) return ['VM_BIND', step.bind.expect];
  if ('exec' in step) return ['exec', step.exec.expect];
  if ('madvise' in step) return ['madvise', step.madvise.expect];
  if ('create' in step) return ['ioctl', step.create.expect];
  return ['ioctl', 'close' in step ? step.close.expect : 'ok'];
}

const endIoctl: Action<ClientContext> = (context, event) => {
  const { result } = dataOf(event, 'ioctl.done');
  const [what, expected] = expectedOf(stepOf(context));
  return endStep(context, result, judgedResult(context, what, expected, result));
};

export const ioctlActions = { callIoctl, endIoctl };
