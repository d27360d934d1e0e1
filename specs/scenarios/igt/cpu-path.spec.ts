/** The IGT rows once more, with the CPU storing entries where it may: the same lists, the same memory, nothing broken. */
import { onCpuPath } from '../../rig/cpu-path.ts';
import { samplesOf, TESTS } from '../../rig/igt/rows.ts';
import { runRow } from '../../rig/igt/run-row.ts';

/** Rows of a test are much alike; the offset has other rows than the first of each kind. */
const EVERY = 9;

test.each(TESTS)('%s', (name) => {
  const samples = samplesOf(name).filter((_, index) => index % EVERY === index % 2);
  expect(samples.length).toBeGreaterThan(0);
  for (const { name: row, row: each, schedules } of samples) {
    expect([row, runRow(each, schedules, onCpuPath).faults]).toEqual([row, []]);
  }
});
