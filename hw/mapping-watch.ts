/**
 * compareMappings after every step: looks only at what is not as it was at the last look.
 *
 * Two versions of the tables share every table page that was not written, two versions of the
 * mappings every mapping that stayed. So a look costs what changed since the last one, plus the
 * addresses that were wrong then; its verdict is that of the full comparison, difference by
 * difference. A watch is a value and forks with the world. Mirrors no kernel function.
 */
import { OrderedMap } from '../domain/ordered-map.ts';
import type { Page } from '../domain/units.ts';
import { changedEntries } from './changed-entries.ts';
import { leafPages, type Mapping } from './leaf-rule.ts';
import { spacePages, type Span } from './levels.ts';
import { noTables, walk, type Tables } from './page-tables.ts';
import { movePlaces, placesOfRoot, type Places } from './table-places.ts';
import { compareWithin, type Difference, type TableRoot } from './tables-check.ts';

/** Addresses that were found wrong, and in what. */
interface WrongSpan {
  readonly span: Span;
  readonly differences: readonly Difference[];
}

/** What a look has seen. `V` is a mapping as its owner keeps it, in a map by first page. */
export interface MappingWatch<V> {
  readonly from: TableRoot;
  readonly tables: Tables;
  readonly mappings: OrderedMap<V>;
  /** @internal `undefined` where a table is reached twice: the next look starts afresh. */
  readonly places: Places | undefined;
  /** @internal ascending */
  readonly wrong: readonly WrongSpan[];
}

export interface Look<V> {
  readonly tables: Tables;
  readonly mappings: OrderedMap<V>;
  /** What an owner's mapping is to the hardware; must depend on the value alone. */
  readonly asMapping: (value: V) => Mapping;
  /** Mappings whose memory changed though their value did not (an evicted BO). */
  readonly touched?: readonly Span[];
}

/** A watch that has seen nothing yet. */
export function newWatch<V>(from: TableRoot): MappingWatch<V> {
  const places = placesOfRoot(from.root, from.levels);
  return { from, tables: noTables(), mappings: OrderedMap.empty(), places, wrong: [] };
}

/** All differences at the last look, ascending by address: those of compareMappings. */
export function differencesOf<V>({ wrong }: MappingWatch<V>): Difference[] {
  return wrong.flatMap(({ differences }) => differences);
}

/** Looks again. */
export function lookAgain<V>(watch: MappingWatch<V>, look: Look<V>): MappingWatch<V> {
  const { from } = watch;
  const { tables, mappings, asMapping } = look;
  if (watch.places === undefined) return lookAgain(newWatch<V>(from), look);
  const moved = movePlaces(watch.places, watch.tables, tables, from.scratch);
  const all = { from: 0, to: spacePages(from.levels) };
  const dirty = moved.tangled ? [all] : dirtySpans(watch, look, moved.spans);
  const wrong: WrongSpan[] = [];
  for (const span of closed(dirty, from, look)) {
    const inside = [...mappings.values(span.from, span.to)].map(asMapping);
    const differences = compareWithin(tables, from, inside, span);
    if (differences.length > 0) wrong.push({ span, differences });
  }
  const places = moved.tangled ? undefined : moved.places;
  return { from, tables, mappings, places, wrong };
}

/** What to look at: what changed, and what was wrong. */
function dirtySpans<V>(watch: MappingWatch<V>, look: Look<V>, moved: readonly Span[]): Span[] {
  const dirty = [...moved, ...watch.wrong.map(({ span }) => span), ...(look.touched ?? [])];
  for (const { before, after } of changedEntries(watch.mappings, look.mappings)) {
    for (const value of [before, after]) {
      if (value === undefined) continue;
      const { addr, range } = look.asMapping(value);
      dirty.push({ from: addr, to: addr + range });
    }
  }
  return dirty;
}

/** The spans widened until no mapping and no leaf crosses an end of one; disjoint, ascending. */
function closed<V>(dirty: readonly Span[], root: TableRoot, look: Look<V>): Span[] {
  const sorted = [...dirty].sort((a, b) => a.from - b.from);
  const done: Span[] = [];
  for (const span of sorted) {
    const last = done.at(-1);
    if (last !== undefined && span.to <= last.to) continue;
    let wide = widened(span, root, look);
    for (let before = done.at(-1); before !== undefined; before = done.at(-1)) {
      if (before.to <= wide.from) break;
      done.pop();
      const joined = {
        from: Math.min(before.from, wide.from),
        to: Math.max(before.to, wide.to),
      };
      wide = joined;
    }
    done.push(wide);
  }
  return done;
}

function widened<V>(span: Span, root: TableRoot, look: Look<V>): Span {
  let { from, to } = span;
  for (;;) {
    const low = startOf(from, root, look);
    const high = endOf(to - 1, root, look);
    if (low === from && high === to) return { from, to };
    [from, to] = [low, high];
  }
}

function mappingAt<V>(addr: Page, { mappings, asMapping }: Look<V>): Mapping | undefined {
  const below = mappings.floor(addr);
  if (below === undefined) return undefined;
  const mapping = asMapping(below.value);
  return addr < mapping.addr + mapping.range ? mapping : undefined;
}

/** First page of what maps or translates `addr`, or `addr`. */
function startOf<V>(addr: Page, { root, levels }: TableRoot, look: Look<V>): Page {
  const mapped = mappingAt(addr, look)?.addr ?? addr;
  const found = walk(look.tables, root, levels, addr);
  return Math.min(mapped, found.kind === 'leaf' ? found.addr : addr);
}

/** The page after what maps or translates `addr`, or after `addr`. */
function endOf<V>(addr: Page, { root, levels }: TableRoot, look: Look<V>): Page {
  const mapping = mappingAt(addr, look);
  const mapped = mapping === undefined ? addr + 1 : mapping.addr + mapping.range;
  const found = walk(look.tables, root, levels, addr);
  return Math.max(mapped, found.kind === 'leaf' ? found.addr + leafPages(found) : addr + 1);
}
