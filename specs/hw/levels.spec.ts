/** Geometry of the tree, and runs of entries. */
import fc from 'fast-check';
import {
  clipToEntry,
  cutAtEntries,
  entryPages,
  indexAt,
  spacePages,
  spanInSpace,
} from '../../hw/levels.ts';
import { packRuns, pteInRun } from '../../hw/runs.ts';

test('entry sizes are 4K, 2M, 1G, 512G, 256T and the spaces 48 and 57 bits', () => {
  const bytes = [0, 1, 2, 3, 4].map((level) => Math.log2(entryPages(level) * 4096));
  expect(bytes).toEqual([12, 21, 30, 39, 48]);
  expect([4, 5].map((levels) => Math.log2(spacePages(levels) * 4096))).toEqual([48, 57]);
});

test('the last page of a 57-bit space has index 511 at each level', () => {
  const last = spacePages(5) - 1;
  expect([0, 1, 2, 3, 4].map((level) => indexAt(last, level))).toEqual([511, 511, 511, 511, 511]);
});

test.each([
  [0, 512, { head: undefined, from: 0, to: 1, tail: undefined }],
  [0, 511, { head: 0, from: 1, to: 1, tail: undefined }],
  [1, 512, { head: 0, from: 1, to: 1, tail: undefined }],
  [5, 6, { head: 0, from: 1, to: 1, tail: undefined }],
  [511, 513, { head: 0, from: 1, to: 1, tail: 1 }],
  [1, 2000, { head: 0, from: 1, to: 3, tail: 3 }],
  [512, 1537, { head: undefined, from: 1, to: 3, tail: 3 }],
])('pages [%p, %p) on 2M entries', (from, to, cut) => {
  expect(cutAtEntries(0, 1, { from, to })).toEqual(cut);
});

test('the pieces of a cut are the span again', () => {
  const arb = fc.tuple(fc.nat(512 ** 2 - 1), fc.nat(512 ** 2 - 1)).filter(([a, b]) => a !== b);
  fc.assert(
    fc.property(arb, fc.nat(3), ([a, b], table) => {
      const base = table * 512 ** 2;
      const span = { from: base + Math.min(a, b), to: base + Math.max(a, b) };
      const { head, from, to, tail } = cutAtEntries(base, 1, span);
      const whole = Array.from({ length: to - from }, (_, i) => from + i);
      const indices = [...(head === undefined ? [] : [head]), ...whole];
      if (tail !== undefined) indices.push(tail);
      let at = span.from;
      for (const index of indices) {
        const part = clipToEntry(base, 1, index, span);
        expect(part.from).toBe(at);
        expect(part.to - part.from === 512).toBe(index >= from && index < to);
        at = part.to;
      }
      expect(at).toBe(span.to);
    }),
  );
});

test.each([
  [0, 0],
  [-1, 2],
  [2 ** 36, 1],
  [2 ** 36 - 1, 2],
])('the range %p + %p is not in a 48-bit space', (addr, range) => {
  expect(() => spanInSpace(4, addr, range)).toThrow(/outside an address space/);
});

test('packed runs give the same values, and an arithmetic series is one run', () => {
  const values = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, fc.nat(400), (ptes, start) => {
      const entries = ptes.map((pte, i) => ({ index: start + i, pte }));
      const runs = packRuns(entries);
      const unpacked = runs.flatMap((run) =>
        Array.from({ length: run.count }, (_, i) => ({
          index: run.index + i,
          pte: pteInRun(run, run.index + i),
        })),
      );
      expect(unpacked).toEqual(entries);
    }),
  );
  const series = [5, 6, 7].map((index) => ({ index, pte: 0x8000000000003 + index * 0x201000 }));
  expect(packRuns(series)).toHaveLength(1);
});
