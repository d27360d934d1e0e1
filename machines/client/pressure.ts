/** Steps by which the world outside acts on the driver: memory pressure, a GT reset, the hardware's access counters. */
import { parsePages } from '../../domain/units.ts';
import { outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import { MEMORY } from '../memory/names.ts';
import { began, type ClientContext, endExpecting, endStep, stepOf } from './context.ts';
import { next } from './program.ts';

const startEvict: Action<ClientContext> = (context) => {
  const now = next(context);
  const step = stepOf(now);
  if (!('evict' in step)) throw new RangeError('not an eviction');
  return outcome(
    now,
    began(now),
    send(MEMORY, 'memory.evict', { bo: step.evict.bo, to: 'system' }),
  );
};

const endEvict: Action<ClientContext> = (context, event) =>
  endExpecting(context, 'evict', 'ok', dataOf(event, 'evict.done').result);

/** debugfs gt0/force_reset; it returns when the GT runs again. */
const startReset: Action<ClientContext> = (context) => {
  const now = next(context);
  const step = stepOf(now);
  if (!('reset' in step)) throw new RangeError('not a reset');
  return outcome(now, began(now), send(`gt${step.reset.gt}`, 'gt.reset', {}));
};

const endReset: Action<ClientContext> = (context) => endStep(context, 0);

/** A message of the GuC (XE_GUC_ACTION_ACCESS_COUNTER_NOTIFY): nobody waits for what becomes of it. */
export function notifyAccess(context: ClientContext): Outcome<ClientContext> {
  const step = stepOf(context);
  if (!('accessCounter' in step)) throw new RangeError('not an access counter');
  const { vm, gt, addr: at, granularity, vector } = step.accessCounter;
  const addr = parsePages(at);
  if (typeof addr === 'string') throw new RangeError(`${at}: ${addr}`);
  const notified = send(vm, 'vm.accessCounter', { gt: `gt${gt}`, addr, granularity, vector });
  return endStep(context, 0, notified);
}

export const pressureActions = { startEvict, endEvict, startReset, endReset };
