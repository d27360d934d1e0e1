/** All rows of the IGT tables, by test, and what the plain specs run of them; the soak runs far more. */
import { type Schedule, schedules, seedOf } from '../scenarios.ts';
import { asyncErrorRows } from './async-error.ts';
import { bindArrayRows } from './bind-array.ts';
import { conflictRows } from './bind-conflict.ts';
import { computeModeRows } from './compute-mode.ts';
import { execBasicRows } from './exec-basic.ts';
import { faultModeRows } from './fault-mode.ts';
import { largeBindRows } from './large-binds.ts';
import { mmapRows } from './mmap.ts';
import { munmapRows } from './munmap.ts';
import type { IgtRow } from './row.ts';
import { sharedPageRows } from './shared-pages.ts';
import { unbindRows } from './unbinds.ts';

export const ROWS = {
  'munmap-style-unbind': munmapRows,
  'mmap-style-bind': mmapRows,
  'bind-array': bindArrayRows,
  'bind-array-conflict': conflictRows,
  unbinds: unbindRows,
  'shared-pages': sharedPageRows,
  'large-binds': largeBindRows,
  'vm-async-ops-err': asyncErrorRows,
  'exec-basic': execBasicRows,
  'fault-mode': faultModeRows,
  'compute-mode': computeModeRows,
} as const satisfies Readonly<Record<string, readonly IgtRow[]>>;
export type Test = keyof typeof ROWS;
export const TESTS = Object.keys(ROWS) as Test[];
export const ALL_ROWS: readonly IgtRow[] = Object.values(ROWS).flat();

interface Sample {
  readonly name: string;
  readonly row: IgtRow;
  readonly schedules: readonly Schedule[];
}

const SEEDS = 20;

/** Every row of a test in order of virtual time and under one random schedule; the seeds go round. */
export const samplesOf = (test: Test): readonly Sample[] =>
  ROWS[test].map((row, index) => {
    const random: Schedule = { chooser: 'random', seed: seedOf(1 + (index % SEEDS)) };
    return { name: row.name, row, schedules: [...schedules(0), random] };
  });
