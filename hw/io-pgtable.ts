/**
 * Page tables as io-pgtable keeps them: the CPU stores each entry at once, and a range is mapped and unmapped page by
 * page, whatever mappings it belongs to.
 *
 * Mirrors io-pgtable-arm.c (__arm_lpae_map, __arm_lpae_unmap) as panthor drives it with pages of 4K and 2M
 * (panthor_mmu.c: get_pgsize, panthor_vm_map_pages, panthor_vm_unmap_pages). Two things differ from the tables of xe:
 * a table whose last entry is cleared stays, until its whole 2M are unmapped or become a block; and a block cannot be
 * unmapped in part. The entries have the bits of pte.ts, not those of the ARM format.
 */
import { hexOfPages, type Page } from '../domain/units.ts';
import {
  clipToEntry,
  cutAtEntries,
  entryBase,
  entryPages,
  type Level,
  type Span,
  spanInSpace,
} from './levels.ts';
import {
  type NewTable,
  type PtNode,
  type PtRange,
  type PtSlot,
  type PtTree,
  type TableAlloc,
  tablesUnder,
} from './pt-tree.ts';
import { type Backing, encodeDirectory, encodeLeaf } from './pte.ts';
import { clearRun, type IndexedPte, packRuns, type Run } from './runs.ts';
import { fillSlots, filledSlots, noSlots, slotAt } from './slots.ts';

/** The page sizes as a bit mask of bytes: SZ_4K | SZ_2M. */
export const PAGE_SIZES = 0x201000;
/** The level whose entries are blocks of 2M. */
const BLOCK_LEVEL: Level = 1;
export const BLOCK_PAGES: Page = entryPages(BLOCK_LEVEL);

/** Memory that shows in a range: it goes on page by page, or `repeat.range` pages of it over and over. */
export interface PagesRequest extends PtRange {
  /** the page behind `addr`, or, repeated, the first of the pattern; null for entries without memory, each of 4K */
  readonly pfn: Page | null;
  readonly repeat: { readonly range: Page; readonly phase: Page } | null;
  readonly readOnly: boolean;
}

/** Entries stored into one table. */
export interface StoredEntries {
  readonly table: Page;
  readonly level: Level;
  readonly runs: readonly Run[];
}

export interface MappedPages {
  readonly tree: PtTree;
  readonly alloc: TableAlloc;
  /** filled before anything points to them; parents before children */
  readonly newTables: readonly NewTable[];
  readonly stores: readonly StoredEntries[];
  /** tables that a block took the place of, parents first */
  readonly freed: readonly Page[];
}

export interface UnmappedPages {
  readonly tree: PtTree;
  readonly stores: readonly StoredEntries[];
  readonly freed: readonly Page[];
}

interface Staging {
  readonly request: PagesRequest;
  next: Page;
  readonly newTables: NewTable[];
  readonly stores: StoredEntries[];
  readonly freed: Page[];
}

/** Where page `addr` is in memory, and how many pages go on from there; null where there is none. */
function memoryAt(
  { addr: start, range, pfn, repeat }: PagesRequest,
  addr: Page,
): { pfn: Page; run: Page } | null {
  const distance = addr - start;
  const left = range - distance;
  if (pfn === null) return null;
  if (repeat === null) return { pfn: pfn + distance, run: left };
  const shown = (repeat.phase + distance) % repeat.range;
  return { pfn: pfn + shown, run: Math.min(left, repeat.range - shown) };
}

/** A whole 2M becomes a block if the memory behind it goes on that long and is aligned as well (get_pgsize). */
function isBlock(request: PagesRequest, level: Level, span: Span): boolean {
  if (level !== BLOCK_LEVEL || span.to - span.from !== BLOCK_PAGES) return false;
  const memory = memoryAt(request, span.from);
  return memory !== null && memory.run >= BLOCK_PAGES && memory.pfn % BLOCK_PAGES === 0;
}

