/**
 * How a machine of this project is put together: an XState chart whose guards and actions are named, and the pure
 * functions behind the names. The one place that turns such a function into an XState action: it assigns the new
 * context and queues the effects as the parameters of one action, `out`, which does nothing by itself; whoever runs
 * the machine collects it (machines/execute/xstate.ts), so XState's interpreter evaluates each function exactly once.
 */
import { type AnyStateMachine, createMachine, enqueueActions } from 'xstate';
import type { Effect } from './effects.ts';
import type { Action, Guard, StepEvent } from './event.ts';

/** One candidate of a transition; the first whose guard holds is taken. */
export interface ChartTransition {
  readonly guard?: string;
  readonly actions?: string | readonly string[];
  readonly target?: string;
  readonly description?: string;
}

/** The subset of XState that our machines use; the table compiler refuses anything else. */
export interface Chart {
  readonly id: string;
  readonly description?: string;
  readonly initial?: string;
  readonly states?: Readonly<Record<string, Omit<Chart, 'id'>>>;
  readonly on?: Readonly<Record<string, ChartTransition | readonly ChartTransition[]>>;
  readonly always?: readonly ChartTransition[];
}

/** A machine with the functions behind its names. */
export interface Machine<C> {
  readonly chart: AnyStateMachine;
  readonly guards: Readonly<Record<string, Guard<C>>>;
  readonly actions: Readonly<Record<string, Action<C>>>;
}

interface XStateArgs {
  readonly context: unknown;
  readonly event: unknown;
}

export const OUT = 'out';
/** More transitions than this in one step are a loop in the chart; both executors throw then. */
export const MAX_MICROSTEPS = 100_000;

export function defineMachine<C>(
  chart: Chart,
  guards: Readonly<Record<string, Guard<C>>>,
  actions: Readonly<Record<string, Action<C>>>,
): Machine<C> {
  const asGuard =
    (guard: Guard<C>) =>
    ({ context, event }: XStateArgs): boolean =>
      guard(context as C, event as StepEvent);
  const asAction = (action: Action<C>): unknown =>
    enqueueActions(({ context, event, enqueue }) => {
      const next = action(context as C, event as unknown as StepEvent);
      enqueue.assign(next.context as never);
      if (next.effects.length > 0) enqueue({ type: OUT, params: next.effects as never } as never);
    });
  const implementations = {
    guards: mapValues(guards, asGuard),
    actions: { ...mapValues(actions, asAction), [OUT]: (): void => undefined },
  };
  // XState's types describe charts written inline; ours is checked by Chart above and by the table compiler.
  const config = { ...chart, options: { maxIterations: MAX_MICROSTEPS } };
  const machine = createMachine(config as never, implementations as never) as AnyStateMachine;
  return { chart: machine, guards, actions };
}

/** The effects in an `out` action's parameters. */
export function effectsOf(params: unknown): readonly Effect[] {
  return params as readonly Effect[];
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
