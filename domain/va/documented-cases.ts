/**
 * The sixteen cases by which the kernel documents splitting and merging, as one table: it is drawn
 * in docs/split-merge.md and it is what the tests expect.
 *
 * Mirrors drm_gpuva_mgr.c: "DOC: Split and Merge" (drm_gpuvm.c draws fifteen of them, without
 * merging). Pages are numbered from 0; `n` and `m` are two offsets that have nothing to do with
 * each other. In case 15 the kernel's drawing gives the tail offset n+2; its code gives n+1.
 */
import { PLAIN, type MapRequest } from './mapping.ts';

export const OFFSET_N = 100;
export const OFFSET_M = 500;

export interface DocumentedCase {
  readonly title: string;
  readonly old: readonly MapRequest[];
  readonly request: MapRequest;
  /** gpuva-2023 in a region; see draw-case.ts for the notation. */
  readonly merging: readonly string[];
  /** gpuvm-6.18; and gpuva-2023 without regions, where nothing is kept. */
  readonly splitting: readonly string[];
}

const bar = (obj: string, addr: number, end: number, offset: number): MapRequest => ({
  addr,
  range: end - addr,
  obj,
  offset,
  attrs: PLAIN,
});
const n = (pages = 0): number => OFFSET_N + pages;
const m = (pages = 0): number => OFFSET_M + pages;

/** Case 1 is the first. */
export const DOCUMENTED_CASES: readonly DocumentedCase[] = [
  {
    title: 'The same mapping again: it is there.',
    old: [bar('a', 0, 1, n())],
    request: bar('a', 0, 1, n()),
    merging: [],
    splitting: ['UNMAP a[0,1)@n keep', 'MAP a[0,1)@n'],
  },
  {
    title: 'The same place and object at another offset: it is replaced.',
    old: [bar('a', 0, 1, n())],
    request: bar('a', 0, 1, m()),
    merging: ['UNMAP a[0,1)@n', 'MAP a[0,1)@m'],
    splitting: ['UNMAP a[0,1)@n', 'MAP a[0,1)@m'],
  },
  {
    title: 'The same place, another object: it is replaced.',
    old: [bar('a', 0, 1, n())],
    request: bar('b', 0, 1, n()),
    merging: ['UNMAP a[0,1)@n', 'MAP b[0,1)@n'],
    splitting: ['UNMAP a[0,1)@n', 'MAP b[0,1)@n'],
  },
  {
    title:
      'The request begins with the old mapping, ends behind it, and continues it: it is absorbed.',
    old: [bar('a', 0, 1, n())],
    request: bar('a', 0, 2, n()),
    merging: ['UNMAP a[0,1)@n keep', 'MAP a[0,2)@n'],
    splitting: ['UNMAP a[0,1)@n keep', 'MAP a[0,2)@n'],
  },
  {
    title: 'The head of the old mapping goes to another object: the tail stays, at its own offset.',
    old: [bar('a', 0, 2, n())],
    request: bar('b', 0, 1, n()),
    merging: ['REMAP a[0,2)@n leaves - and a[1,2)@n+1', 'MAP b[0,1)@n'],
    splitting: ['REMAP a[0,2)@n leaves - and a[1,2)@n+1', 'MAP b[0,1)@n'],
  },
  {
    title: 'The head of the old mapping is asked for as it is: it is there.',
    old: [bar('a', 0, 2, n())],
    request: bar('a', 0, 1, n()),
    merging: [],
    splitting: ['REMAP a[0,2)@n leaves - and a[1,2)@n+1 keep', 'MAP a[0,1)@n'],
  },
  {
    title: 'The tail of the old mapping goes to another object: the head stays.',
    old: [bar('a', 0, 2, n())],
    request: bar('b', 1, 2, m()),
    merging: ['REMAP a[0,2)@n leaves a[0,1)@n and -', 'MAP b[1,2)@m'],
    splitting: ['REMAP a[0,2)@n leaves a[0,1)@n and -', 'MAP b[1,2)@m'],
  },
  {
    title: 'The tail of the old mapping is asked for as it is: it is there.',
    old: [bar('a', 0, 2, n())],
    request: bar('a', 1, 2, n(1)),
    merging: [],
    splitting: ['REMAP a[0,2)@n leaves a[0,1)@n and - keep', 'MAP a[1,2)@n+1'],
  },
  {
    title: 'Another object from inside the old mapping to behind it: the head stays.',
    old: [bar('a', 0, 2, n())],
    request: bar('b', 1, 3, m()),
    merging: ['REMAP a[0,2)@n leaves a[0,1)@n and -', 'MAP b[1,3)@m'],
    splitting: ['REMAP a[0,2)@n leaves a[0,1)@n and -', 'MAP b[1,3)@m'],
  },
  {
    title: 'The same, but the request continues the old mapping: the two become one.',
    old: [bar('a', 0, 2, n())],
    request: bar('a', 1, 3, n(1)),
    merging: ['UNMAP a[0,2)@n keep', 'MAP a[0,3)@n'],
    splitting: ['REMAP a[0,2)@n leaves a[0,1)@n and - keep', 'MAP a[1,3)@n+1'],
  },
  {
    title: 'Another object in the middle of the old mapping: both ends stay.',
    old: [bar('a', 0, 3, n())],
    request: bar('b', 1, 2, m()),
    merging: ['REMAP a[0,3)@n leaves a[0,1)@n and a[2,3)@n+2', 'MAP b[1,2)@m'],
    splitting: ['REMAP a[0,3)@n leaves a[0,1)@n and a[2,3)@n+2', 'MAP b[1,2)@m'],
  },
  {
    title: 'The middle of the old mapping is asked for as it is: it is there.',
    old: [bar('a', 0, 3, n())],
    request: bar('a', 1, 2, n(1)),
    merging: [],
    splitting: ['REMAP a[0,3)@n leaves a[0,1)@n and a[2,3)@n+2 keep', 'MAP a[1,2)@n+1'],
  },
  {
    title:
      'The request begins before the old mapping, ends with it, and continues it: it is absorbed.',
    old: [bar('a', 1, 2, n(1))],
    request: bar('a', 0, 2, n()),
    merging: ['UNMAP a[1,2)@n+1 keep', 'MAP a[0,2)@n'],
    splitting: ['UNMAP a[1,2)@n+1 keep', 'MAP a[0,2)@n'],
  },
  {
    title: 'The request has the old mapping inside and continues it: it is absorbed.',
    old: [bar('a', 1, 2, n(1))],
    request: bar('a', 0, 3, n()),
    merging: ['UNMAP a[1,2)@n+1 keep', 'MAP a[0,3)@n'],
    splitting: ['UNMAP a[1,2)@n+1 keep', 'MAP a[0,3)@n'],
  },
  {
    title:
      'Another object from before the old mapping to inside it: the tail stays, at its own offset.',
    old: [bar('a', 1, 3, n())],
    request: bar('b', 0, 2, m()),
    merging: ['REMAP a[1,3)@n leaves - and a[2,3)@n+1', 'MAP b[0,2)@m'],
    splitting: ['REMAP a[1,3)@n leaves - and a[2,3)@n+1', 'MAP b[0,2)@m'],
  },
  {
    title:
      'The request fills the gap between two mappings and continues both: the three become one.',
    old: [bar('a', 0, 1, n()), bar('a', 2, 3, n(2))],
    request: bar('a', 1, 2, n(1)),
    merging: ['UNMAP a[0,1)@n keep', 'UNMAP a[2,3)@n+2 keep', 'MAP a[0,3)@n'],
    splitting: ['MAP a[1,2)@n+1'],
  },
];
