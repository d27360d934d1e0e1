/** Steps that are ioctls on a VM: create, bind, close. */
import { errnoName } from '../../domain/errno.ts';
import { outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import { began, type ClientContext, endStep, judged, stepOf } from './context.ts';
import { next } from './program.ts';

/** Sends the ioctl and waits for its answer. */
const callIoctl: Action<ClientContext> = (context) => {
  const now = next(context);
  const step = stepOf(now);
  if ('bind' in step) {
    const { vm, async, ops, in: ins, out } = step.bind;
    const flag = async ?? now.declared.vms[vm]?.async ?? false;
    const request = { async: flag, ops, in: ins, out };
    return outcome(now, began(now), send(vm, 'vm.bind', request));
  }
  if ('create' in step) return outcome(now, began(now), send(step.create, 'vm.create', {}));
  if ('close' in step) return outcome(now, began(now), send(step.close, 'vm.close', {}));
  throw new RangeError('not an ioctl');
};

const endIoctl: Action<ClientContext> = (context, event) => {
  const { result } = dataOf(event, 'ioctl.done');
  const step = stepOf(context);
  const expected = 'bind' in step ? step.bind.expect : 'ok';
  const actual = result === 0 ? 'ok' : errnoName(result);
  const verdict = judged(context, 'bind' in step ? 'VM_BIND' : 'ioctl', expected, actual);
  return endStep(context, result, verdict);
};

export const ioctlActions = { callIoctl, endIoctl };
