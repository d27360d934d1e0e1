/** The tables of memory, queues and locks: a row for each object, in words. */
import type { Fact } from '../../../domain/facts/schema.ts';
import { lockTables, memoryTables, queueTables } from '../../../streams/export/view-shared.ts';
import { emptyViews, foldRecord, type Views } from '../../../streams/replay/views.ts';

const facts: readonly Fact[] = [
  { type: 'bo.created', bo: 'b', range: 2, phys: 2 ** 38, placement: 'vram', vm: 'vm0' },
  { type: 'ref.taken', of: 'b', by: 'handle' },
  { type: 'bo.closed', bo: 'b' },
  { type: 'bo.created', bo: 'a', range: 1, phys: 2 ** 38 + 2, placement: 'vram', vm: null },
  { type: 'userptr.created', userptr: 'up', ptr: 16, range: 1, phys: 2 ** 20 },
  { type: 'userptr.created', userptr: 'gone', ptr: 32, range: 1, phys: 2 ** 20 + 1 },
  { type: 'userptr.invalidated', userptr: 'gone', phys: null },
  { type: 'userptr.invalidating', userptr: 'up', seq: 1 },
  { type: 'queue.created', queue: 'q0', vm: 'vm0', gt: 'gt0', kind: 'exec' },
  { type: 'queue.created', queue: 'q1', vm: 'vm0', gt: 'gt0', kind: 'exec' },
  { type: 'queue.banned', queue: 'q1' },
  { type: 'lock.taken', lock: 'vm0', by: 'vm0' },
  { type: 'fence.created', fence: 'f:1', kind: 'spec', parts: [] },
  { type: 'resv.added', resv: 'vm0', fence: 'f:1', usage: 'kernel' },
  { type: 'wait.began', on: 'lock:vm0', by: 'memory' },
];
const empty: Views = emptyViews();
const views = { ...foldRecord(empty, { actor: 'vm0', state: '', facts }), states: { q0: 'idle' } };

test('memory', () => {
  const [bos, userptrs] = memoryTables(views);
  expect(bos?.rows).toEqual([
    ['a', '0x1000', 'vram', '0x4000000002000', 'vram', '-', 'open', '0'],
    ['b', '0x2000', 'vram', '0x4000000000000', 'vram', 'vm0', 'closed', '1'],
  ]);
  expect(userptrs?.rows).toEqual([
    ['gone', '0x20000', '0x21000', 'nowhere', '0', '-'],
    ['up', '0x10000', '0x11000', '0x100000000', '1', 'notifiers are called'],
  ]);
});

test('queues', () => {
  expect(queueTables(views)[0]?.rows).toEqual([
    ['q0', 'exec', 'vm0', 'gt0', 'idle'],
    ['q1', 'exec', 'vm0', 'gt0', 'banned'],
  ]);
});

test('locks, reservation objects, sleepers', () => {
  expect(lockTables(views).map(({ rows }) => rows)).toEqual([
    [['vm0', 'vm0']],
    [['vm0', 'f:1', 'kernel']],
    [['lock:vm0', 'memory']],
  ]);
});
