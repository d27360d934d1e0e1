/**
 * The peer model as machines of our own: what vmbind.pml and vmbind.m.in say in other checkers' languages, at the same
 * step granularity. Each of their steps is one delivery here; what they block on is mail that its receiver does not take
 * yet. A channel of theirs that several write is an actor here that forwards, because our mail has an order only for each
 * sender and receiver:
 *
 *   submit  w>q      the queue passes the op on to its engine
 *   fence   world>f  the in-fence signals
 *   pick    q>e      the engine asks the in-fence
 *   pte     e>f      taken by a fence that has signalled
 *   send    f>ct     the channel gives the request its number (with the bug: `pte` does), and the engine waits for it
 *   recv    ct>gt    ack  gt>gt  the TLB is flushed
 *   g2h     gt>h     every number up to the answer is acknowledged
 *   signal  h>e      the out-fence; by then the TLB must be flushed
 *   woken   e>w
 */
import { fenceKeyOf } from '../../domain/fence/fence-table.ts';
import { type Chart, defineMachine, type Machine } from '../../machines/contract/define.ts';
import { type Effect, fact, outcome, type Outcome } from '../../machines/contract/effects.ts';
import type { Action, StepEvent } from '../../machines/contract/event.ts';
import type { ActorId, Message } from '../../machines/contract/messages.ts';

/** The timeline of the TLB invalidations. */
export const INVALIDATIONS = 'inval';
/** Signals when the TLB is flushed for an op. */
export const flushOf = (op: ActorId): string => fenceKeyOf(op, 1);

interface Named {
  readonly id: ActorId;
}
/** A bind engine: the op that it is at, or '' */
interface Engine extends Named {
  readonly op: ActorId;
}
interface Fence extends Named {
  /** the bug: numbers are given out when the entries are written */
  readonly early: boolean;
}
interface Handler {
  /** the highest number that was answered */
  readonly acked: number;
}
interface Request {
  readonly op: ActorId;
  readonly engine: ActorId;
  /** 0 until it has one */
  readonly seqno: number;
}

/** The peers' messages are not in the driver's table of messages. */
export const mail = (to: ActorId, type: string, data: unknown): Effect => ({
  effect: 'send',
  to,
  message: { type, data } as unknown as Message,
});
const requestOf = ({ data }: StepEvent): Request => data as unknown as Request;

const numberOf = (op: ActorId): number => Number(op.slice(1));

const forward: Action<Named> = (context, event) =>
  outcome(context, mail(`e${context.id.slice(1)}`, 'op', event.data));

const pick =
  (fences: number): Action<Engine> =>
  (context, event) => {
    const { op } = requestOf(event);
    const request: Request = { op, engine: context.id, seqno: 0 };
    return outcome({ ...context, op }, mail(`f${numberOf(op) % fences}`, 'pte', request));
  };

function numbered(
  request: Request,
  event: StepEvent,
): { readonly made: Effect; readonly request: Request } {
  const seqno = event.shared.nextSeqno(INVALIDATIONS);
  const fence = fenceKeyOf(INVALIDATIONS, seqno);
  const made = fact({ type: 'fence.created', fence, kind: 'invalidation', parts: [] });
  return { made, request: { ...request, seqno } };
}

const writePte: Action<Fence> = (context, event) => {
  const asked = requestOf(event);
  if (!context.early) return outcome(context, mail('ct', 'send', asked));
  const { made, request } = numbered(asked, event);
  return outcome(context, made, mail('ct', 'send', request));
};

const transmit: Action<Named> = (context, event) => {
  const asked = requestOf(event);
  const effects: Effect[] = [];
  let request = asked;
  if (asked.seqno === 0) {
    const fresh = numbered(asked, event);
    effects.push(fresh.made);
    request = fresh.request;
  }
  const fence = fenceKeyOf(INVALIDATIONS, request.seqno);
  return outcome(
    context,
    ...effects,
    fact({ type: 'fence.waited', fence, waiter: request.engine }),
    mail('gt', 'inval', { op: request.op, seqno: request.seqno }),
  );
};

const receive: Action<Named> = (context, event) =>
  outcome(context, mail(context.id, 'answer', event.data));

const answer: Action<Named> = (context, event) => {
  const { op, seqno } = requestOf(event);
  return outcome(
    context,
    fact({ type: 'fence.signaled', fence: flushOf(op), error: 0 }),
    mail('h', 'ack', { seqno }),
  );
};

const acknowledge: Action<Handler> = (context, event) => {
  const { seqno } = requestOf(event);
  const signals: Effect[] = [];
  for (let each = context.acked + 1; each <= seqno; each++) {
    const fence = fenceKeyOf(INVALIDATIONS, each);
    // the step looks at every number that it acknowledges
    if (event.shared.isSignaled(fence)) continue;
    signals.push(fact({ type: 'fence.signaled', fence, error: 0 }));
  }
  return { context: { acked: Math.max(context.acked, seqno) }, effects: signals };
};

const signal: Action<Engine> = (context, event): Outcome<Engine> => {
  const { op } = context;
  const woken = mail(op, 'woken', {});
  if (event.shared.isSignaled(flushOf(op))) return outcome({ ...context, op: '' }, woken);
  const failed = fact({
    type: 'expect.failed',
    client: op,
    step: 0,
    what: 'out-fence signalled',
    expected: 'TLB flushed',
    actual: 'not flushed',
  });
  return outcome({ ...context, op: '' }, failed, woken);
};

const define = (chart: Chart, actions: Readonly<Record<string, unknown>>): Machine<never> =>
  defineMachine(chart, {}, actions as never) as unknown as Machine<never>;

/** With `fences` in-fences; op i waits for fence i mod `fences`. */
export const peerMachines = (fences: number): Readonly<Record<string, Machine<never>>> => ({
  worker: define(
    {
      id: 'worker',
      initial: 'waiting',
      states: { waiting: { on: { woken: { target: 'done' } } }, done: {} },
    },
    {},
  ),
  queue: define(
    { id: 'queue', initial: 'open', states: { open: { on: { op: { actions: 'forward' } } } } },
    { forward },
  ),
  fence: define(
    {
      id: 'fence',
      initial: 'pending',
      states: {
        pending: { on: { signal: { target: 'signaled' } } },
        signaled: { on: { pte: { actions: 'writePte' } } },
      },
    },
    { writePte },
  ),
  engine: define(
    {
      id: 'engine',
      initial: 'idle',
      states: {
        idle: { on: { op: { target: 'busy', actions: 'pick' } } },
        busy: { on: { 'fence.signaled': { target: 'idle', actions: 'signal' } } },
      },
    },
    { pick: pick(fences), signal },
  ),
  channel: define(
    { id: 'channel', initial: 'open', states: { open: { on: { send: { actions: 'transmit' } } } } },
    { transmit },
  ),
  gt: define(
    {
      id: 'gt',
      initial: 'idle',
      states: {
        idle: { on: { inval: { target: 'flushing', actions: 'receive' } } },
        flushing: { on: { answer: { target: 'idle', actions: 'answer' } } },
      },
    },
    { receive, answer },
  ),
  handler: define(
    {
      id: 'handler',
      initial: 'open',
      states: { open: { on: { ack: { actions: 'acknowledge' } } } },
    },
    { acknowledge },
  ),
});
