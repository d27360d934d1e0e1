/**
 * Which ranges of a space may be asked for at all.
 *
 * gpuva-2023 mirrors drm_gpuva_mgr.c: drm_gpuva_in_mm_range, which asks only that the request
 * touches the space, so that one that crosses an end of it passes (S38), and
 * drm_gpuva_in_kernel_region, where a reserved area of no length still refuses whatever spans its
 * place. The others mirror drm_gpuvm.c: drm_gpuvm_range_valid: no overflow, inside the space, clear
 * of the reserved area if that has a length.
 */
import { ERRNO } from '../errno.ts';
import { PAGES_IN_U64, type Page } from '../units.ts';
import { wrap, type Span } from './mapping.ts';
import type { Status } from './result.ts';
import type { Semantics } from './rule-sets.ts';

export type { Semantics };

/** The fixed part of a space. */
export interface VaConfig {
  readonly name: string;
  readonly start: Page;
  readonly range: Page;
  /** What the kernel keeps for itself. */
  readonly reserved: Span | null;
  readonly semantics: Semantics;
}

export function touchesSpace({ start, range }: VaConfig, addr: Page, length: Page): boolean {
  return addr < wrap(start + range) && start < wrap(addr + length);
}

function isInsideSpace({ start, range }: VaConfig, addr: Page, length: Page): boolean {
  const end = addr + length;
  const overflows = end >= PAGES_IN_U64;
  return !overflows && addr >= start && end <= wrap(start + range);
}

/**
 * Strictly both comparisons: an empty reserved area lies in every request that begins before and
 * ends after it.
 */
function touchesReserved({ reserved }: VaConfig, addr: Page, length: Page): boolean {
  if (reserved === null) return false;
  return addr < wrap(reserved.addr + reserved.range) && reserved.addr < wrap(addr + length);
}

/** The checks that do not look at regions: EINVAL or 0. */
export function checkRange(config: VaConfig, addr: Page, length: Page): Status {
  if (config.semantics === 'gpuva-2023') {
    if (!touchesSpace(config, addr, length)) return ERRNO.EINVAL;
    return touchesReserved(config, addr, length) ? ERRNO.EINVAL : 0;
  }
  if (!isInsideSpace(config, addr, length)) return ERRNO.EINVAL;
  const hasReserved = config.reserved !== null && config.reserved.range > 0;
  return hasReserved && touchesReserved(config, addr, length) ? ERRNO.EINVAL : 0;
}
