/** Every scenario of the project, checked and in canonical form, and the seeds that specs run them with. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadScenario } from '../../cli/scenario-file.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { scenarioSchema, type ScenarioInput } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';

export interface NamedScenario {
  readonly name: string;
  readonly scenario: Scenario;
}

const FOLDER = new URL('../../scenarios', import.meta.url).pathname;

export const SCENARIOS: readonly NamedScenario[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => ({
    name: file.replace('.yaml', ''),
    scenario: loadScenario(join(FOLDER, file)),
  }));

export const seedOf = (n: number): U64 => `0x${n.toString(16)}`;

/** The schedules of a spec: in order of virtual time, and `count` random ones. */
export type Schedule = { readonly chooser: 'time' | 'random'; readonly seed: U64 };

export function schedules(count: number): Schedule[] {
  const random = Array.from({ length: count }, (_, n): Schedule => {
    return { chooser: 'random', seed: seedOf(n + 1) };
  });
  return [{ chooser: 'time', seed: seedOf(1) }, ...random];
}

/** A scenario written in a spec. */
export function scenarioOf(input: Omit<ScenarioInput, 'fencelab' | 'name'>): Scenario {
  return scenarioSchema.parse({ fencelab: 1, name: 'spec', ...input });
}
