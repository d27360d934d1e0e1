/**
 * The regions of a space: the 2023 manager's way to say where mappings may lie and may merge; gone
 * since drm_gpuvm.
 *
 * Mirrors drm_gpuva_mgr.c: drm_gpuva_region_insert, drm_gpuva_region_remove, drm_gpuva_in_region. A
 * space has them if it was made with DRM_GPUVA_MANAGER_REGIONS; only then does it merge. The
 * reserved area lies in the same tree, so no region overlaps it; it is not one of the regions a
 * mapping may lie in.
 */
import { ERRNO } from '../errno.ts';
import type { OrderedMap } from '../ordered-map.ts';
import { PAGES_IN_U64, type Page } from '../units.ts';
import { endOf, type Mapping, type Span } from './mapping.ts';
import { touchesSpace, type VaConfig } from './range-check.ts';
import type { OrErrno, Status } from './result.ts';

export interface Region extends Span {
  /** Printed in the dump; the algorithm does not look at it. */
  readonly sparse: boolean;
}

/** As much of a space as regions have to do with. */
interface WithRegions {
  readonly config: VaConfig;
  /** null without the REGIONS flag. */
  readonly regions: OrderedMap<Region> | null;
  readonly mappings: OrderedMap<Mapping>;
}

/** The region that has all of [addr, addr + range), which is not nothing. */
export function enclosingRegion(
  regions: OrderedMap<Region>,
  addr: Page,
  range: Page,
): Region | undefined {
  const region = regions.floor(addr)?.value;
  return region !== undefined && range > 0 && addr + range <= endOf(region) ? region : undefined;
}

/** EINVAL where a space with regions has none around the request. */
export function checkRegion(regions: OrderedMap<Region> | null, addr: Page, range: Page): Status {
  if (regions === null || enclosingRegion(regions, addr, range) !== undefined) return 0;
  return ERRNO.EINVAL;
}

/**
 * The reserved area as the region tree has it: not at all where it lies outside the space (the
 * kernel ignores that).
 */
export const kernelRegion = (config: VaConfig): Span | null => {
  const { reserved } = config;
  if (reserved === null || (reserved.addr === 0 && reserved.range === 0)) return null;
  return touchesSpace(config, reserved.addr, reserved.range) ? reserved : null;
};

const overlap = (a: Span, b: Span): boolean => a.addr < endOf(b) && b.addr < endOf(a);

/**
 * Adds a region. EINVAL without the flag, outside the space, or without a length (the maple tree
 * holds no such interval); EEXIST over another one or the reserved area.
 */
export function insertRegion<S extends WithRegions>(space: S, region: Region): OrErrno<S> {
  const { config, regions } = space;
  if (regions === null) return ERRNO.EINVAL;
  if (!touchesSpace(config, region.addr, region.range)) return ERRNO.EINVAL;
  if (region.range <= 0 || endOf(region) > PAGES_IN_U64) return ERRNO.EINVAL;
  const kernel = kernelRegion(config);
  if (kernel !== null && kernel.range > 0 && overlap(kernel, region)) return ERRNO.EEXIST;
  const below = regions.lower(endOf(region))?.value;
  if (below !== undefined && endOf(below) > region.addr) return ERRNO.EEXIST;
  return { ...space, regions: regions.set(region.addr, region) };
}

/** What the kernel prints a WARN about. */
export type RegionWarning = 'kernel-region' | 'not-empty';

/**
 * Removes the region held by the caller. Without the flag nothing happens; the reserved area stays,
 * with a warning; a region that still has mappings goes, with a warning.
 */
export function removeRegion<S extends WithRegions>(
  space: S,
  region: Span,
): { readonly space: S; readonly warning: RegionWarning | null } {
  const { config, regions } = space;
  if (regions === null) return { space, warning: null };
  const kernel = kernelRegion(config);
  if (kernel !== null && kernel.addr === region.addr && kernel.range === region.range) {
    return { space, warning: 'kernel-region' };
  }
  const last = space.mappings.lower(endOf(region))?.value;
  const isEmpty = last === undefined || endOf(last) <= region.addr;
  const held = regions.get(region.addr);
  const left = held?.range === region.range ? regions.delete(region.addr) : regions;
  return { space: { ...space, regions: left }, warning: isEmpty ? null : 'not-empty' };
}
