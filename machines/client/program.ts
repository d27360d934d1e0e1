/**
 * Which step of its program a client takes next. The guards of `client.next` look at the step ahead; the actions move
 * on to it. A client speaks in ioctls, debugfs reads and memory accesses only; it never looks into a VM.
 */
import type { Step } from '../../domain/scenario/schema.ts';
import { outcome } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { refusalOfQueue } from './checks.ts';
import type { ClientContext } from './context.ts';

type Verb = Step extends infer S ? (S extends S ? keyof S : never) : never;

/** The client at its next step. */
export const next = (context: ClientContext): ClientContext => ({ ...context, pc: context.pc + 1 });

export const nextStep = ({ program, pc }: ClientContext): Step | undefined => program[pc + 1];

const nextIs =
  (verb: Verb): Guard<ClientContext> =>
  (context) => {
    const step = nextStep(context);
    return step !== undefined && verb in step;
  };

const programEnded: Guard<ClientContext> = (context) => nextStep(context) === undefined;

const isExecQueue = ({ declared }: ClientContext, name: string): boolean =>
  declared.queues[name]?.kind === 'exec';

/** VMs and exec queues are actors: they are asked to begin, unless a check refuses it, and to end. */
function askedToCreate(context: ClientContext, name: string, shared: SharedReader): boolean {
  const queue = context.declared.queues[name];
  if (queue !== undefined) return queue.kind === 'exec' && refusalOfQueue(queue, shared) === null;
  return name in context.declared.vms;
}

function askedToClose(context: ClientContext, name: string, shared: SharedReader): boolean {
  if (name in context.declared.vms) return true;
  return isExecQueue(context, name) && shared.queue(name) !== undefined;
}

const nextIsIoctl: Guard<ClientContext> = (context, { shared }) => {
  const step = nextStep(context);
  if (step === undefined) return false;
  if ('bind' in step || 'madvise' in step) return true;
  if ('create' in step) return askedToCreate(context, step.create.name, shared);
  return 'close' in step && askedToClose(context, step.close.name, shared);
};

/** The last step is behind. */
const finish: Action<ClientContext> = (context) => outcome(next(context));

export const programGuards = {
  programEnded,
  nextIsIoctl,
  nextIsAccess: nextIs('gpu'),
  nextIsLook: ((context) => {
    const step = nextStep(context);
    return step !== undefined && 'expect' in step && step.expect.vm !== undefined;
  }) satisfies Guard<ClientContext>,
  nextIsSleep: nextIs('sleep'),
  nextIsInvalidate: nextIs('invalidate'),
  nextIsEvict: nextIs('evict'),
  nextIsReset: nextIs('reset'),
};
export const programActions = { finish };
