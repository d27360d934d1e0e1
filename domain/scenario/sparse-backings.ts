/** The ways to back a sparse range: which driver does it, and what one call of VM_BIND can hold. */
import type { Profile } from '../driver/drivers.ts';

/** How the whole range is mapped: a page at a time, or in one operation with a form of its own. */
export type SparseMap = 'each' | 'repeat' | 'singlePage' | 'null';

interface Way {
  readonly profile: Profile;
  readonly map: SparseMap;
  /** several operations of one call have to be asynchronous */
  readonly isAsync: boolean;
  readonly about: string;
}

/** xe of 2023 refuses more in one call (XE_VM_MAX_BINDS); the others are given no more, so that calls compare. */
export const OPS_PER_IOCTL = 512;

// prettier-ignore
export const BACKINGS = {
  'per-page':    { profile: 'panthor', map: 'each',       isAsync: false, about: 'one map of a dummy BO for every page' },
  repeat:        { profile: 'panthor', map: 'repeat',     isAsync: false, about: 'one map that repeats a dummy BO' },
  'single-page': { profile: 'asahi',   map: 'singlePage', isAsync: false, about: 'one map that repeats a page of a dummy BO' },
  null:          { profile: 'xe-2023', map: 'null',       isAsync: true,  about: 'one map of NULL page-table entries' },
  'dummy-page':  { profile: 'msm',     map: 'null',       isAsync: false, about: 'one map of a dummy page of the kernel' },
} as const satisfies Readonly<Record<string, Way>>;

export type Backing = keyof typeof BACKINGS;
export const BACKING_NAMES = Object.keys(BACKINGS) as readonly Backing[];
