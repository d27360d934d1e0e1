/**
 * Which step of its program a client takes next. The guards of `client.next` look at the step ahead; the actions move
 * on to it. A client speaks in ioctls, debugfs reads and memory accesses only; it never looks into a VM.
 */
import type { Step } from '../../domain/scenario/schema.ts';
import { outcome } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
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

const isVm = ({ declared }: ClientContext, name: string): boolean => name in declared.vms;

const nextIsIoctl: Guard<ClientContext> = (context) => {
  const step = nextStep(context);
  if (step === undefined) return false;
  if ('bind' in step) return true;
  const name = 'create' in step ? step.create : 'close' in step ? step.close : null;
  return name !== null && isVm(context, name);
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
};
export const programActions = { finish };
