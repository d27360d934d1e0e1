/** docs/races.md is the table, and random schedules reach every line of it about as soon as it says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { CONTEXT_IDS } from '../../../rig/races/contexts.ts';
import { type Counts, countsOf, racesPage } from '../../../rig/races/page.ts';
import { reach } from '../../../rig/races/reach.ts';
import { ROWS } from '../../../rig/races/table.ts';
import { type WorldId, WORLDS } from '../../../rig/races/worlds.ts';

const PAGE = new URL('../../../../docs/races.md', import.meta.url).pathname;
const WORLD_IDS = Object.keys(WORLDS) as WorldId[];
/** More schedules than this are not tried for one world. */
const LIMIT = 400;

const update = process.env['UPDATE_DOCS'] === '1';
const reachable = ROWS.flatMap((row) => (row.reach === null ? [] : [row.reach]));

test('the table has each pair once, and a witness for each that can meet', () => {
  const pairs = CONTEXT_IDS.flatMap((a, i) => CONTEXT_IDS.slice(i).map((b) => `${a} ${b}`));
  expect(ROWS.map(({ pair }) => pair.join(' '))).toEqual(pairs);
  for (const { pair, kind, reach: to } of ROWS) {
    if (kind !== 'excluded') expect([pair, to !== null]).toEqual([pair, true]);
  }
});

describe('random schedules', () => {
  const found = new Map<string, number>();
  const given = update ? [] : countsOf(readFileSync(PAGE, 'utf8'));

  test.each(WORLD_IDS)('reach every line of the world %s, and nothing that may not be', (world) => {
    const { first, broken } = reach(world, ROWS, LIMIT);
    expect(broken).toEqual([]);
    const late: unknown[] = [];
    reachable.forEach(([of, sight], i) => {
      if (of !== world) return;
      const schedules = first.get(sight);
      found.set(`${of} ${sight}`, schedules ?? 0);
      // A change of the model changes what a seed means; three times as long is still soon.
      const most = Math.max(30, 3 * (given[i] ?? LIMIT));
      if (schedules === undefined || schedules > most) late.push([sight, schedules ?? 'never']);
    });
    expect(late).toEqual([]);
  });

  test('docs/races.md is made of the table', () => {
    const measured: Counts = (world, sight) => found.get(`${world} ${sight}`) ?? 0;
    if (update) writeFileSync(PAGE, racesPage(measured));
    const page = readFileSync(PAGE, 'utf8');
    const numbers = countsOf(page);
    const byRow = new Map(reachable.map(([world, sight], i) => [`${world} ${sight}`, numbers[i]]));
    expect(numbers).toHaveLength(reachable.length);
    expect(page).toBe(racesPage((world, sight) => byRow.get(`${world} ${sight}`) ?? 0));
  });
});
