/**
 * What keeps two contexts apart is there for a reason: without it something breaks that does not break with it. Where
 * nothing breaks, what it keeps apart does meet without it, or there is nothing that it could keep apart; then the
 * table says why.
 */
import { brokenBy, endOfRun } from '../../../rig/races/broken-by.ts';
import { LIFTS } from '../../../rig/races/lifts.ts';
import { type Lift, outcomeOf } from '../../../rig/races/lifts/lifted.ts';
import { type Sight, Sightings } from '../../../rig/races/sightings.ts';
import { ROWS } from '../../../rig/races/table.ts';

/** More schedules than this are not tried. */
const LIMIT = 300;
/** So many schedules, at least, break nothing. */
const ENOUGH = 20;

/**
 * `failed`: clients expect what is not so in every schedule. I18: facts call all who sleep in a VM by the VM's name, so
 * that who sleeps for a reservation lock of the VM's other holder seems to sleep for itself.
 */
const NO_BREACH = new Set(['failed', 'I18']);

const having = (outcome: keyof ReturnType<typeof outcomeOf>): readonly Lift[] =>
  LIFTS.filter(({ then }) => outcomeOf(then)[outcome] !== null);

test('each pair that is excluded has a lift', () => {
  const lifted = new Set(LIFTS.map(({ pair }) => pair.join(' ')));
  const pairs = ROWS.filter(({ kind }) => kind === 'excluded').map(({ pair }) => pair.join(' '));
  expect(pairs.filter((pair) => !lifted.has(pair))).toEqual([]);
  const known = new Set(ROWS.map(({ pair }) => pair.join(' ')));
  expect([...lifted].filter((pair) => !known.has(pair))).toEqual([]);
});

test.each(having('breaks'))(
  '$pair.0 and $pair.1 without $name: it breaks',
  ({ scenario, executor, then }) => {
    const breaks = outcomeOf(then).breaks ?? '';
    const busy = scenario();
    let schedule = 1;
    while (schedule <= LIMIT && !brokenBy(busy, schedule, executor).has(breaks)) schedule += 1;
    expect(schedule).toBeLessThanOrEqual(LIMIT);
    for (let same = 1; same <= schedule; same++) {
      expect([same, brokenBy(busy, same).has(breaks)]).toEqual([same, false]);
    }
  },
);

test.each(having('shows'))(
  '$pair.0 and $pair.1 without $name: nothing breaks',
  ({ scenario, executor, then }) => {
    const shows = outcomeOf(then).shows as Sight;
    const busy = scenario();
    let isSeen = false;
    for (let schedule = 1; schedule <= ENOUGH || !isSeen; schedule++) {
      expect(schedule).toBeLessThanOrEqual(LIMIT);
      const [lifted, plain] = [new Sightings(), new Sightings()];
      const broken = brokenBy(busy, schedule, executor, lifted);
      const breaches = [...broken].filter((each) => !NO_BREACH.has(each));
      expect([schedule, breaches]).toEqual([schedule, []]);
      if (lifted.seen.has(shows)) isSeen = true;
      brokenBy(busy, schedule, undefined, plain);
      expect([schedule, plain.seen.has(shows)]).toEqual([schedule, false]);
    }
  },
);

test.each(having('acts'))(
  '$pair.0 and $pair.1 without $name: the runs stay the same',
  ({ scenario, executor, then }) => {
    const missing = new Set(outcomeOf(then).acts);
    const busy = scenario();
    for (let schedule = 1; schedule <= 10 || missing.size > 0; schedule++) {
      expect(schedule).toBeLessThanOrEqual(LIMIT);
      const { moments, end } = endOfRun(busy, schedule, executor);
      expect([schedule, end]).toEqual([schedule, endOfRun(busy, schedule).end]);
      for (const moment of moments) missing.delete(moment);
    }
  },
);
