/** Steps that need no other actor: making objects, signalling, closing a BO, the CPU's accesses; and sleeping. */
import { ERRNO } from '../../domain/errno.ts';
import { STUB } from '../../domain/fence/fence-table.ts';
import type { Step } from '../../domain/scenario/schema.ts';
import { arm, fact, outcome, type Outcome } from '../contract/effects.ts';
import type { Action } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { signal } from '../shared/signal.ts';
import { accessBo } from './access.ts';
import { began, type ClientContext, endStep, failStep, stepOf } from './context.ts';
import { createBo, createSyncobj } from './create.ts';
import { judgeRest } from './look.ts';
import { next } from './program.ts';
import { waitAtOnce } from './wait.ts';

const startSleep: Action<ClientContext> = (context) => {
  const now = next(context);
  const step = stepOf(now);
  if (!('sleep' in step)) throw new RangeError('not a sleep');
  return outcome(now, began(now), arm(`step${now.pc}`, step.sleep.ns, 'client.awake', {}));
};

const endSleep: Action<ClientContext> = (context) => endStep(context, 0);

type Local = (context: ClientContext, shared: SharedReader) => Outcome<ClientContext>;

const performLocal: Action<ClientContext> = (context, { shared }) => {
  const now = next(context);
  const { effects, context: after } = localStep(stepOf(now))(now, shared);
  return outcome(after, began(now), ...effects);
};

function localStep(step: Step): Local {
  if ('create' in step) return (context, shared) => createDeclared(context, step.create, shared);
  if ('close' in step) return (context, shared) => closeBo(context, step.close, shared);
  if ('signal' in step) return (context, shared) => signalSync(context, step.signal, shared);
  if ('cpu' in step) return (context, shared) => accessBo(context, step.cpu, shared);
  if ('wait' in step) return waitAtOnce;
  return (context, shared) => endStep(context, 0, ...judgeRest(context, shared));
}

function createDeclared(
  context: ClientContext,
  name: string,
  shared: SharedReader,
): Outcome<ClientContext> {
  const { bos, syncobjs } = context.declared;
  const bo = bos[name];
  if (bo !== undefined) return endStep(context, 0, createBo(name, bo, shared));
  const syncobj = syncobjs[name];
  if (syncobj === undefined) throw new RangeError(`nothing declared as ${name}`);
  return endStep(context, 0, ...createSyncobj(name, syncobj));
}

/** DRM_IOCTL_GEM_CLOSE; the handle may be gone, or not there yet, by another client's doing. */
function closeBo(context: ClientContext, bo: string, shared: SharedReader): Outcome<ClientContext> {
  const found = shared.bo(bo);
  if (found === undefined || found.closed) return failStep(context, 'close', ERRNO.EINVAL);
  return endStep(context, 0, fact({ type: 'bo.closed', bo }));
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

export const localActions = { startSleep, endSleep, performLocal };
