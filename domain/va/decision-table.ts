/**
 * What becomes of a mapping that a request to map overlaps: nine rows, by where each of the two
 * begins and ends.
 *
 * Mirrors the branches of drm_gpuva_mgr.c: __drm_gpuva_sm_map (2023, which merges where the space
 * has regions) and of drm_gpuvm.c: __drm_gpuvm_sm_map (6.18, which never merges and has madvise).
 * The mapping is E = [a, e), the request R = [ra, re). E "continues" R if both show the same pages
 * of the same object wherever they meet.
 */
import type { Page } from '../units.ts';
import { endOf, type Span } from './mapping.ts';

/** With merging, what an E that continues R comes to. */
export type MergeAction =
  /** E has all of R already: the request is done, and there is nothing to map. */
  | 'done'
  /** E goes, R takes its place. */
  | 'absorb'
  /** E goes, and R is enlarged to begin where E began. */
  | 'grow-left'
  /** E goes, and R is enlarged to end where E ended. */
  | 'grow-right';

/** With madvise, which part gets a mapping of its own beside the REMAP. */
export type MadviseMap =
  | 'none'
  /** What E and R share, right after the REMAP. */
  | 'shared'
  /** What E and R share; the walk is over. */
  | 'shared-last'
  /** The request as it came, at the end of the list. */
  | 'request';

/** What is left of E where R does not merge with it. Nothing: an UNMAP; else a REMAP. */
export type Remains = 'nothing' | 'prev' | 'next' | 'prev+next';

/**
 * Where R may lie next to a mapping that it does not overlap. `left`: if this is the only E, R
 * begins in a gap, and what is left of the gap may merge. `right`: if this is the last E, R ends in
 * a gap, and what is right of it may.
 */
export type Looks = 'nowhere' | 'left' | 'right' | 'both';

export interface Row {
  readonly row: number;
  readonly addr: 'a = ra' | 'a < ra' | 'a > ra';
  readonly end: 'e = re' | 'e < re' | 'e > re';
  readonly merge: MergeAction;
  readonly remains: Remains;
  /** `stop`: E reaches the end of R, and nothing behind it is looked at. */
  readonly then: 'stop' | 'go on';
  readonly looks: Looks;
  readonly madvise: MadviseMap;
}

const row = (
  number: number,
  addr: Row['addr'],
  end: Row['end'],
  merge: MergeAction,
  remains: Remains,
  then: Row['then'],
  looks: Looks,
  madvise: MadviseMap,
): Row => ({ row: number, addr, end, merge, remains, then, looks, madvise });

// Row 5 looks nowhere although R may end in a gap behind E: the asymmetry is the kernel's.
// prettier-ignore
export const ROWS: readonly Row[] = [
  //      E begins  E ends    continues R   remains      then     looks      madvise maps
  row(1, 'a = ra', 'e = re', 'done',       'nothing',   'stop',  'nowhere', 'none'),
  row(2, 'a = ra', 'e < re', 'absorb',     'nothing',   'go on', 'right',   'none'),
  row(3, 'a = ra', 'e > re', 'done',       'next',      'stop',  'nowhere', 'request'),
  row(4, 'a < ra', 'e = re', 'done',       'prev',      'stop',  'nowhere', 'request'),
  row(5, 'a < ra', 'e < re', 'grow-left',  'prev',      'go on', 'nowhere', 'shared'),
  row(6, 'a < ra', 'e > re', 'done',       'prev+next', 'stop',  'nowhere', 'request'),
  row(7, 'a > ra', 'e = re', 'absorb',     'nothing',   'stop',  'left',    'none'),
  row(8, 'a > ra', 'e < re', 'absorb',     'nothing',   'go on', 'both',    'none'),
  row(9, 'a > ra', 'e > re', 'grow-right', 'next',      'stop',  'left',    'shared-last'),
];

/** The row for these two. */
export function rowOf(e: Span, ra: Page, re: Page): Row {
  const end = endOf(e);
  const byAddr = e.addr === ra ? 0 : e.addr < ra ? 3 : 6;
  const byEnd = end === re ? 0 : end < re ? 1 : 2;
  return ROWS[byAddr + byEnd] as Row;
}
