/** The queue and the GPU by themselves: what scenarios come to only by chance. */
import type { Fact } from '../../../domain/facts/schema.ts';
import type { BindJob } from '../../../machines/contract/messages.ts';
import type { ActorState } from '../../../machines/execute/executor.ts';
import { type Mali, newMali } from '../../../machines/panthor/mali.ts';
import { newPanthorQueue, type PanthorQueue } from '../../../machines/panthor/queue.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../../rig/actors.ts';

const fence = (key: string): Fact => ({
  type: 'fence.created',
  fence: key,
  kind: 'bind-job',
  parts: [],
});
const FACTS: readonly Fact[] = [
  { type: 'device.created', gts: ['gt0'], vaBits: 48, profile: 'panthor' },
  ...['sw:1', 'sw:2', 'q:1', 'q:2'].map(fence),
];
const SHARED = sharedOf(FACTS);
const job = (n: number, waits: readonly string[] = []): BindJob => ({
  id: `q:${n}`,
  fence: `q:${n}`,
  waits,
  op: { call: 1, bind: n - 1, op: { op: 'sync' }, tables: 0, vmas: 0 },
  last: false,
});

test('a queue waits for every fence of its head, and takes jobs meanwhile', () => {
  const idle: ActorState = {
    machine: 'panthorQueue',
    value: 'idle',
    context: newPanthorQueue('q', 'vm0'),
  };
  const waiting = deliver(idle, 'bindJob.push', { job: job(1, ['sw:1', 'sw:2']) }, SHARED).state;
  const more = deliver(waiting, 'bindJob.push', { job: job(2) }, SHARED).state;
  const half = deliver(more, 'fence.signaled', { fence: 'sw:2', error: 0 }, SHARED).state;
  expect([half.value, (half.context as PanthorQueue).waitingOn]).toEqual([
    'waitingFences',
    ['sw:1'],
  ]);
  const runs = deliver(half, 'fence.signaled', { fence: 'sw:1', error: -5 }, SHARED);
  expect([runs.state.value, sentIn(runs.effects).map(([to, type]) => [to, type])]).toEqual([
    'running',
    [['vm0', 'vm.runJob']],
  ]);
  const third = deliver(runs.state, 'bindJob.push', { job: job(2) }, SHARED).state;
  const next = deliver(third, 'bindJob.ran', { job: 'q:1', result: -12 }, SHARED);
  expect(factsIn(next.effects)).toContainEqual({
    type: 'fence.signaled',
    fence: 'q:1',
    error: -12,
  });
  expect(next.state.value).toBe('running');
});

const read = { vm: 'vm0', access: 'read', addr: 3, word: 0, value: null } as const;

test('an access to a locked region stalls until the flush, whoever else goes on', () => {
  const running: ActorState = { machine: 'mali', value: 'running', context: newMali('gt0') };
  const locked = deliver(running, 'as.lock', { vm: 'vm0', addr: 0, range: 4 }, SHARED, 'vm0').state;
  const stalled = deliver(locked, 'gpu.access', read, SHARED, 'app');
  expect([stalled.effects, (stalled.state.context as Mali).stalled.length]).toEqual([[], 1]);
  const other = deliver(stalled.state, 'gpu.access', { ...read, addr: 9 }, SHARED, 'app');
  expect(sentIn(other.effects).map(([, type]) => type)).toEqual(['gpu.done']);
  const flushing = deliver(other.state, 'as.flush', { vm: 'vm0' }, SHARED, 'vm0').state;
  expect(flushing.value).toBe('flushing');
  const again = deliver(flushing, 'gpu.access', read, SHARED, 'app').state;
  const done = deliver(again, 'as.flushed', {}, SHARED, 'gt0');
  expect(sentIn(done.effects).map(([to, type]) => [to, type])).toEqual([
    ['vm0', 'as.unlocked'],
    ['gt0', 'as.retry'],
    ['gt0', 'as.retry'],
  ]);
  const retried = deliver(done.state, 'as.retry', { id: 1 }, SHARED, 'gt0');
  expect(sentIn(retried.effects)[0]?.[0]).toBe('app');
});

test('a command that hangs is ended by a reset, which answers all who ask for one', () => {
  const running: ActorState = { machine: 'mali', value: 'running', context: newMali('gt0') };
  const hung = deliver(
    running,
    'as.lock',
    { vm: 'vm0', addr: 0, range: 4 },
    SHARED,
    'vm0',
    new Map([[1, 1]]),
  );
  expect([hung.state.value, sentIn(hung.effects)]).toEqual([
    'inReset',
    [['vm0', 'as.locked', { result: -110 }]],
  ]);
  const joined = deliver(hung.state, 'gt.reset', {}, SHARED, 'app').state;
  const over = deliver(joined, 'gt.resume', {}, SHARED, 'gt0');
  expect([over.state.value, sentIn(over.effects)]).toEqual([
    'running',
    [['app', 'reset.done', {}]],
  ]);
});
