/**
 * Repeated mappings as somebody would write them who has never heard of phases: an array of pages,
 * each with the page of the object that it shows, filled by counting. It shares no code with
 * domain/va/. And the requests that are tried on it.
 */
import fc from 'fast-check';
import { NO_QUIRKS, type Quirks } from '../../../domain/quirks/quirks.ts';
import {
  endOf,
  offsetAt,
  PLAIN,
  type Mapping,
  type MapRequest,
} from '../../../domain/va/mapping.ts';
import { applyOps, type Op } from '../../../domain/va/ops.ts';
import type { Semantics } from '../../../domain/va/range-check.ts';
import { mapOps, unmapAllOps, unmapOps } from '../../../domain/va/split-merge.ts';
import { createVaSpace, type VaSpace } from '../../../domain/va/va-space.ts';
import { accepted, contents } from './space-of.ts';

export const PAGES = 32;
/** Both rule sets that know repeated mappings. */
export const REPEATERS = ['gpuvm-repeat', 'gpuvm-single-page'] as const;

export type Asked =
  | { readonly do: 'map'; readonly map: MapRequest }
  | { readonly do: 'unmap'; readonly addr: number; readonly range: number }
  | { readonly do: 'unmap_all'; readonly obj: string };

/** What each page shows: object and page, `null` for a NULL page, `` for nothing. */
type Shown = readonly string[];

/** The pages of a request or mapping by counting, from `first` on, back to 0 after `range` of them. */
function counted(m: MapRequest, first = 0): string[] {
  if (m.repeat?.range === 0) return Array.from({ length: m.range }, () => 'no page');
  let k = first;
  return Array.from({ length: m.range }, () => {
    const shown = m.attrs.null
      ? 'null'
      : `${m.obj}:${m.offset + k}${m.attrs.readOnly ? ' ro' : ''}`;
    k += 1;
    if (m.repeat && k === m.repeat.range) k = 0;
    return shown;
  });
}

export function shownAfter(shown: Shown, one: Asked): Shown {
  if (one.do === 'unmap_all')
    return shown.map((page) => (page.startsWith(`${one.obj}:`) ? '' : page));
  const { addr, range } = one.do === 'map' ? one.map : one;
  const now = one.do === 'map' ? counted(one.map) : Array.from({ length: range }, () => '');
  return shown.map((page, i) => now[i - addr] ?? page);
}

/** What the mappings of a space show. */
function shownBy(space: VaSpace): Shown {
  const pages = Array.from({ length: PAGES }, () => '');
  for (const m of contents(space)) {
    counted(m, m.repeat?.phase).forEach((shown, i) => (pages[m.addr + i] = shown));
  }
  return pages;
}

const span = fc
  .tuple(fc.nat(PAGES - 1), fc.integer({ min: 1, max: 12 }))
  .map(([addr, range]) => ({ addr, range: Math.min(range, PAGES - addr) }));
const obj = fc.constantFrom('a', 'b');
const attrs = fc
  .nat(7)
  .map((draw) => (draw === 7 ? Object.freeze({ ...PLAIN, readOnly: true }) : PLAIN));

const plain = fc
  .record({ span, obj, shift: fc.constantFrom(0, 0, 7), attrs })
  .map(({ span: { addr, range }, shift, ...each }) => ({
    do: 'map' as const,
    map: { ...each, addr, range, offset: addr + shift },
  }));
const nothing = span.map((each) => ({
  do: 'map' as const,
  map: { ...each, obj: null, offset: 0, attrs: { ...PLAIN, null: true } },
}));
const unmap = span.map((each) => ({ do: 'unmap' as const, ...each }));
const unmapAll = obj.map((each) => ({ do: 'unmap_all' as const, obj: each }));

/** Whole numbers of patterns of 1 to `longest` pages, mostly the same few pages of one object. */
const repeatedMap = (longest: number): fc.Arbitrary<Asked> =>
  fc
    .record({
      pattern: fc.integer({ min: 1, max: longest }),
      times: fc.integer({ min: 1, max: 8 }),
      at: fc.nat(PAGES - 1),
      obj,
      offset: fc.constantFrom(0, 0, 0, 2),
      attrs,
    })
    .map(({ pattern, times, at, ...each }) => {
      const range = pattern * times;
      const repeat = { range: pattern, phase: 0 };
      return { do: 'map', map: { ...each, addr: Math.min(at, PAGES - range), range, repeat } };
    });

const others: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 3, arbitrary: plain },
  { weight: 1, arbitrary: nothing },
  { weight: 5, arbitrary: unmap },
  { weight: 1, arbitrary: unmapAll },
);

