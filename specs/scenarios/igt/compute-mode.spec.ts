/** IGT's xe_exec_compute_mode: jobs that are preempted when memory moves. */
import { samplesOf } from '../../rig/igt/rows.ts';
import { runRow } from '../../rig/igt/run-row.ts';

test.each(samplesOf('compute-mode'))('$name', ({ row, schedules }) => {
  expect(runRow(row, schedules).faults).toEqual([]);
});
