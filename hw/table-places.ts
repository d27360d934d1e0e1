/**
 * Where each table page stands in the tree that hardware walks, kept up to date from one version of
 * the store to the next at the cost of what changed; and the addresses that a change concerns.
 *
 * The store knows pages, a comparison needs addresses. A page that is reached twice (a driver bug,
 * or a NULL entry taken for a directory) has no one place: then everything has to be looked at.
 * Mirrors no kernel function.
 */
import { OrderedMap, type OrderedMapEditor } from '../domain/ordered-map.ts';
import type { Page } from '../domain/units.ts';
import { changedEntries } from './changed-entries.ts';
import { entryPages, type Level, type Span } from './levels.ts';
import type { TableAt, TablePage, Tables } from './page-tables.ts';
import { decodeEntry } from './pte.ts';
import { mapsSomething, type ScratchTree } from './scratch.ts';
import { noSlots, SLOT_COUNT, visitChanged, visitSlots, type Slots } from './slots.ts';

/** Where a table stands; the page need not be a table (a dangling entry leads to it). */
export interface Place extends TableAt {
  readonly base: Page;
}

/** Every page that directory entries lead to, by page. */
export type Places = OrderedMap<Place>;

/** Only the root, as when the store was empty. */
export function placesOfRoot(root: Page, levels: number): Places {
  const place: Place = { table: root, level: levels - 1, layout: 'normal', base: 0 };
  return OrderedMap.empty<Place>().set(root, place);
}

export interface MovedPlaces {
  readonly places: Places;
  /** Addresses whose translation may have changed. */
  readonly spans: readonly Span[];
  /** A page is reached twice: `places` and `spans` are of no use. */
  readonly tangled: boolean;
}

interface Move {
  readonly editor: OrderedMapEditor<Place>;
  readonly scratch: ScratchTree | undefined;
  readonly spans: Span[];
  readonly removed: Set<Page>;
  tangled: boolean;
}

const entriesIn = (page: TablePage | undefined): Slots<number> => page?.entries ?? noSlots();

/** The place that a directory entry leads to. */
function behind(move: Move, pte: number, index: number, parent: Place): Place | undefined {
  const { level, base } = parent;
  if (level === 0 || !mapsSomething(move.scratch, level, pte)) return undefined;
  const entry = decodeEntry(pte, level);
  if (entry.kind !== 'directory') return undefined;
  const { table, layout } = entry;
  return { table, level: level - 1, layout, base: base + index * entryPages(level) };
}

function eachChild(move: Move, tables: Tables, place: Place, each: (child: Place) => void): void {
  if (place.level === 0) return;
  visitSlots(entriesIn(tables.pages.get(place.table)), 0, SLOT_COUNT, (pte, index) => {
    const child = behind(move, pte, index, place);
    if (child !== undefined) each(child);
  });
}

function remove(move: Move, old: Tables, place: Place): void {
  if (!move.editor.has(place.table)) return;
  move.editor.delete(place.table);
  move.removed.add(place.table);
  eachChild(move, old, place, (child) => remove(move, old, child));
}

function add(move: Move, now: Tables, place: Place): void {
  if (move.editor.has(place.table)) {
    move.tangled = true;
    return;
  }
  move.editor.set(place.table, place);
  eachChild(move, now, place, (child) => add(move, now, child));
}

/** Addresses of entry `index`; in a table of 64K pages one of 16 may stand for any of them. */
function spanOf({ level, base, layout }: Place, index: number): Span {
  if (layout !== 'normal') return { from: base, to: base + entryPages(1) };
  return entrySpan(base, level, index);
}

function entrySpan(base: Page, level: Level, index: number): Span {
  const from = base + index * entryPages(level);
  return { from, to: from + entryPages(level) };
}

/** The places in `now`, given those in `old`. */
export function movePlaces(
  places: Places,
  old: Tables,
  now: Tables,
  scratch: ScratchTree | undefined,
): MovedPlaces {
  const move: Move = {
    ...{ editor: places.mutable(), scratch, spans: [], removed: new Set<Page>() },
    tangled: false,
  };
  const gone: Place[] = [];
  const come: { readonly parent: Page; readonly child: Place }[] = [];
  for (const { key, before, after } of changedEntries(old.pages, now.pages)) {
    const place = places.get(key);
    if (place === undefined) continue;
    visitChanged(entriesIn(before), entriesIn(after), (was, is, index) => {
      addSpan(move.spans, spanOf(place, index));
      const lost = was === undefined ? undefined : behind(move, was, index, place);
      const found = is === undefined ? undefined : behind(move, is, index, place);
      if (lost !== undefined) gone.push(lost);
      if (found !== undefined) come.push({ parent: key, child: found });
    });
  }
  for (const place of gone) remove(move, old, place);
  for (const { parent, child } of come) {
    // A parent that has lost its place is not reached, or was found again with all its children.
    if (!move.removed.has(parent)) add(move, now, child);
  }
  return { places: move.editor.freeze(), spans: move.spans, tangled: move.tangled };
}

/** Adds a span to a list, into the last one where they meet. */
function addSpan(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last !== undefined && last.from <= span.from && span.from <= last.to) {
    spans[spans.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  } else spans.push(span);
}
