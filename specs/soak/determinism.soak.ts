/** 200 seeds of every scenario in two processes: the same bytes, each run replayed and folded in one of the two. */
import { SCENARIOS } from '../rig/scenarios.ts';
import { bothProcesses, firstDifference, replays } from '../rig/two-processes.ts';
import { keep, timed } from './keep.ts';

const SEEDS = 200;

test('200 seeds of every scenario, in two processes', async () => {
  const finding = await timed(async () => {
    const [a, b] = await bothProcesses(SEEDS);
    expect([a.length, b.length]).toEqual([SCENARIOS.length * SEEDS, SCENARIOS.length * SEEDS]);
    expect(firstDifference(a, b)).toBeNull();
    expect(replays(a, b)).toEqual(['- identical']);
    return `${SCENARIOS.length} scenarios x ${SEEDS} seeds in two processes: 0 lines differ, 0 replays differ`;
  });
  keep('determinism', finding);
});
