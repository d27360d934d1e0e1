/** `expect` steps: a read of the VM's debugfs file if it names a VM, and a look at page tables and syncobjs. */
import { outcome, send } from '../contract/effects.ts';
import type { Effect } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { began, type ClientContext, endStep, judged, stepOf } from './context.ts';
import { judgeEntries, judgeError, judgeMappings, judgeSync } from './expect.ts';
import { next } from './program.ts';

const startLook: Action<ClientContext> = (context) => {
  const now = next(context);
  const step = stepOf(now);
  if (!('expect' in step) || step.expect.vm === undefined) throw new RangeError('no VM to look at');
  return outcome(now, began(now), send(step.expect.vm, 'vm.debugfs', {}));
};

const endLook: Action<ClientContext> = (context, event) => {
  const { mappings, unusable = false } = dataOf(event, 'debugfs.done');
  const step = stepOf(context);
  if (!('expect' in step)) throw new RangeError('not an expectation');
  const { mappings: expected, state } = step.expect;
  const judgedState =
    state === undefined ? [] : [judged(context, 'state', state, unusable ? 'unusable' : 'usable')];
  const judgedMappings = expected === undefined ? [] : [judgeMappings(context, expected, mappings)];
  return endStep(
    context,
    0,
    ...judgedMappings,
    ...judgedState,
    ...judgeRest(context, event.shared),
  );
};

/** What can be seen without the VM's help. */
export function judgeRest(context: ClientContext, shared: SharedReader): Effect[] {
  const step = stepOf(context);
  if (!('expect' in step)) return [];
  const { vm, entries, signaled, pending, error } = step.expect;
  return [
    ...(vm !== undefined && entries !== undefined
      ? judgeEntries(context, vm, entries, shared)
      : []),
    ...(signaled === undefined ? [] : [judgeSync(context, signaled, 'signaled', shared)]),
    ...(pending === undefined ? [] : [judgeSync(context, pending, 'pending', shared)]),
    ...(error === undefined ? [] : [judgeError(context, error, shared)]),
  ];
}

export const lookActions = { startLook, endLook };
