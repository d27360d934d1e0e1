/** What all ops of a call make of a space: the quick way for long calls gives what one op after another gives. */
import fc from 'fast-check';
import {
  allRequested,
  type Backed,
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
