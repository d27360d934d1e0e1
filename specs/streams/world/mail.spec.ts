/** The mail against the plainest model of it: a list for each pair. */
import fc from 'fast-check';
import { findQueue, post, queueKey, takeHead } from '../../../streams/world/mail.ts';
import type { Mail, Queue } from '../../../streams/world/world.ts';

const actor = fc.constantFrom('a', 'b', 'vm0', 'vm0/bind0', 'gt0/tlb');
const posting = fc.record({ from: actor, to: actor, dueNs: fc.nat(100) });
const command = fc.oneof(posting, fc.record({ take: actor, of: actor }));
const mailOf = (n: number, dueNs: number): Mail => ({
  message: { type: 'client.next', data: {} },
  cause: n,
  dueNs,
});

test('what one sends another arrives in order; queues are kept by key and never empty', () => {
  const property = fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
    let queues: readonly Queue[] = [];
    const model = new Map<string, number[]>();
    commands.forEach((each, n) => {
      if ('from' in each) {
        const key = queueKey(each.from, each.to);
        queues = post(queues, each.from, each.to, mailOf(n, each.dueNs));
        model.set(key, [...(model.get(key) ?? []), n]);
        return;
      }
      const key = queueKey(each.take, each.of);
      const [head, ...rest] = model.get(key) ?? [];
      expect(findQueue(queues, key)?.mail[0]?.cause).toBe(head);
      if (head === undefined) {
        expect(() => takeHead(queues, key)).toThrow(`no queue ${key}`);
        return;
      }
      queues = takeHead(queues, key);
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
      (all, dueNs, n) => post(all, 'a', 'b', mailOf(n, dueNs)),
      [],
    );
    const kept = queues[0]?.mail.map(({ dueNs }) => dueNs) ?? [];
    kept.forEach((dueNs, i) => {
      expect(dueNs).toBe(Math.max(...dues.slice(0, i + 1)));
    });
  });
  fc.assert(property);
});

test('the old queues stay as they were', () => {
  const before = post([], 'a', 'b', mailOf(1, 1));
  const copy = structuredClone(before);
  post(before, 'a', 'b', mailOf(2, 0));
  post(before, 'a', 'a', mailOf(3, 0));
  takeHead(before, 'a>b');
  expect(before).toEqual(copy);
});
