/** Syncobjs: what a wait takes out of the box, at that moment. */
import fc from 'fast-check';
import {
  addFence,
  type FenceTable,
  markSignaled,
  NO_FENCES,
  STUB,
} from '../../../domain/fence/fence-table.ts';
import {
  addPoint,
  captureFences,
  fencesIn,
  newSyncobj,
  replaceFence,
} from '../../../domain/fence/syncobj.ts';
import type { Syncobj } from '../../../domain/fence/syncobj.ts';
import { type U64, u64OfBigint } from '../../../domain/units.ts';

const point = fc.oneof(
  fc.bigInt({ min: 1n, max: 20n }),
  fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
);
const chain = fc.array(point, { maxLength: 8 });
/** Fences that may be at points; those named have signalled. */
const tableOf = (...signaled: readonly string[]): FenceTable => {
  const keys = ['f', 'g'].flatMap((c) => Array.from({ length: 20 }, (_, i) => `${c}:${i}`));
  const made = keys.reduce((t, fence) => addFence(t, { fence, kind: 's', parts: [] }), NO_FENCES);
  return signaled.reduce((table, key) => markSignaled(table, key, 0), made);
};
const PENDING = tableOf();
const built = (points: readonly bigint[]): Syncobj =>
  points.reduce(
    (syncobj, each, i) => addPoint(syncobj, u64OfBigint(each), `f:${i}`, PENDING),
    newSyncobj('timeline'),
  );
const range = (n: number): string[] => Array.from({ length: n }, (_, i) => `f:${i}`);

/** dma_fence_chain_init: a point that is not later takes the number of the one before. */
const numbers = (points: readonly bigint[]): bigint[] =>
  points.map((_, i) => points.slice(0, i + 1).reduce((a, b) => (a > b ? a : b)));

test('a binary syncobj holds the fence that was put in last', () => {
  const property = fc.property(fc.array(fc.string({ minLength: 1 })), (fences) => {
    const syncobj = fences.reduce(replaceFence, newSyncobj('binary'));
    const last = fences.at(-1);
    expect(captureFences(syncobj)).toEqual(last === undefined ? null : [last]);
  });
  fc.assert(property);
});

test('a point is its fence and all before it; one between two is the next higher', () => {
  const property = fc.property(chain, point, (points, wanted) => {
    const index = numbers(points).findIndex((number) => number >= wanted);
    const expected = index < 0 ? null : range(index + 1);
    expect(captureFences(built(points), u64OfBigint(wanted))).toEqual(expected);
  });
  fc.assert(property, { numRuns: 1000 });
});

test('point 0, and no point, are the whole chain, or nothing when it is empty', () => {
  const property = fc.property(chain, (points) => {
    const expected = points.length === 0 ? null : range(points.length);
    expect(captureFences(built(points))).toEqual(expected);
    expect(captureFences(built(points), '0x0')).toEqual(expected);
  });
  fc.assert(property);
});

test('what was captured is not changed by what is put in later', () => {
  const property = fc.property(chain, chain, point, (before, later, wanted) => {
    const syncobj = built(before);
    const at = u64OfBigint(wanted);
    const captured = captureFences(syncobj, at);
    const grown = later.reduce(
      (s, each, i) => addPoint(s, u64OfBigint(each), `g:${i}`, PENDING),
      syncobj,
    );
    expect(captureFences(syncobj, at)).toEqual(captured);
    // and once a point can be waited for, it is the same wait for ever
    if (captured !== null) expect(captureFences(grown, at)).toEqual(captured);
  });
  fc.assert(property);
});

test('points that have signalled are dropped, and nobody waits for anything else because of that', () => {
  const property = fc.property(
    fc.array(fc.record({ at: point, ends: fc.array(fc.nat({ max: 19 }), { maxLength: 3 }) }), {
      maxLength: 12,
    }),
    point,
    (events, wanted) => {
      const over = new Set<string>();
      let dropping = newSyncobj('timeline');
      events.forEach(({ at, ends }, i) => {
        const before = fencesIn(dropping).filter((fence) => !over.has(fence));
        dropping = addPoint(dropping, u64OfBigint(at), `f:${i}`, tableOf(...over));
        expect(fencesIn(dropping)).toEqual([...before, `f:${i}`]);
        for (const n of ends) if (n <= i) over.add(`f:${n}`);
      });
      const whole = built(events.map(({ at }) => at));
      const pendingIn = (syncobj: Syncobj, at: U64): readonly string[] | undefined =>
        captureFences(syncobj, at)?.filter((fence) => fence !== STUB && !over.has(fence));
      for (const at of [u64OfBigint(wanted), '0x0', '0x1', '0x2', '0x5'] as const) {
        expect(pendingIn(dropping, at)).toEqual(pendingIn(whole, at));
      }
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test('a point below everything that is left is the stub', () => {
  const gone = addPoint(built([1n, 3n]), '0x5', 'f:2', tableOf('f:0', 'f:1'));
  expect(captureFences(gone, '0x3')).toEqual(['stub:0']);
  expect(captureFences(gone, '0x4')).toEqual(['f:2']);
  expect(captureFences(gone, '0x6')).toBeNull();
});

test('a fence that stands at several points is captured once', () => {
  const twice = ['0x1', '0x2', '0x3'].reduce(
    (syncobj, at) => addPoint(syncobj, at, 'f:1', PENDING),
    newSyncobj('timeline'),
  );
  expect(captureFences(twice, '0x3')).toEqual(['f:1']);
});

test('a point not above the last takes its number, and can still be waited for', () => {
  const syncobj = built([5n, 3n, 7n]);
  expect(captureFences(syncobj, '0x3')).toEqual(['f:0']);
  expect(captureFences(syncobj, '0x6')).toEqual(['f:0', 'f:1', 'f:2']);
});

test('a timeline is not replaced, and a binary syncobj has no points', () => {
  expect(() => replaceFence(newSyncobj('timeline'), 'f:1')).toThrow('only a binary syncobj');
  expect(() => addPoint(newSyncobj('binary'), '0x1', 'f:1', PENDING)).toThrow('only a timeline');
});
