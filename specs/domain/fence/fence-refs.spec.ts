/** Holders of fences: the count is that of those who hold, and what is over and held by nobody leaves. */
import fc from 'fast-check';
import { endFence, hold, holdForJob, letGo, makeFence } from '../../../domain/fence/fence-refs.ts';
import {
  contextOf,
  fenceOf,
  type FenceTable,
  findFence,
  isGone,
  NO_FENCES,
  resultOf,
  seqnoOf,
  STUB,
} from '../../../domain/fence/fence-table.ts';

const made = (table: FenceTable, fence: string, parts: readonly string[] = []): FenceTable =>
  makeFence(table, { fence, kind: parts.length > 0 ? 'array' : 'spec', parts });

/** What the table should be, by looking at everything after each step. */
interface Naive {
  readonly results: Map<string, number | null>;
  readonly held: Map<string, string[]>;
  readonly outside: string[];
}

/** Every hold, as often as there is one: from outside, and by what has not left. */
function holdersOf({ results, held, outside }: Naive, gone: ReadonlySet<string>): string[] {
  const all = [...outside];
  for (const [key] of results) if (!gone.has(key)) all.push(...(held.get(key) ?? []));
  return all;
}

const CONTEXTS = ['a', 'b', 'x'];
const event = fc.record({
  what: fc.constantFrom('make', 'array', 'job', 'end', 'fail', 'hold', 'let go'),
  context: fc.constantFrom(...CONTEXTS),
  one: fc.nat(),
  two: fc.nat(),
});

/** Drops what is over and unheld until nothing changes; what stays all the same lets go of its parts. */
function sweep(naive: Naive, gone: Set<string>): void {
  const { results, held } = naive;
  const sizes = (): string => `${gone.size} ${held.size}`;
  for (let before = ''; before !== sizes();) {
    before = sizes();
    for (const [key, result] of results) {
      if (result === null || gone.has(key) || holdersOf(naive, gone).includes(key)) continue;
      held.delete(key);
      const isLast = [...results.keys()].every(
        (other) => contextOf(other) !== contextOf(key) || seqnoOf(other) <= seqnoOf(key),
      );
      if (!isLast && result === 0) gone.add(key);
    }
  }
}

test('counts are those of a look at everything, and so is what has left', () => {
  const property = fc.property(fc.array(event, { maxLength: 40 }), (events) => {
    const naive: Naive = { results: new Map(), held: new Map(), outside: [] };
    const gone = new Set<string>();
    const next: Record<string, number> = {};
    let table = NO_FENCES;
    for (const { what, context, one, two } of events) {
      const keys = [...naive.results.keys()];
      const some = [keys[one % keys.length], keys[two % keys.length]].filter(
        (k) => k !== undefined,
      );
      const pending = keys.filter((key) => naive.results.get(key) === null);
      const [end] = pending.slice(one % (pending.length || 1));
      if (what === 'make' || what === 'array' || what === 'job') {
        const fence = `${context}:${(next[context] = (next[context] ?? 0) + 1)}`;
        const parts = what === 'array' ? some : [];
        const isOver = parts.length > 0 && parts.every((key) => naive.results.get(key) !== null);
        const error = parts.map((key) => naive.results.get(key)).find(Boolean) ?? 0;
        table = made(table, fence, parts);
        naive.results.set(fence, isOver ? error : null);
        naive.held.set(
          fence,
          parts.filter((key) => !gone.has(key)),
        );
        // what the new one follows may have left before the job holds anything
        sweep(naive, gone);
        if (what === 'job') {
          table = holdForJob(table, fence, some);
          naive.held.set(
            fence,
            some.filter((key) => !gone.has(key)),
          );
        }
      } else if ((what === 'end' || what === 'fail') && end !== undefined) {
        const isArray = fenceOf(table, end).parts.length > 0;
        if (isArray) continue;
        const error = what === 'fail' ? -5 : 0;
        table = endFence(table, end, error);
        naive.results.set(end, error);
        naive.held.delete(end);
      } else if (what === 'hold') {
        table = hold(table, some);
        naive.outside.push(...some.filter((key) => !gone.has(key)));
      } else if (what === 'let go') {
        const [held] = naive.outside.splice(one % (naive.outside.length || 1), 1);
        if (held !== undefined) table = letGo(table, [held]);
      }
      sweep(naive, gone);
      const holders = holdersOf(naive, gone);
      for (const [key, result] of naive.results) {
        const fence = findFence(table, key);
        expect([key, fence === undefined, isGone(table, key)]).toEqual([
          key,
          gone.has(key),
          gone.has(key),
        ]);
        const count = holders.filter((each) => each === key).length;
        if (fence !== undefined) expect([key, fence.holders]).toEqual([key, count]);
        expect([key, resultOf(table, key)]).toEqual([key, result]);
      }
    }
  });
  fc.assert(property, { numRuns: 600 });
});

test('an array that leaves lets go of its parts, and those may leave with it', () => {
  const parts = ['a:1', 'b:1'];
  const later = [...parts, 'x:1', 'a:2', 'b:2'];
  let table = later.reduce((t, key) => made(t, key, key === 'x:1' ? parts : []), NO_FENCES);
  table = endFence(endFence(table, 'a:1', 0), 'b:1', 0);
  expect(parts.map((key) => findFence(table, key)?.holders)).toEqual([1, 1]);
  // the last of its context stays in the table, but not its parts
  table = endFence(table, 'x:1', 0);
  expect(parts.map((key) => findFence(table, key))).toEqual([undefined, undefined]);
  expect([resultOf(table, 'a:1'), isGone(table, 'a:1'), isGone(table, 'x:1')]).toEqual([
    0,
    true,
    false,
  ]);
  expect(isGone(made(table, 'x:2'), 'x:1')).toBe(true);
});

test('a failed fence stays, and keeps its error', () => {
  const table = endFence(made(made(NO_FENCES, 'a:1'), 'a:2'), 'a:1', -5);
  expect([resultOf(table, 'a:1'), isGone(table, 'a:1')]).toEqual([-5, false]);
});

test('what has left, and the stub, are not counted; nobody lets go of what nobody holds', () => {
  const table = endFence(made(made(NO_FENCES, 'a:1'), 'a:2'), 'a:1', 0);
  expect(letGo(hold(table, ['a:1', STUB]), ['a:1', STUB])).toBe(table);
  expect(() => letGo(table, ['a:2'])).toThrow('nobody holds a:2');
});
