/**
 * The scratch tree of a VM: what an address without a mapping translates to.
 *
 * Mirrors xe_pt_create_scratch and __xe_pt_empty_pte. One table page a level below the root; each
 * entry of the one of level n points to the one of level n - 1, each of level 0 to one page of
 * memory. An entry of a real table that maps nothing points into it, so no walk of such a VM comes
 * to a hole. All that is shared is shared by all addresses: what one stores there, another loads.
 * Where VRAM needs 64K pages the level-0 entries carry the 64K hint, so hardware takes the whole
 * aligned 64K around the page for scratch memory; the kernel of March 2023 allocated 4K all the
 * same. Fault-mode VMs cannot have one (EINVAL at creation), so zap (pt-zap.ts) writes zeros.
 */
import type { Page } from '../domain/units.ts';
import { PPAT, type PtFlavour } from './flavour.ts';
import type { Level } from './levels.ts';
import { cacheBits, encodeDirectory, encodeLeaf } from './pte.ts';

/** The memory page behind unmapped addresses. */
export interface ScratchPage {
  readonly pfn: Page;
  readonly vram: boolean;
}

export interface ScratchTree extends ScratchPage {
  /** Table page of each level, 0 up to the one below the root. */
  readonly tables: readonly Page[];
  /** Value of an entry that maps nothing, for each level up to the root's. */
  readonly empty: readonly number[];
}

/** The scratch tree below a root of `rootLevel`, its tables at `firstTable` and the pages after. */
export function scratchTreeOf(
  page: ScratchPage,
  firstTable: Page,
  rootLevel: Level,
  { caching, needs64K }: PtFlavour,
): ScratchTree {
  const tables = Array.from({ length: rootLevel }, (_, level) => firstTable + level);
  const cache = cacheBits(caching, caching === 'ppat' ? PPAT.writeBack : 0, 0);
  const backing = { kind: 'physical', pfn: page.pfn, vram: page.vram } as const;
  const leaf = encodeLeaf({ level: 0, backing, readOnly: false, hint64K: needs64K, cache });
  const empty = [leaf, ...tables.map((table) => encodeDirectory(table))];
  return { ...page, tables, empty };
}

/** The value of an entry of `level` that maps nothing. */
export function emptyEntry(scratch: ScratchTree | undefined, level: Level): number {
  return scratch?.empty[level] ?? 0;
}

/** Whether an entry of `level` maps something: it is present and not scratch. */
export function mapsSomething(
  scratch: ScratchTree | undefined,
  level: Level,
  pte: number,
): boolean {
  return pte % 2 === 1 && pte !== scratch?.empty[level];
}
