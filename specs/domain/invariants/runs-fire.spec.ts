/** Records of real runs, with one thing wrong in them. */
import type { Fact } from '../../../domain/facts/schema.ts';

import { breaches, broken as fired } from '../../rig/invariants.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';
import { double, drop, dropSignal, edit, recordsOf, type Records } from '../../rig/tamper.ts';

const signal = (fence: string): Fact => ({ type: 'fence.signaled', fence, error: 0 });
const stored: Fact = { type: 'memory.written', phys: 1, word: 0, value: '0x1', by: 'app' };
const emptied: Fact = { type: 'syncobj.replaced', syncobj: 'done', fence: 'stub:0' };
const late: Fact = { type: 'op.executed', vm: 'vm0', call: 1, index: 0, op: 'map', fences: [] };

const armed: Fact = {
  type: 'exec.armed',
  queue: 'q0',
  vm: 'vm0',
  job: 'x',
  fence: null,
  waits: [],
};

/** By invariant: what is wrong with the records, and the records. */
const CASES: Readonly<Record<string, Readonly<Record<string, () => Records>>>> = {
  I1: {
    overlap: () => edit('null-bind', 'va.mapped', (f) => ({ ...f, range: f.range + 1 }), 1),
    'an empty mapping': () => edit('null-bind', 'va.mapped', (f) => ({ ...f, range: 0 })),
    'one beyond the VM': () => edit('null-bind', 'va.mapped', (f) => ({ ...f, addr: 2 ** 36 })),
    'unmapped twice': () => double('null-bind', 'va.unmapped'),
  },
  I2: {
    offset: () => edit('partial-unmap', 'va.mapped', (f) => ({ ...f, offset: f.offset + 1 }), 1),
  },
  I3: {
    'a page too few': () => edit('read-only', 'va.mapped', (f) => ({ ...f, range: f.range - 1 })),
    'an attribute lost': () => edit('read-only', 'va.mapped', (f) => ({ ...f, readOnly: false })),
    'one too many': () => drop('null-bind', 'va.unmapped', 3),
  },
  I7: {
    'a trace of a refused call': () => edit('refusals', 'bind.refused', (f) => [f, emptied]),
  },
  I9: {
    'a job that never lets go': () => drop('pending-fence', 'job.done', 1),
  },
  I10: {
    'signalled twice': () => double('null-bind', 'fence.signaled'),
    'made twice': () => double('null-bind', 'fence.created'),
    'never made': () => drop('null-bind', 'fence.created', 2),
    'seqnos out of order': () =>
      edit('null-bind', 'fence.signaled', (f) =>
        f.fence === 'vm0/bind0:1' ? signal('vm0/bind0:2') : f,
      ),
  },
  arrays: {
    'a lost signal of an array': () => dropSignal('null-bind', 'vm0/bind0/async/array/gt0'),
    'an early one': () =>
      edit('null-bind', 'fence.created', (f) => (f.kind === 'array' ? [f, signal(f.fence)] : f)),
  },
  I11: {
    'a fence that never signals': () => dropSignal('null-bind', 'vm0/bind0/async', 3),
  },
  calls: {
    'a number twice': () =>
      edit('refusals', 'bind.refused', (f) => ({ ...f, call: f.call - 1 }), 2),
  },
  I12: {
    'entries written before an in-sync': () => dropSignal('pending-fence', 'sw/go'),
    'entries that no job writes': () => drop('null-bind', 'job.queued'),
    'entries that the CPU writes before an in-sync': () => dropSignal('cpu-bind', 'sw/lastGate'),
  },
  I13: {
    'a TLB that did not forget': () => drop('null-bind', 'tlb.invalidated'),
    'a TLB that forgot too little': () =>
      edit('null-bind', 'tlb.invalidated', (f) => ({ ...f, range: f.range / 2 })),
    'a job that is not done': () => drop('bind-array', 'job.done', 3),
    'ops that were not executed': () => drop('null-bind', 'bind.finished'),
    'no ops, but an in-sync': () => dropSignal('unmap-all', 'sw/gate'),
    'a TLB that did not forget what the CPU has cleared': () =>
      drop('cpu-bind', 'tlb.invalidated', 2),
  },
  I14: {
    'a start out of turn': () =>
      edit('bind-array', 'job.started', (f) => ({ ...f, job: f.job.replace('#1', '#2') })),
    'an end out of turn': () =>
      edit('bind-array', 'job.done', (f) => ({ ...f, job: f.job.replace('#1', '#3') })),
    'a store of the CPU past a job': () =>
      edit('cpu-bind', 'job.done', (f) => (f.engine === 'vm0/bind0' ? [] : f), 1),
  },
  I17: {
    'a fence that was never started': () => drop('null-bind', 'fence.started', 1),
  },
  I16: {
    'a split by the CPU without its rebind': () =>
      edit('cpu-bind', 'op.executed', (f) => (f.op === 'remap' ? [armed, f] : f), 1),
  },
  I19: {
    'tables freed before the flush of what the CPU has cleared': () =>
      drop('cpu-bind', 'tlb.invalidated', 3),
    'a dangling walk': () =>
      edit('null-bind', 'access.done', (f) => ({ ...f, fault: 'dangling-table' })),
  },
  I20: {
    'a gap': () => edit('null-bind', 'tlb.requested', (f) => ({ ...f, seqno: f.seqno + 1 })),
    'a number twice': () => edit('null-bind', 'tlb.requested', (f) => ({ ...f, seqno: 1 }), 1),
    'no power of two': () => edit('null-bind', 'tlb.requested', (f) => ({ ...f, range: 3 })),
    '2 MiB': () => edit('null-bind', 'tlb.requested', (f) => ({ ...f, addr: 0, range: 512 })),
    'not aligned': () => edit('null-bind', 'tlb.requested', (f) => ({ ...f, addr: 1 })),
    'past the mapping': () => edit('null-bind', 'tlb.requested', (f) => ({ ...f, addr: 2 ** 20 })),
    'an ack of nothing': () => edit('null-bind', 'tlb.acked', (f) => ({ ...f, seqno: 99 })),
    'an ack before the flush': () => drop('null-bind', 'tlb.invalidated'),
  },
  I22: {
    'NULL with an object': () => edit('null-bind', 'va.mapped', (f) => ({ ...f, obj: 'bo0' })),
    'NULL that reads as something': () =>
      edit('null-bind', 'access.done', (f) =>
        f.outcome === 'read' && f.phys === null ? { ...f, value: '0x1' } : f,
      ),
    'a dropped write that stores': () =>
      edit('null-bind', 'access.done', (f) => (f.outcome === 'dropped' ? [stored, f] : f)),
    'a refused write that stores': () =>
      edit('read-only', 'access.done', (f) => (f.fault === 'write-violation' ? [stored, f] : f)),
    'a write elsewhere': () =>
      edit('null-bind', 'memory.written', (f) => ({ ...f, word: f.word + 1 })),
    'a dropped write to memory': () =>
      edit('null-bind', 'access.done', (f) =>
        f.outcome === 'dropped' ? { ...f, phys: 2 ** 38 } : f,
      ),
  },
  I30: {
    'an op of a closing VM': () => edit('null-bind', 'vm.closing', (f) => [f, late]),
    'an access to a closed VM': () =>
      edit(
        'close-pending',
        'access.done',
        (f) => ({ ...f, outcome: 'read', value: '0x0', fault: null, vm: 'vm0' }),
        5,
      ),
  },
};

test.each(SCENARIOS.map(({ name }) => name))('nothing fires on %s as it is', (name) => {
  expect(breaches(recordsOf(name))).toEqual([]);
});

describe.each(Object.entries(CASES))('%s', (id, cases) => {
  test.each(Object.entries(cases))('finds %s', (_what, records) => {
    expect(fired(records())).toContain(id);
  });
});
