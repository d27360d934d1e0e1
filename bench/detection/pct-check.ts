/**
 * PCT promises something: a bug that d ordering constraints suffice for shows in each run with at least the chance
 * 1 / (n k^(d-1)). How many constraints a quirk needs nobody has counted. A depth that shows it less often than promised
 * says that it needs more of them (or luck of another kind, as a failure). But where a depth keeps the promise all deeper
 * ones have to, and the deepest has to in any case.
 */
import type { QuirkCells } from './data.ts';
import { DEPTHS, pctColumn } from './columns.ts';
import { pctBound } from './size.ts';
import { wilson } from './statistics.ts';

/**
 * `holds`: found, and not less often than promised; `deeper`: less often, so it needs more constraints; `below`: less
 * often, though a smaller depth keeps the promise; `unknown`: never found, and so many runs are too few to say.
 */
export type PctVerdict = 'holds' | 'below' | 'deeper' | 'unknown';

export interface PctCheck {
  readonly depth: number;
  readonly runs: number;
  /** share of the runs that show the quirk, with the upper end of its 95 % interval */
  readonly rate: number;
  readonly atMost: number;
  readonly bound: number;
  readonly verdict: PctVerdict;
}

/** @param cap how many runs a seed that found nothing had */
export function pctChecks({ size, cells }: QuirkCells, cap: number): PctCheck[] {
  let hasHeld = false;
  return DEPTHS.map((depth) => {
    const schedules = cells[pctColumn(depth)]?.schedules ?? [];
    const found = schedules.filter((number) => number !== null).length;
    const runs = schedules.reduce<number>((sum, number) => sum + (number ?? cap), 0);
    const bound = pctBound(size, depth);
    const [, atMost] = wilson(found, runs);
    const missed = hasHeld ? 'below' : 'deeper';
    const verdict = atMost < bound ? missed : found > 0 ? 'holds' : 'unknown';
    hasHeld ||= verdict === 'holds';
    return { depth, runs, rate: runs === 0 ? 0 : found / runs, atMost, bound, verdict };
  });
}
