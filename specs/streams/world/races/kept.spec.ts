/**
 * The busy worlds keep every invariant, under every schedule tried, and end; and nobody in them is ever said to wait
 * for himself: a cycle in the graph of waits would be there until the end.
 */
import { tableExecutor } from '../../../../streams/world/run.ts';
import { waitGraph } from '../../../../streams/world/wait-graph.ts';
import { shortestCycle } from '../../../../streams/world/wait-paths.ts';
import { breaches } from '../../../rig/invariants.ts';
import { stepsOf, wholeRun } from '../../../rig/runs.ts';
import { seedOf } from '../../../rig/scenarios.ts';
import { WORLDS } from '../../../rig/races/worlds.ts';

const SEEDS = Number(process.env['RACE_SEEDS'] ?? 100);
/** The graph is looked at after every step of so many of them. */
const GRAPHS = SEEDS / 20;

describe.each(Object.entries(WORLDS))('the world %s', (_name, world) => {
  const scenario = world();

  test('keeps every invariant and comes to its end', () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const { records, end } = wholeRun({ scenario, chooser: 'random', seed: seedOf(seed) });
      expect([seed, breaches(records), end.cycle]).toEqual([seed, [], null]);
      expect(end.verdict).not.toBe('stuck');
    }
  });

  test('has no cycle of waits on the way', () => {
    for (let seed = 0; seed < GRAPHS; seed++) {
      for (const { world: now } of stepsOf({ scenario, chooser: 'random', seed: seedOf(seed) })) {
        const cycle = shortestCycle(waitGraph(now, tableExecutor));
        if (cycle !== null) expect([seed, now.seq, cycle]).toBeNull();
      }
    }
  });
});
