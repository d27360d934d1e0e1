/**
 * Repeated mappings: the same pages of an object shown over and over.
 *
 * Mirrors DRM_GPUVA_REPEAT with drm_gpuva.gem.range ("drm/gpuvm: Add DRM_GPUVA_REPEAT flag and
 * logic", v4 of July 2025, not merged), and DRM_GPUVA_SINGLE_PAGE before it, which is a pattern of
 * one page. The kernel's mapping always begins with the first page of its pattern, so what is left
 * of one that is split inside a repetition cannot be said; `phase` says it (decision 023).
 */
import type { Page } from '../units.ts';

export interface Repeat {
  /** How many pages of the object are shown before they begin anew: gem.range. */
  readonly range: Page;
  /** Which of these pages, from 0, the first page of the mapping shows. A request begins with 0. */
  readonly phase: Page;
}

/** A pattern of so many pages, from its first one on. */
export const repeating = (range: Page): Repeat => ({ range, phase: 0 });

/** What DRM_ASAHI_BIND_SINGLE_PAGE asks for where a page of the GPU is one of ours. */
export const SINGLE_PAGE: Repeat = repeating(1);

/**
 * The page of the pattern that is shown `distance` pages behind the first; null where it has none
 * (R02).
 */
export const pageOfPattern = ({ range, phase }: Repeat, distance: Page): Page | null =>
  range === 0 ? null : (phase + distance) % range;

/** The pattern as a mapping that begins `distance` pages further up has to show it. */
export const turned = (repeat: Repeat, distance: Page): Repeat => ({
  range: repeat.range,
  phase: pageOfPattern(repeat, distance) ?? 0,
});

export const sameRepeat = (a: Repeat | null, b: Repeat | null): boolean =>
  a === b || (a !== null && b !== null && a.range === b.range && a.phase === b.phase);
