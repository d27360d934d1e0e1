/** Fence arrays: they signal with the last of their parts, with the error that came first. */
import fc from 'fast-check';
import {
  addFence,
  type Ended,
  type FenceTable,
  markSignaled,
  NO_FENCES,
  resultOf,
  signalsOf,
  STUB,
} from '../../../domain/fence/fence-table.ts';

const LEAVES = ['a:1', 'a:2', 'b:1', 'b:2', 'c:1'] as const;
const leaves = (): FenceTable =>
  LEAVES.reduce((t, fence) => addFence(t, { fence, kind: 'leaf', parts: [] }), NO_FENCES);

/** Signals a batch as a step does: the facts it comes to, folded in order. */
function signal(table: FenceTable, batch: readonly Ended[]): FenceTable {
  return signalsOf(table, batch).reduce(
    (t, { fence, error }) => markSignaled(t, fence, error),
    table,
  );
}

/** Arrays over leaves and over the arrays before them, each with at least one part. */
const arrays = fc
  .array(fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  .map((all) =>
    all.map((picks, n) => {
      const known = [...LEAVES, ...all.slice(0, n).map((_, i) => `array:${i + 1}`), STUB];
      return picks.map((pick) => known[pick % known.length] ?? STUB);
    }),
  );
const errors = fc.constantFrom(0, 0, -5, -62);
/** The leaves in some order, cut into batches. */
const batches = fc
  .tuple(
    fc.shuffledSubarray([...LEAVES], { minLength: LEAVES.length }),
    fc.array(errors, { minLength: LEAVES.length, maxLength: LEAVES.length }),
    fc.array(fc.boolean(), { minLength: LEAVES.length, maxLength: LEAVES.length }),
  )
  .map(([order, ends, cuts]) => {
    const made: Ended[][] = [[]];
    order.forEach((leaf, i) => {
      if (cuts[i] === true) made.push([]);
      made.at(-1)?.push([leaf, ends[i] ?? 0]);
    });
    return made;
  });

/** When a fence is over and how, by the plainest rule: the latest part, and the earliest error. */
interface Over {
  readonly at: number;
  readonly errorAt: number;
  readonly error: number;
}

test('an array signals in the very batch that ends the last of its parts, nested or not', () => {
  const property = fc.property(arrays, batches, fc.nat(4), (all, steps, first) => {
    // some batches come before the arrays are made
    const early = steps.slice(0, first);
    let table = early.reduce(signal, leaves());
    all.forEach((parts, i) => {
      table = addFence(table, { fence: `array:${i + 1}`, kind: 'array', parts });
    });
    const ended = new Map<string, Over>([[STUB, { at: -1, errorAt: Infinity, error: 0 }]]);
    steps.forEach((batch, at) => {
      if (at >= early.length) table = signal(table, batch);
      for (const [leaf, error] of batch) {
        ended.set(leaf, { at, errorAt: error === 0 ? Infinity : at, error });
      }
      all.forEach((parts, i) => {
        const overs = parts.map((part) => ended.get(part));
        const isOver = overs.every((over) => over !== undefined);
        if (isOver) ended.set(`array:${i + 1}`, { at, errorAt: 0, error: 0 });
        if (at < early.length) return;
        expect([at, `array:${i + 1}`, resultOf(table, `array:${i + 1}`) !== null]).toEqual([
          at,
          `array:${i + 1}`,
          isOver,
        ]);
      });
    });
  });
  fc.assert(property, { numRuns: 1000 });
});

test('its error is the first in time: of parts that failed before it was made, the first in order', () => {
  const property = fc.property(batches, fc.nat(LEAVES.length), (steps, first) => {
    const ends = steps.flat();
    const early = ends.slice(0, first);
    let table = early.reduce((t, end) => signal(t, [end]), leaves());
    table = addFence(table, { fence: 'array:1', kind: 'array', parts: [...LEAVES] });
    table = ends.slice(first).reduce((t, end) => signal(t, [end]), table);
    const earlyErrors = new Map(early);
    const atMaking = LEAVES.map((leaf) => earlyErrors.get(leaf) ?? 0).find((error) => error !== 0);
    const later = ends.slice(first).find(([, error]) => error !== 0)?.[1];
    expect(resultOf(table, 'array:1')).toBe(atMaking ?? later ?? 0);
  });
  fc.assert(property, { numRuns: 1000 });
});

test('in one batch, too, the first error counts', () => {
  const table = addFence(leaves(), { fence: 'array:1', kind: 'array', parts: [...LEAVES] });
  const batch: Ended[] = [
    ['c:1', 0],
    ['b:1', -62],
    ['a:1', -5],
    ['a:2', 0],
    ['b:2', -5],
  ];
  expect(resultOf(signal(table, batch), 'array:1')).toBe(-62);
});

test('signals of arrays come after those of the batch, inner arrays before outer ones', () => {
  let table = addFence(leaves(), { fence: 'in:1', kind: 'array', parts: ['a:1', 'a:2'] });
  table = addFence(table, { fence: 'out:1', kind: 'array', parts: ['b:1', 'in:1'] });
  const signals = signalsOf(table, [
    ['b:1', 0],
    ['a:2', 0],
    ['a:1', -5],
  ]);
  expect(signals.map(({ fence, error }) => [fence, error])).toEqual([
    ['b:1', 0],
    ['a:2', 0],
    ['a:1', -5],
    ['in:1', -5],
    ['out:1', -5],
  ]);
});

test('an array that names a part twice signals once', () => {
  const table = addFence(leaves(), { fence: 'array:1', kind: 'array', parts: ['a:1', 'a:1'] });
  const signals = signalsOf(table, [['a:1', 0]]);
  expect(signals.map(({ fence }) => fence)).toEqual(['a:1', 'array:1']);
});

test('an array of fences that have all signalled is born signalled', () => {
  const table = signal(leaves(), [['a:1', -5]]);
  const made = addFence(table, { fence: 'array:1', kind: 'array', parts: [STUB, 'a:1'] });
  expect(resultOf(made, 'array:1')).toBe(-5);
});
