/**
 * Every request on every space of up to six pages, in both semantics, merging and not, against a
 * model that knows pages and no ranges.
 */
import { expect, test } from '@jest/globals';
import { applyOps, applyOpsTo } from '../../../domain/va/ops.ts';
import { editVaSpace, insert } from '../../../domain/va/va-space-editor.ts';
import { mapOps, prefetchOps, unmapOps } from '../../../domain/va/split-merge.ts';
import type { VaSpace } from '../../../domain/va/va-space.ts';
import type { MapRequest } from '../../../domain/va/mapping.ts';
import {
  brokenMerge,
  expectedSplit,
  overwritten,
  pagesOf,
  sameBackings,
  wordsOf,
  type Pages,
} from './page-model.ts';
import { accepted, contents, emptySpace, mapping, request, type SpaceOptions } from './space-of.ts';

/** An object, and how far into it address 0 would be: mappings of one pair continue each other. */
type Backing = readonly [obj: string | null, shift: number];

interface Universe {
  readonly pages: number;
  /**
   * What mappings that are there have behind them; their number decides how many spaces there are.
   */
  readonly there: readonly Backing[];
  /** What requests ask for. */
  readonly asked: readonly Backing[];
  readonly options?: SpaceOptions;
  /** Where the second of two regions begins. */
  readonly border?: number;
}

const A: Backing = ['a', 0];
const B: Backing = ['b', 0];
const A_ELSEWHERE: Backing = ['a', 50];
const NONE: Backing = [null, 0];

const SIX: Universe = { pages: 6, there: [A, B], asked: [A, B, A_ELSEWHERE] };
const FOUR: Universe = {
  pages: 4,
  there: [A, B, A_ELSEWHERE, NONE],
  asked: [A, A_ELSEWHERE, NONE],
};
const BORDER: Universe = {
  pages: 5,
  there: [A, B],
  asked: [A, B],
  options: {
    regions: [
      [0, 3],
      [3, 61],
    ],
  },
  border: 3,
};

/** Every space of the universe, each with its pages; one grows out of the other. */
function* spaces(universe: Universe, start: VaSpace): Generator<VaSpace> {
  function* from(space: VaSpace, addr: number, nextId: number): Generator<VaSpace> {
    yield space;
    for (let at = addr; at < universe.pages; at += 1) {
      for (let end = at + 1; end <= universe.pages; end += 1) {
        for (const [obj, shift] of universe.there) {
          const grown = insert(space, mapping(nextId, at, end - at, obj, at + shift));
          if (typeof grown !== 'number') yield* from(grown, end, nextId + 1);
        }
      }
    }
  }
  yield* from(start, 0, 1);
}

/** The request on the space: what is wrong, or ''. */
function wrongWithMap(space: VaSpace, pages: Pages, map: MapRequest, border: number): string {
  const { addr, range } = map;
  const ops = mapOps(space, map);
  if (typeof ops === 'number') {
    return border > addr && border < addr + range ? '' : `refused: ${ops}`;
  }
  const is618 = space.config.semantics === 'gpuvm-6.18';
  if (space.regions === null) {
    const expected = expectedSplit(pages, addr, range, map, is618).join('; ');
    if (ops.map(wordsOf).join('; ') !== expected) return `expected ${expected}`;
  } else {
    const broken = brokenMerge(pages, map, ops, border);
    if (broken !== '') return broken;
  }
  const editor = editVaSpace(space);
  if (applyOpsTo(editor, ops, { next: 100 }) !== 0) return 'the list does not apply';
  const after = pagesOf(contents(editor.freeze()), pages.length);
  return after && sameBackings(after, overwritten(pages, addr, range, map)) ? '' : 'wrong pages';
}

function wrongWithUnmap(space: VaSpace, pages: Pages, addr: number, range: number): string {
  const ops = accepted(unmapOps(space, addr, range));
  const expected = expectedSplit(pages, addr, range);
  if (ops.map(wordsOf).join('; ') !== expected.join('; ')) return `expected ${expected.join('; ')}`;
  const prefetched = prefetchOps(space, addr, range).map(wordsOf);
  const named = ops.map(
    (op) => `prefetch ${op.op === 'unmap' || op.op === 'remap' ? op.unmap.id : 0}`,
  );
  if (prefetched.join() !== named.join()) return `prefetches ${prefetched.join()}`;
  const after = pagesOf(contents(accepted(applyOps(space, ops, 100)).space), pages.length);
  return after && sameBackings(after, overwritten(pages, addr, range)) ? '' : 'wrong pages';
}

function checkAll(universe: Universe, start: VaSpace): { spaces: number; wrong: string[] } {
  const wrong: string[] = [];
  let count = 0;
  for (const space of spaces(universe, start)) {
    count += 1;
    const pages = pagesOf(contents(space), universe.pages);
    if (pages === undefined) throw new Error('the space is broken before anything is asked');
    const tell = (what: string, addr: number, range: number, more = ''): void => {
      const there = contents(space).map((m) => `${m.addr}+${m.range} ${m.obj}@${m.offset}`);
      if (what !== '') wrong.push(`[${there.join(', ')}] ${addr}+${range} ${more}: ${what}`);
    };
    for (let addr = 0; addr < universe.pages; addr += 1) {
      for (let range = 1; addr + range <= universe.pages; range += 1) {
        for (const [obj, shift] of universe.asked) {
          const map = request(addr, range, obj, addr + shift);
          const what = wrongWithMap(space, pages, map, universe.border ?? 0);
          tell(what, addr, range, `${obj}@${addr + shift}`);
        }
        tell(wrongWithUnmap(space, pages, addr, range), addr, range, 'unmap');
      }
    }
  }
  return { spaces: count, wrong: wrong.slice(0, 10) };
}

test.each([
  ['six pages, merging', SIX, 'merging', 2131],
  ['six pages, 2023', SIX, '2023', 2131],
  ['six pages, 6.18', SIX, '6.18', 2131],
  ['four pages with every backing, merging', FOUR, 'merging', 985],
  ['four pages with every backing, 2023', FOUR, '2023', 985],
  ['four pages with every backing, 6.18', FOUR, '6.18', 985],
  ['five pages in two regions', BORDER, 'merging', 451],
] as const)('%s', (_name, universe, kind, spaceCount) => {
  const result = checkAll(universe, emptySpace(kind, universe.options ?? {}));
  expect(result).toEqual({ spaces: spaceCount, wrong: [] });
});
