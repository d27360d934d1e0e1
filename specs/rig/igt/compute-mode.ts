/** xe_exec_compute_mode: jobs that run without an end in sight; binds and invalidations preempt them. */
import type { ScenarioBuilder } from '../../../domain/scenario/builder.ts';
import { ExecShape, PREFIXES } from './exec-shape.ts';
import { COMPUTE_MODE, type ExecPrefix, type ExecRow } from './exec-table.ts';
import { declareLongRunning, LongRunning, SLOT } from './long-running.ts';
import type { IgtRow } from './row.ts';
import { section } from './sections.ts';
import { range } from './words.ts';

/** mirrors test_exec of xe_exec_compute_mode */
function draft(shape: ExecShape): ScenarioBuilder {
  const early = shape.has('EXEC_QUEUE_EARLY');
  return declareLongRunning(shape, { mode: 'compute' }).client('app', (app) => {
    const test = new LongRunning(shape, app);
    const goes = shape.has('FREE_MAPPPING', 'UNMAP_MAPPPING');
    section(app, 'the data');
    if (early) app.create('bo0');
    if (goes) test.bindDummy();
    test.bindData(0);
    test.jobs(() => {
      if (!goes) return;
      test.waitFor(0);
      app.invalidate('dummy', { gone: true });
    });
    const last = shape.execs - 1;
    if (goes && last > 0) test.waitInVain(last);
    test.finish(goes ? [0] : range(shape.execs).slice(shape.has('INVALIDATE') ? last : 0));
    return app;
  });
}

/** A row that races has no many-execqueues. */
const exists = ({ flags }: ExecRow, { prefix }: ExecPrefix): boolean =>
  !(flags.includes('RACE') && prefix === 'many-execqueues');

export const computeModeRows: readonly IgtRow[] = COMPUTE_MODE.rows.flatMap((row) =>
  PREFIXES.filter((prefix) => exists(row, prefix)).map((prefix): IgtRow => {
    const shape = new ExecShape(row, prefix, SLOT, 'xe_exec_compute_mode');
    return { name: shape.name, draft: () => draft(shape), expected: [] };
  }),
);
