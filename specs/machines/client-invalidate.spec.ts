/** munmap and mmap: the sequence number first, every notifier in turn, the pages last. */
import type { Fact } from '../../domain/facts/schema.ts';
import type { ActorState, Stepped } from '../../machines/execute/executor.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';
import { clientOf, device, fence, next, signaled, verdictOf, vm } from '../rig/client.ts';

const FIRST = 2 ** 20;
const area: Fact = { type: 'userptr.created', userptr: 'up', ptr: 16, range: 4, phys: FIRST };
const invalidating = (gone = false): ActorState =>
  clientOf([{ invalidate: { userptr: 'up', gone } }], {
    vms: { b: {}, a: {}, later: {} },
    userptrs: { up: { addr: 0x10000, size: 0x4000 } },
  });
const after = (shared: Shared, { effects }: Stepped): Shared =>
  factsIn(effects).reduce(foldShared, shared);
const raised = { type: 'userptr.invalidating', userptr: 'up', seq: 1 };
const exchanged = (phys: number | null) => ({ type: 'userptr.invalidated', userptr: 'up', phys });
const freed = { type: 'memory.freed', phys: FIRST, range: 4, placement: 'system' };

test('without a VM the pages change at once', () => {
  const step = next(invalidating(), sharedOf([device, area]));
  expect(step.state.value).toBe('running');
  expect(factsIn(step.effects).slice(1, 4)).toEqual([raised, exchanged(FIRST + 4), freed]);
  expect(verdictOf(step)).toEqual(['ended 0']);
});

describe('with VMs', () => {
  const shared = sharedOf([device, area, vm('b'), vm('a'), fence('f:1'), fence('f:2')]);
  const first = next(invalidating(true), shared);

  test('each notifier is called in turn, by name, and waited for', () => {
    expect(first.state.value).toBe('notifying.calling');
    expect(factsIn(first.effects)[1]).toEqual(raised);
    expect(sentIn(first.effects)).toEqual([['a', 'vm.invalidate', { userptr: 'up' }]]);

    const waits = deliver(first.state, 'notifier.done', { fences: ['f:1', 'f:2'] }, shared, 'a');
    expect(waits.state.value).toBe('notifying.settling');
    expect(sentIn(waits.effects)).toEqual([]);
    const one = deliver(waits.state, 'fence.signaled', { fence: 'f:2', error: 0 }, shared);
    expect(one.state.value).toBe('notifying.settling');
    const second = deliver(one.state, 'fence.signaled', { fence: 'f:1', error: -5 }, shared);
    expect(sentIn(second.effects)).toEqual([['b', 'vm.invalidate', { userptr: 'up' }]]);

    const done = deliver(second.state, 'notifier.done', { fences: [] }, after(shared, first), 'b');
    expect(done.state.value).toBe('running');
    expect(factsIn(done.effects).slice(0, 2)).toEqual(
      expect.arrayContaining([exchanged(null), freed]),
    );
  });

  test('fences that have signalled are not waited for', () => {
    const signalled = foldShared(foldShared(shared, signaled('f:1')), signaled('f:2'));
    const second = deliver(first.state, 'notifier.done', { fences: ['f:1'] }, signalled, 'a');
    expect(sentIn(second.effects)).toEqual([['b', 'vm.invalidate', { userptr: 'up' }]]);
  });
});

test('pages that are gone come back, and nothing is freed', () => {
  const gone: Fact = { type: 'userptr.invalidated', userptr: 'up', phys: null };
  const step = next(invalidating(), sharedOf([device, area, gone]));
  expect(factsIn(step.effects)).toContainEqual(exchanged(FIRST + 4));
  expect(factsIn(step.effects).map(({ type }) => type)).not.toContain('memory.freed');
});

test('a second call waits until the first is over', () => {
  const busy = sharedOf([device, area, { type: 'userptr.invalidating', userptr: 'up', seq: 1 }]);
  const asleep = next(invalidating(), busy);
  expect(asleep.state.value).toBe('notifying.awaitingArea');
  expect(factsIn(asleep.effects)[1]).toEqual({ type: 'wait.began', on: 'userptr:up', by: 'app' });
  const inVain = deliver(asleep.state, 'wait.over', { on: 'lock:up' }, busy);
  expect(inVain.effects).toEqual([]);
  const again = deliver(asleep.state, 'wait.over', { on: 'userptr:up' }, busy);
  expect(again.state.value).toBe('notifying.awaitingArea');
  const free = foldShared(busy, { type: 'userptr.invalidated', userptr: 'up', phys: FIRST + 4 });
  const done = deliver(again.state, 'wait.over', { on: 'userptr:up' }, free);
  expect(done.state.value).toBe('running');
  expect(factsIn(done.effects)).toContainEqual({ ...raised, seq: 2 });
});
