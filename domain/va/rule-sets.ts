/**
 * What the kernels that a space can behave like differ in, as far as it is one word each: who
 * merges, who can repeat, which flags count for `keep`.
 *
 * gpuva-2023 is drm_gpuva_mgr.c as first posted, gpuvm-6.18 the drm_gpuvm.c that came of it. The
 * other two are series on top of it that are not merged: gpuvm-single-page is "drm/gpuvm: Add
 * DRM_GPUVA_SINGLE_PAGE flag and logic" (February 2025, what asahi's tree uses), gpuvm-repeat is
 * "Support repeated mappings in GPUVM and Panthor" (v4, July 2025, with its bugs behind quirks).
 */
export const SEMANTICS = ['gpuva-2023', 'gpuvm-6.18', 'gpuvm-single-page', 'gpuvm-repeat'] as const;
export type Semantics = (typeof SEMANTICS)[number];

export interface RuleSet {
  /** Only a space of these rules can have regions, and merges in them. */
  readonly hasRegions: boolean;
  /** Whether a request can repeat, and whether the kernel is told how many pages (gem.range). */
  readonly repeats: 'never' | 'a page' | 'a range';
  /** What beside the backing two mappings must share for `keep`. */
  readonly keepLooksAt: 'no flags' | 'all flags';
}

const rules = (
  hasRegions: boolean,
  repeats: RuleSet['repeats'],
  keepLooksAt: RuleSet['keepLooksAt'],
): RuleSet => ({ hasRegions, repeats, keepLooksAt });

// prettier-ignore
export const RULE_SETS: Readonly<Record<Semantics, RuleSet>> = {
  //                          regions  repeats     keep looks at
  'gpuva-2023':        rules(true,    'never',    'no flags'),
  'gpuvm-6.18':        rules(false,   'never',    'no flags'),
  // Both repeat or neither: that much of the flags is part of the backing.
  'gpuvm-single-page': rules(false,   'a page',   'no flags'),
  'gpuvm-repeat':      rules(false,   'a range',  'all flags'),
};
