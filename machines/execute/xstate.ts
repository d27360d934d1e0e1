/**
 * The reference executor: XState's own interpreter, stepped without a running actor. Everything that depends on how
 * XState is called inside is in this file (and define.ts).
 *
 * `machine.transition` wants an actor scope; one inert scope is reused, because the exported `transition()` would
 * build an actor and run the initial state again on each call.
 */
import type { AnyActorScope, AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { effectsOf, type Machine, OUT } from '../contract/define.ts';
import type { Effect } from '../contract/effects.ts';
import type { StepEvent } from '../contract/event.ts';
import type { ActorState, Executor, Stepped } from './executor.ts';
import { unanswered } from './table.ts';

interface OutAction {
  readonly type: string;
  readonly params: unknown;
}

/** What XState reports of each microstep. */
export interface Microstep {
  readonly type: string;
  readonly snapshot: AnyMachineSnapshot;
  readonly _transitions: readonly unknown[];
}

/**
 * The scope that XState's pure functions need; it hands every `out` action to `collect`, and every microstep to `inspect`.
 */
export function inertScope(
  collect: (effects: readonly Effect[]) => void,
  inspect: (microstep: Microstep) => void = (): void => undefined,
): AnyActorScope {
  const ignore = (): void => undefined;
  const scope = {
    self: { id: 'inert', sessionId: 'inert', _parent: undefined, send: ignore },
    id: 'inert',
    sessionId: 'inert',
    logger: ignore,
    defer: ignore,
    emit: ignore,
    stopChild: ignore,
    system: { _sendInspectionEvent: inspect },
    actionExecutor: (action: OutAction): void => {
      if (action.type === OUT) collect(effectsOf(action.params));
    },
  };
  return scope as unknown as AnyActorScope;
}

/** `open.idle` -> `{ open: 'idle' }`, the form that XState gives state values. */
export function nestedValue(path: string): string | Record<string, unknown> {
  const [head, ...rest] = path.split('.') as [string, ...string[]];
  return rest.length === 0 ? head : { [head]: nestedValue(rest.join('.')) };
}

export function dottedValue(value: unknown): string {
  if (typeof value === 'string') return value;
  const [entry] = Object.entries(value as Record<string, unknown>);
  if (entry === undefined) throw new RangeError('an empty state value');
  return `${entry[0]}.${dottedValue(entry[1])}`;
}

export class XStateExecutor implements Executor {
  readonly #charts: ReadonlyMap<string, AnyStateMachine>;
  /** one snapshot for each state value of a machine; a step starts from it with the actor's context */
  readonly #templates = new Map<string, AnyMachineSnapshot>();
  #effects: readonly Effect[] = [];
  /** how many transitions the event itself led to; null until XState has said so */
  #taken: number | null = null;
  readonly #scope = inertScope(
    (effects) => {
      this.#effects = this.#effects.length === 0 ? effects : [...this.#effects, ...effects];
    },
    ({ _transitions }) => {
      this.#taken ??= _transitions.length;
    },
  );

  constructor(machines: Readonly<Record<string, Machine<never>>>) {
    this.#charts = new Map(Object.entries(machines).map(([id, each]) => [id, each.chart]));
  }

  initialValue(machine: string): string {
    const chart = this.#chart(machine);
    return dottedValue(chart.getInitialSnapshot(this.#scope, undefined).value);
  }

  accepts(state: ActorState, type: string): boolean {
    // `ownEvents` leaves out a transition that does nothing; taking a message and doing nothing is an answer here.
    return this.#template(state)._nodes.some((node) => node.transitions.has(type as never));
  }

  step(state: ActorState, event: StepEvent): Stepped {
    const snapshot = { ...this.#template(state), context: state.context } as AnyMachineSnapshot;
    this.#effects = [];
    this.#taken = null;
    const next = this.#chart(state.machine).transition(snapshot, event, this.#scope);
    // A transition without actions and target gives the same snapshot back, so that is no sign of an unanswered event.
    if (this.#taken === 0) throw unanswered(state, event.type);
    const { machine } = state;
    return {
      state: { machine, value: dottedValue(next.value), context: next.context },
      effects: this.#effects,
    };
  }

  #chart(machine: string): AnyStateMachine {
    const chart = this.#charts.get(machine);
    if (chart === undefined) throw new RangeError(`no machine ${machine}`);
    return chart;
  }

  #template({ machine, value }: ActorState): AnyMachineSnapshot {
    const key = `${machine} ${value}`;
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    const resolved = this.#chart(machine).resolveState({
      value: nestedValue(value),
      context: {},
    } as never);
    this.#templates.set(key, resolved);
    return resolved;
  }
}
