/** Every scenario keeps every invariant under every schedule tried, and its own expectations. */
import { breaches } from '../../rig/invariants.ts';
import { quiescentFaults } from '../../rig/quiescent.ts';
import { everyRun, stepsOf, wholeRun } from '../../rig/runs.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';

describe.each(SCENARIOS)('$name', ({ name, scenario }) => {
  const runs = everyRun(25).filter((run) => run.name === name);

  test('ends well and keeps every invariant of its records, whoever comes first', () => {
    for (const { label, chooser, seed } of runs) {
      const { records, end } = wholeRun({ scenario, chooser, seed });
      expect([label, end.verdict, end.reasons]).toEqual([label, 'ok', []]);
      expect([label, breaches(records)]).toEqual([label, []]);
    }
  });

  test('has page tables and TLBs that agree with its address spaces whenever nothing is under way', () => {
    for (const seed of ['0x1', '0x2', '0x3']) {
      for (const { world } of stepsOf({ scenario, chooser: 'random', seed })) {
        expect([name, seed, world.seq, quiescentFaults(world)]).toEqual([
          name,
          seed,
          world.seq,
          [],
        ]);
      }
    }
  });
});
