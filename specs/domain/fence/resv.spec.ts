/** The reservation object: whose slot a new fence takes, and who has to be waited for. */
import fc from 'fast-check';
import {
  addFence,
  markSignaled,
  NO_FENCES,
  STUB,
  type FenceTable,
} from '../../../domain/fence/fence-table.ts';
import {
  addToResv,
  fencesFor,
  fencesGoneFrom,
  type Resv,
  type ResvSlot,
  type Usage,
  USAGES,
} from '../../../domain/fence/resv.ts';

const CONTEXTS = ['a', 'b', 'c'];
const SEQNOS = [1, 2, 3, 4];
const KEYS = CONTEXTS.flatMap((context) => SEQNOS.map((n) => `${context}:${n}`));
const all = KEYS.reduce((t, fence) => addFence(t, { fence, kind: 's', parts: [] }), NO_FENCES);
const signaled = (keys: readonly string[]): FenceTable =>
  keys.reduce((table, key) => markSignaled(table, key, 0), all);

const slot = fc.record({ fence: fc.constantFrom(...KEYS), usage: fc.constantFrom(...USAGES) });
const added = (slots: readonly { fence: string; usage: Usage }[], table = all): Resv =>
  slots.reduce<Resv>((resv, { fence, usage }) => addToResv(resv, fence, usage, table), []);
const FREE: ResvSlot = { fence: STUB, usage: 'bookkeep' };
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
      const taken =
        index < 0 ? [...before, { fence, usage }] : before.with(index, { fence, usage });
      // the others that have signalled are let go of; their places stay, but for those at the end
      const expected = taken.map((each, i) =>
        i !== (index < 0 ? before.length : index) && done.includes(each.fence) ? FREE : each,
      );
      while (expected.at(-1) === FREE) expected.pop();
      expect(after).toEqual(expected);
      const left = before.map((old) => old.fence).sort();
      const kept = before.filter((old) => after.includes(old)).map((old) => old.fence);
      expect([...kept, ...fencesGoneFrom(before, after)].sort()).toEqual(left);
    },
  );
  fc.assert(property, { numRuns: 1000 });
});

test('letting go early changes nobody’s wait: pending fences, in the same order', () => {
  const event = fc.record({ slot, done: fc.subarray(KEYS, { maxLength: 3 }) });
  const property = fc.property(fc.array(event, { maxLength: 30 }), (events) => {
    let resv: Resv = [];
    // as it was done before: what has signalled stays until its own place is needed
    let slow: Resv = [];
    const over = new Set<string>();
    for (const { slot: each, done } of events) {
      const pending = ({ fence }: ResvSlot): boolean => !over.has(fence) && fence !== STUB;
      const table = signaled([...over]);
      const index = slow.findIndex(
        (old) =>
          over.has(old.fence) ||
          (contextOf(old.fence) === contextOf(each.fence) &&
            seqnoOf(each.fence) >= seqnoOf(old.fence) &&
            rank(old.usage) >= rank(each.usage)),
      );
      slow = index < 0 ? [...slow, each] : slow.with(index, each);
      resv = addToResv(resv, each.fence, each.usage, table);
      expect(resv.filter(pending)).toEqual(slow.filter(pending));
      expect(resv.length).toBeLessThanOrEqual(slow.length);
      for (const fence of done) over.add(fence);
    }
  });
  fc.assert(property, { numRuns: 500 });
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
