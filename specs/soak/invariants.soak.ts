/**
 * 100,000 random schedules over all scenarios with every invariant on: none fires, nothing deadlocks, and what is over
 * is over: every fence has signalled and every count is back at its base (I9, I11 at the end of a run).
 */
import { watchOf } from '../../domain/invariants/watch.ts';
import { runScenario } from '../../streams/world/run.ts';
import { SCENARIOS, seedOf } from '../rig/scenarios.ts';
import { keep, timed } from './keep.ts';

const SCHEDULES = 100_000;

test('100,000 random schedules of all scenarios, every invariant on', async () => {
  const finding = await timed(() => {
    const { start, at, end } = watchOf();
    let records = 0;
    for (let n = 0; n < SCHEDULES; n++) {
      const named = SCENARIOS[n % SCENARIOS.length];
      if (named === undefined) throw new RangeError('no scenarios');
      const { name, scenario } = named;
      const run = runScenario({ scenario, chooser: 'random', seed: seedOf(1_000_000 + n) });
      let watched = start;
      let next = run.next();
      while (next.done !== true) {
        const judged = at(watched, next.value);
        expect(judged.breaches.length === 0 || [name, n, judged.breaches]).toBe(true);
        watched = judged.watched;
        records += 1;
        next = run.next();
      }
      const { verdict, reasons } = next.value;
      const last = end(watched);
      expect((verdict === 'ok' && last.length === 0) || [name, n, reasons, last]).toBe(true);
    }
    return `${SCHEDULES} schedules of ${SCENARIOS.length} scenarios, ${records} records: 0 wrong`;
  });
  keep('invariants', finding);
});
