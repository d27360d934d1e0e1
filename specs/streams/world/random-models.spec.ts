/** Whatever user space does, and whatever fails: nothing throws, no invariant breaks, and who waits knows for what. */
import fc from 'fast-check';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { seed32 } from '../../../hw/latency.ts';
import { randomFaults, randomHardware } from '../../../streams/world/decide.ts';
import { onCpuPath } from '../../rig/cpu-path.ts';
import { breaches } from '../../rig/invariants.ts';
import { quiescentFaults } from '../../rig/quiescent.ts';
import { randomModel } from '../../rig/random-model.ts';
import { wholeRun } from '../../rig/runs.ts';

/** The same ones each time; `RANDOM_MODELS=1000` draws as many others. */
const COUNT = process.env['RANDOM_MODELS'];
const RUNS = COUNT === undefined ? { numRuns: 60, seed: 1 } : { numRuns: Number(COUNT) };
const seeds = fc.nat(2 ** 24).map((n) => `0x${n.toString(16)}`);

/** Broken invariants, tables that do not agree with their VM at the end, and waits that only a failed op, or a fence that
 * nobody made, can explain. */
function unexplained(scenario: Scenario, seed: string, oneIn: number | null): string[] {
  const halves = seed32(seed);
  const hardware = randomHardware(halves);
  const decider = oneIn === null ? hardware : randomFaults(halves, oneIn, hardware);
  const { records, end } = wholeRun({ scenario, seed, chooser: 'random', decider });
  const inError = Object.values(end.world.shared.vms).some(({ error }) => error !== 0);
  const waits =
    end.verdict === 'stuck' && !inError
      ? end.reasons.filter((reason) => !/waits for (ufence|error):/.test(reason))
      : [];
  return [...breaches(records), ...quiescentFaults(end.world), ...waits];
}

test('random scenarios of all modes under random schedules', () => {
  const property = fc.property(randomModel, seeds, (scenario, seed) => {
    expect(unexplained(scenario, seed, null)).toEqual([]);
  });
  fc.assert(property, RUNS);
});

test('the same with random failures', () => {
  const property = fc.property(randomModel, seeds, (scenario, seed) => {
    expect(unexplained(scenario, seed, 12)).toEqual([]);
  });
  fc.assert(property, RUNS);
});

test.each([null, 12])(
  'the same where the CPU stores what it may; one chance in %s fails',
  (oneIn) => {
    const property = fc.property(randomModel, seeds, (scenario, seed) => {
      expect(unexplained(onCpuPath(scenario), seed, oneIn)).toEqual([]);
    });
    fc.assert(property, RUNS);
  },
);
