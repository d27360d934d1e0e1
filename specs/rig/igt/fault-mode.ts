/** xe_exec_fault_mode: what a job touches is bound when it faults, unless it was bound at once or prefetched. */
import { prefetch, type ScenarioBuilder } from '../../../domain/scenario/builder.ts';
import { ExecShape, PREFIXES } from './exec-shape.ts';
import { FAULT_MODE } from './exec-table.ts';
import { declareLongRunning, LongRunning, SLOT } from './long-running.ts';
import type { IgtRow } from './row.ts';
import { section } from './sections.ts';
import { hex, range } from './words.ts';

const SYSTEM_MEMORY = 0;

/**
 * mirrors test_exec of xe_exec_fault_mode. INVALID_FAULT: there the waits may also say EIO, and the data is not looked
 * at; the jobs are good, so here they are held to all of it.
 */
function draft(shape: ExecShape): ScenarioBuilder {
  return declareLongRunning(shape, { mode: 'fault' }).client('app', (app) => {
    const test = new LongRunning(shape, app);
    section(app, 'the data');
    test.bindData(0, shape.has('IMMEDIATE') ? { immediate: true } : {});
    if (shape.has('PREFETCH')) {
      const span = { addr: hex(test.addr), range: shape.bytes };
      test.bindAndWait(prefetch({ ...span, region: SYSTEM_MEMORY }), 0);
    }
    test.jobs(() => undefined);
    const waited = (shape.has('INVALIDATE') && !shape.has('RACE')) || shape.has('REBIND');
    test.finish(range(shape.execs).slice(waited ? shape.execs - 1 : 0));
    return app;
  });
}

export const faultModeRows: readonly IgtRow[] = FAULT_MODE.rows.flatMap((row) =>
  PREFIXES.map((prefix): IgtRow => {
    const shape = new ExecShape(row, prefix, SLOT, 'xe_exec_fault_mode');
    return { name: shape.name, draft: () => draft(shape), expected: [] };
  }),
);
