/** The driver's side of TLB invalidation: numbers, and who acknowledges whom. */
import fc from 'fast-check';
import type { Fact } from '../../domain/facts/schema.ts';
import type { Flush } from '../../machines/contract/messages.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { MAX_SEQNO, seqnoPast, type TlbContext } from '../../machines/tlb/context.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';

const HALF = (MAX_SEQNO + 1) / 2;
/** The number `steps` after `seqno`: 1 .. MAX_SEQNO, never 0. */
const after = (seqno: number, steps: number): number => ((seqno - 1 + steps) % MAX_SEQNO) + 1;

const flushOf = (n: number): Flush => ({
  addr: 0x10,
  range: 1,
  fence: `f:${n}`,
  freed: [{ table: n }],
});
const made = (n: number): Fact => ({
  type: 'fence.created',
  fence: `f:${n}`,
  kind: 'invalidation',
  parts: [],
});

function requested(first: number, count: number): ActorState {
  const context: TlbContext = { id: 'gt0/tlb', gt: 'gt0', seqno: first, pending: [] };
  let state: ActorState = { machine: 'tlb', value: 'idle', context };
  for (let n = 1; n <= count; n++) {
    state = deliver(state, 'tlb.invalidate', { vm: 'vm0', flush: flushOf(n) }).state;
  }
  return state;
}

test('a number is past what was received when it is not ahead of it, across the wrap', () => {
  const seqno = fc.integer({ min: 1, max: MAX_SEQNO });
  const steps = fc.integer({ min: 1, max: HALF - 2 });
  const property = fc.property(seqno, steps, (recv, ahead) => {
    expect(seqnoPast(recv, recv)).toBe(true);
    expect(seqnoPast(after(recv, ahead), recv)).toBe(false);
    expect(seqnoPast(recv, after(recv, ahead))).toBe(true);
  });
  fc.assert(property, { numRuns: 2000 });
});

test('the number after the greatest is 1', () => {
  const { context } = requested(MAX_SEQNO - 1, 3);
  const { pending } = context as TlbContext;
  expect(pending.map(({ seqno }) => seqno)).toEqual([MAX_SEQNO, 1, 2]);
});

test('an acknowledgement completes its request and all before it, in order, tables before fences', () => {
  const shared = sharedOf([made(1), made(2), made(3)]);
  const state = requested(MAX_SEQNO - 1, 3);
  const some = deliver(state, 'guc.ack', { seqno: 1 }, shared);
  expect(some.state.value).toBe('waitingAck');
  expect(factsIn(some.effects)).toEqual([
    { type: 'tlb.acked', gt: 'gt0', seqno: 1 },
    { type: 'table.freed', gt: 'gt0', vm: 'vm0', table: 1 },
    { type: 'table.freed', gt: 'gt0', vm: 'vm0', table: 2 },
    { type: 'fence.signaled', fence: 'f:1', error: 0 },
    { type: 'fence.signaled', fence: 'f:2', error: 0 },
  ]);
  const last = deliver(some.state, 'guc.ack', { seqno: 2 }, shared);
  expect(last.state.value).toBe('idle');
  expect((last.state.context as TlbContext).pending).toEqual([]);
});

test('an acknowledgement of what is complete already completes nothing', () => {
  const state = requested(5, 2);
  const { state: same, effects } = deliver(state, 'guc.ack', { seqno: 5 });
  expect(same.value).toBe('waitingAck');
  expect((same.context as TlbContext).pending).toHaveLength(2);
  expect(factsIn(effects)).toHaveLength(1);
});

test('a request names the range that hardware takes, not the mapping', () => {
  const context: TlbContext = { id: 'gt0/tlb', gt: 'gt0', seqno: 0, pending: [] };
  const state: ActorState = { machine: 'tlb', value: 'idle', context };
  const flush = { ...flushOf(1), addr: 0x3, range: 2 };
  const { effects } = deliver(state, 'tlb.invalidate', { vm: 'vm0', flush });
  const expected = { vm: 'vm0', addr: 0, range: 8, seqno: 1 };
  expect(sentIn(effects)).toEqual([['gt0', 'guc.invalidate', expected]]);
});
