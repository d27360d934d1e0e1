/** What keeps two contexts apart is there for a reason: without it something breaks that does not break with it. */
import { brokenBy } from '../../../rig/races/broken-by.ts';
import { LIFTS } from '../../../rig/races/lifts.ts';

/** More schedules than this are not tried. */
const LIMIT = 300;

test.each(LIFTS)('without $name, $breaks', ({ scenario, executor, breaks }) => {
  const busy = scenario();
  let schedule = 1;
  while (schedule <= LIMIT && !brokenBy(busy, schedule, executor).has(breaks)) schedule += 1;
  expect(schedule).toBeLessThanOrEqual(LIMIT);
  for (let same = 1; same <= schedule; same++) {
    expect([same, brokenBy(busy, same).has(breaks)]).toEqual([same, false]);
  }
});
