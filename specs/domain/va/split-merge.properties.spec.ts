/**
 * What must hold after any sequence of requests: the space stays sound, exactly the requested pages
 * change, the op lists have their shape, the objects' lists have their order, and no older version
 * has moved.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { endOf, type Mapping, type MapRequest } from '../../../domain/va/mapping.ts';
import { applyOps, applyOpsTo, type Op } from '../../../domain/va/ops.ts';
import { mapOps, unmapAllOps, unmapOps } from '../../../domain/va/split-merge.ts';
import { editVaSpace } from '../../../domain/va/va-space-editor.ts';
import { linked, type VaSpace } from '../../../domain/va/va-space.ts';
import { overwritten, pagesOf, sameBackings, type Pages } from './page-model.ts';
import { accepted, contents, emptySpace, KINDS, request, type Kind } from './space-of.ts';

const PAGES = 48;

type Asked =
  | { readonly do: 'map'; readonly map: MapRequest }
  | { readonly do: 'unmap'; readonly addr: number; readonly range: number }
  | { readonly do: 'unmap_all'; readonly obj: string };

const span = fc
  .tuple(fc.nat(PAGES - 1), fc.integer({ min: 1, max: 12 }))
  .map(([addr, range]) => ({ addr, range: Math.min(range, PAGES - addr) }));

/** Mostly at the address's own offset, so that mappings continue each other often. */
const map = fc
  .record({ span, obj: fc.constantFrom('a', 'b', 'c', null), shift: fc.constantFrom(0, 0, 0, 7) })
  .map(({ span: { addr, range }, obj, shift }) => request(addr, range, obj, addr + shift));

const asked: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 6, arbitrary: map.map((one) => ({ do: 'map' as const, map: one })) },
  { weight: 3, arbitrary: span.map((one) => ({ do: 'unmap' as const, ...one })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a', 'b').map((obj) => ({ do: 'unmap_all' as const, obj })),
  },
);
const sequence = fc.array(asked, { maxLength: 60, size: 'max' });

function opsOf(space: VaSpace, one: Asked): Op[] {
  if (one.do === 'map') return accepted(mapOps(space, one.map));
  if (one.do === 'unmap') return accepted(unmapOps(space, one.addr, one.range));
  return unmapAllOps(space, one.obj);
}

function pagesAfter(pages: Pages, one: Asked): Pages {
  if (one.do === 'map') return overwritten(pages, one.map.addr, one.map.range, one.map);
  if (one.do === 'unmap') return overwritten(pages, one.addr, one.range);
  return pages.map((page) => (page?.obj === one.obj ? null : page));
}

/** The lists as the ops change them, one after the other. */
type Links = ReadonlyMap<string, readonly number[]>;
function linksAfter(links: Links, ops: readonly Op[], nextId: number): Links {
  const next = new Map(links);
  let id = nextId;
  const change = (m: Mapping | null, isLink: boolean): void => {
    if (m === null) return;
    const given = isLink ? id++ : m.id;
    if (m.obj === null) return;
    const list = (next.get(m.obj) ?? []).filter((x) => x !== given);
    next.set(m.obj, isLink ? [...list, given] : list);
  };
  for (const op of ops) {
    if (op.op === 'unmap' || op.op === 'remap') change(op.unmap, false);
    if (op.op === 'remap') [op.prev, op.next].forEach((piece) => change(piece, true));
    if (op.op === 'map') change(op.map, true);
  }
  return next;
}

/** Invariant 4 of the fact sheet; the broken rule, or ''. */
function brokenShape(kind: Kind, one: Asked, ops: readonly Op[]): string {
  const maps = ops.filter((op) => op.op === 'map');
  const remaps = ops.filter((op) => op.op === 'remap');
  if (remaps.length > 2) return 'more than two REMAPs';
  if (maps.length > 1 || (maps.length === 1 && ops.at(-1)?.op !== 'map')) return 'a MAP not last';
  if (one.do !== 'map' && maps.length > 0) return 'a MAP nobody asked for';
  if (one.do === 'map' && maps.length === 0 && (kind !== 'merging' || ops.length > 0))
    return 'no MAP';
  if (kind === '6.18' && one.do === 'map') {
    const { addr, range, obj, offset } = one.map;
    const m = maps[0]?.map;
    if (m?.addr !== addr || m.range !== range || m.obj !== obj || m.offset !== offset) {
      return 'a MAP that is not the request';
    }
  }
  for (const { unmap: old, prev, next, keep } of remaps) {
    if (prev === null && next === null) return 'a REMAP that leaves nothing';
    if (prev && (prev.addr !== old.addr || prev.offset !== old.offset)) return 'a wrong prev';
    if (next && endOf(next) !== endOf(old)) return 'a wrong end of next';
    if (next && next.offset !== old.offset + (next.addr - old.addr))
      return 'a wrong offset of next';
    if (keep && kind !== '6.18') return 'a REMAP that keeps, in 2023';
  }
  return brokenOlds(kind, one, ops);
}

