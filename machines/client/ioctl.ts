/** Steps that are ioctls which a VM or a queue answers: create, bind, madvise, close, and the end of an exec. */
import { eachOp } from '../../domain/scenario/each.ts';
import type { Step } from '../../domain/scenario/schema.ts';
import { type Effect, fact, outcome, send, work } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { began, type ClientContext, endStep, judgedResult, stepOf } from './context.ts';
import { next } from './program.ts';

/** Sends the ioctl and waits for its answer. */
const callIoctl: Action<ClientContext> = (context, { shared }) => {
  const now = next(context);
  const step = stepOf(now);
  const checks = work(shared.device.costs.ioctlNs);
  if ('bind' in step) {
    const { vm, async, queue, extensions, ops, in: ins, out } = step.bind;
    const flag = async ?? now.declared.vms[vm]?.async ?? false;
    const raw = { queue: queue ?? null, extensions: extensions ?? '0x0' };
    const request = { async: flag, ...raw, ops: eachOp(ops), in: ins, out };
    return outcome(now, began(now), ...checks, send(vm, 'vm.bind', request));
  }
  return outcome(now, began(now), ...checks, otherIoctl(now));
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

/**
 * L05: xe_vm_create_ioctl publishes the id (xa_alloc) and goes on with the VM. Whoever guesses the id may close it
 * before; then the rest of the ioctl reads what is freed.
 */
function bugOfEarlyId(context: ClientContext, shared: SharedReader): Effect[] {
  const step = stepOf(context);
  if (!shared.has('L05') || !('create' in step)) return [];
  const { name: vm } = step.create;
  const isFreed = shared.vm(vm)?.closed === true && shared.refs(vm) === 0;
  return isFreed ? [fact({ type: 'driver.oopsed', vm, where: 'xe_vm_create_ioctl' })] : [];
}

const endIoctl: Action<ClientContext> = (context, event) => {
  const { result } = dataOf(event, 'ioctl.done');
  const [what, expected] = expectedOf(stepOf(context));
  const oops = bugOfEarlyId(context, event.shared);
  return endStep(context, result, ...oops, judgedResult(context, what, expected, result));
};

export const ioctlActions = { callIoctl, endIoctl };
