/** User fences of binds: written once each, one after another, in the order in which they were heard to signal. */
import fc from 'fast-check';
import type { ActorState } from '../../machines/execute/executor.ts';
import { newUfences } from '../../machines/ufences/ufences.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';

const start: ActorState = {
  machine: 'ufences',
  value: 'running',
  context: newUfences('ufences'),
};
const made = sharedOf(
  [1, 2, 3, 4, 5].map((n) => ({ type: 'fence.created', fence: `f:${n}`, kind: 'spec', parts: [] })),
);
const ended = (shared: Shared, fence: string, error = 0): Shared =>
  foldShared(shared, { type: 'fence.signaled', fence, error });
const attach = (
  state: ActorState,
  fence: string,
  value: string,
  shared = made,
): ReturnType<typeof deliver> =>
  deliver(state, 'ufence.attach', { fence, at: '0x1000', value }, shared);
/** @param shared the fence and maybe others have signalled */
const signal = (
  state: ActorState,
  fence: string,
  error = 0,
  shared = ended(made, fence, error),
): ReturnType<typeof deliver> => deliver(state, 'fence.signaled', { fence, error }, shared);
const valuesIn = (effects: Parameters<typeof sentIn>[0]): string[] =>
  sentIn(effects).map(([, , data]) => (data as { value: string }).value);

test('it waits for the fence, hands the write to its queue, and writes', () => {
  const attached = attach(start, 'f:1', '0x7');
  expect(factsIn(attached.effects)).toEqual([
    { type: 'fence.waited', fence: 'f:1', waiter: 'ufences' },
  ]);
  const heard = signal(attached.state, 'f:1');
  const write = { at: '0x1000', value: '0x7' };
  expect(sentIn(heard.effects)).toEqual([['ufences', 'ufence.write', write]]);
  const written = deliver(heard.state, 'ufence.write', write);
  expect(factsIn(written.effects)).toEqual([{ type: 'ufence.written', ...write }]);
});

test('a bind that failed writes its user fence, too', () => {
  const { effects } = signal(attach(start, 'f:1', '0x7').state, 'f:1', -125);
  expect(sentIn(effects)).toHaveLength(1);
});

test('two at one fence are written in the order in which they were attached, whatever is heard twice', () => {
  const both = attach(attach(start, 'f:1', '0x1').state, 'f:1', '0x2');
  const first = signal(both.state, 'f:1');
  expect(valuesIn(first.effects)).toEqual(['0x1', '0x2']);
  expect(signal(first.state, 'f:1').effects).toEqual([]);
});

test('one attached late does not overtake those whose fences have signalled and are not heard yet', () => {
  const one = attach(start, 'f:1', '0x1').state;
  const late = attach(one, 'f:2', '0x2', ended(ended(made, 'f:1'), 'f:2'));
  expect(valuesIn(late.effects)).toEqual(['0x1', '0x2']);
  expect(factsIn(late.effects)).toEqual([]);
});

test('in any order of signals, each is written once', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 }), (order) => {
      let state = [1, 2, 3, 4, 5].reduce((now, n) => attach(now, `f:${n}`, `0x${n}`).state, start);
      let shared = made;
      const written: unknown[] = [];
      for (const n of order) {
        shared = ended(shared, `f:${n}`);
        const heard = signal(state, `f:${n}`, 0, shared);
        state = heard.state;
        written.push(...sentIn(heard.effects).map(([, , data]) => data));
      }
      expect(written).toEqual(order.map((n) => ({ at: '0x1000', value: `0x${n}` })));
      expect(state.context).toEqual(start.context);
    }),
  );
});
