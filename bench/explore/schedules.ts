/**
 * Random schedules. The peer model is compared with fast-check's scheduler, which runs the same steps as promises. With
 * every invariant on, ours goes on after a breach: the peer model is no driver, and not all rules for drivers hold of it.
 */
import { join } from 'node:path';
import { loadScenario } from '../../cli/scenario-file.ts';
import { invariantJudge } from '../../streams/explore/judge.ts';
import { remembering } from '../../streams/explore/remembered.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import type { System } from '../../streams/explore/system.ts';
import { fastCheckSchedules } from '../peer/fast-check.ts';
import { peerSystem } from '../peer/world.ts';
import { count, exploring, FULL, type Rate, ratesOf } from './figures.ts';

export async function schedules(): Promise<void> {
  process.stdout.write('\nrandom schedules, steps a CPU second\n');
  for (const n of [4, 7]) {
    const judge = invariantJudge();
    const runs = n > 4 ? 500 : 1_000;
    const ours = (name: string, systemOf: () => System<unknown>): Rate =>
      exploring(`peer model, N=${n}, ${name}`, systemOf, 'random', {
        executions: runs,
        isExhaustive: true,
      });
    const rates = await ratesOf('steps', [
      ours('expectations', () => peerSystem({ n }) as unknown as System<unknown>),
      ours('every invariant', () => peerSystem({ n }, { judge }) as unknown as System<unknown>),
      ours(
        'every invariant, remembered',
        () => remembering(peerSystem({ n }, { judge })) as unknown as System<unknown>,
      ),
      {
        name: `peer model, N=${n}, fast-check`,
        run: async () => {
          const done = await fastCheckSchedules(n, runs / 5, n);
          return { done, says: `${count(runs / 5)} schedules` };
        },
      },
    ]);
    const [bare = NaN, judged = NaN, theirs = NaN] = rates;
    const times = (rate: number): string => (rate / theirs).toFixed(1);
    process.stdout.write(
      `${' '.repeat(40)} schedules a second: ${times(bare)} times fast-check's, ` +
        `${times(judged)} times with every invariant\n`,
    );
  }
  const limits = { executions: 60 };
  for (const name of FULL) {
    const scenario = loadScenario(join('scenarios', `${name}.yaml`));
    const judged = (): System<unknown> =>
      scenarioSystem(scenario, { judge: invariantJudge() }) as unknown as System<unknown>;
    await ratesOf('steps', [
      exploring(`${name}, expectations`, () => scenarioSystem(scenario), 'random', limits),
      exploring(`${name}, every invariant`, judged, 'random', limits),
    ]);
  }
}
