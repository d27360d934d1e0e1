/** A GT's page-fault queue: one at a time, in order, and what does not fit is lost. */
import type { ActorState } from '../../machines/execute/executor.ts';
import { FAULT_QUEUE_LENGTH, newFaults } from '../../machines/faults/faults.ts';
import { deliver, factsIn, sentIn } from '../rig/actors.ts';

const idle: ActorState = {
  machine: 'faults',
  value: 'idle',
  context: newFaults('gt0/faults', 'gt0'),
};
const raise = (state: ActorState, id: number): ReturnType<typeof deliver> =>
  deliver(state, 'fault.raise', { id, vm: `vm${id}`, addr: id, access: 'read' });

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
