/** The reservation object: whose slot a new fence takes, and who has to be waited for. */
import fc from 'fast-check';
import {
  addFence,
  markSignaled,
  NO_FENCES,
  type FenceTable,
} from '../../../domain/fence/fence-table.ts';
import { addToResv, fencesFor, type Resv, type Usage, USAGES } from '../../../domain/fence/resv.ts';

const CONTEXTS = ['a', 'b', 'c'];
const SEQNOS = [1, 2, 3, 4];
const KEYS = CONTEXTS.flatMap((context) => SEQNOS.map((n) => `${context}:${n}`));
const all = KEYS.reduce((t, fence) => addFence(t, { fence, kind: 's', parts: [] }), NO_FENCES);
const signaled = (keys: readonly string[]): FenceTable =>
  keys.reduce((table, key) => markSignaled(table, key, 0), all);

const slot = fc.record({ fence: fc.constantFrom(...KEYS), usage: fc.constantFrom(...USAGES) });
const added = (slots: readonly { fence: string; usage: Usage }[], table = all): Resv =>
  slots.reduce<Resv>((resv, { fence, usage }) => addToResv(resv, fence, usage, table), []);
const rank = (usage: Usage): number => USAGES.indexOf(usage);
const [contextOf, seqnoOf] = [
  (key: string): string => key.slice(0, 1),
  (key: string): number => Number(key.slice(2)),
];

test('the order of usages is the kernel’s', () => {
  expect(USAGES).toEqual(['kernel', 'write', 'read', 'bookkeep']);
});

test('a fence takes the first slot that a later one of its context, or anyone, may have', () => {
  const property = fc.property(
    fc.array(slot, { maxLength: 8 }),
    slot,
    fc.subarray(KEYS),
    (slots, { fence, usage }, done) => {
      const table = signaled(done);
      const before = added(slots);
      const after = addToResv(before, fence, usage, table);
      const index = before.findIndex(
        (old) =>
          done.includes(old.fence) ||
          (contextOf(old.fence) === contextOf(fence) &&
            seqnoOf(fence) >= seqnoOf(old.fence) &&
            rank(old.usage) >= rank(usage)),
      );
      const expected =
        index < 0 ? [...before, { fence, usage }] : before.with(index, { fence, usage });
      expect(after).toEqual(expected);
    },
  );
  fc.assert(property, { numRuns: 1000 });
});

test('nothing that must be waited for is lost: who is replaced has signalled, or is implied', () => {
  const property = fc.property(
    fc.array(slot, { maxLength: 12 }),
    fc.constantFrom(...USAGES),
    (slots, asked) => {
      const kept = fencesFor(added(slots), asked);
      for (const { fence, usage } of slots) {
        if (rank(usage) > rank(asked)) continue;
        // fences of one context signal in order, so a later one of it stands for this one
        const standsFor = (each: string): boolean =>
          contextOf(each) === contextOf(fence) && seqnoOf(each) >= seqnoOf(fence);
        expect([fence, usage, kept.some(standsFor)]).toEqual([fence, usage, true]);
      }
    },
  );
  fc.assert(property, { numRuns: 1000 });
});

test('asking for a usage gives its fences and those of all before it, in slot order', () => {
  const property = fc.property(fc.array(slot), (slots) => {
    const resv = added(slots);
    USAGES.forEach((usage, i) => {
      const expected = resv.filter((each) => USAGES.slice(0, i + 1).includes(each.usage));
      expect(fencesFor(resv, usage)).toEqual(expected.map(({ fence }) => fence));
    });
  });
  fc.assert(property);
});

test('a stronger usage is never weakened by a later fence of the same context', () => {
  const resv = addToResv([{ fence: 'a:1', usage: 'kernel' }], 'a:2', 'bookkeep', all);
  expect(resv).toEqual([
    { fence: 'a:1', usage: 'kernel' },
    { fence: 'a:2', usage: 'bookkeep' },
  ]);
});