/**
 * What the list says of old mappings: each at most once, ascending but for neighbours; keep only
 * for good reasons.
 */
function brokenOlds(kind: Kind, one: Asked, ops: readonly Op[]): string {
  const olds = ops.filter((op) => op.op === 'unmap' || op.op === 'remap');
  if (new Set(olds.map((op) => op.unmap.id)).size < olds.length) return 'one mapping in two ops';
  const hits = olds.filter(({ unmap: old }) => {
    if (one.do === 'unmap_all') return false;
    const { addr, range } = one.do === 'map' ? one.map : one;
    return old.addr < addr + range && addr < endOf(old);
  });
  const addrs = hits.map((op) => op.unmap.addr);
  if (addrs.some((addr, i) => i > 0 && addr <= (addrs[i - 1] as number))) return 'not ascending';
  for (const { unmap: old, keep } of olds) {
    const continues =
      one.do === 'map' &&
      old.obj !== null &&
      old.obj === one.map.obj &&
      old.offset - old.addr === one.map.offset - one.map.addr;
    if (keep && (kind === '2023' || !continues)) return `keeps ${old.id}`;
    if (!keep && continues && kind === '6.18') return `does not keep ${old.id}`;
  }
  if (one.do !== 'unmap_all' && kind !== 'merging' && hits.length < olds.length)
    return 'a bystander';
  return '';
}

describe.each(KINDS)('%s', (kind) => {
  test('after any sequence of requests', () => {
    fc.assert(
      fc.property(sequence, (requests) => {
        let space = emptySpace(kind, { range: PAGES });
        let pages: Pages = pagesOf([], PAGES) as Pages;
        let links: Links = new Map();
        let nextId = 1;
        const kept: [VaSpace, readonly Mapping[]][] = [];
        for (const one of requests) {
          const ops = opsOf(space, one);
          expect(brokenShape(kind, one, ops)).toBe('');
          links = linksAfter(links, ops, nextId);
          ({ space, nextId } = accepted(applyOps(space, ops, nextId)));
          pages = pagesAfter(pages, one);
          const now = contents(space);
          kept.push([space, now]);
          const actual = pagesOf(now, PAGES);
          expect(actual && sameBackings(actual, pages)).toBe(true);
          expect(now.every((m) => m.id > 0 && m.id < nextId)).toBe(true);
        }
        for (const obj of ['a', 'b', 'c']) {
          expect(Array.from(linked(space, obj), (m) => m.id)).toEqual(links.get(obj) ?? []);
        }
        for (const [version, then] of kept) expect(contents(version)).toEqual(then);
      }),
      { numRuns: 150 },
    );
  });

  test('in place it comes to the same; a list for a version that is gone is refused whole', () => {
    fc.assert(
      fc.property(sequence, fc.nat(), (requests, pick) => {
        let at = { space: emptySpace(kind, { range: PAGES }), nextId: 1 };
        const editor = editVaSpace(at.space);
        const ids = { next: 1 };
        const lists: Op[][] = [];
        for (const one of requests) {
          const ops = opsOf(at.space, one);
          lists.push(ops);
          at = accepted(applyOps(at.space, ops, at.nextId));
          const again = one.do === 'map' ? mapOps(editor, one.map) : opsOf(editor.freeze(), one);
          expect(applyOpsTo(editor, accepted(again), ids)).toBe(0);
        }
        expect(JSON.stringify(editor.freeze())).toBe(JSON.stringify(at.space));
        expect(ids.next).toBe(at.nextId);
        const before = JSON.stringify(at.space);
        const old = lists[pick % Math.max(1, lists.length)] ?? [];
        const result = applyOps(at.space, old, at.nextId);
        const names = new Set(contents(at.space).map((m) => m.id));
        const isStale = old.some(
          (op) => (op.op === 'unmap' || op.op === 'remap') && !names.has(op.unmap.id),
        );
        if (isStale) expect(result).toBe(-2);
        expect(JSON.stringify(at.space)).toBe(before);
      }),
      { numRuns: 80 },
    );
  });
});
