/** A GT's page-fault queue: one at a time, in order, and what does not fit is lost. */
import type { ActorState, Stepped } from '../../machines/execute/executor.ts';
import { FAULT_QUEUE_LENGTH, newFaults, takesAnother } from '../../machines/faults/faults.ts';
import { FAULT_QUEUES, faultQueueOf } from '../../machines/faults/names.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';
import { device, vm } from '../rig/client.ts';

const QUEUE = 'gt0/faults0';
const idle: ActorState = { machine: 'faults', value: 'idle', context: newFaults(QUEUE, 'gt0') };
const raise = (state: ActorState, id: number, shared?: Shared): Stepped =>
  deliver(state, 'fault.raise', { id, vm: `vm${id}`, addr: id, access: 'read' }, shared);
const typesOf = ({ effects }: Stepped): string[] => factsIn(effects).map(({ type }) => type);

test('a fault goes to its VM at once, and its answer to the GT', () => {
  const { state, effects } = raise(idle, 3);
  expect(state.value).toBe('handling');
  expect(sentIn(effects)).toEqual([['vm3', 'vm.fault', { gt: 'gt0', addr: 3, access: 'read' }]]);
  for (const result of [0, -14]) {
    const handled = deliver(state, 'fault.handled', { result });
    expect(handled.state).toEqual(idle);
    expect(factsIn(handled.effects)).toEqual([
      { type: 'fault.handled', gt: 'gt0', vm: 'vm3', addr: 3, result },
    ]);
    expect(sentIn(handled.effects)).toEqual([['gt0', 'fault.answer', { id: 3, result }]]);
  }
});

test('the worker goes on until none is left', () => {
  let { state } = raise(raise(raise(idle, 1).state, 2).state, 3);
  const seen: unknown[] = [];
  while (state.value === 'handling') {
    const handled = deliver(state, 'fault.handled', { result: 0 });
    seen.push(...sentIn(handled.effects).map(([to, type]) => `${to} ${type}`));
    state = handled.state;
  }
  expect(seen).toEqual([
    'gt0 fault.answer',
    'vm2 vm.fault',
    'gt0 fault.answer',
    'vm3 vm.fault',
    'gt0 fault.answer',
  ]);
  expect([takesAnother({ waiting: [], queuedAgain: true }), state]).toEqual([false, idle]);
});

test('what comes to a full queue is dropped, and there is room again after one was handled', () => {
  let { state } = raise(idle, 0);
  for (let id = 1; id <= FAULT_QUEUE_LENGTH; id++) {
    const next = raise(state, id);
    expect(next.effects).toEqual([]);
    state = next.state;
  }
  const dropped = raise(state, 99);
  expect(dropped.state).toEqual(state);
  expect(factsIn(dropped.effects)).toEqual([
    { type: 'fault.dropped', gt: 'gt0', vm: 'vm99', addr: 99 },
  ]);
  expect(sentIn(dropped.effects)).toEqual([]);
  const handled = deliver(state, 'fault.handled', { result: 0 });
  expect(factsIn(raise(handled.state, 100).effects)).toEqual([]);
});

test('it is as long as the kernel’s ring of 128 dwords, which is full with room for one message left', () => {
  const space = (used: number): number => 128 - 1 - used;
  const fits = Array.from({ length: 32 }, (_, n) => n).filter((n) => space(4 * n) > 4);
  expect([FAULT_QUEUE_LENGTH, FAULT_QUEUES]).toEqual([fits.length, 4]);
  expect([0, 3, 4, 9].map((asid) => faultQueueOf('gt1', asid))).toEqual([
    'gt1/faults0',
    'gt1/faults3',
    'gt1/faults0',
    'gt1/faults1',
  ]);
});

test('a reset of the GT empties it; the fault in hand is answered all the same', () => {
  const two = raise(raise(idle, 1).state, 2);
  const reset = deliver(two.state, 'faults.reset', {});
  const handled = deliver(reset.state, 'fault.handled', { result: 0 });
  expect(handled.state).toEqual(idle);
  expect(sentIn(handled.effects)).toEqual([['gt0', 'fault.answer', { id: 1, result: 0 }]]);
  expect(deliver(idle, 'faults.reset', {})).toMatchObject({ state: idle, effects: [] });
});

describe('the VM of a fault', () => {
  const held = { type: 'ref.taken', of: 'vm1', by: 'handle' } as const;
  const there = sharedOf([device, vm('vm1', 'dma-fence'), held]);
  const after = (shared: Shared, step: Stepped): Shared =>
    factsIn(step.effects).reduce(foldShared, shared);

  test.each([0, -22])('is held until the answer, which is %d', (result) => {
    const raised = raise(idle, 1, there);
    expect(factsIn(raised.effects)).toEqual([{ type: 'ref.taken', of: 'vm1', by: QUEUE }]);
    const during = after(there, raised);
    const handled = deliver(raised.state, 'fault.handled', { result }, during);
    expect(typesOf(handled)).toEqual(['fault.handled', 'ref.dropped']);
    expect(after(during, handled).refs).toEqual(there.refs);
  });

  test('goes with the answer, if everybody else has let it go', () => {
    const raised = raise(idle, 1, there);
    const alone = foldShared(after(there, raised), { ...held, type: 'ref.dropped' });
    const handled = deliver(raised.state, 'fault.handled', { result: -22 }, alone);
    expect(typesOf(handled)).toEqual(['fault.handled', 'ref.dropped', 'vm.freed']);
  });

  test('is not found by the next fault then', () => {
    const raised = raise(idle, 1, there);
    const again = raise(raised.state, 1, there);
    const alone = foldShared(after(there, raised), { ...held, type: 'ref.dropped' });
    const handled = deliver(again.state, 'fault.handled', { result: -22 }, alone);
    expect(typesOf(handled)).toEqual(['fault.handled', 'ref.dropped', 'vm.freed']);
    const last = deliver(handled.state, 'fault.handled', { result: -22 }, after(alone, handled));
    expect(typesOf(last)).toEqual(['fault.handled']);
  });
});

test('with S42 one run of the worker is one fault, and asking twice while it runs is asking once', () => {
  const waiting = [{ id: 2, vm: 'vm0', addr: 1, access: 'read' as const }];
  expect(takesAnother({ waiting, queuedAgain: true }, true)).toBe(true);
  expect(takesAnother({ waiting, queuedAgain: false }, true)).toBe(false);
  expect(takesAnother({ waiting, queuedAgain: false })).toBe(true);
  expect(takesAnother({ waiting: [], queuedAgain: true }, true)).toBe(false);
});
