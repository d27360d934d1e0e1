/**
 * The region that a Mali address space is locked and flushed for: one block, a power of two of at least 32 KiB, aligned
 * to itself. Mirrors panthor_mmu.c: pack_region_range (lock_region before).
 */
import type { Page } from '../domain/units.ts';
import { alignDown } from './levels.ts';
import type { PtRange } from './pt-tree.ts';

/** AS_LOCK_REGION_MIN_SIZE: 32 KiB. */
export const LEAST_REGION: Page = 8;

/** The smallest such block that covers the range. */
export function lockedRegion({ addr, range }: PtRange): PtRange {
  const last = addr + range - 1;
  let size = LEAST_REGION;
  while (alignDown(addr, size) !== alignDown(last, size)) size *= 2;
  return { addr: alignDown(addr, size), range: size };
}

export const overlaps = (region: PtRange, page: Page): boolean =>
  region.addr <= page && page < region.addr + region.range;
