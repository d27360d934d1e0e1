/** bind-array-conflict of IGT's xe_vm, in one ioctl and in four, against its computed column. */
import { samplesOf } from '../../rig/igt/rows.ts';
import { runRow } from '../../rig/igt/run-row.ts';

test.each(samplesOf('bind-array-conflict'))('$name', ({ row, schedules }) => {
  expect(runRow(row, schedules).faults).toEqual([]);
});
