/**
 * The table executor: one macrostep as a walk through the compiled rows. Exploration and replay run on it.
 */
import { type Machine, MAX_MICROSTEPS } from '../contract/define.ts';
import type { Effect } from '../contract/effects.ts';
import type { StepEvent } from '../contract/event.ts';
import { type Candidate, compile, type Row, type Table } from './compile.ts';
import type { ActorState, Executor, Stepped } from './executor.ts';

export class TableExecutor implements Executor {
  readonly #tables: ReadonlyMap<string, Table>;

  constructor(machines: Readonly<Record<string, Machine<never>>>) {
    this.#tables = new Map(Object.entries(machines).map(([id, each]) => [id, compile(each)]));
  }

  initialValue(machine: string): string {
    return this.#table(machine).initial;
  }

  accepts(state: ActorState, type: string): boolean {
    return rowOf(this.#table(state.machine).rows, state).on.has(type);
  }

  step(state: ActorState, event: StepEvent): Stepped {
    const { machine } = state;
    const { rows } = this.#table(machine);
    let row = rowOf(rows, state);
    let { value, context } = state;
    let effects: readonly Effect[] = [];
    let taken = choose(row.on.get(event.type) ?? [], context, event);
    if (taken === null) throw unanswered(state, event.type);
    for (let steps = 0; taken !== null; steps++) {
      if (steps > MAX_MICROSTEPS)
        throw new RangeError(`${machine}: endless transitions in ${value}`);
      if (steps > 0 && changesNothing(taken, value)) break;
      for (const action of taken.actions) {
        const next = action(context, event);
        context = next.context;
        if (next.effects.length > 0) {
          effects = effects.length > 0 ? [...effects, ...next.effects] : next.effects;
        }
      }
      if (taken.target !== null) {
        value = taken.target;
        row = rows.get(value) as Row;
      }
      taken = row.always.length > 0 ? choose(row.always, context, event) : null;
    }
    return { state: { machine, value, context }, effects };
  }

  #table(machine: string): Table {
    const table = this.#tables.get(machine);
    if (table === undefined) throw new RangeError(`no machine ${machine}`);
    return table;
  }
}

function rowOf(rows: Table['rows'], { machine, value }: ActorState): Row {
  const row = rows.get(value);
  if (row === undefined) throw new RangeError(`${machine} has no state ${value}`);
  return row;
}

/** An eventless transition like that would hold for ever; XState rests there, and so do we. */
function changesNothing({ actions, target }: Candidate, value: string): boolean {
  return actions.length === 0 && (target === null || target === value);
}

export function unanswered(state: ActorState, type: string): RangeError {
  return new RangeError(`${state.machine} in ${state.value}: no guard holds for ${type}`);
}

function choose(
  candidates: readonly Candidate[],
  context: unknown,
  event: StepEvent,
): Candidate | null {
  for (const candidate of candidates) {
    if (candidate.guard === null || candidate.guard(context, event)) return candidate;
  }
  return null;
}
