/** Reduction on the graph of states against the search over all of them, on every scenario and quirk that is small enough. */
import { QUIRKS } from '../../domain/quirks/quirks.ts';
import { explore } from '../../streams/explore/explore.ts';
import { expectations, invariantJudge } from '../../streams/explore/judge.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import { scenarioOfQuirk } from '../rig/quirks.ts';
import { leavingQueue } from '../rig/leaving-queue.ts';
import { SCENARIOS } from '../rig/scenarios.ts';

const MOST = 400_000;

const CASES = [
  ...SCENARIOS.map(({ name, scenario }) => [name, scenario] as const),
  ...QUIRKS.flatMap((row) =>
    [false, true].map((isOn) => {
      return [`${row.id} ${isOn ? 'on' : 'off'}`, scenarioOfQuirk(row, isOn)] as const;
    }),
  ),
];

test.each(CASES)('%s: the same verdict and no more states', (_name, scenario) => {
  for (const judge of [expectations, invariantJudge()]) {
    if (scenarioSystem(scenario, { judge }).unreducible !== null) continue;
    const limits = { isExhaustive: true, transitions: MOST };
    const all = explore(scenarioSystem(scenario, { judge }), 'exhaustive', limits);
    if (all.counts.transitions >= MOST) continue;
    const reduced = explore(scenarioSystem(scenario, { judge }), 'stateful', {
      isExhaustive: true,
    });
    expect([reduced.verdict, reduced.stuckRuns > 0]).toEqual([all.verdict, all.stuckRuns > 0]);
    expect(reduced.counts.states).toBeLessThanOrEqual(all.counts.states);
    if (judge === expectations) expect(reduced.counts.executions).toBe(all.counts.executions);
  }
});

test('a queue that leaves a compute VM while its BO is evicted', () => {
  const found = explore(scenarioSystem(leavingQueue(), { judge: invariantJudge() }), 'stateful');
  expect([found.verdict, found.stuckRuns]).toEqual(['proved', 0]);
});
