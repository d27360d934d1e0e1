/** Whether a cell that was measured once would still come out the same: its first seeds are run again. */
import type { Aim } from './aim.ts';
import { type Cell, cellOf } from './cell.ts';
import type { Column } from './columns.ts';

/** Times are left out: no two runs have the same. */
const countsOf = ({ schedules, steps, refused }: Cell, seeds: number): string =>
  JSON.stringify([schedules.slice(0, seeds), steps, refused]);

export function isStale(
  aim: Aim,
  column: Column,
  cell: Cell,
  { seeds, cap }: { readonly seeds: number; readonly cap: number },
): boolean {
  return countsOf(cell, seeds) !== countsOf(cellOf(aim, column, seeds, cap), seeds);
}
