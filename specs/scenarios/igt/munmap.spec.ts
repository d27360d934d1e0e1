/** munmap-style-unbind of IGT's xe_vm, today's rows and those of March 2023, against their computed columns. */
import { samplesOf } from '../../rig/igt/rows.ts';
import { runRow } from '../../rig/igt/run-row.ts';

test.each(samplesOf('munmap-style-unbind'))('$name', ({ row, schedules }) => {
  expect(runRow(row, schedules).faults).toEqual([]);
});
