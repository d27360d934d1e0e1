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
    this.samples.push({ state, event: { ...event, shared: event.shared.untracked() } });
    return this.#table.step(state, event);
  }
}

function recordSamples(folder: string): readonly Sample[] {
  const recorder = new Recorder();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const scenario = loadScenario(`${folder}/${file}`);
    for (const seed of ['0x1', '0x2', '0x3']) {
      const run = runScenario({ scenario, seed, chooser: 'random', executor: recorder });
      while (run.next().done !== true);
    }
  }
  return recorder.samples;
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
  tape?: Tape,
): number {
  return perSecond(rounds * samples.length, () => {
    for (let round = 0; round < rounds; round++) {
      tape?.rewind();
      for (const { state, event } of samples) executor.step(state, event);
    }
  });
}

export interface ExecutorBench {
  readonly samples: number;
  readonly figures: readonly Figure[];
  readonly wholeRatio: number;
  readonly interpretationRatio: number;
}

/** Steps that each timing takes at least. */
const STEPS = { table: 400_000, xstate: 40_000 };

export function run(folder = 'scenarios'): ExecutorBench {
  const samples = recordSamples(folder);
  const rounds = (steps: number): number => Math.ceil(steps / samples.length);
  const contest = (
    machines: Readonly<Record<string, Machine<never>>>,
    name: string,
    tape?: Tape,
  ) => {
    const table = new TableExecutor(machines);
    const xstate = new XStateExecutor(machines);
    if (tape !== undefined) {
      rateOf(table, samples, 1, tape);
      tape.recording = false;
    }
    const tableFigure = measure(`${name}: table`, () =>
      rateOf(table, samples, rounds(STEPS.table), tape),
    );
    const xstateFigure = measure(`${name}: XState machine.transition`, () =>
      rateOf(xstate, samples, rounds(STEPS.xstate), tape),
    );
    return {
      figures: [tableFigure, xstateFigure],
      ratio: tableFigure.median / xstateFigure.median,
    };
  };
  const whole = contest(MACHINE_SET, 'whole step');
  const tape = new Tape();
  const interpretation = contest(taped(tape), 'interpretation', tape);
  return {
    samples: samples.length,
    figures: [...whole.figures, ...interpretation.figures],
    wholeRatio: whole.ratio,
    interpretationRatio: interpretation.ratio,
  };
}

if (isMain(import.meta.url)) {
  const { samples, figures, wholeRatio, interpretationRatio } = run();
  const lines = [
    `${samples} recorded steps of all scenarios, steps a second, median of 5`,
    ...figures.map(line),
    `table / XState: whole step ${wholeRatio.toFixed(1)}, interpretation ${interpretationRatio.toFixed(1)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
