/**
 * The range that a page-selective TLB invalidation names.
 *
 * Mirrors the range rule of xe_gt_tlb_invalidation_vma (xe_gt_tlb_invalidation.c): hardware takes a
 * power of two, aligned to itself, and no 2M, 4M or 8M (16M is the least that drops a huge page).
 * So the range grows until one aligned block covers the whole mapping. GuC gets log2 of the length
 * in pages. A GT without range support is sent a full flush instead; that is the caller's choice.
 */
import type { Page } from '../domain/units.ts';
import { alignDown, alignUp } from './levels.ts';

export interface InvalidationRange {
  readonly addr: Page;
  readonly range: Page;
  /** log2(range): the address mask of the request. */
  readonly mask: number;
}

const HUGE_PAGE: Page = 512;
const LEAST_HUGE_RANGE: Page = 4096;

function powerOfTwoFrom(pages: Page): Page {
  let power = 1;
  while (power < pages) power *= 2;
  return power;
}

/** What to invalidate so that no translation of [addr, addr + range) stays cached. */
export function invalidationRange(addr: Page, range: Page): InvalidationRange {
  let length = powerOfTwoFrom(range);
  let start = alignDown(addr, length);
  const end = alignUp(addr + range, length);
  while (start + length < end) {
    length *= 2;
    start = alignDown(addr, length);
  }
  if (length >= HUGE_PAGE && length < LEAST_HUGE_RANGE) {
    length = LEAST_HUGE_RANGE;
    start = alignDown(addr, length);
  }
  return { addr: start, range: length, mask: Math.log2(length) };
}
