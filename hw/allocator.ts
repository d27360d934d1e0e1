/**
 * Where physical pages come from: contiguous, aligned, and each page handed out once.
 *
 * Stands for the TTM resource managers (xe_ttm_vram_mgr.c: a buddy allocator, whose blocks are
 * naturally aligned) and for system pages. Nothing is handed out twice, so an access through a
 * stale translation reaches the old page and is seen to. How much VRAM there is, and who must be
 * evicted for it, is the business of the memory actor, not of this counter.
 *
 * Assumed layout (page frame numbers; each region 2^37 pages or more, all below 2^40):
 *
 *     system memory  from 2^20 (byte address 0x1_0000_0000)
 *     VRAM           from 2^38 (byte address 0x4_0000_0000_0000)
 *     page tables    from 2^39 (byte address 0x8_0000_0000_0000), in VRAM on a real discrete card
 */
import type { Page } from '../domain/units.ts';
import { alignUp, entryPages } from './levels.ts';

/** Where a BO lies. */
export type MemoryRegion = 'system' | 'vram';

/** The next free page of each region. A plain value; `tables` is a TableAlloc of pt-tree.ts. */
export interface PhysicalPools {
  readonly system: { readonly next: Page };
  readonly vram: { readonly next: Page };
  readonly tables: { readonly next: Page };
}

const FIRST = { system: 2 ** 20, vram: 2 ** 38, tables: 2 ** 39 } as const;
const LIMIT = { system: FIRST.vram, vram: FIRST.tables, tables: 2 ** 40 } as const;

/** The pools of a fresh machine. */
export function freshPools(): PhysicalPools {
  return {
    system: { next: FIRST.system },
    vram: { next: FIRST.vram },
    tables: { next: FIRST.tables },
  };
}

/** Alignment of a block of `pages`: the largest leaf size (1G, 2M, 64K, 4K) that fits into it. */
export function alignmentOf(pages: Page): Page {
  return [entryPages(2), entryPages(1), 16].find((size) => pages >= size) ?? 1;
}

/** Takes `pages` contiguous pages. @throws Error when the region is used up */
export function allocatePages(
  pools: PhysicalPools,
  region: MemoryRegion,
  pages: Page,
): { readonly pools: PhysicalPools; readonly pfn: Page } {
  if (pages <= 0) throw new Error(`cannot allocate ${pages} pages`);
  const pfn = alignUp(pools[region].next, alignmentOf(pages));
  if (pfn + pages > LIMIT[region]) {
    throw new Error(`${region} memory has no ${pages} pages left`);
  }
  return { pools: { ...pools, [region]: { next: pfn + pages } }, pfn };
}

/** Which region a page belongs to; `undefined` below all of them. */
export function regionOfPage(pfn: Page): keyof PhysicalPools | undefined {
  if (pfn >= FIRST.tables) return 'tables';
  if (pfn >= FIRST.vram) return 'vram';
  return pfn >= FIRST.system ? 'system' : undefined;
}
