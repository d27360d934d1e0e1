/**
 * Which repeated mappings may be asked for at all: what gpuvm checks, after the range and before it
 * looks at any mapping. EINVAL, each.
 *
 * Mirrors drm_gpuvm.c: check_map_req of "drm/gpuvm: Add DRM_GPUVA_REPEAT flag and logic", v4, whose
 * comment has the multiple the wrong way round. The series for single pages checks nothing: it has
 * no range. That the pages lie in the object is the driver's to check, which knows its size.
 */
import { ERRNO } from '../errno.ts';
import type { MapRequest } from './mapping.ts';
import type { Repeat } from './repeat.ts';
import type { Status } from './result.ts';
import { RULE_SETS, type RuleSet, type Semantics } from './rule-sets.ts';

export interface RepeatRule {
  readonly what: string;
  readonly holdsFor: readonly RuleSet['repeats'][];
  readonly refuses: (range: number, repeat: Repeat) => boolean;
}

// prettier-ignore
export const REPEAT_RULES: readonly RepeatRule[] = [
  { what: 'a kernel without repeated mappings', holdsFor: ['never'],
    refuses: () => true },
  { what: 'a pattern of no pages', holdsFor: ['a range'],
    refuses: (_range, repeat) => repeat.range === 0 },
  { what: 'a range that is shorter than the pattern', holdsFor: ['a range'],
    refuses: (range, repeat) => range < repeat.range },
  { what: 'a range that is no whole number of patterns', holdsFor: ['a range'],
    refuses: (range, repeat) => range % repeat.range !== 0 },
];

/** EINVAL for a request that repeats and may not; or 0. */
export function checkRepeat(semantics: Semantics, { range, repeat }: MapRequest): Status {
  if (repeat === null || repeat === undefined) return 0;
  const { repeats } = RULE_SETS[semantics];
  const refused = REPEAT_RULES.some(
    ({ holdsFor, refuses }) => holdsFor.includes(repeats) && refuses(range, repeat),
  );
  return refused ? ERRNO.EINVAL : 0;
}
