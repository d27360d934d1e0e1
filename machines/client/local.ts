/** Steps that are over at once, without another actor's help; each is told apart by its verb. */
import { ERRNO } from '../../domain/errno.ts';
import { STUB } from '../../domain/fence/fence-table.ts';
import type { Step } from '../../domain/scenario/schema.ts';
import { fact, outcome, type Outcome } from '../contract/effects.ts';
import type { Action } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { signal } from '../shared/signal.ts';
import { began, type ClientContext, endStep, failStep, stepOf } from './context.ts';
import { accessByCpu } from './cpu-access.ts';
import { refuseExec } from './exec.ts';
import { judgeRest } from './look.ts';
import { answerQuery } from './query.ts';
import { closeDeclared, createDeclared } from './objects.ts';
import { notifyAccess } from './pressure.ts';
import { next } from './program.ts';
import { watchAtOnce } from './user-fence.ts';
import { waitAtOnce } from './wait.ts';

type Local = (context: ClientContext, shared: SharedReader) => Outcome<ClientContext>;

const performLocal: Action<ClientContext> = (context, { shared }) => {
  const now = next(context);
  const { effects, context: after } = localStep(stepOf(now))(now, shared);
  return outcome(after, began(now), ...effects);
};

function localStep(step: Step): Local {
  if ('create' in step) return (context, shared) => createDeclared(context, step.create, shared);
  if ('close' in step) return (context, shared) => closeDeclared(context, step.close, shared);
  if ('signal' in step) return (context, shared) => signalSync(context, step.signal, shared);
  if ('cpu' in step) return (context, shared) => accessByCpu(context, step.cpu, shared);
  if ('wait' in step) return waitAtOnce;
  if ('waitUserFence' in step) return watchAtOnce;
  if ('exec' in step) return refuseExec;
  if ('accessCounter' in step) return notifyAccess;
  if ('query' in step) return (context, shared) => answerQuery(context, step.query, shared);
  return (context, shared) => endStep(context, 0, ...judgeRest(context, shared));
}

/** DRM_IOCTL_SYNCOBJ_SIGNAL; a software fence is signalled itself, as its owner would do. */
function signalSync(
  context: ClientContext,
  { syncobj, point }: Extract<Step, { signal: unknown }>['signal'],
  shared: SharedReader,
): Outcome<ClientContext> {
  if (shared.syncobj(syncobj) === undefined) return failStep(context, 'signal', ERRNO.ENOENT);
  const pending = (shared.capture(syncobj, point) ?? []).filter(
    (fence) => !shared.isSignaled(fence) && shared.fence(fence).kind === 'software',
  );
  if (pending.length > 0) return endStep(context, 0, ...signal(shared, pending));
  const stub =
    point === undefined
      ? fact({ type: 'syncobj.replaced', syncobj, fence: STUB })
      : fact({ type: 'syncobj.advanced', syncobj, point, fence: STUB });
  return endStep(context, 0, stub);
}

export const localActions = { performLocal };
