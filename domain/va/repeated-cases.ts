/**
 * Worked examples of requests that meet a repeated mapping, as one table: it is drawn in
 * docs/split-merge.md and it is what the tests expect. The rules are gpuvm-repeat.
 *
 * Mirrors drm_gpuvm.c: __drm_gpuvm_sm_map, __drm_gpuvm_sm_unmap and can_merge with "drm/gpuvm: Add
 * DRM_GPUVA_REPEAT flag and logic" (v4), which draws none. Pages are numbered from 0; `n` and `m`
 * as in documented-cases.ts; the notation is that of draw-case.ts.
 */
import type { QuirkId } from '../quirks/quirks.ts';
import { OFFSET_M, OFFSET_N } from './documented-cases.ts';
import { PLAIN, type MapRequest, type Span } from './mapping.ts';
import type { Repeat } from './repeat.ts';

export interface RepeatedCase {
  readonly title: string;
  readonly old: readonly MapRequest[];
  /** An unmap, or a map. */
  readonly request: Span | MapRequest;
  readonly ops: readonly string[];
  /** What comes of it with a quirk on, where that differs. */
  readonly quirks: { readonly [id in QuirkId]?: readonly string[] };
}

/** Pages [addr, end) of object a, `range` pages from n on over and over, the first one `phase`. */
const repeated = (addr: number, end: number, range: number, phase = 0): MapRequest =>
  bar('a', addr, end, OFFSET_N, { range, phase });

function bar(
  obj: string,
  addr: number,
  end: number,
  offset: number,
  repeat: Repeat | null = null,
): MapRequest {
  return { addr, range: end - addr, obj, offset, repeat, attrs: PLAIN };
}

const unmap = (addr: number, end: number): Span => ({ addr, range: end - addr });

export const REPEATED_CASES: readonly RepeatedCase[] = [
  {
    title: 'Two whole repetitions go: what is left on both sides begins with the first page.',
    old: [repeated(0, 6, 2)],
    request: unmap(2, 4),
    ops: ['REMAP a[0,6)@n x2 leaves a[0,2)@n x2 and a[4,6)@n x2'],
    quirks: { R02: ['REMAP a[0,6)@n x2 leaves a[0,2)@n x2 and a[4,6)@n x0'] },
  },
  {
    title: 'One page goes: what is behind it begins with the second page of the pattern.',
    old: [repeated(0, 6, 2)],
    request: unmap(2, 3),
    ops: ['REMAP a[0,6)@n x2 leaves a[0,2)@n x2 and a[3,6)@n x2 from 1'],
    quirks: {
      R01: ['REMAP a[0,6)@n x2 leaves a[0,2)@n x2 and a[3,6)@n x2'],
      R02: ['REMAP a[0,6)@n x2 leaves a[0,2)@n x2 and a[3,6)@n x0'],
    },
  },
  {
    title: 'The tail goes: what is left is no whole number of repetitions, and needs to be none.',
    old: [repeated(0, 6, 2)],
    request: unmap(3, 6),
    ops: ['REMAP a[0,6)@n x2 leaves a[0,3)@n x2 and -'],
    quirks: {},
  },
  {
    title: 'A piece that begins inside the pattern is split again: the phases add up.',
    old: [repeated(1, 6, 3, 1)],
    request: unmap(2, 3),
    ops: ['REMAP a[1,6)@n x3 from 1 leaves a[1,2)@n x3 from 1 and a[3,6)@n x3'],
    quirks: { R02: ['REMAP a[1,6)@n x3 from 1 leaves a[1,2)@n x3 from 1 and a[3,6)@n x0'] },
  },
  {
    title: 'Another object in the middle: the same split, by the other function.',
    old: [repeated(0, 6, 2)],
    request: bar('b', 2, 3, OFFSET_M),
    ops: ['REMAP a[0,6)@n x2 leaves a[0,2)@n x2 and a[3,6)@n x2 from 1', 'MAP b[2,3)@m'],
    quirks: { R01: ['REMAP a[0,6)@n x2 leaves a[0,2)@n x2 and a[3,6)@n x2', 'MAP b[2,3)@m'] },
  },
  {
    title: 'The same pattern is asked for in step with the old one: its entries can stay.',
    old: [repeated(0, 6, 2)],
    request: repeated(2, 4, 2),
    ops: ['REMAP a[0,6)@n x2 leaves a[0,2)@n x2 and a[4,6)@n x2 keep', 'MAP a[2,4)@n x2'],
    quirks: {},
  },
  {
    title: 'The same pattern out of step: other pages are wanted at every address.',
    old: [repeated(0, 6, 2)],
    request: repeated(1, 3, 2),
    ops: ['REMAP a[0,6)@n x2 leaves a[0,1)@n x2 and a[3,6)@n x2 from 1', 'MAP a[1,3)@n x2'],
    quirks: {
      R01: ['REMAP a[0,6)@n x2 leaves a[0,1)@n x2 and a[3,6)@n x2', 'MAP a[1,3)@n x2'],
    },
  },
  {
    title: 'In step with a piece that begins inside the pattern.',
    old: [repeated(1, 6, 2, 1)],
    request: repeated(2, 6, 2),
    ops: ['REMAP a[1,6)@n x2 from 1 leaves a[1,2)@n x2 from 1 and - keep', 'MAP a[2,6)@n x2'],
    quirks: {},
  },
  {
    title: 'Two pages that show the same, asked for without a pattern: never kept.',
    old: [repeated(0, 4, 2)],
    request: bar('a', 0, 2, OFFSET_N),
    ops: ['REMAP a[0,4)@n x2 leaves - and a[2,4)@n x2', 'MAP a[0,2)@n'],
    quirks: {},
  },
  {
    title: 'A single page, over and over, has no inside: no split can go wrong with its phase.',
    old: [repeated(0, 4, 1)],
    request: unmap(1, 2),
    ops: ['REMAP a[0,4)@n x1 leaves a[0,1)@n x1 and a[2,4)@n x1'],
    quirks: { R02: ['REMAP a[0,4)@n x1 leaves a[0,1)@n x1 and a[2,4)@n x0'] },
  },
];
