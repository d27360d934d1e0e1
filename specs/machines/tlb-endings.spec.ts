/** How TLB requests end: timeouts, failed sends, resets; and what each sets free. */
import type { Fact } from '../../domain/facts/schema.ts';
import { ERRNO } from '../../domain/errno.ts';
import type { Flush } from '../../machines/contract/messages.ts';
import type { Effect } from '../../machines/contract/effects.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { newTlb, type TlbContext } from '../../machines/tlb/context.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';

const idle: ActorState = { machine: 'tlb', value: 'idle', context: newTlb('gt0/tlb', 'gt0') };
const NUMBERS = [1, 2, 3, 4];
const shared = sharedOf(
  NUMBERS.map((n): Fact => {
    return { type: 'fence.created', fence: `f:${n}`, kind: 'invalidation', parts: [] };
  }),
);
const flushOf = (n: number, freed = [{ table: n }]): Flush => ({
  addr: 0x10,
  range: 1,
  fence: `f:${n}`,
  freed,
});
const FAILS = new Map([[1, 1]]);

const ask = (
  state: ActorState,
  n: number,
  { fails = false, freed = [{ table: n }] } = {},
): ReturnType<typeof deliver> => {
  const data = { vm: 'vm0', flush: flushOf(n, freed) };
  return deliver(state, 'tlb.invalidate', data, shared, 'vm0/bind0', fails ? FAILS : undefined);
};
const asked = (...ns: readonly number[]): ActorState =>
  ns.reduce((state, n) => ask(state, n).state, idle);

const freedIn = (effects: readonly Effect[]): number[] =>
  factsIn(effects).flatMap((fact) => (fact.type === 'table.freed' ? [fact.table] : []));
const signaledIn = (effects: readonly Effect[]): [string, number][] =>
  factsIn(effects).flatMap((fact) =>
    fact.type === 'fence.signaled' ? [[fact.fence, fact.error]] : [],
  );
const timersIn = (effects: readonly Effect[]): string[] =>
  effects.flatMap((each) =>
    each.effect === 'arm' || each.effect === 'cancel' ? [`${each.effect} ${each.timer}`] : [],
  );
const pendingOf = ({ context }: ActorState): TlbContext['pending'] =>
  (context as TlbContext).pending;

describe('a timeout', () => {
  test('is armed with the request and cancelled with its acknowledgement', () => {
    const { state, effects } = ask(idle, 1);
    expect(timersIn(effects)).toEqual(['arm timeout:1']);
    expect(effects.find((each) => each.effect === 'arm')).toMatchObject({ afterNs: 250e6 });
    const acked = deliver(state, 'guc.ack', { seqno: 1 }, shared);
    expect(timersIn(acked.effects)).toEqual(['cancel timeout:1']);
  });

  test('signals ETIME and keeps the tables; a late acknowledgement frees them', () => {
    const late = deliver(asked(1), 'tlb.timeout', { seqno: 1 }, shared);
    expect(late.state.value).toBe('idle');
    expect(factsIn(late.effects)).toEqual([
      { type: 'tlb.timedOut', gt: 'gt0', seqno: 1, fence: 'f:1' },
      { type: 'fence.signaled', fence: 'f:1', error: ERRNO.ETIME },
    ]);
    const acked = deliver(late.state, 'guc.ack', { seqno: 1 }, shared);
    expect([freedIn(acked.effects), signaledIn(acked.effects)]).toEqual([[1], []]);
    expect(timersIn(acked.effects)).toEqual([]);
    expect(pendingOf(acked.state)).toEqual([]);
    const twice = deliver(acked.state, 'guc.ack', { seqno: 1 }, shared);
    expect(factsIn(twice.effects)).toEqual([{ type: 'tlb.acked', gt: 'gt0', seqno: 1 }]);
  });

  test('of a request without tables leaves nothing behind', () => {
    const state = ask(idle, 1, { freed: [] }).state;
    const late = deliver(state, 'tlb.timeout', { seqno: 1 }, shared);
    expect(pendingOf(late.state)).toEqual([]);
  });

  test('leaves the requests after it alone; their acknowledgement covers its tables', () => {
    const late = deliver(asked(1, 2), 'tlb.timeout', { seqno: 1 }, shared);
    expect(late.state.value).toBe('waitingAck');
    const acked = deliver(late.state, 'guc.ack', { seqno: 2 }, shared);
    expect(acked.state.value).toBe('idle');
    expect(freedIn(acked.effects)).toEqual([1, 2]);
    expect(signaledIn(acked.effects)).toEqual([['f:2', 0]]);
  });

  test('of a number that is not under way is a mistake of ours', () => {
    expect(() => deliver(asked(1), 'tlb.timeout', { seqno: 9 }, shared)).toThrow('no request 9');
  });
});

