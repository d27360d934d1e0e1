/**
 * Which leaf the driver writes where: size, 64K hint and value.
 *
 * Mirrors xe_pt_hugepte_possible, xe_pt_is_pte_ps64K and xe_pt_scan_64K. A mapping's pages are one
 * contiguous physical segment (or NULL), so whether its memory is aligned to a leaf size does not
 * depend on the place inside the mapping. Leaves below 2M are 4K entries always; compact 64K
 * tables and IPS (graphics 12.5 and later), and the EINVAL of a VM that demands 64K pages for VRAM,
 * are left to a later issue.
 */
import { PAGE_BYTES, type Page } from '../domain/units.ts';
import {
  alignDown,
  alignUp,
  entryBase,
  entryPages,
  MAX_LEAF_LEVEL,
  type Level,
  type Span,
} from './levels.ts';
import { encodeLeaf, type Backing } from './pte.ts';
import type { Run } from './runs.ts';

const HINT_PAGES: Page = 16;

/** A mapping of `range` pages from `addr`; a physical backing starts at its `pfn` for `addr`. */
export interface Mapping {
  readonly addr: Page;
  readonly range: Page;
  readonly backing: Backing;
  readonly readOnly: boolean;
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

/** The part of `span` whose 4K entries carry the 64K hint (empty: from = to). */
function hintedSpan(mapping: Mapping, span: Span): Span {
  const from = alignUp(span.from, HINT_PAGES);
  const to = alignDown(span.to, HINT_PAGES);
  return from < to && memoryAligned(mapping, HINT_PAGES)
    ? { from, to }
    : { from: span.to, to: span.to };
}

/** The leaf level at which the driver maps page `addr` of the mapping. */
export function leafLevelAt(mapping: Mapping, addr: Page): Level {
  const end = mapping.addr + mapping.range;
  for (let level = MAX_LEAF_LEVEL; level > 0; level--) {
    const start = alignDown(addr, entryPages(level));
    const covered = start >= mapping.addr && start + entryPages(level) <= end;
    if (covered && leafFits(mapping, level)) return level;
  }
  return 0;
}

/** The value of the mapping's leaf of `level` at `addr` (aligned to it). */
export function leafValueAt(mapping: Mapping, level: Level, addr: Page, hint64K: boolean): number {
  const { backing, readOnly } = mapping;
  if (backing.kind === 'null') return encodeLeaf({ level, backing, readOnly, hint64K });
  const pfn = backing.pfn + (addr - mapping.addr);
  return encodeLeaf({ level, backing: { ...backing, pfn }, readOnly, hint64K });
}

/** Whether the 4K entry of page `addr` carries the 64K hint: its whole chunk is the mapping's. */
export function hintedAt(mapping: Mapping, addr: Page): boolean {
  const hinted = hintedSpan(mapping, { from: mapping.addr, to: mapping.addr + mapping.range });
  return hinted.from <= addr && addr < hinted.to;
}

/** The values of the leaves [from, to) of the table of `level` at `base`; at most three runs. */
export function leafRuns(
  mapping: Mapping,
  level: Level,
  base: Page,
  from: number,
  to: number,
): Run[] {
  const span = { from: entryBase(base, level, from), to: entryBase(base, level, to) };
  const hinted = level === 0 ? hintedSpan(mapping, span) : { from: span.to, to: span.to };
  const size = entryPages(level);
  const stride = mapping.backing.kind === 'null' ? 0 : size * PAGE_BYTES;
  const run = (part: Span, hint64K: boolean): Run => ({
    index: (part.from - base) / size,
    count: (part.to - part.from) / size,
    pte: leafValueAt(mapping, level, part.from, hint64K),
    stride,
  });
  const parts = [
    { part: { from: span.from, to: hinted.from }, hint64K: false },
    { part: hinted, hint64K: true },
    { part: { from: hinted.to, to: span.to }, hint64K: false },
  ];
  return parts.filter(({ part }) => part.from < part.to).map((p) => run(p.part, p.hint64K));
}
