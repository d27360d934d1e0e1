/** Whole runs, with everything that they left behind. */
import { type Choice, enabled } from '../../streams/world/choice.ts';
import type { StepRecord } from '../../streams/world/record.ts';
import {
  chooserOf,
  type RunEnd,
  type RunOptions,
  runScenario,
  tableExecutor,
} from '../../streams/world/run.ts';
import { startWorld } from '../../streams/world/start.ts';
import { step } from '../../streams/world/step.ts';
import type { World } from '../../streams/world/world.ts';
import { type NamedScenario, SCENARIOS, type Schedule, schedules } from './scenarios.ts';

export interface WholeRun {
  readonly records: readonly StepRecord[];
  readonly end: RunEnd;
}

export function wholeRun(options: RunOptions): WholeRun {
  const run = runScenario(options);
  const records: StepRecord[] = [];
  for (;;) {
    const next = run.next();
    if (next.done === true) return { records, end: next.value };
    records.push(next.value);
  }
}

/** One step of a run, with the worlds on both sides of it. */
export interface Taken {
  readonly before: World;
  readonly choices: readonly Choice[];
  readonly choice: string;
  readonly world: World;
  readonly record: StepRecord;
  readonly reads: () => ReadonlySet<string>;
}

/** A run step by step, driven from outside; its value is the last world. */
export function* stepsOf(options: RunOptions): Generator<Taken, World, undefined> {
  const { scenario, seed, executor = tableExecutor } = options;
  const chooser = chooserOf(options);
  let before = startWorld(scenario, seed, executor).world;
  for (;;) {
    const choices = enabled(before, executor);
    const chosen = choices.length === 0 ? null : chooser.choose(choices);
    if (chosen === null) return before;
    const { world, record, footprint } = step(before, chosen.key, executor);
    yield { before, choices, choice: chosen.key, world, record, reads: footprint.reads };
    before = world;
  }
}

export type NamedRun = NamedScenario & Schedule & { readonly label: string };

/** Every scenario under every schedule of {@link schedules}. */
export function everyRun(randomSeeds: number): NamedRun[] {
  return SCENARIOS.flatMap((named) =>
    schedules(randomSeeds).map((schedule) => ({
      ...named,
      ...schedule,
      label: `${named.name}, ${schedule.chooser} ${schedule.seed}`,
    })),
  );
}
