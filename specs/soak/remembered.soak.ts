/** Remembered worlds beside plain ones, on every scenario and every quirk, off and on: nobody can tell them apart. */
import { scenarioNamed } from '../../bench/proofs/subjects.ts';
import { QUIRKS } from '../../domain/quirks/quirks.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { sampledBoth, sampledSystem, searchedBoth, walkedBoth } from '../rig/remembered.ts';
import { scenarioOfQuirk } from '../rig/quirks.ts';
import { SCENARIOS } from '../rig/scenarios.ts';
import { keep, timed } from './keep.ts';

/** Of each sampler; and as many runs step by step. */
const RUNS = 6;
const SEARCHED_STEPS = 2_000;
const SEARCHES = ['exhaustive', 'switches', 'dpor', 'stateful'] as const;
const ROOT = new URL('../../', import.meta.url).pathname;
const ofQuirks = [...new Set(QUIRKS.map(({ scenario }) => `quirks/${scenario}`))];

const CASES: readonly (readonly [name: string, scenario: Scenario])[] = [
  ...SCENARIOS.map(({ name, scenario }) => [name, scenario] as const),
  ...ofQuirks.map((name) => [name, scenarioNamed(ROOT, name)] as const),
  ...QUIRKS.map((row) => [row.id, scenarioOfQuirk(row, true)] as const),
];

test('the same runs, problems, witnesses, classes and states', async () => {
  const finding = await timed(() => {
    let [runs, steps, wrong] = [0, 0, 0];
    for (const [name, scenario] of CASES) {
      for (const decisions of [[], ['fault', 'hardware']] as const) {
        const system = sampledSystem(scenario, decisions);
        for (const { remembered, plain } of sampledBoth(system, RUNS)) {
          expect([name, decisions, remembered]).toEqual([name, decisions, plain]);
          runs += plain.counts.executions;
          steps += plain.counts.transitions;
          wrong += plain.failures;
        }
        for (const strategy of SEARCHES) {
          const both = searchedBoth(system, strategy, SEARCHED_STEPS);
          const what = [name, decisions, strategy];
          expect([what, both?.remembered]).toEqual([what, both?.plain]);
          steps += both?.plain.counts.transitions ?? 0;
        }
        // little is kept in the last one: it begins anew every few steps
        for (const most of [undefined, 300]) {
          for (const { remembered, plain } of walkedBoth(system, RUNS, most)) {
            // a diff of whole states would be too long to read
            const at = plain.findIndex((line, i) => line !== remembered[i]);
            expect([name, decisions, at, remembered.length]).toEqual([
              name,
              decisions,
              -1,
              plain.length,
            ]);
            runs += 1;
            steps += plain.length / 5;
          }
        }
      }
    }
    const counts = [CASES.length, runs, Math.round(steps), wrong].map((n) =>
      n.toLocaleString('en-US'),
    );
    return `${counts[0]} scenarios, ${counts[1]} runs of ${counts[2]} steps, ${counts[3]} of them wrong: the same on a plain world`;
  });
  keep('remembered steps', finding);
});
