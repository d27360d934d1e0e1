/** A bind queue by itself: in order, one job at a time, and no wait is lost. */
import type { Fact } from '../../domain/facts/schema.ts';
import { newBindEngine } from '../../machines/bind-engine/bind-engine.ts';
import type { Job } from '../../machines/contract/messages.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';

const ENGINE = 'vm0/bind0';
const idle: ActorState = { machine: 'bindEngine', value: 'idle', context: newBindEngine(ENGINE) };

const job = (n: number, waits: readonly string[], stores = 1): Job => ({
  id: `${ENGINE}#${n}`,
  vm: 'vm0',
  gt: 'gt0',
  fence: `${ENGINE}:${n}`,
  waits,
  writes: Array.from({ length: stores }, (_, table) => ({ table, level: 0, runs: [] })),
  flush: null,
});
const fence = (key: string): Fact => ({
  type: 'fence.created',
  fence: key,
  kind: 'spec',
  parts: [],
});
const signaled = (key: string, error = 0): Fact => ({ type: 'fence.signaled', fence: key, error });
const fences = ['in:1', 'in:2', `${ENGINE}:1`, `${ENGINE}:2`].map(fence);
const shared = sharedOf(fences);

test('a job whose fences have signalled starts at once; the last store says that it is the last', () => {
  const ready = sharedOf([...fences, signaled('in:1'), signaled('in:2', -5)]);
  const pushed = job(1, ['in:1', 'in:2', 'stub:0'], 3);
  const { state, effects } = deliver(idle, 'job.push', { job: pushed }, ready);
  expect(state.value).toBe('updatingTables');
  const lasts = sentIn(effects).map(([to, type, data]) => [to, type, data as { last: boolean }]);
  expect(lasts.map(([to, type]) => `${String(to)} ${String(type)}`)).toEqual([
    'gt0 copy.write',
    'gt0 copy.write',
    'gt0 copy.write',
  ]);
  expect(lasts.map(([, , data]) => (data as { last: boolean }).last)).toEqual([false, false, true]);
});

test('a job waits until the last of its fences signals, in whatever order they do', () => {
  for (const order of [
    ['in:1', 'in:2'],
    ['in:2', 'in:1'],
  ] as const) {
    const waiting = deliver(idle, 'job.push', { job: job(1, ['in:1', 'in:2']) }, shared);
    expect(waiting.state.value).toBe('waitingFences');
    expect(factsIn(waiting.effects)).toEqual([
      { type: 'fence.waited', fence: 'in:1', waiter: ENGINE },
      { type: 'fence.waited', fence: 'in:2', waiter: ENGINE },
    ]);
    const once = deliver(waiting.state, 'fence.signaled', { fence: order[0], error: 0 }, shared);
    expect(once.state.value).toBe('waitingFences');
    const twice = deliver(once.state, 'fence.signaled', { fence: order[1], error: 0 }, shared);
    expect(twice.state.value).toBe('updatingTables');
  }
});

test('the next job waits for the fence that the job before it signals in the very same step', () => {
  const first = deliver(idle, 'job.push', { job: job(1, []) }, shared);
  const second = deliver(first.state, 'job.push', { job: job(2, [`${ENGINE}:1`]) }, shared);
  const { state, effects } = deliver(second.state, 'copy.done', { job: `${ENGINE}#1` }, shared);
  expect(state.value).toBe('waitingFences');
  // the signal comes first, so the world answers the wait at once
  expect(factsIn(effects).map(({ type }) => type)).toEqual([
    'job.done',
    'fence.signaled',
    'fence.waited',
  ]);
});

test('a job without stores asks nobody, and still takes a step of its own', () => {
  const { state, effects } = deliver(idle, 'job.push', { job: job(1, [], 0) }, shared);
  expect(state.value).toBe('updatingTables');
  expect(sentIn(effects)).toEqual([[ENGINE, 'copy.done', { job: `${ENGINE}#1` }]]);
});

test('a flush is asked for after the fence of its job has signalled', () => {
  const flush = { addr: 0, range: 1, fence: 'f:1', freed: [] };
  const first = deliver(idle, 'job.push', { job: { ...job(1, []), flush } }, shared);
  const { effects } = deliver(first.state, 'copy.done', { job: `${ENGINE}#1` }, shared);
  expect(effects.map((each) => each.effect)).toEqual(['fact', 'fact', 'send']);
  expect(sentIn(effects)).toEqual([['gt0/tlb', 'tlb.invalidate', { vm: 'vm0', flush }]]);
});

const copy = { source: 0x10, phys: 0x20, range: 4, placement: 'system' } as const;

test('a copy comes before any store, and ends the job if there is none', () => {
  const named = (pushed: Job): unknown[] => {
    const { effects } = deliver(idle, 'job.push', { job: pushed }, shared);
    return sentIn(effects).map(([, type, data]) => [type, (data as { last: boolean }).last]);
  };
  expect(named({ ...job(1, [], 1), copy })).toEqual([
    ['copy.pages', false],
    ['copy.write', true],
  ]);
  expect(named({ ...job(1, [], 0), copy })).toEqual([['copy.pages', true]]);
});

test('a fence that a job names twice is waited for once', () => {
  const { effects } = deliver(idle, 'job.push', { job: job(1, ['in:1', 'in:1']) }, shared);
  expect(factsIn(effects)).toHaveLength(1);
});

test('a queue is made and closed by its owner; what it has still runs, and what comes later', () => {
  const device: Fact = { type: 'device.created', gts: ['gt0'], vaBits: 48, profile: 'xe-2023' };
  const world = sharedOf([device, ...fences]);
  const made = deliver(idle, 'queue.create', { vm: 'vm0' }, world, 'app');
  expect(factsIn(made.effects)).toEqual([
    { type: 'queue.created', queue: ENGINE, vm: 'vm0', gt: 'gt0', kind: 'bind' },
  ]);
  expect(sentIn(made.effects)).toEqual([['app', 'ioctl.done', { result: 0 }]]);

  const busy = deliver(made.state, 'job.push', { job: job(1, []) }, world);
  const closing = deliver(busy.state, 'queue.destroy', {}, world, 'app');
  expect(factsIn(closing.effects)).toEqual([]);
  const over = deliver(closing.state, 'copy.done', { job: `${ENGINE}#1` }, world);
  expect(factsIn(over.effects).map(({ type }) => type)).toEqual([
    'job.done',
    'fence.signaled',
    'queue.destroyed',
  ]);
  const late = deliver(over.state, 'job.push', { job: job(2, []) }, world);
  expect(late.state.value).toBe('updatingTables');

  const atOnce = deliver(idle, 'queue.destroy', {}, world, 'app');
  expect(factsIn(atOnce.effects)).toEqual([{ type: 'queue.destroyed', queue: ENGINE }]);
});
