/**
 * The decision table is total, and every column of it is what the walk does: for each row a space
 * where it is the row that counts.
 */
import { PLAIN } from '../../../domain/va/mapping.ts';
import { describe, expect, test } from '@jest/globals';
import { ROWS, rowOf } from '../../../domain/va/decision-table.ts';
import { madviseOps, mapOps } from '../../../domain/va/split-merge.ts';
import { accepted, emptySpace, request, semanticsOf, spaceWith, type Kind } from './space-of.ts';

const RA = 10;
const RE = 20;

/** For each row, E with its ends. */
const ENDS = [
  [10, 20],
  [10, 15],
  [10, 25],
  [5, 20],
  [5, 15],
  [5, 25],
  [15, 20],
  [12, 15],
  [15, 25],
] as const;

const rows = ROWS.map((row, i) => {
  const [a = 0, e = 0] = ENDS[i] ?? [];
  return [row.row, row, a, e] as const;
});

/** Object a at its own address + 1000, so that all of it continues; anything else is b. */
const same = (a: number, e: number) => request(a, e - a, 'a', a + 1000);
const other = (a: number, e: number) => request(a, e - a, 'b', a);

function opsOf(kind: Kind, old: readonly ReturnType<typeof same>[], asked = same(RA, RE)) {
  return accepted(mapOps(spaceWith(emptySpace(kind), old), asked));
}

