/**
 * Preemption of a compute queue: whoever enables its preempt fence has the GuC take it off the GPU; once it is off, the
 * fence signals and the VM's rebind worker is asked to put it back. A suspended batch goes on where it was. Mirrors
 * xe_preempt_fence.c (preempt_fence_enable_signaling, preempt_fence_work_func) and xe_guc_submit.c
 * (guc_engine_suspend, guc_engine_suspend_wait, guc_engine_resume).
 */
import { fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type Guard } from '../contract/event.ts';
import { NO_DATA } from '../contract/messages.ts';
import { signal } from '../shared/signal.ts';
import type { ExecQueueContext } from './context.ts';

/** Its first fence is enabled: it is to leave the GPU. */
const suspend: Action<ExecQueueContext> = (context, event) => {
  const { fence } = dataOf(event, 'fence.enable');
  return outcome(
    { ...context, enabled: [...context.enabled, fence] },
    fact({ type: 'queue.suspending', queue: context.id }),
  );
};

/** While it is off the GPU already: the fence of its next run, which will be a short one. */
const noteEnabled: Action<ExecQueueContext> = (context, event) => {
  const { fence } = dataOf(event, 'fence.enable');
  return outcome({ ...context, enabled: [...context.enabled, fence] });
};

/** Nothing of it runs any more; the GuC's answer takes a step of its own. */
const confirm: Action<ExecQueueContext> = (context) =>
  outcome(context, send(context.id, 'queue.suspended', NO_DATA));

const endSuspend: Action<ExecQueueContext> = (context, { shared }) => {
  const [fence, ...enabled] = context.enabled;
  if (fence === undefined) throw new RangeError(`nobody asked to suspend ${context.id}`);
  return outcome(
    { ...context, enabled },
    fact({ type: 'queue.suspended', queue: context.id }),
    ...signal(shared, [fence]),
    send(`${context.vm}/rebinder`, 'work.queue', NO_DATA),
  );
};

const resume: Action<ExecQueueContext> = (context) =>
  outcome(context, fact({ type: 'queue.resumed', queue: context.id }));

/** The fence that it shall run with was enabled before it could. */
const suspendAgain: Action<ExecQueueContext> = (context) =>
  outcome(context, fact({ type: 'queue.suspending', queue: context.id }));

/** Of a queue that will not run any more: a preempt fence keeps nobody waiting. */
const release: Action<ExecQueueContext> = (context, event) =>
  outcome(context, ...signal(event.shared, [dataOf(event, 'fence.enable').fence]));

const enabledAgain: Guard<ExecQueueContext> = ({ enabled }, event) =>
  enabled.includes(dataOf(event, 'queue.resume').fence);

export const preemptActions = {
  suspend,
  noteEnabled,
  confirm,
  endSuspend,
  resume,
  suspendAgain,
  release,
};
export const preemptGuards = { enabledAgain };
