/** The mail against the plainest model of it: a list for each pair. */
import fc from 'fast-check';
import { findQueue, placeOf, post, queueKey, takeHead } from '../../../streams/world/mail.ts';
import type { Mail, Queue } from '../../../streams/world/world.ts';

const actor = fc.constantFrom('a', 'b', 'vm0', 'vm0/bind0', 'gt0/tlb');
const posting = fc.record({ from: actor, to: actor, dueNs: fc.nat(100) });
const command = fc.oneof(posting, fc.record({ take: actor, of: actor }));
const mailOf = (n: number, dueNs: number): Mail => ({
  message: { type: 'client.next', data: {} },
  cause: n,
  dueNs,
});

/** Into queues that somebody else keeps. */
function posted(old: readonly Queue[], from: string, to: string, mail: Mail): readonly Queue[] {
  const queues = old.slice();
  post(queues, from, to, mail);
  return queues;
}

test('what one sends another arrives in order; queues are kept by key and never empty', () => {
  const property = fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
    let queues: readonly Queue[] = [];
    const model = new Map<string, number[]>();
    commands.forEach((each, n) => {
      if ('from' in each) {
        const key = queueKey(each.from, each.to);
        queues = posted(queues, each.from, each.to, mailOf(n, each.dueNs));
        model.set(key, [...(model.get(key) ?? []), n]);
        return;
      }
      const key = queueKey(each.take, each.of);
      const [head, ...rest] = model.get(key) ?? [];
      expect(findQueue(queues, key)?.mail[0]?.cause).toBe(head);
      if (head === undefined) {
        expect(placeOf(queues, key)).toBe(-1);
        expect(() => takeHead(queues, -1)).toThrow('no queue');
        return;
      }
      queues = takeHead(queues, placeOf(queues, key));
      if (rest.length === 0) model.delete(key);
      else model.set(key, rest);
    });
    const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
    const actual = queues.map(({ key, mail }) => [key, mail.map(({ cause }) => cause)]);
    expect(actual).toEqual(expected);
  });
  fc.assert(property, { numRuns: 500 });
});

test('mail never overtakes in its queue: dues do not decrease', () => {
  const property = fc.property(fc.array(fc.nat(50), { minLength: 1 }), (dues) => {
    const queues = dues.reduce<readonly Queue[]>(
      (all, dueNs, n) => posted(all, 'a', 'b', mailOf(n, dueNs)),
      [],
    );
    const kept = queues[0]?.mail.map(({ dueNs }) => dueNs) ?? [];
    kept.forEach((dueNs, i) => {
      expect(dueNs).toBe(Math.max(...dues.slice(0, i + 1)));
    });
  });
  fc.assert(property);
});

test('taking a head leaves the old queues as they were', () => {
  const before = posted(posted([], 'a', 'b', mailOf(1, 1)), 'a', 'b', mailOf(2, 0));
  const copy = structuredClone(before);
  const after = takeHead(before, placeOf(before, 'a>b'));
  post(after, 'a', 'b', mailOf(3, 0));
  post(after, 'a', 'a', mailOf(4, 0));
  expect(before).toEqual(copy);
});
