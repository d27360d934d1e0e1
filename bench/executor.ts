/**
 * The table executor beside XState's `machine.transition` with a reused scope, on the same machines
 * and the same events: every step of every scenario, recorded once under the random chooser, then
 * put through each executor.
 *
 * Two measures. `whole`: guards and actions do their real work, which is the same code in both, so
 * the ratio says what a user gains. `interpretation`: they answer from a recording at once, so the
 * ratio compares the executors alone.
 */
import { readdirSync } from 'node:fs';
import { loadScenario } from '../cli/scenario-file.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import { defineMachine, type Machine } from '../machines/contract/define.ts';
import type { Action, Guard, StepEvent } from '../machines/contract/event.ts';
import type { ActorState, Executor, Stepped } from '../machines/execute/executor.ts';
import { TableExecutor } from '../machines/execute/table.ts';
import { XStateExecutor } from '../machines/execute/xstate.ts';
import { MACHINE_SET } from '../machines/index.ts';
import { runScenario } from '../streams/world/run.ts';
import { type Figure, isMain, line, measure, perSecond } from './measure.ts';

interface Sample {
  readonly state: ActorState;
  readonly event: StepEvent;
}

/** Runs the table executor and keeps what each step was asked. */
class Recorder implements Executor {
  readonly samples: Sample[] = [];
  readonly #table = new TableExecutor(MACHINE_SET);

  initialValue(machine: string): string {
    return this.#table.initialValue(machine);
  }

  accepts(state: ActorState, type: StepEvent['type']): boolean {
    return this.#table.accepts(state, type);
  }

  step(state: ActorState, event: StepEvent): Stepped {
    this.samples.push({
      state,
      event: { ...event, shared: event.shared.untracked(), decide: event.decide.again() },
    });
    return this.#table.step(state, event);
  }
}

const SEEDS = ['0x1', '0x2', '0x3'];

/** Runs every scenario under three random schedules; gives the number of steps. */
function runAll(scenarios: readonly Scenario[], executor: Executor): number {
  let steps = 0;
  for (const scenario of scenarios) {
    for (const seed of SEEDS) {
      const run = runScenario({ scenario, seed, chooser: 'random', executor });
      while (run.next().done !== true) steps++;
    }
  }
  return steps;
}

/**
 * The answers of guards and actions in the order in which they are asked; the same for both
 * executors.
 */
class Tape {
  readonly #answers: unknown[] = [];
  #at = 0;
  recording = true;

  rewind(): void {
    this.#at = 0;
  }

  wrap<A extends readonly unknown[], R>(real: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      if (!this.recording) return this.#answers[this.#at++] as R;
      const answer = real(...args);
      this.#answers.push(answer);
      return answer;
    };
  }
}

/** The machines with their guards and actions on tape. */
function taped(tape: Tape): Record<string, Machine<never>> {
  const wrapAll = <F extends Guard<never> | Action<never>>(
    functions: Readonly<Record<string, F>>,
  ): Record<string, F> =>
    Object.fromEntries(
      Object.entries(functions).map(([name, real]) => [name, tape.wrap(real as never) as F]),
    );
  return Object.fromEntries(
    Object.entries(MACHINE_SET).map(([id, { chart, guards, actions }]) => [
      id,
      defineMachine(chart.config as never, wrapAll(guards), wrapAll(actions)),
    ]),
  );
}

function rateOf(
  executor: Executor,
  samples: readonly Sample[],
  rounds: number,
  tape: Tape,
): number {
  return perSecond(rounds * samples.length, () => {
    for (let round = 0; round < rounds; round++) {
      tape.rewind();
      for (const { state, event } of samples) executor.step(state, event);
    }
  });
}

export interface ExecutorBench {
  readonly samples: number;
  readonly figures: readonly Figure[];
  readonly interpretationRatio: number;
  readonly runRatio: number;
}

/** Steps that each timing takes at least. */
const STEPS = { table: 400_000, xstate: 40_000 };

function contestRuns(scenarios: readonly Scenario[]): readonly [Figure, Figure] {
  const rate = (executor: Executor, rounds: number): number => {
    let steps = 0;
    const start = performance.now();
    for (let round = 0; round < rounds; round++) steps += runAll(scenarios, executor);
    return (steps * 1000) / (performance.now() - start);
  };
  const table = new TableExecutor(MACHINE_SET);
  const xstate = new XStateExecutor(MACHINE_SET);
  return [
    measure('whole run: table', () => rate(table, 6)),
    measure('whole run: XState machine.transition', () => rate(xstate, 2)),
  ];
}

function contestInterpretation(samples: readonly Sample[]): readonly [Figure, Figure] {
  const tape = new Tape();
  const machines = taped(tape);
  const table = new TableExecutor(machines);
  const xstate = new XStateExecutor(machines);
  rateOf(table, samples, 1, tape);
  tape.recording = false;
  const rounds = (steps: number): number => Math.ceil(steps / samples.length);
  return [
    measure('interpretation: table', () => rateOf(table, samples, rounds(STEPS.table), tape)),
    measure('interpretation: XState machine.transition', () =>
      rateOf(xstate, samples, rounds(STEPS.xstate), tape),
    ),
  ];
}

export function run(folder = 'scenarios'): ExecutorBench {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const scenarios = files.map((file) => loadScenario(`${folder}/${file}`));
  const recorder = new Recorder();
  runAll(scenarios, recorder);
  const { samples } = recorder;
  const interpretation = contestInterpretation(samples);
  const runs = contestRuns(scenarios);
  const ratio = ([a, b]: readonly [Figure, Figure]): number => a.median / b.median;
  return {
    samples: samples.length,
    figures: [...interpretation, ...runs],
    interpretationRatio: ratio(interpretation),
    runRatio: ratio(runs),
  };
}

if (isMain(import.meta.url)) {
  const { samples, figures, interpretationRatio, runRatio } = run();
  const lines = [
    `steps a second, median of 5, over the ${samples} steps of all scenarios`,
    ...figures.map(line),
    `table / XState: interpretation ${interpretationRatio.toFixed(1)} (target 15), ` +
      `whole run ${runRatio.toFixed(1)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
