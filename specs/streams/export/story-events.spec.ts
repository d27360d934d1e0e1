/** The lines of everything that is no bind: memory, queues, faults, user fences, and the requests behind them. */
import type { Fact } from '../../../domain/facts/schema.ts';
import { PLAIN } from '../../../domain/va/mapping.ts';
import { tell } from '../../../streams/export/story.ts';
import { NO_STORY } from '../../../streams/export/story-state.ts';
import type { Json, StepRecord } from '../../../streams/world/record.ts';

function record(facts: readonly Fact[], more: Partial<StepRecord> = {}): StepRecord {
  const none = { seq: 0, t: 0, actor: 'vm0', type: 'something', cause: null, data: {}, sends: [] };
  return { ...none, choice: 'app>vm0', state: '', facts, ...more };
}

const piece = { ...PLAIN, va: 1, addr: 4, range: 1, obj: 'bo0', offset: 0 };
const own = { ...PLAIN, va: 2, addr: 8, range: 1, obj: null, offset: 16, userptr: true };
const before = tell(
  NO_STORY,
  record([
    { type: 'bo.created', bo: 'bo0', range: 2, phys: 0x1000, placement: 'vram', vm: null },
    { type: 'userptr.created', userptr: 'up', ptr: 16, range: 1, phys: 0x2000 },
    { type: 'queue.created', queue: 'q0', vm: 'vm0', gt: 'gt0', kind: 'exec' },
    { type: 'queue.created', queue: 'b0', vm: 'vm0', gt: 'gt0', kind: 'bind' },
    { type: 'va.mapped', vm: 'vm0', ...piece },
    { type: 'va.mapped', vm: 'vm0', ...own },
  ]),
).story;

const lines = (facts: readonly Fact[], more: Partial<StepRecord> = {}): string[] =>
  tell(before, record(facts, more)).lines.map(({ text }) =>
    text.replace(/^\[ *0\.0us\] /, '').replace(/ +/g, ' '),
  );

const vm = 'vm0';
const gt = 'gt0';
const at = { vm, addr: 4, gt };
const failed = { vm, call: 2, index: 0, op: 'map', addr: 4, range: 1, error: -12 };

