/**
 * Which leaf the driver writes where: size, 64K hint and value.
 *
 * Mirrors xe_pt_hugepte_possible, xe_pt_is_pte_ps64K and xe_pt_scan_64K. A mapping's pages are one
 * contiguous physical segment (or NULL), so whether its memory is aligned to a leaf size does not
 * depend on the place inside the mapping. A whole 2M that cannot be a leaf but is made of 64K pages
 * gets the table layout of the device (flavour.ts).
 */
import { PAGE_BYTES, type Page } from '../domain/units.ts';
import { DEFAULT_FLAVOUR, layout64K, PPAT, type PtFlavour, type TableLayout } from './flavour.ts';
import {
  alignDown,
  alignUp,
  entryBase,
  entryPages,
  MAX_LEAF_LEVEL,
  PAGES_64K,
  type Level,
  type Span,
} from './levels.ts';
import { cacheBits, encodeLeaf, type Backing } from './pte.ts';
import type { Run } from './runs.ts';

/** A mapping of `range` pages from `addr`; a physical backing starts at its `pfn` for `addr`. */
export interface Mapping {
  readonly addr: Page;
  readonly range: Page;
  readonly backing: Backing;
  readonly readOnly: boolean;
  /** Cache attribute; unless given, write-back for memory ('ppat') or 0, and 0 for NULL. */
  readonly cache?: number;
}

/** A leaf entry as it stands in a table. */
export interface LeafEntry {
  /** First page that the entry translates. */
  readonly addr: Page;
  readonly level: Level;
  readonly pte: number;
  /** Set for an entry of level 0 that translates 64K by the layout of its table. */
  readonly is64K?: true;
}

/** Pages that a leaf entry translates: 1, 16, 512 or 2^18. */
export function leafPages({ level, is64K }: LeafEntry): Page {
  return is64K === true ? PAGES_64K : entryPages(level);
}

/** Whether addresses aligned to `pages` have memory aligned to `pages`; always so for NULL. */
function memoryAligned({ addr, backing }: Mapping, pages: Page): boolean {
  return backing.kind === 'null' || (backing.pfn - addr) % pages === 0;
}

/** Whether an entry of `level` that the mapping covers whole becomes a leaf. */
export function leafFits(mapping: Mapping, level: Level, maxLeafLevel = MAX_LEAF_LEVEL): boolean {
  if (level === 0) return true;
  if (level > MAX_LEAF_LEVEL && mapping.backing.kind === 'physical') return false;
  return level <= maxLeafLevel && memoryAligned(mapping, entryPages(level));
}

/** The layout of a level-0 table whose whole range is the mapping's. */
export function privateLayout(mapping: Mapping, flavour: PtFlavour): TableLayout {
  return memoryAligned(mapping, PAGES_64K) ? layout64K(flavour) : 'normal';
}

/**
 * The first page whose entry would have to be a 4K page where the device takes only 64K pages; the
 * kernel gives up there with EINVAL. `undefined` when all is well.
 */
export function firstNot64K(mapping: Mapping, { needs64K }: PtFlavour): Page | undefined {
  const { addr, range, backing } = mapping;
  if (!needs64K || backing.kind === 'null' || !backing.vram) return undefined;
  if (addr % PAGES_64K !== 0 || !memoryAligned(mapping, PAGES_64K)) return addr;
  const end = addr + range;
  return end % PAGES_64K === 0 ? undefined : alignDown(end, PAGES_64K);
}

/** The part of `span` whose 4K entries carry the 64K hint (empty: from = to). */
function hintedSpan(mapping: Mapping, span: Span): Span {
  const from = alignUp(span.from, PAGES_64K);
  const to = alignDown(span.to, PAGES_64K);
  return from < to && memoryAligned(mapping, PAGES_64K)
    ? { from, to }
    : { from: span.to, to: span.to };
}

