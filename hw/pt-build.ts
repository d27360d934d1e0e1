/**
 * Building what a bind adds: new tables, filled while nothing points to them, and the entries that
 * connect them.
 *
 * Mirrors the branch of xe_pt_stage_bind_entry that descends: xe_pt_create, xe_pt_populate_empty
 * for a table that the range does not cover, the compact layout for one that it does, and
 * xe_pt_insert_entry. See pt-bind.ts for where the entries of existing tables go.
 */
import type { Page } from '../domain/units.ts';
import type { PtFlavour } from './flavour.ts';
import {
  cacheBitsOf,
  compactRun,
  leafFits,
  leafRuns,
  privateLayout,
  type Mapping,
} from './leaf-rule.ts';
import {
  clipToEntry,
  COMPACT_COUNT,
  cutAtEntries,
  entryBase,
  type Level,
  type Span,
} from './levels.ts';
import type { NewTable, PtNode, PtSlot, TableUpdate } from './pt-tree.ts';
import { encodeDirectory } from './pte.ts';
import { clearRun, packRuns, type IndexedPte, type Run } from './runs.ts';
import type { ScratchTree } from './scratch.ts';
import { fillSlots, noSlots, SLOT_COUNT, writeSlots, type Slots } from './slots.ts';

export interface BindRequest extends Mapping {
  /**
   * The VMA is bound already and its memory or access changed (after eviction, a userptr
   * invalidation, a zap): all of the range must be bound. Its private tables are replaced.
   */
  readonly rebind?: boolean;
  /**
   * Highest level of a NULL leaf, 2 unless given. The posted series has no limit for NULL: with 4,
   * a NULL bind of a whole 512G entry writes 0x203 there, which the hardware takes for a directory.
   */
  readonly maxLeafLevel?: Level;
}

/** A bind on its way: what one call of stageBind fills in. */
export interface Staging {
  readonly request: BindRequest;
  readonly flavour: PtFlavour;
  readonly scratch: ScratchTree | undefined;
  next: Page;
  readonly newTables: NewTable[];
  readonly updates: TableUpdate[];
  readonly freed: Page[];
}

/** What goes into entries of one table: slots for the driver, runs for the hardware. */
interface Filling {
  readonly slots: Slots<PtSlot>;
  readonly runs: readonly Run[];
  /** Entries written. */
  readonly count: number;
}

/**
 * Fills `entries` of the table at `base` for the part of `span` on each: leaves where the leaf rule
 * allows, else new child tables.
 */
export function fill(
  staging: Staging,
  old: Slots<PtSlot>,
  level: Level,
  base: Page,
  entries: { readonly from: number; readonly to: number },
  span: Span,
): Filling {
  const { request, flavour } = staging;
  const { from, to } = cutAtEntries(base, level, span);
  const leaves = from < to && leafFits(request, level, request.maxLeafLevel);
  let slots = leaves ? fillSlots<PtSlot>(old, from, to - from, 'leaf') : old;
  const children = (first: number, end: number): Run[] => {
    const ptes: IndexedPte[] = [];
    // A directory entry has no third cache bit, so as in a 2M leaf it must not become bit 7.
    const cache = flavour.caching === 'pat-index' ? cacheBitsOf(request, flavour, level) & 0x18 : 0;
    slots = writeSlots<PtSlot>(slots, first, end - first, (index) => {
      const part = clipToEntry(base, level, index, span);
      const at = entryBase(base, level, index);
      const isPrivate = level === 1 && from <= index && index < to;
      const child = isPrivate
        ? buildPrivate(staging, at, part)
        : build(staging, level - 1, at, part);
      ptes.push({ index, pte: encodeDirectory(child.table, child.layout, cache) });
      return child;
    });
    return packRuns(ptes);
  };
  const runs = leaves
    ? [
        ...children(entries.from, from),
        ...leafRuns(request, level, base, from, to, flavour),
        ...children(to, entries.to),
      ]
    : children(entries.from, entries.to);
  return { slots, runs, count: entries.to - entries.from };
}

/** Builds a table that nothing points to yet, with everything below it. */
function build(staging: Staging, level: Level, base: Page, span: Span): PtNode {
  const table = staging.next++;
  const place = staging.newTables.length;
  staging.newTables.push({ table, level, base, runs: [] });
  const { head, from, to, tail } = cutAtEntries(base, level, span);
  const entries = { from: head ?? from, to: tail === undefined ? to : tail + 1 };
  const { slots, runs, count } = fill(staging, noSlots(), level, base, entries, span);
  const { from: first, to: end } = entries;
  staging.newTables[place] = { table, level, base, runs: padded(staging, level, runs, first, end) };
  return { table, level, numLive: count, slots };
}

/** The runs of a new table whose entries [from, to) are used: the others get scratch entries. */
function padded(
  { scratch }: Staging,
  level: Level,
  runs: readonly Run[],
  from: number,
  to: number,
): readonly Run[] {
  const empty = scratch?.empty[level];
  if (empty === undefined) return runs;
  const before = from > 0 ? [clearRun(0, from, empty)] : [];
  const after = to < SLOT_COUNT ? [clearRun(to, SLOT_COUNT - to, empty)] : [];
  return [...before, ...runs, ...after];
}

/** Builds the level-0 table of 2M that are all the request's, of 64K pages where it can be. */
function buildPrivate(staging: Staging, base: Page, span: Span): PtNode {
  const { request, flavour } = staging;
  const layout = privateLayout(request, flavour);
  if (layout === 'normal') return build(staging, 0, base, span);
  if (layout === 'ips') return { ...build(staging, 0, base, span), layout };
  const table = staging.next++;
  const runs = [compactRun(request, base, COMPACT_COUNT, flavour)];
  staging.newTables.push({ table, level: 0, base, runs, layout });
  const slots = fillSlots<PtSlot>(noSlots(), 0, COMPACT_COUNT, 'leaf');
  return { table, level: 0, numLive: COMPACT_COUNT, slots, layout };
}
