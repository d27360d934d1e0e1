/** shared-pte-page to shared-pde3-page of IGT's xe_vm. */
import { samplesOf } from '../../rig/igt/rows.ts';
import { runRow } from '../../rig/igt/run-row.ts';

test.each(samplesOf('shared-pages'))('$name', ({ row, schedules }) => {
  expect(runRow(row, schedules).faults).toEqual([]);
});