test('every relation of two overlapping intervals has its row, numbered as in the docs', () => {
  expect(ROWS.map((row) => row.row)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (let a = 0; a < RE; a += 1) {
    for (let e = Math.max(a, RA) + 1; e < 30; e += 1) {
      const row = rowOf({ addr: a, range: e - a }, RA, RE);
      expect(row.addr).toBe(a === RA ? 'a = ra' : a < RA ? 'a < ra' : 'a > ra');
      expect(row.end).toBe(e === RE ? 'e = re' : e < RE ? 'e < re' : 'e > re');
    }
  }
});

describe.each(rows)('row %i', (_number, row, a, e) => {
  test('is the row of its example', () => {
    expect(rowOf({ addr: a, range: e - a }, RA, RE)).toBe(row);
  });

  test.each(['merging', '2023', '6.18'] as const)('leaves what it says: %s', (kind) => {
    const [first] = opsOf(kind, [other(a, e)]);
    const pieces = {
      nothing: { op: 'unmap', keep: false },
      prev: { op: 'remap', prev: { addr: a, range: RA - a, offset: a }, next: null, keep: false },
      next: { op: 'remap', prev: null, next: { addr: RE, range: e - RE, offset: RE }, keep: false },
      'prev+next': { op: 'remap', prev: { addr: a }, next: { addr: RE }, keep: false },
    };
    expect(first).toMatchObject(pieces[row.remains]);
  });

  test('merges as it says', () => {
    const ops = opsOf('merging', [same(a, e)]);
    const [from, to] = [Math.min(a, RA), Math.max(e, RE)];
    const grown = { op: 'map', map: { addr: from, range: to - from, offset: from + 1000 } };
    if (row.merge === 'done') expect(ops).toEqual([]);
    else expect(ops).toMatchObject([{ op: 'unmap', keep: true }, grown]);
    expect(row.merge === 'grow-left').toBe(row.merge !== 'done' && a < RA);
    expect(row.merge === 'grow-right').toBe(row.merge !== 'done' && e > RE);
  });

  test('stops where nothing of the request is left, else goes on', () => {
    expect(row.then).toBe(e >= RE ? 'stop' : 'go on');
  });

  test('looks where it says', () => {
    // A neighbour on either side that would merge if it were looked at.
    const left = a > RA ? [same(5, RA)] : [];
    const right = e < RE ? [same(RE, 25)] : [];
    const merged = opsOf('merging', [...left, other(a, e), ...right]).filter(
      (op) => op.op === 'unmap' && op.keep,
    );
    const expected = { nowhere: 0, left: left.length, right: right.length, both: 2 };
    expect(merged).toHaveLength(expected[row.looks]);
    const atRa = a === RA ? opsOf('merging', [same(5, RA), other(a, e)]) : [];
    const atRe = e === RE ? opsOf('merging', [other(a, e), same(RE, 25)]) : [];
    expect([...atRa, ...atRe].some((op) => op.op === 'unmap' && op.keep)).toBe(false);
  });

  test('in 6.18 keeps what continues the request, as it is split', () => {
    const [first, last, ...more] = opsOf('6.18', [same(a, e)]);
    expect(first).toMatchObject({ op: row.remains === 'nothing' ? 'unmap' : 'remap', keep: true });
    expect(last).toMatchObject({ op: 'map', map: same(RA, RE) });
    expect(more).toEqual([]);
  });

  test('in a madvise maps what it says', () => {
    const space = spaceWith(emptySpace('6.18'), [request(a, e - a, null, 0)]);
    const ops = accepted(madviseOps(space, request(RA, RE - RA, null, 0)));
    const [from, to] = [Math.max(a, RA), Math.min(e, RE)];
    const shared = { op: 'map', map: { addr: from, range: to - from, obj: null, offset: 0 } };
    const asked = { op: 'map', map: { addr: RA, range: RE - RA, obj: null, offset: 0 } };
    const maps = { none: [], shared: [shared], 'shared-last': [shared], request: [asked] };
    const remaps = row.remains === 'nothing' ? [] : [{ op: 'remap', keep: false }];
    expect(ops).toMatchObject([...remaps, ...maps[row.madvise]]);
  });
});

describe('madvise', () => {
  test('passes over mappings that have an object', () => {
    const old = [request(5, 10, 'a'), request(15, 10, null, 0)];
    const ops = accepted(madviseOps(spaceWith(emptySpace('6.18'), old), request(10, 10, null, 0)));
    expect(ops).toMatchObject([
      { op: 'remap', unmap: { addr: 15 }, next: { addr: 20 } },
      { op: 'map', map: { addr: 15, range: 5 } },
    ]);
  });

  test('has at most two REMAPs and two MAPs, and is refused where a map would be', () => {
    const old = [5, 10, 15].map((at) => request(at, 5, null, 0));
    const space = spaceWith(emptySpace('6.18'), old);
    const kinds = accepted(madviseOps(space, request(7, 10, null, 0))).map((op) => op.op);
    expect(kinds).toEqual(['remap', 'map', 'remap', 'map']);
    expect(madviseOps(space, request(60, 10, null, 0))).toBe(-22);
    expect(semanticsOf('2023')).toBe('gpuva-2023');
    expect(madviseOps(emptySpace('2023'), request(0, 1))).toBe(-95);
  });
});

describe('attributes', () => {
  const nullAttrs = { ...PLAIN, null: true, readOnly: true };

  test('of a mapping that is split go to its pieces, in map, unmap and madvise', () => {
    const old = { ...request(0, 30, null, 0), attrs: nullAttrs };
    const space = spaceWith(emptySpace('6.18'), [old]);
    const [remap, map] = accepted(mapOps(space, request(RA, 10)));
    expect(remap).toMatchObject({
      prev: { attrs: nullAttrs, id: 0 },
      next: { attrs: nullAttrs, id: 0 },
    });
    expect(map).toMatchObject({ map: { attrs: { null: false, readOnly: false } } });
    const head = spaceWith(emptySpace('6.18'), [{ ...old, range: 15 }]);
    expect(accepted(madviseOps(head, request(RA, 10, null, 0)))).toMatchObject([
      { op: 'remap', prev: { attrs: nullAttrs } },
      { op: 'map', map: { attrs: nullAttrs } },
    ]);
  });

  test('are not looked at when merging: the result has those of the request', () => {
    const old = { ...same(5, RA), attrs: { ...PLAIN, readOnly: true } };
    const space = spaceWith(emptySpace('merging'), [old]);
    expect(accepted(mapOps(space, same(RA, RE)))).toMatchObject([
      { op: 'unmap', keep: true },
      { op: 'map', map: { addr: 5, range: 15, attrs: { readOnly: false } } },
    ]);
  });
});
