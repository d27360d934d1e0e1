/**
 * The hardware's view of the page tables: what the page walker of a GPU finds.
 *
 * A walk starts at the table page in the context's PDP register and follows the real bits of the
 * entries, level by level; it knows neither VMAs nor struct xe_pt. This is the public door of the
 * view: the store it walks (table-store.ts) is re-exported here. Mirrors no kernel function (it is
 * the hardware); the entry layout is that of __gen8_pte_encode and gen8_pde_encode. Compact tables
 * are left out: the compact bit of a directory entry is ignored.
 */
import type { Page } from '../domain/units.ts';
import { cutAtEntries, entryPages, indexAt, spacePages, type Level, type Span } from './levels.ts';
import { decodeEntry } from './pte.ts';
import { filledSlots } from './slots.ts';
import { entryAt, type Tables } from './table-store.ts';

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

/** A leaf entry as it stands in a table. */
export interface LeafEntry {
  /** First page that the entry translates. */
  readonly addr: Page;
  readonly level: Level;
  readonly pte: number;
}

/** What a walk for one page finds. */
export type WalkResult =
  | ({
      readonly kind: 'leaf';
      /** Pages that the entry translates: 1, 512 or 2^18. */
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

/**
 * Walks the tables from the table page `rootPfn` of a tree with `levels` levels for page `addr`.
 * A missing root dangles at level `levels`. @throws RangeError outside the address space
 */
export function walk(tables: Tables, rootPfn: Page, levels: number, addr: Page): WalkResult {
  if (addr < 0 || addr >= spacePages(levels)) {
    throw new RangeError(`page 0x${addr.toString(16)} is outside a space of ${levels} levels`);
  }
  let table = rootPfn;
  for (let level = levels - 1; level >= 0; level--) {
    const pte = entryAt(tables, table, indexAt(addr, level));
    if (pte === undefined) return { kind: 'dangling', level: level + 1, table };
    const entry = decodeEntry(pte, level);
    if (entry.kind === 'empty') return { kind: 'not-present', level };
    if (entry.kind === 'leaf') {
      const pages = entryPages(level);
      const { writable, vram, hint64K } = entry;
      const pfn = entry.pfn === null ? null : entry.pfn + (addr % pages);
      const at = { addr: addr - (addr % pages), level, pte };
      return { kind: 'leaf', ...at, pages, pfn, writable, vram, hint64K };
    }
    table = entry.table;
  }
  throw new Error('unreachable: every present entry of level 0 is a leaf');
}

/**
 * The present leaf entries that translate a page of [fromAddr, toAddr), ascending by address.
 * Costs what the present entries cost, not what the range spans; dangling entries are passed over.
 */
export function entriesOf(
  tables: Tables,
  root: Page,
  levels: number,
  fromAddr: Page = 0,
  toAddr: Page = spacePages(levels),
): Generator<LeafEntry> {
  return leavesUnder(tables, root, levels - 1, 0, { from: fromAddr, to: toAddr });
}

function* leavesUnder(
  tables: Tables,
  table: Page,
  level: Level,
  base: Page,
  span: Span,
): Generator<LeafEntry> {
  const page = tables.pages.get(table);
  const size = entryPages(level);
  const inside = clip(span, base, base + entryPages(level + 1));
  if (page === undefined || inside.from >= inside.to) return;
  const { head, from, to, tail } = cutAtEntries(base, level, inside);
  const last = tail === undefined ? to : tail + 1;
  for (const [index, pte] of filledSlots(page.entries, head ?? from, last)) {
    const entry = decodeEntry(pte, level);
    const addr = base + index * size;
    if (entry.kind === 'leaf') yield { addr, level, pte };
    else if (entry.kind === 'directory') {
      yield* leavesUnder(tables, entry.table, level - 1, addr, inside);
    }
  }
}

function clip(span: Span, from: Page, to: Page): Span {
  return { from: Math.max(span.from, from), to: Math.min(span.to, to) };
}
