/** A schedule of a scenario, run: its records, how it ended, and what it broke. */
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import { type Breach, watchOf } from '../../domain/invariants/watch.ts';
import type { StepRecord } from '../world/record.ts';
import { type RunEnd, runScenario } from '../world/run.ts';
import { ended } from './ended.ts';

export interface Ran {
  /** all records of the run */
  readonly records: readonly StepRecord[];
  readonly end: RunEnd;
  readonly breaches: readonly Breach[];
}

/** Step by step: yields how many records there are. */
export function* running(
  scenario: Scenario,
  seed: U64,
  choices: readonly string[],
): Generator<number, Ran> {
  const run = runScenario({ scenario, seed, chooser: { choices } });
  const { start, at, end } = watchOf();
  const records: StepRecord[] = [];
  const breaches: Breach[] = [];
  let watched = start;
  for (;;) {
    const { done, value } = run.next();
    if (done === true) {
      const isOver = value.verdict === 'ok' || value.verdict === 'failed';
      if (isOver) breaches.push(...end(watched));
      return { records, end: value, breaches };
    }
    const judged = at(watched, value);
    ({ watched } = judged);
    breaches.push(...judged.breaches);
    records.push(value);
    yield records.length;
  }
}

/** The same in one go. */
export function runOf(scenario: Scenario, seed: U64, choices: readonly string[]): Ran {
  return ended(running(scenario, seed, choices));
}
