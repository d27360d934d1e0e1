/** The large and mixed binds of IGT's xe_vm. */
import { samplesOf } from '../../rig/igt/rows.ts';
import { runRow } from '../../rig/igt/run-row.ts';

test.each(samplesOf('large-binds'))('$name', ({ row, schedules }) => {
  expect(runRow(row, schedules).faults).toEqual([]);
});
