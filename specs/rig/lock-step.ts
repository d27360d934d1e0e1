/** Both executors at once: what the table answers, and wherever XState's own interpreter answers something else. */
import type { Machine } from '../../machines/contract/define.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import type { ActorState, Executor, Stepped } from '../../machines/execute/executor.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { XStateExecutor } from '../../machines/execute/xstate.ts';
import { firstDifference } from '../../streams/replay/same.ts';

/** Asks both and holds the answers against each other. */
export class LockStep implements Executor {
  readonly differences: string[] = [];
  steps = 0;
  readonly #table: TableExecutor;
  readonly #xstate: XStateExecutor;

  constructor(machines: Readonly<Record<string, Machine<never>>>) {
    this.#table = new TableExecutor(machines);
    this.#xstate = new XStateExecutor(machines);
  }

  initialValue(machine: string): string {
    const [a, b] = [this.#table.initialValue(machine), this.#xstate.initialValue(machine)];
    if (a !== b) this.differences.push(`${machine} starts in ${a}, or ${b}`);
    return a;
  }

  accepts(state: ActorState, type: StepEvent['type']): boolean {
    const [a, b] = [this.#table.accepts(state, type), this.#xstate.accepts(state, type)];
    if (a !== b) this.differences.push(`${state.machine} in ${state.value} and ${type}: ${a}`);
    return a;
  }

  step(state: ActorState, event: StepEvent): Stepped {
    this.steps += 1;
    const stepped = this.#table.step(state, event);
    const other = this.#xstate.step(state, { ...event, decide: event.decide.again() });
    const found = firstDifference(stepped, other);
    if (found !== null) {
      this.differences.push(`${state.machine} in ${state.value}, ${event.type}: ${found}`);
    }
    return stepped;
  }
}
