/**
 * The devices of March 2023 that a scenario can name, as far as ioctls and invalidations ask: XE_VRAM_FLAGS_NEED64K and
 * has_range_tlb_invalidation of xe_pci.c (XE_LP, XE_HPG, XE_HPC). What their page tables look like is in hw/flavour.ts.
 */
export const DEVICES = {
  tgl: { needs64K: false, rangeInvalidation: false },
  dg2: { needs64K: true, rangeInvalidation: true },
  pvc: { needs64K: true, rangeInvalidation: true },
} as const;

export type DeviceName = keyof typeof DEVICES;

/** Pages of the blocks that VRAM comes in where it must be mapped by 64K pages. */
export const PAGES_OF_64K = 16;
