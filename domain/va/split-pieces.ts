/**
 * What a request leaves of a mapping that reaches over an end of it: `prev` before it, `next`
 * behind it. Each address keeps the page that it had.
 *
 * Mirrors the struct drm_gpuva_op_map initialisers of drm_gpuvm.c: __drm_gpuvm_sm_map and
 * __drm_gpuvm_sm_unmap. `prev` begins where the old one began, so nothing can go wrong with it;
 * the bugs of the series for repeated mappings are in `next`.
 */
import type { Quirks } from '../quirks/quirks.ts';
import type { Page } from '../units.ts';
import { endOf, pieceOf, type Mapping } from './mapping.ts';
import { repeating, type Repeat } from './repeat.ts';

/** Which of the two functions is splitting, and the quirks that are on. */
export interface Splitter {
  readonly walk: 'sm_map' | 'sm_unmap';
  readonly quirks: Quirks;
}

export const prevOf = (e: Mapping, ra: Page): Mapping => pieceOf(e, e.addr, ra);

/** Quirk R01: gem.offset and gem.range are copied, and there is no third field to say where. */
const withoutPhase = (repeat: Repeat): Repeat => repeating(repeat.range);

/** Quirk R02: the assignment that is meant for next.gem.range goes to prev's. */
const NO_PATTERN: Repeat = repeating(0);

export function nextOf(e: Mapping, re: Page, { walk, quirks }: Splitter): Mapping {
  const next = pieceOf(e, re, endOf(e));
  if (next.repeat === null || quirks.length === 0) return next;
  const losesRange = walk === 'sm_unmap' && quirks.includes('R02');
  if (losesRange) return { ...next, repeat: NO_PATTERN };
  return quirks.includes('R01') ? { ...next, repeat: withoutPhase(next.repeat) } : next;
}
