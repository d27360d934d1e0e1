/**
 * What all ops of a call make of a space: the quick way for long calls gives what one op after another gives. And
 * whether two sets of pieces show the same, against looking at every page.
 */
import fc from 'fast-check';
import {
  allRequested,
  type Backed,
  clipped,
  firstDifference,
  requested,
} from '../../../domain/invariants/backing.ts';
import type { Asked } from '../../../domain/invariants/known/asked.ts';
import { BIND_OPS } from '../../../domain/ioctl/bind-request.ts';

const asked: fc.Arbitrary<Asked> = fc
  .record({
    op: fc.constantFrom(BIND_OPS.map, BIND_OPS.unmap, BIND_OPS.unmapAll, BIND_OPS.prefetch),
    addr: fc.nat(60),
    range: fc.integer({ min: 1, max: 12 }),
    obj: fc.constantFrom('a', 'b'),
    offset: fc.nat(9),
    repeat: fc.option(
      fc.integer({ min: 1, max: 4 }).map((each) => ({ range: each, phase: 0 })),
      { nil: undefined },
    ),
    readOnly: fc.boolean(),
  })
  .map(({ range, ...each }) => ({ ...each, end: each.addr + range, null: false, gtMask: 0 }));

const calls = fc.array(asked, { minLength: 8, maxLength: 40 });

test('a long call is worked out as its ops one after another', () => {
  fc.assert(
    fc.property(calls, calls, (before, ops) => {
      const start = before.reduce<readonly Backed[]>(requested, []);
      const inOrder = [...start].sort((a, b) => a.addr - b.addr);
      const slow = ops.reduce<readonly Backed[]>(requested, inOrder);
      const quick = allRequested(inOrder, ops);
      expect(firstDifference(quick, slow)).toBeNull();
      expect(firstDifference(slow, quick)).toBeNull();
    }),
  );
});

/** What page `at` shows, by counting up to it. */
function counted({ addr, offset, obj, readOnly, repeat }: Backed, at: number): string {
  let k = repeat?.phase ?? 0;
  for (let page = addr; page < at; page++) {
    k += 1;
    if (k === repeat?.range) k = 0;
  }
  return `${obj}+${offset + k} ${readOnly ? 'ro' : 'rw'}`;
}

const shown = (pieces: readonly Backed[], at: number): string => {
  const piece = pieces.find(({ addr, range }) => addr <= at && at < addr + range);
  return piece === undefined ? 'nothing' : counted(piece, at);
};
const PAGES = Array.from({ length: 80 }, (_, page) => page);

/** One or two pieces with few pages to choose from, so that many show the same. */
const near = fc
  .tuple(fc.nat(2), fc.integer({ min: 1, max: 9 }), fc.nat(2), fc.nat(3), fc.nat(2), fc.nat(4))
  .map(([gap, range, offset, pattern, phase, cut]): Backed[] => {
    const repeat = pattern === 0 ? undefined : { range: pattern, phase: phase % pattern };
    const attrs = { null: false, readOnly: false, userptr: false, gtMask: 0 };
    const whole = { addr: gap, range, obj: 'a', offset, repeat, ...attrs };
    const head = clipped([whole], { addr: 0, end: gap + cut }, true);
    return [...head, ...clipped([whole], { addr: gap + cut, end: 99 }, true)];
  });

test('the first difference is the first page that shows something else', () => {
  fc.assert(
    fc.property(near, near, (a, b) => {
      const first = PAGES.find((page) => shown(a, page) !== shown(b, page));
      expect(firstDifference(a, b)?.page).toBe(first);
    }),
    { numRuns: 3000 },
  );
});

test('what is clipped shows what it showed', () => {
  fc.assert(
    fc.property(calls, fc.nat(60), fc.nat(20), (ops, addr, range) => {
      const all = ops.reduce<readonly Backed[]>(requested, []);
      const span = { addr, end: addr + range };
      const [inside, outside] = [clipped(all, span, true), clipped(all, span)];
      for (const page of PAGES) {
        const isIn = page >= addr && page < span.end;
        expect(shown(inside, page)).toBe(isIn ? shown(all, page) : 'nothing');
        expect(shown(outside, page)).toBe(isIn ? 'nothing' : shown(all, page));
      }
    }),
  );
});