/** Whether the mapping has every page of the aligned block of `pages` around `addr`. */
function covers({ addr: start, range }: Mapping, addr: Page, pages: Page): boolean {
  const from = alignDown(addr, pages);
  return from >= start && from + pages <= start + range;
}

/** The leaf level at which the driver maps page `addr` of the mapping. */
function leafLevelAt(mapping: Mapping, addr: Page): Level {
  for (let level = MAX_LEAF_LEVEL; level > 0; level--) {
    if (covers(mapping, addr, entryPages(level)) && leafFits(mapping, level)) return level;
  }
  return 0;
}

/** The mapping's cache attribute as bits of an entry of `level`. */
export function cacheBitsOf(
  { cache, backing }: Mapping,
  { caching }: PtFlavour,
  level: Level,
): number {
  const usual = caching === 'ppat' && backing.kind === 'physical' ? PPAT.writeBack : 0;
  return cacheBits(caching, cache ?? usual, level);
}

/** The value of the mapping's leaf of `level` at `addr` (aligned to it). */
function leafValueAt(
  mapping: Mapping,
  level: Level,
  addr: Page,
  hint64K: boolean,
  flavour: PtFlavour,
): number {
  const { backing: whole, readOnly } = mapping;
  const backing =
    whole.kind === 'null' ? whole : { ...whole, pfn: whole.pfn + (addr - mapping.addr) };
  const cache = cacheBitsOf(mapping, flavour, level);
  return encodeLeaf({ level, backing, readOnly, hint64K, cache, atomic: flavour.atomicVram });
}

/** The leaf that translates page `addr` of the mapping, worked out for this address alone. */
export function leafAt(mapping: Mapping, addr: Page, flavour = DEFAULT_FLAVOUR): LeafEntry {
  const level = leafLevelAt(mapping, addr);
  const wide = covers(mapping, addr, PAGES_64K) && memoryAligned(mapping, PAGES_64K);
  const isPrivate = level === 0 && covers(mapping, addr, entryPages(1));
  const layout = isPrivate ? privateLayout(mapping, flavour) : 'normal';
  const start = alignDown(addr, layout === 'normal' ? entryPages(level) : PAGES_64K);
  const hint64K = level === 0 && wide && layout !== 'compact';
  const pte = leafValueAt(mapping, level, start, hint64K, flavour);
  return { addr: start, level, pte, ...(layout === 'normal' ? {} : { is64K: true }) };
}

/** The values of the leaves [from, to) of the table of `level` at `base`; at most three runs. */
export function leafRuns(
  mapping: Mapping,
  level: Level,
  base: Page,
  from: number,
  to: number,
  flavour = DEFAULT_FLAVOUR,
): Run[] {
  const span = { from: entryBase(base, level, from), to: entryBase(base, level, to) };
  const hinted = level === 0 ? hintedSpan(mapping, span) : { from: span.to, to: span.to };
  const size = entryPages(level);
  const stride = mapping.backing.kind === 'null' ? 0 : size * PAGE_BYTES;
  const run = (part: Span, hint64K: boolean): Run => ({
    index: (part.from - base) / size,
    count: (part.to - part.from) / size,
    pte: leafValueAt(mapping, level, part.from, hint64K, flavour),
    stride,
  });
  const parts = [
    { part: { from: span.from, to: hinted.from }, hint64K: false },
    { part: hinted, hint64K: true },
    { part: { from: hinted.to, to: span.to }, hint64K: false },
  ];
  return parts.filter(({ part }) => part.from < part.to).map((p) => run(p.part, p.hint64K));
}

/** The values of the entries of a full compact table at `base`: one run of 64K pages. */
export function compactRun(mapping: Mapping, base: Page, count: number, flavour: PtFlavour): Run {
  const stride = mapping.backing.kind === 'null' ? 0 : PAGES_64K * PAGE_BYTES;
  return { index: 0, count, pte: leafValueAt(mapping, 0, base, false, flavour), stride };
}
