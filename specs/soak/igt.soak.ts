/** Every row of the IGT tables, under the default schedule and 200 random ones. */
import { ROWS, TESTS } from '../rig/igt/rows.ts';
import { runRow } from '../rig/igt/run-row.ts';
import { schedules } from '../rig/scenarios.ts';
import { keep, timed } from './keep.ts';

const SEEDS = 200;

test.each(TESTS)('every row of %s, 200 random schedules each', async (name) => {
  const finding = await timed(() => {
    const rows = ROWS[name];
    let records = 0;
    for (const row of rows) {
      const ran = runRow(row, schedules(SEEDS));
      expect([row.name, ran.faults]).toEqual([row.name, []]);
      records += ran.records;
    }
    return `${rows.length} rows x ${SEEDS + 1} schedules, ${records} records: 0 wrong`;
  });
  keep(`IGT rows of ${name}`, finding);
});