function leafAt(request: PagesRequest, level: Level, addr: Page): number {
  const memory = memoryAt(request, addr);
  const backing: Backing =
    memory === null ? { kind: 'null' } : { kind: 'physical', pfn: memory.pfn, vram: false };
  return encodeLeaf({ level, backing, readOnly: request.readOnly, hint64K: false });
}

/** The entries of `level` that the span touches, each with its part of it. */
function* partsOf(base: Page, level: Level, span: Span): Generator<readonly [number, Span]> {
  const { head, from, to, tail } = cutAtEntries(base, level, span);
  const end = tail === undefined ? to : tail + 1;
  for (let index = head ?? from; index < end; index++) {
    yield [index, clipToEntry(base, level, index, span)];
  }
}

/** Runs of entries that may have gaps between them. */
function runsOf(entries: readonly IndexedPte[]): Run[] {
  const runs: Run[] = [];
  let start = 0;
  entries.forEach(({ index }, i) => {
    if (entries[i + 1]?.index === index + 1) return;
    runs.push(...packRuns(entries.slice(start, i + 1)));
    start = i + 1;
  });
  return runs;
}

function occupied(addr: Page): Error {
  return new Error(`${hexOfPages(addr)} is mapped already`);
}

/** Maps the span below `node`; what becomes of its own entries is left in `stored`. */
function mapBelow(
  staging: Staging,
  node: PtNode,
  base: Page,
  span: Span,
  stored: IndexedPte[],
): PtNode {
  const { request } = staging;
  const { level } = node;
  let { slots, numLive } = node;
  for (const [index, part] of partsOf(base, level, span)) {
    const slot = slotAt(slots, index);
    if (slot === 'leaf') throw occupied(part.from);
    if (level === 0 || isBlock(request, level, part)) {
      if (slot !== undefined) {
        if (filledSlots(slot.slots).length > 0) throw occupied(part.from);
        staging.freed.push(...tablesUnder(slot));
      }
      stored.push({ index, pte: leafAt(request, level, part.from) });
      slots = fillSlots<PtSlot>(slots, index, 1, 'leaf');
    } else if (slot === undefined) {
      const child = build(staging, level - 1, entryBase(base, level, index), part);
      stored.push({ index, pte: encodeDirectory(child.table) });
      slots = fillSlots<PtSlot>(slots, index, 1, child);
    } else {
      const child = mapInto(staging, slot, entryBase(base, level, index), part);
      slots = fillSlots<PtSlot>(slots, index, 1, child);
    }
    if (slot === undefined) numLive += 1;
  }
  return { ...node, slots, numLive };
}

/** A table that hardware can reach. */
function mapInto(staging: Staging, node: PtNode, base: Page, span: Span): PtNode {
  const stored: IndexedPte[] = [];
  const next = mapBelow(staging, node, base, span, stored);
  const { table, level } = node;
  if (stored.length > 0) staging.stores.push({ table, level, runs: runsOf(stored) });
  return next;
}

/** A new table, filled while nothing points to it. */
function build(staging: Staging, level: Level, base: Page, span: Span): PtNode {
  const table = staging.next++;
  const place = staging.newTables.length;
  staging.newTables.push({ table, level, base, runs: [] });
  const stored: IndexedPte[] = [];
  const empty = { table, level, numLive: 0, slots: noSlots<PtSlot>() };
  const node = mapBelow(staging, empty, base, span, stored);
  staging.newTables[place] = { table, level, base, runs: runsOf(stored) };
  return node;
}

/**
 * Maps a range of which nothing is mapped.
 * @throws Error (a programming error of the caller) when the range is empty, outside the space or mapped in part
 */
export function mapPages(tree: PtTree, alloc: TableAlloc, request: PagesRequest): MappedPages {
  const span = spanInSpace(tree.levels, request.addr, request.range);
  const staging: Staging = { request, next: alloc.next, newTables: [], stores: [], freed: [] };
  const root = mapInto(staging, tree.root, 0, span);
  const { next, newTables, stores, freed } = staging;
  return { tree: { ...tree, root }, alloc: { next }, newTables, stores, freed };
}

