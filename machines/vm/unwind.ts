/**
 * The end of a call that fails. Mirrors xe_vm.c (vm_bind_ioctl_ops_unwind). The space as it was is still there: the
 * staged one is dropped. As posted the tree itself is walked back, op by op; what goes wrong with that is in
 * walk-back.ts.
 */
import { fact, outcome, send } from '../contract/effects.ts';
import type { Action } from '../contract/event.ts';
import { callOf, type VmContext } from './context.ts';
import { letGo } from './held.ts';
import { releasing } from './locks.ts';
import { newUserptrs } from './phases.ts';
import { bugOfRemap, cutDown, erasedByAddress, walkedUpwards } from './walk-back.ts';

/**
 * What is known of VMAs that were never mapped goes, too. The number of an asynchronous fence stays used, as in the
 * kernel: a gap.
 */
const unwind: Action<VmContext> = (context, event) => {
  const { shared } = event;
  const { number: call, client, error, ops } = callOf(context);
  const result = error !== 0 ? error : context.failure;
  const erased = erasedByAddress(context, shared);
  const walked = walkedUpwards(erased.context, shared);
  const cut = cutDown(walked.context, shared);
  const vmas = newUserptrs(ops).reduce((left, { va }) => left.delete(va), cut.context.vmas);
  return outcome(
    { ...cut.context, vmas, call: null, plan: null, toPin: [], failure: 0 },
    ...bugOfRemap(context, shared),
    ...erased.effects,
    ...walked.effects,
    ...cut.effects,
    fact({ type: 'bind.unwound', vm: context.id, call, error: result }),
    ...letGo(context, callOf(context), event),
    send(client, 'ioctl.done', { result }),
  );
};

export const unwindActions = { unwind: releasing(unwind) };
