/**
 * The table pages that hardware can reach: an immutable store keyed by the page frame number of
 * the table itself, each table 512 real 64-bit entries.
 *
 * It is built by folding three kinds of fact, and by nothing else: a table was allocated and filled
 * (xe_pt_create, xe_pt_populate_empty, xe_pt_write), entries were written (xe_vm_populate_pgtable,
 * xe_migrate_clear_pgtable_callback), a table was freed (xe_pt_destroy). It knows nothing of what
 * the driver meant: what a walk finds is what these writes left behind. In a scratch VM what the
 * driver calls an empty entry is an entry like any other here.
 */
import { OrderedMap } from '../domain/ordered-map.ts';
import { hexOfPages, type Page } from '../domain/units.ts';
import type { Level } from './levels.ts';
import { pteInRun, type Run } from './runs.ts';
import { fillSlots, noSlots, slotAt, writeSlots, type Slots } from './slots.ts';

/** One table page. The level is what the driver allocated it for; a walk does not look at it. */
export interface TablePage {
  readonly level: Level;
  /** Entries that are not 0. */
  readonly entries: Slots<number>;
}

export interface Tables {
  readonly pages: OrderedMap<TablePage>;
}

/** A table that was allocated, and what it was filled with before anything pointed to it. */
export interface AllocatedTable {
  readonly table: Page;
  readonly level: Level;
  readonly runs: readonly Run[];
}

/** Entries written into one existing table. */
export interface WrittenEntries {
  readonly table: Page;
  readonly runs: readonly Run[];
}

/** A store without tables. */
export function noTables(): Tables {
  return { pages: OrderedMap.empty() };
}

function writeRun(entries: Slots<number>, run: Run): Slots<number> {
  const { index, count, pte, stride } = run;
  if (stride === 0) return fillSlots(entries, index, count, pte === 0 ? undefined : pte);
  return writeSlots(entries, index, count, (i) => pteInRun(run, i) || undefined);
}

/** Folds "a table was allocated". @throws Error when the page is a table already */
export function allocateTable(tables: Tables, { table, level, runs }: AllocatedTable): Tables {
  if (tables.pages.has(table)) {
    throw new Error(`${hexOfPages(table)} is a page table already`);
  }
  const entries = runs.reduce(writeRun, noSlots<number>());
  return { pages: tables.pages.set(table, { level, entries }) };
}

/** Folds "entries were written". @throws Error when the page is no table (now) */
export function writeEntries(tables: Tables, { table, runs }: WrittenEntries): Tables {
  const page = tables.pages.get(table);
  if (page === undefined) throw new Error(`no page table is at ${hexOfPages(table)}`);
  const entries = runs.reduce(writeRun, page.entries);
  return { pages: tables.pages.set(table, { level: page.level, entries }) };
}

/** Folds "a table was freed". Entries that still point to it dangle. @throws Error if no table */
export function freeTable(tables: Tables, table: Page): Tables {
  if (!tables.pages.has(table)) {
    throw new Error(`no page table is at ${hexOfPages(table)}`);
  }
  return { pages: tables.pages.delete(table) };
}

/** The value of one entry, 0 when empty; `undefined` when the page is no table. */
export function entryAt(tables: Tables, table: Page, index: number): number | undefined {
  const page = tables.pages.get(table);
  return page === undefined ? undefined : (slotAt(page.entries, index) ?? 0);
}
