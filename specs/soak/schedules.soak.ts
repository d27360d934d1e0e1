/** Every scenario under many random schedules: verdict, invariants, replay, fold. */
import { Replayer } from '../../streams/replay/replay.ts';
import { breaches } from '../rig/invariants.ts';
import { wholeRun } from '../rig/runs.ts';
import { SCENARIOS, seedOf } from '../rig/scenarios.ts';
import { keep, timed } from './keep.ts';

const SEEDS = 1_000;

test('every scenario, 1,000 random schedules each', async () => {
  const finding = await timed(() => {
    let records = 0;
    for (const { name, scenario } of SCENARIOS) {
      for (let n = 0; n < SEEDS; n++) {
        const seed = seedOf(n);
        const run = wholeRun({ scenario, chooser: 'random', seed });
        expect([name, n, run.end.verdict]).toEqual([name, n, 'ok']);
        expect([name, n, breaches(run.records)]).toEqual([name, n, []]);
        const replayer = new Replayer(scenario, seed);
        const differences = run.records.map((record) => replayer.check(record));
        differences.push(replayer.checkEnd(run.end));
        expect([name, n, differences.filter((each) => each !== null)]).toEqual([name, n, []]);
        records += run.records.length;
      }
    }
    return `${SCENARIOS.length} scenarios x ${SEEDS} schedules, ${records} records: 0 wrong`;
  });
  keep('schedules', finding);
});
