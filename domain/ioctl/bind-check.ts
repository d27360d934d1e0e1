/**
 * The argument checks of VM_BIND, in the kernel's order: the first row that refuses gives the errno. Mirrors xe_vm.c
 * (vm_bind_ioctl_check_args, then xe_vm_bind_ioctl) of March 2023 with the NULL rows of the series' fourth patch.
 *
 * Row names are the numbers of the table in docs/vm-bind.md, where the numbers that are missing here are explained:
 * failures that no argument causes (memory, a signal while waiting for the lock) are decisions of the VM's steps.
 */
import { ARGS_STAGES } from './bind-check/args.ts';
import { type BindContext, bindContext, isRestart } from './bind-check/context.ts';
import { LOOKUP_STAGE, OBJECT_STAGES, RESTART_STAGE } from './bind-check/lookup.ts';
import type { BindRequest, BindView } from './bind-request.ts';
import { firstRefusal, type Refusal, type Rule, rulesOf, type Stage } from './rules.ts';
import { SYNC_STAGE } from './sync-check.ts';

export { MAX_BINDS } from './bind-check/args.ts';
export type { Refusal, Rule } from './rules.ts';

const FIRST: readonly Stage<BindContext>[] = [...ARGS_STAGES, LOOKUP_STAGE];
const REST: readonly Stage<BindContext>[] = [...OBJECT_STAGES, SYNC_STAGE];

/** The table, in the order in which its rows count for one op and one sync. */
export const BIND_RULES: readonly Rule[] = rulesOf([...FIRST, RESTART_STAGE, ...REST]);

/**
 * Why the kernel refuses the request, or null. A RESTART that passes is done: nothing else of its call is looked at, not
 * even further ops of its array.
 */
export function checkBind(request: BindRequest, view: BindView): Refusal | null {
  const context = bindContext(request, view);
  const refused = firstRefusal(FIRST, context);
  if (refused !== null) return refused;
  return firstRefusal(isRestart(context) ? [RESTART_STAGE] : REST, context);
}
