/**
 * How the page tables of one device differ from those of the next.
 *
 * One value says it all: which 64K layouts there are, whether VRAM demands them, and which bits
 * beside present, writable and address its entries carry. Mirrors what xe_pt.c asks of
 * GRAPHICS_VERx100, of XE_VM_FLAGS_64K (set from XE_VRAM_FLAGS_NEED64K) and of
 * use_atomic_access_pte_bit. A tree without a flavour has DEFAULT_FLAVOUR.
 */
import { type DeviceName, DEVICES } from '../domain/devices.ts';

/**
 * How the entries of a level-0 table lie: 512 of 4K; 'compact': 32 of 64K at its start; 'ips': 512,
 * of which the hardware reads each sixteenth as a 64K page.
 */
export type TableLayout = 'normal' | 'compact' | 'ips';

/**
 * Where the cache attribute goes, a number of three bits. Bits 0 and 1 are entry bits 3 and 4
 * everywhere. Bit 2 is entry bit 7 of a 4K entry; in a 2M or 1G leaf 'ppat' (March 2023) uses bit 7
 * too, where the page-size bit swallows it, and 'pat-index' (later kernels) uses bit 12. 'unset'
 * writes none.
 */
export type Caching = 'unset' | 'ppat' | 'pat-index';

export interface PtFlavour {
  /** GRAPHICS_VERx100. From 1250 on a 2M range of 64K pages gets a compact table. */
  readonly graphicsVer: number;
  /** VRAM must be mapped by 64K pages; a bind that cannot is refused with EINVAL. */
  readonly needs64K: boolean;
  /** Leaves in VRAM carry the atomic-enable bit. */
  readonly atomicVram: boolean;
  readonly caching: Caching;
  /**
   * Below 1250, a 2M range of 64K pages gets the IPS bit. xe defines the bit and never sets it;
   * i915 does (gen8_ppgtt_insert_huge).
   */
  readonly ips: boolean;
}

/** What the entries of the seed's worked examples show. */
export const DEFAULT_FLAVOUR: PtFlavour = {
  graphicsVer: 1200,
  needs64K: false,
  atomicVram: false,
  caching: 'unset',
  ips: false,
};

/** What a fault-mode VM is on: of the devices of 2023 only those with page faults have atomic enable (supports_usm). */
export const FAULT_FLAVOUR: PtFlavour = { ...DEFAULT_FLAVOUR, atomicVram: true };

/** Devices of March 2023, with the cache bits that xe wrote then. */
export const FLAVOURS = {
  tgl: { ...DEFAULT_FLAVOUR, caching: 'ppat' },
  dg2: { ...DEFAULT_FLAVOUR, graphicsVer: 1255, needs64K: DEVICES.dg2.needs64K, caching: 'ppat' },
  pvc: {
    ...DEFAULT_FLAVOUR,
    graphicsVer: 1260,
    needs64K: DEVICES.pvc.needs64K,
    atomicVram: true,
    caching: 'ppat',
  },
} as const satisfies Record<DeviceName, PtFlavour>;

/** Cache attributes of 'ppat': PPAT_UNCACHED, PPAT_DISPLAY_ELLC (scanout), PPAT_CACHED. */
export const PPAT = { uncached: 3, writeThrough: 2, writeBack: 4 } as const;

/** The layout of a level-0 table that maps 2M of 64K-aligned memory. */
export function layout64K({ graphicsVer, ips }: PtFlavour): TableLayout {
  if (graphicsVer >= 1250) return 'compact';
  return ips ? 'ips' : 'normal';
}
