/** Records of many different runs: every scenario, and every quirk switched on, where something may fail if it needs that. */
import { QUIRKS, type QuirkRow } from '../../domain/quirks/quirks.ts';
import { seed32 } from '../../hw/latency.ts';
import { randomFaults } from '../../streams/world/decide.ts';
import type { StepRecord } from '../../streams/world/record.ts';
import { runScenario } from '../../streams/world/run.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { scenarioOfQuirk } from './quirks.ts';
import { SCENARIOS, seedOf } from './scenarios.ts';

export interface Case {
  readonly name: string;
  readonly scenario: Scenario;
  readonly fails: boolean;
}

export const CASES: readonly Case[] = [
  ...SCENARIOS.map(({ name, scenario }) => ({ name, scenario, fails: false })),
  ...SCENARIOS.map(({ name, scenario }) => ({ name: `${name}, failing`, scenario, fails: true })),
  ...QUIRKS.map((row: QuirkRow) => ({
    name: row.id,
    scenario: scenarioOfQuirk(row, true),
    fails: row.needsFault === true,
  })),
];

/** A run with a random schedule, cut after so many steps: some go on for long. */
export function recordsOfCase({ scenario, fails }: Case, n: number, most = 400): StepRecord[] {
  const seed = seedOf(n);
  const decider = fails ? { decider: randomFaults(seed32(seed), 20) } : {};
  const run = runScenario({ scenario, seed, chooser: 'random', ...decider });
  const records: StepRecord[] = [];
  for (let next = run.next(); next.done !== true; next = run.next()) {
    records.push(next.value);
    if (records.length === most) break;
  }
  return records;
}
