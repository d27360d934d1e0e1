/** Reduction on the graph of states against the search over all of them, on every scenario and quirk that is small enough. */
import { QUIRKS } from '../../domain/quirks/quirks.ts';
import { explore } from '../../streams/explore/explore.ts';
import { expectations, invariantJudge } from '../../streams/explore/judge.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import { scenarioOfQuirk } from '../rig/quirks.ts';
import { leavingQueue } from '../rig/leaving-queue.ts';
import { SCENARIOS } from '../rig/scenarios.ts';
import { keep } from './keep.ts';

const MOST = 400_000;

const CASES = [
  ...SCENARIOS.map(({ name, scenario }) => [name, scenario] as const),
  ...QUIRKS.flatMap((row) =>
    [false, true].map((isOn) => {
      return [`${row.id} ${isOn ? 'on' : 'off'}`, scenarioOfQuirk(row, isOn)] as const;
    }),
  ),
];

const began = performance.now();
let [agreed, searches, all, reduced] = [0, 0, 0, 0];

test.each(CASES)('%s: the same verdict and no more states', (_name, scenario) => {
  for (const judge of [expectations, invariantJudge()]) {
    if (scenarioSystem(scenario, { judge }).unreducible !== null) continue;
    const limits = { isExhaustive: true, transitions: MOST };
    const every = explore(scenarioSystem(scenario, { judge }), 'exhaustive', limits);
    if (every.counts.transitions >= MOST) continue;
    const few = explore(scenarioSystem(scenario, { judge }), 'stateful', {
      isExhaustive: true,
    });
    expect([few.verdict, few.stuckRuns > 0]).toEqual([every.verdict, every.stuckRuns > 0]);
    expect(few.counts.states).toBeLessThanOrEqual(every.counts.states);
    if (judge === expectations) expect(few.counts.executions).toBe(every.counts.executions);
    searches += 1;
    all += every.counts.states;
    reduced += few.counts.states;
  }
  agreed += 1;
});

test('a queue that leaves a compute VM while its BO is evicted', () => {
  const found = explore(scenarioSystem(leavingQueue(), { judge: invariantJudge() }), 'stateful');
  expect([found.verdict, found.stuckRuns]).toEqual(['proved', 0]);
});

afterAll(() => {
  // a case that failed was not counted
  if (agreed < CASES.length) return;
  const [states, few] = [all, reduced].map((count) => count.toLocaleString('en-US'));
  const seconds = Math.round((performance.now() - began) / 1000);
  keep(
    'stateful',
    `${searches} searches of ${states} states: the same verdicts with ${few} of them; ${seconds} s`,
  );
});