interface Clearing {
  readonly stores: StoredEntries[];
  readonly freed: Page[];
}

function unmapFrom(clearing: Clearing, node: PtNode, base: Page, span: Span): PtNode {
  const { table, level } = node;
  let { slots, numLive } = node;
  const cleared: number[] = [];
  for (const [index, part] of partsOf(base, level, span)) {
    const slot = slotAt(slots, index);
    if (slot === undefined) continue;
    const isWhole = part.to - part.from === entryPages(level);
    if (level > BLOCK_LEVEL || (slot !== 'leaf' && !isWhole)) {
      // no pages are this large: tables of this level and above stay
      const below = unmapFrom(clearing, slot as PtNode, entryBase(base, level, index), part);
      slots = fillSlots<PtSlot>(slots, index, 1, below);
      continue;
    }
    if (!isWhole) throw new Error(`page 0x${part.from.toString(16)} is part of a block`);
    if (slot !== 'leaf') clearing.freed.push(...tablesUnder(slot));
    cleared.push(index);
    slots = fillSlots<PtSlot>(slots, index, 1, undefined);
    numLive -= 1;
  }
  if (cleared.length > 0) {
    clearing.stores.push({ table, level, runs: clearsOf(cleared) });
  }
  return { ...node, slots, numLive };
}

function clearsOf(indices: readonly number[]): Run[] {
  const runs: Run[] = [];
  let start = 0;
  indices.forEach((index, i) => {
    if (indices[i + 1] === index + 1) return;
    const first = indices[start] ?? index;
    runs.push(clearRun(first, index - first + 1));
    start = i + 1;
  });
  return runs;
}

/**
 * Unmaps whatever is mapped in the range; what is not is passed over.
 * @throws Error (a programming error of the caller) when an end of the range lies inside a block
 */
export function unmapPages(tree: PtTree, { addr, range }: PtRange): UnmappedPages {
  const span = spanInSpace(tree.levels, addr, range);
  const clearing: Clearing = { stores: [], freed: [] };
  const root = unmapFrom(clearing, tree.root, 0, span);
  return { tree: { ...tree, root }, ...clearing };
}

/** The range grown until it cuts no block (panthor_mmu.c: unmap_hugepage_align). */
export function wholeBlocks(tree: PtTree, { addr, range }: PtRange): PtRange {
  const end = addr + range;
  const start = blockAt(tree, addr) ?? addr;
  const last = blockAt(tree, end - 1);
  const to = last === null ? end : last + BLOCK_PAGES;
  return { addr: start, range: to - start };
}

/** The first page of the block that translates `addr`, or null. */
function blockAt(tree: PtTree, addr: Page): Page | null {
  let node: PtNode = tree.root;
  while (node.level >= BLOCK_LEVEL) {
    const slot = slotAt(node.slots, Math.floor(addr / entryPages(node.level)) % 512);
    if (slot === undefined) return null;
    if (slot === 'leaf') return addr - (addr % entryPages(node.level));
    node = slot;
  }
  return null;
}

/** Tables that panthor reserves before it maps a range: one a level for each entry touched (pt_count). */
export function tablesToMap({ addr, range }: PtRange): number {
  return [1, 2, 3].reduce((sum, level) => {
    const pages = entryPages(level);
    return sum + Math.ceil((addr + range) / pages) - Math.floor(addr / pages);
  }, 0);
}

/** Tables that it reserves before it unmaps one: for the block that an end may lie in. */
export function tablesToUnmap({ addr, range }: PtRange): number {
  const end = addr + range;
  const up = (page: Page): Page => Math.ceil(page / BLOCK_PAGES) * BLOCK_PAGES;
  const atStart = addr !== up(addr) ? 1 : 0;
  const atEnd = end !== up(end) && up(end) !== up(addr) ? 1 : 0;
  return atStart + atEnd;
}
