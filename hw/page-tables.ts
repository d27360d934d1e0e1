/**
 * The hardware's view of the page tables: what the page walker of a GPU finds.
 *
 * A walk starts at the table page in the context's PDP register and follows the real bits of the
 * entries, level by level; it knows neither VMAs nor struct xe_pt. How a level-0 table is laid out
 * is said by the entry that points to it. This is the public door of the view: the store it walks
 * (table-store.ts) is re-exported here. Mirrors no kernel function (it is the hardware); the entry
 * layout is that of __gen8_pte_encode and gen8_pde_encode.
 */
import { hexOfPages, type Page } from '../domain/units.ts';
import type { TableLayout } from './flavour.ts';
import type { LeafEntry } from './leaf-rule.ts';
import {
  alignDown,
  cutAtEntries,
  entryPages,
  indexAt,
  leafIndexAt,
  leafStep,
  PAGES_64K,
  spacePages,
  type Level,
  type Span,
} from './levels.ts';
import { decodeEntry } from './pte.ts';
import { mapsSomething, type ScratchTree } from './scratch.ts';
import { visitSlots } from './slots.ts';
import { entryAt, type Tables } from './table-store.ts';

export type { LeafEntry } from './leaf-rule.ts';
export {
  allocateTable,
  entryAt,
  freeTable,
  noTables,
  writeEntries,
  type AllocatedTable,
  type TablePage,
  type Tables,
  type WrittenEntries,
} from './table-store.ts';

/** What a walk for one page finds. */
export type WalkResult =
  | ({
      readonly kind: 'leaf';
      /** Pages that the entry translates: 1, 16 (by the layout of its table), 512 or 2^18. */
      readonly pages: Page;
      /** The page walked for, translated; `null` for a NULL entry. */
      readonly pfn: Page | null;
      readonly writable: boolean;
      readonly vram: boolean;
      readonly hint64K: boolean;
    } & LeafEntry)
  /** The entry at `level` is not present. */
  | { readonly kind: 'not-present'; readonly level: Level }
  /** The entry at `level` points to `table`, which is no page table (any more): a driver bug. */
  | { readonly kind: 'dangling'; readonly level: Level; readonly table: Page };

/** Where a walk goes on: a table, its level and how it is laid out. */
export interface TableAt {
  readonly table: Page;
  readonly level: Level;
  readonly layout: TableLayout;
}

/** A directory entry that a walk passed. */
export interface PassedEntry {
  /** First page of what it spans. */
  readonly addr: Page;
  readonly level: Level;
  readonly pte: number;
}

/**
 * Walks the tables from the table page `rootPfn` of a tree with `levels` levels for page `addr`.
 * A missing root dangles at level `levels`. @throws RangeError outside the address space
 */
export function walk(tables: Tables, rootPfn: Page, levels: number, addr: Page): WalkResult {
  if (addr < 0 || addr >= spacePages(levels)) {
    throw new RangeError(`${hexOfPages(addr)} is outside a space of ${levels} levels`);
  }
  return walkFrom(tables, { table: rootPfn, level: levels - 1, layout: 'normal' }, addr);
}

/** The rest of a walk for page `addr` from a table on; tells the directory entries it passes. */
export function walkFrom(
  tables: Tables,
  { table: start, level: top, layout: first }: TableAt,
  addr: Page,
  passed?: PassedEntry[],
): WalkResult {
  let table = start;
  let layout = first;
  for (let level = top; level >= 0; level--) {
    const index = level === 0 ? leafIndexAt(addr, layout) : indexAt(addr, level);
    const pte = entryAt(tables, table, index);
    if (pte === undefined) return { kind: 'dangling', level: level + 1, table };
    const entry = decodeEntry(pte, level);
    if (entry.kind === 'empty') return { kind: 'not-present', level };
    if (entry.kind === 'leaf') {
      const pages = level === 0 ? leafStep(layout).pages : entryPages(level);
      const { writable, vram, hint64K } = entry;
      const pfn = entry.pfn === null ? null : pfnWithin(entry.pfn, addr, pages, hint64K);
      const at = { addr: alignDown(addr, pages), level, pte };
      const is64K = level === 0 && layout !== 'normal' ? ({ is64K: true } as const) : {};
      return { kind: 'leaf', ...at, ...is64K, pages, pfn, writable, vram, hint64K };
    }
    passed?.push({ addr: alignDown(addr, entryPages(level)), level, pte });
    table = entry.table;
    layout = entry.layout;
  }
  throw new Error('unreachable: every present entry of level 0 is a leaf');
}

/** Page of memory; of a 64K page the address in the entry counts from bit 16 up. */
function pfnWithin(pfn: Page, addr: Page, pages: Page, hint64K: boolean): Page {
  const size = hint64K ? PAGES_64K : pages;
  return (size === PAGES_64K ? alignDown(pfn, PAGES_64K) : pfn) + (addr % size);
}

/**
 * The present leaf entries that translate a page of [fromAddr, toAddr), ascending by address.
 * Costs what the present entries cost, not what the range spans; dangling entries are passed over,
 * and so is what leads to `scratch` (without it a scratch VM has 2^36 leaves or more).
 */
export function entriesOf(
  tables: Tables,
  root: Page,
  levels: number,
  fromAddr: Page = 0,
  toAddr: Page = spacePages(levels),
  scratch?: ScratchTree,
): Generator<LeafEntry> {
  const top: TableAt = { table: root, level: levels - 1, layout: 'normal' };
  return leavesUnder(tables, top, 0, { from: fromAddr, to: toAddr }, scratch);
}

function* leavesUnder(
  tables: Tables,
  { table, level, layout }: TableAt,
  base: Page,
  span: Span,
  scratch: ScratchTree | undefined,
): Generator<LeafEntry> {
  const page = tables.pages.get(table);
  const inside = clip(span, base, base + entryPages(level + 1));
  if (page === undefined || inside.from >= inside.to) return;
  if (layout !== 'normal') {
    yield* leaves64K(tables, table, layout, base, inside);
    return;
  }
  const size = entryPages(level);
  const { head, from, to, tail } = cutAtEntries(base, level, inside);
  const found: [number, number][] = [];
  visitSlots(page.entries, head ?? from, tail === undefined ? to : tail + 1, (pte, index) => {
    if (mapsSomething(scratch, level, pte)) found.push([base + index * size, pte]);
  });
  for (const [addr, pte] of found) {
    const entry = decodeEntry(pte, level);
    if (entry.kind === 'leaf') yield { addr, level, pte };
    else if (entry.kind === 'directory') {
      const below = { table: entry.table, level: level - 1, layout: entry.layout };
      yield* leavesUnder(tables, below, addr, inside, scratch);
    }
  }
}

/** The leaves of a level-0 table whose entries translate 64K each. */
function* leaves64K(
  tables: Tables,
  table: Page,
  layout: TableLayout,
  base: Page,
  inside: Span,
): Generator<LeafEntry> {
  const { pages, slots, count } = leafStep(layout);
  for (let index = 0; index < count; index += slots) {
    const addr = base + (index / slots) * pages;
    const pte = entryAt(tables, table, index) ?? 0;
    const outside = addr + pages <= inside.from || addr >= inside.to;
    if (!outside && decodeEntry(pte, 0).kind === 'leaf') yield { addr, level: 0, pte, is64K: true };
  }
}

function clip(span: Span, from: Page, to: Page): Span {
  return { from: Math.max(span.from, from), to: Math.min(span.to, to) };
}