test.each<[Fact, string]>([
  [
    { type: 'bo.moved', bo: 'bo0', phys: 0x3000, placement: 'system', fence: 'c:1', stays: false },
    'bo0 moves to system at 0x3000000, there when c:1 signals',
  ],
  [{ type: 'bo.freed', bo: 'bo0' }, 'bo0 freed: its last reference is gone'],
  [
    { type: 'userptr.invalidating', userptr: 'up', seq: 3 },
    'up notifiers are called, sequence number 3',
  ],
  [{ type: 'userptr.invalidated', userptr: 'up', phys: 0x4000 }, 'up new pages at 0x4000000'],
  [
    { type: 'userptr.invalidated', userptr: 'up', phys: null },
    'up nothing is mapped there any more',
  ],
  [
    { type: 'vma.pinned', vm, va: 2, seq: 1 },
    'vm0 pins the pages of 0x8000-0x9000 process 0x10000, sequence number 1',
  ],
  [{ type: 'vma.evicted', vm, va: 1 }, 'vm0 0x4000-0x5000 bo0+0x0 lost its memory'],
  [{ type: 'vma.evicted', vm, va: 7 }, 'vm0 mapping 7 lost its memory'],
  [{ type: 'vma.invalidated', vm, va: 2 }, 'vm0 0x8000-0x9000 process 0x10000 lost its pages'],
  [{ type: 'vma.rebound', vm, va: 1 }, 'vm0 0x4000-0x5000 bo0+0x0 is bound anew'],
  [{ type: 'vma.zapped', vm, va: 1, gt }, 'vm0 0x4000-0x5000 bo0+0x0: entries cleared on gt0'],
  [{ type: 'queue.destroyed', queue: 'q0' }, 'q0 destroyed'],
  [{ type: 'queue.banned', queue: 'q0' }, 'q0 BANNED'],
  [
    { type: 'exec.refused', queue: 'q0', error: -125, row: 'exec-5' },
    'q0 exec refused with ECANCELED (check exec-5: a banned queue)',
  ],
  [
    { type: 'exec.retried', queue: 'q0', vm, why: 'userptr' },
    'vm0 exec on q0 starts anew (userptr)',
  ],
  [
    { type: 'exec.armed', queue: 'q0', vm, job: 'q0#1', fence: 'q0:1', waits: ['f:1', 'f:2'] },
    'q0 job q0#1 armed as q0:1, waits for f:1, f:2',
  ],
  [
    { type: 'exec.armed', queue: 'q0', vm, job: 'q0#1', fence: null, waits: [] },
    'q0 job q0#1 armed',
  ],
  [{ type: 'job.started', engine: 'q0', job: 'q0#1' }, 'q0 job q0#1 runs'],
  [{ type: 'job.done', engine: 'q0', job: 'q0#1' }, 'q0 job q0#1 ended'],
  [{ type: 'job.hung', engine: 'q0', job: 'q0#1' }, 'q0 job q0#1 HANGS'],
  [{ type: 'job.timedOut', engine: 'q0', job: 'q0#1' }, 'q0 job q0#1 timed out'],
  [{ type: 'queue.suspending', queue: 'q0' }, 'q0 is asked to leave the GPU'],
  [{ type: 'queue.suspended', queue: 'q0' }, 'q0 has left the GPU'],
  [{ type: 'queue.resumed', queue: 'q0' }, 'q0 runs again'],
  [{ type: 'rebind.entered', vm }, 'vm0 the rebind worker runs'],
  [{ type: 'rebind.retried', vm }, 'vm0 the rebind worker starts anew'],
  [{ type: 'rebind.left', vm, error: -14 }, 'vm0 the rebind worker is done with EFAULT'],
  [
    { type: 'vm.errored', ...failed },
    'vm0 map 0x4000-0x5000 of bind #2 failed with ENOMEM; the worker stops',
  ],
  [{ type: 'vm.restarted', vm }, 'vm0 restarted'],
  [{ type: 'fault.raised', ...at, access: 'write' }, 'gt0 page fault: write vm0 0x4000'],
  [{ type: 'fault.dropped', ...at }, 'gt0 page fault DROPPED: vm0 0x4000'],
  [{ type: 'fault.handled', ...at, result: 0 }, 'gt0 page fault of vm0 0x4000 handled'],
  [{ type: 'gt.reset', gt }, 'gt0 RESET'],
  [{ type: 'gt.resumed', gt }, 'gt0 runs again'],
  [
    { type: 'tlb.sendFailed', gt, seqno: 4, fence: 'f:1' },
    'gt0 the request for f:1 could not be sent',
  ],
  [{ type: 'tlb.ackLost', gt, seqno: 4 }, 'gt0 the answer to invalidation 4 is lost'],
  [{ type: 'tlb.timedOut', gt, seqno: 4, fence: 'f:1' }, 'gt0 invalidation 4 timed out (f:1)'],
  [{ type: 'ufence.written', at: '0x9000', value: '0x1' }, 'user fence 0x9000 = 0x1'],
  [{ type: 'wait.ended', on: 'ufence:0x8', by: 'app' }, 'app gives up waiting for ufence:0x8'],
])('%j', (fact, line) => {
  expect(lines([fact])).toEqual([line]);
});

test('bind jobs, and sleeping inside the kernel, are not told', () => {
  expect(lines([{ type: 'job.started', engine: 'b0', job: 'b0#1' }])).toEqual([]);
  const asleep: Fact = { type: 'wait.began', on: 'lock:vm0', by: 'vm0' };
  expect(lines([asleep])).toEqual([]);
  const began: Fact = { type: 'step.began', client: 'app', step: 0 };
  expect(lines([began, { ...asleep, by: 'app' }])).toEqual(['app sleeps until lock:vm0']);
});

test.each<[string, Record<string, Json>, string]>([
  [
    'vm.bind',
    {
      async: false,
      queue: 'b0',
      ops: [],
      in: [{ dmaBuf: true }],
      out: [{ userFence: '0x9000', value: '0x1' }],
    },
    'app bind (open.idle VM) vm0 on b0: no op (in a dma-buf; out 0x9000 = 0x1)',
  ],
  [
    'vm.exec',
    {
      queue: 'q0',
      batch: [{ read: '0x0' }, { write: '0x8', value: '0x2' }, { spin: { ns: 5 } }],
      waits: ['f:1'],
      out: [{ syncobj: 'done' }],
    },
    'app exec q0 vm0: read 0x0; write 0x8 = 0x2; spin 5 ns (in f:1; out done)',
  ],
  ['vm.exec', { queue: 'q0', batch: [], waits: [], out: [] }, 'app exec q0 vm0: nothing'],
  [
    'vm.madvise',
    { addr: '0x0', range: '0x1000', property: 4, value: '0x1' },
    'app madvise vm0 0x0-0x1000: property 4 = 0x1',
  ],
  [
    'vm.accessCounter',
    { gt: 'gt0', addr: 4, granularity: 1, vector: '0x3' },
    'app access counter of gt0: vm0 0x4000, granularity 1, parts 0x3',
  ],
  ['memory.evict', { bo: 'bo0' }, 'app memory pressure: evict bo0'],
])('%s %j', (type, data, line) => {
  expect(lines([], { type, data, state: 'open.idle' })).toEqual([line]);
});
