/**
 * The drivers with one bind queue a VM and page tables that the CPU stores at once, and how each backs what is sparse.
 * They share a machine (machines/panthor); everything in which they differ is a column here.
 *
 * panthor: panthor_mmu.c and the series "Support repeated mappings in GPUVM and Panthor". asahi: asahi_drm.h, whose
 * driver is out of tree. msm: msm_gem_vma.c and msm_iommu.c. A device that backs sparse ranges with a BO of its own,
 * page by page, needs none of the three.
 */
import type { Semantics } from '../va/rule-sets.ts';

export const PROFILES = ['xe-2023', 'panthor', 'asahi', 'msm'] as const;
export type Profile = (typeof PROFILES)[number];

/** What a MAP can ask for beside the pages of a BO, one after another. */
export type SparseForm =
  /** DRM_PANTHOR_VM_BIND_OP_MAP_REPEAT: a range of a BO over and over */
  | 'repeat'
  /** DRM_ASAHI_BIND_SINGLE_PAGE: one page of a BO over and over */
  | 'single-page'
  /** MSM_VM_BIND_OP_MAP_NULL: a page of the kernel, to which hardware drops writes and which reads 0 (PRR) */
  | 'null';

export interface ImmediateDriver {
  readonly profile: Exclude<Profile, 'xe-2023'>;
  readonly sparse: SparseForm;
  /** the first version that has it; null: all */
  readonly sparseSince: Version | null;
  /** the rules of its address spaces; before `sparseSince` those of gpuvm-6.18 */
  readonly semantics: Semantics;
  /** whether VM_BIND can be asynchronous */
  readonly hasAsync: boolean;
  /** what the device is unless the scenario says otherwise */
  readonly version: string;
}

/** `1.8` */
export type Version = readonly [major: number, minor: number];

// prettier-ignore
export const DRIVERS: Readonly<Record<ImmediateDriver['profile'], ImmediateDriver>> = {
  panthor: { profile: 'panthor', sparse: 'repeat',      sparseSince: [1, 8], semantics: 'gpuvm-repeat',      hasAsync: true,  version: '1.8' },
  asahi:   { profile: 'asahi',   sparse: 'single-page', sparseSince: null,   semantics: 'gpuvm-single-page', hasAsync: false, version: '1.0' },
  msm:     { profile: 'msm',     sparse: 'null',        sparseSince: null,   semantics: 'gpuvm-6.18',        hasAsync: true,  version: '1.13' },
};

/** The driver of a profile; null for the one with a copy ring. */
export function driverOf(profile: string): ImmediateDriver | null {
  return profile in DRIVERS ? DRIVERS[profile as ImmediateDriver['profile']] : null;
}

export function versionOf(text: string): Version {
  const [major, minor] = text.split('.').map(Number);
  return [major ?? 0, minor ?? 0];
}

/** Whether a driver of this version takes its sparse form; an older one refuses the flag. */
export function hasSparse({ sparseSince }: ImmediateDriver, text: string): boolean {
  if (sparseSince === null) return true;
  const [major, minor] = versionOf(text);
  const [first, least] = sparseSince;
  return major > first || (major === first && minor >= least);
}

/** The rules of the address spaces of a driver of this version. */
export function semanticsOf(driver: ImmediateDriver, version: string): Semantics {
  return hasSparse(driver, version) ? driver.semantics : 'gpuvm-6.18';
}
