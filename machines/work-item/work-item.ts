/**
 * A work item: a function of a VM that somebody asks to be run later. Asking while it runs has it run once more;
 * asking twice before it runs is asking once. Mirrors struct work_struct (kernel/workqueue.c: queue_work_on,
 * process_one_work), for vm->async_ops.work and vm->preempt.rebind_work of xe_vm.c.
 */
import { outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import { type ActorId, NO_DATA } from '../contract/messages.ts';

/** What is sent to the VM to have the function run. */
export type WorkFunction = 'vm.worker' | 'vm.rebind';

export interface WorkContext {
  readonly id: ActorId;
  readonly vm: ActorId;
  readonly runs: WorkFunction;
}

export function newWork(id: ActorId, vm: ActorId, runs: WorkFunction): WorkContext {
  return { id, vm, runs };
}

const run: Action<WorkContext> = (context) =>
  outcome(context, send(context.vm, context.runs, NO_DATA));

const wantsMore: Guard<WorkContext> = (_, event) => dataOf(event, 'work.done').again;

export const workActions = { run };
export const workGuards = { wantsMore };