/** Sequences without repeated mappings, and with patterns of up to so many pages. */
export const sequences = (longest: number): fc.Arbitrary<readonly Asked[]> => {
  const one = longest === 0 ? others : fc.oneof(others, repeatedMap(longest));
  return fc.array(one, { minLength: 1, maxLength: 12, size: 'max' });
};
/** The longest pattern that a rule set is asked for. */
export const longestOf = (semantics: (typeof REPEATERS)[number]): number =>
  semantics === 'gpuvm-repeat' ? 4 : 1;

const opsOf = (space: VaSpace, one: Asked, quirks: Quirks): Op[] => {
  if (one.do === 'map') return accepted(mapOps(space, one.map, quirks));
  if (one.do === 'unmap') return accepted(unmapOps(space, one.addr, one.range, quirks));
  return unmapAllOps(space, one.obj);
};

/** Invariant 4 of the fact sheet, but for what the pages show; the broken rule, or ''. */
function brokenShape(one: Asked, ops: readonly Op[]): string {
  const maps = ops.filter((op) => op.op === 'map');
  const remaps = ops.filter((op) => op.op === 'remap');
  if (remaps.length > 2) return 'more than two REMAPs';
  if (maps.length !== (one.do === 'map' ? 1 : 0)) return `${maps.length} MAPs`;
  if (maps.length === 1 && ops.at(-1) !== maps[0]) return 'a MAP that is not last';
  const hits = ops.filter((op) => op.op === 'unmap' || op.op === 'remap').map((op) => op.unmap);
  const isAscending = hits.every((m, i) => i === 0 || endOf(hits[i - 1] as Mapping) <= m.addr);
  if (one.do !== 'unmap_all' && !isAscending) return 'not ascending';
  for (const { unmap: old, prev, next } of remaps) {
    if (prev === null && next === null) return 'a REMAP that leaves nothing';
    if (prev !== null && prev.addr !== old.addr) return 'a wrong beginning of prev';
    if (next !== null && endOf(next) !== endOf(old)) return 'a wrong end of next';
  }
  return '';
}

/** `keep` is said where the request wants what is there, and wherever both have the same form. */
function brokenKeep(semantics: Semantics, shown: Shown, one: Asked, ops: readonly Op[]): string {
  for (const op of ops) {
    if (op.op !== 'unmap' && op.op !== 'remap') continue;
    const { unmap: old, keep } = op;
    if (one.do !== 'map') {
      if (keep) return 'keeps for an unmap';
      continue;
    }
    const [from, to] = [Math.max(old.addr, one.map.addr), Math.min(endOf(old), endOf(one.map))];
    const looks = (page: string): string =>
      semantics === 'gpuvm-repeat' ? page : page.replace(' ro', '');
    const wanted = shownAfter(shown, one).slice(from, to).map(looks);
    const isSame = wanted.join() === shown.slice(from, to).map(looks).join();
    const sameForm =
      old.obj !== null &&
      old.repeat?.range === one.map.repeat?.range &&
      (old.repeat === null || old.offset === one.map.offset);
    if (keep && !isSame) return 'keeps other pages';
    if (!keep && isSame && sameForm) return 'does not keep the same pages';
  }
  return '';
}

/** Runs the requests; the first thing that is wrong after one of them, or ''. */
export function wrongAfter(
  semantics: Semantics,
  requests: readonly Asked[],
  quirks: Quirks = NO_QUIRKS,
): string {
  let space = createVaSpace({ name: 'vm', start: 0, range: PAGES, reserved: null, semantics });
  let nextId = 1;
  let shown: Shown = Array.from({ length: PAGES }, () => '');
  for (const one of requests) {
    const ops = opsOf(space, one, quirks);
    const broken = brokenShape(one, ops) || brokenKeep(semantics, shown, one, ops);
    if (broken !== '') return broken;
    ({ space, nextId } = accepted(applyOps(space, ops, nextId)));
    shown = shownAfter(shown, one);
    const actual = shownBy(space);
    const at = actual.findIndex((page, i) => page !== shown[i]);
    if (at >= 0)
      return `page ${at} shows ${actual[at] || 'nothing'}, not ${shown[at] || 'nothing'}`;
  }
  return '';
}

/** What {@link offsetAt} says of every page of a space, against counting. */
export function misread(space: VaSpace): string[] {
  return contents(space).flatMap((m) =>
    counted({ ...m, attrs: PLAIN }, m.repeat?.phase).filter(
      (shown, i) => shown !== `${m.obj}:${offsetAt(m, m.addr + i)}`,
    ),
  );
}

/** A request in few words. */
export function askedText(one: Asked): string {
  if (one.do === 'map') {
    const { addr, obj: behind, offset, repeat } = one.map;
    const place = behind === null ? 'NULL' : `${behind}@${offset}`;
    return `map [${addr},${endOf(one.map)}) ${place}${repeat ? ` x${repeat.range}` : ''}`;
  }
  return one.do === 'unmap'
    ? `unmap [${one.addr},${one.addr + one.range})`
    : `unmap all of ${one.obj}`;
}
