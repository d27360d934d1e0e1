/** The reservation object: whose slot a new fence takes, and who has to be waited for. */
import fc from 'fast-check';
import {
  addFence,
  markSignaled,
  NO_FENCES,
  type FenceTable,
} from '../../../domain/fence/fence-table.ts';
import {
  addToResv,
  fencesFor,
  fencesGoneFrom,
  pendingSlots,
  type Resv,
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
const rank = (usage: Usage): number => USAGES.indexOf(usage);
const [contextOf, seqnoOf] = [
  (key: string): string => key.slice(0, 1),
  (key: string): number => Number(key.slice(2)),
];

test('the order of usages is the kernel’s', () => {
  expect(USAGES).toEqual(['kernel', 'write', 'read', 'bookkeep']);
});

test('only what is pending counts of slots, in whatever order it came', () => {
  const property = fc.property(
    fc.array(slot, { maxLength: 8 }),
    slot,
    fc.subarray(KEYS),
    fc.infiniteStream(fc.nat()),
    (slots, { fence, usage }, done, numbers) => {
      const table = signaled(done);
      const before = added(slots);
      const left = before
        .filter((old) => !done.includes(old.fence))
        .map((old) => [numbers.next().value, old] as const)
        .sort(([a], [b]) => a - b)
        .map(([, old]) => old);
      const after = addToResv(before, fence, usage, table);
      expect(addToResv(left, fence, usage, table)).toEqual(after);
      expect(pendingSlots(before, table)).toEqual(before.filter((old) => left.includes(old)));
      const gone = before.filter((old) => !after.includes(old)).map((old) => old.fence);
      expect(fencesGoneFrom(before, after)).toEqual(gone);
    },
  );
  fc.assert(property, { numRuns: 1000 });
});

test('who waits for the slots waits for what the kernel’s slots have him wait for', () => {
  const event = fc.record({ slot, signals: fc.subarray(CONTEXTS, { maxLength: 1 }) });
  const property = fc.property(fc.array(event, { maxLength: 30 }), (events) => {
    let resv: Resv = [];
    // dma_resv_add_fence: what has signalled stays until its own place is needed
    let slow: Resv = [];
    const last: Record<string, number> = {};
    const isOver = (fence: string): boolean => seqnoOf(fence) <= (last[contextOf(fence)] ?? 0);
    for (const { slot: each, signals } of events) {
      const index = slow.findIndex(
        (old) =>
          isOver(old.fence) ||
          (contextOf(old.fence) === contextOf(each.fence) &&
            seqnoOf(each.fence) >= seqnoOf(old.fence) &&
            rank(old.usage) >= rank(each.usage)),
      );
      slow = index < 0 ? [...slow, each] : slow.with(index, each);
      resv = addToResv(resv, each.fence, each.usage, signaled(KEYS.filter(isOver)));
      for (const usage of USAGES) {
        const pending = (slots: Resv): string[] =>
          fencesFor(slots, usage).filter((key) => !isOver(key));
        const [asked, theirs] = [pending(resv), pending(slow)];
        expect(theirs).toEqual(expect.arrayContaining(asked));
        // fences of one context signal in order, so a later one stands for an earlier one
        const isImplied = (key: string): boolean =>
          asked.some((own) => contextOf(own) === contextOf(key) && seqnoOf(own) >= seqnoOf(key));
        expect(theirs.filter((key) => !isImplied(key))).toEqual([]);
      }
      for (const context of signals) last[context] = (last[context] ?? 0) + 1;
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
