/** What holds for the scenarios of the project holds for programs that nobody thought of. */
import fc from 'fast-check';
import type { StepRecord } from '../../../streams/world/record.ts';
import { endOf, tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { onCpuPath } from '../../rig/cpu-path.ts';
import { breaches } from '../../rig/invariants.ts';
import { quiescentFaults } from '../../rig/quiescent.ts';
import { randomScenario } from '../../rig/random-scenario.ts';
import { stepsOf } from '../../rig/runs.ts';
import { type Schedule, seedOf } from '../../rig/scenarios.ts';

const schedule: fc.Arbitrary<Schedule> = fc.record({
  chooser: fc.constantFrom('time' as const, 'random' as const),
  seed: fc.nat(1_000_000).map(seedOf),
});

const RUNS = Number(process.env['RANDOM_SCENARIOS'] ?? 200);

/** Runs a program and holds it to everything. */
function judge(scenario: Scenario, { chooser, seed }: Schedule): void {
  const records: StepRecord[] = [startWorld(scenario, seed, tableExecutor).record];
  const faults: string[] = [];
  const steps = stepsOf({ scenario, chooser, seed });
  let next = steps.next();
  for (; next.done !== true; next = steps.next()) {
    records.push(next.value.record);
    if (faults.length === 0) faults.push(...quiescentFaults(next.value.world));
  }
  // No failures are handed on: such programs have no expectations but the errnos of their own accidents.
  const { verdict, reasons } = endOf(next.value, [], false);
  expect([verdict, reasons]).toEqual(['ok', []]);
  expect(faults).toEqual([]);
  expect(breaches(records)).toEqual([]);
}

test('a random program ends, keeps every invariant, and leaves its page tables as asked', () => {
  fc.assert(fc.property(randomScenario, schedule, judge), { numRuns: RUNS });
});

test('the same where the CPU stores what it may', () => {
  const property = fc.property(randomScenario.map(onCpuPath), schedule, judge);
  fc.assert(property, { numRuns: RUNS / 2 });
});