describe('a reset', () => {
  test('completes, without error, what had reached the GT, and nothing later', () => {
    const done = deliver(asked(1, 2, 3), 'tlb.reset', { seqno: 2 }, shared);
    expect(done.state.value).toBe('waitingAck');
    expect(signaledIn(done.effects)).toEqual([
      ['f:1', 0],
      ['f:2', 0],
    ]);
    expect(freedIn(done.effects)).toEqual([1, 2]);
    const none = deliver(done.state, 'tlb.reset', { seqno: 0 }, shared);
    expect([none.state, none.effects]).toEqual([done.state, []]);
  });

  test('proves that tables kept after a timeout are out of reach', () => {
    const late = deliver(asked(1), 'tlb.timeout', { seqno: 1 }, shared);
    const { state, effects } = deliver(late.state, 'tlb.reset', { seqno: 1 }, shared);
    expect([state.value, freedIn(effects), pendingOf(state)]).toEqual(['idle', [1], []]);
  });
});

describe('a request that cannot be sent', () => {
  const failed = ask(idle, 1, { fails: true });

  test('asks for a reset and takes no number', () => {
    expect(factsIn(failed.effects)).toEqual([
      { type: 'tlb.sendFailed', gt: 'gt0', seqno: 1, fence: 'f:1' },
    ]);
    expect(sentIn(failed.effects)).toEqual([['gt0', 'gt.reset', {}]]);
    expect(timersIn(failed.effects)).toEqual([]);
    expect(factsIn(ask(failed.state, 2).effects)[0]).toMatchObject({ seqno: 1, fence: 'f:2' });
  });

  test('ends without error when that reset is over, and not with an earlier one', () => {
    const other = deliver(failed.state, 'tlb.reset', { seqno: 1 }, shared);
    expect([other.state.value, other.effects]).toEqual(['waitingAck', []]);
    const { state, effects } = deliver(other.state, 'reset.done', {}, shared);
    expect(state.value).toBe('idle');
    expect([freedIn(effects), signaledIn(effects)]).toEqual([[1], [['f:1', 0]]]);
  });

  test('holds back the fences behind it: a context signals in order', () => {
    const behind = ask(failed.state, 2).state;
    const acked = deliver(behind, 'guc.ack', { seqno: 1 }, shared);
    expect([acked.state.value, signaledIn(acked.effects)]).toEqual(['waitingAck', []]);
    const done = deliver(acked.state, 'reset.done', {}, shared);
    expect(signaledIn(done.effects)).toEqual([
      ['f:1', 0],
      ['f:2', 0],
    ]);
    expect(freedIn(done.effects)).toEqual([1, 2]);
  });

  test('each answer is for the oldest', () => {
    const two = ask(failed.state, 2, { fails: true }).state;
    const once = deliver(two, 'reset.done', {}, shared);
    expect(signaledIn(once.effects)).toEqual([['f:1', 0]]);
    const twice = deliver(once.state, 'reset.done', {}, shared);
    expect(signaledIn(twice.effects)).toEqual([['f:2', 0]]);
    expect(() => deliver(two, 'reset.done', {}, shared)).not.toThrow();
  });
});
