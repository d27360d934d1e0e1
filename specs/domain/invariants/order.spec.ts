/** Invariants 8 to 17: fences, references, and what waits for what. */
import type { Fact, FactOf } from '../../../domain/facts/schema.ts';
import { checkCases } from '../../rig/fire-cases.ts';
import { bindCall, fact, piece, told } from '../../rig/told.ts';
import {
  b0,
  before,
  bo,
  call,
  made,
  MAP,
  mapCall,
  mapped,
  over,
  queued,
  vm,
} from '../../rig/told-call.ts';

const armed = (more: Partial<FactOf<'exec.armed'>> = {}): Fact => fact('exec.armed', more);
const guards = (resv: string, usage: FactOf<'resv.added'>['usage'], fence = 'q0:1'): Fact =>
  fact('resv.added', { resv, fence, usage });
const started = (n: number, engine = 'q0'): Fact =>
  fact('job.started', { engine, job: `${engine}#${n}` });
const done = (n: number, engine = 'q0'): Fact =>
  fact('job.done', { engine, job: `${engine}#${n}` });
const ref = (type: 'ref.taken' | 'ref.dropped', by = 'q0'): Fact => fact(type, { of: 'bo0', by });

const UNMAP = { unmap: { addr: '0x10000', range: '0x4000' } };
const worker = [
  made(`${b0}:1`, 'bind-job'),
  queued(1, ['sw/in:1'], b0),
  fact('op.executed', { fences: [`${b0}:1`] }),
  fact('bind.finished'),
  fact('fence.started', { fence: 'async:1' }),
];
const store = (job: string, pte = 0): { facts: Fact[]; data: { job: string } } => ({
  facts: [fact('pte.written', { by: 'gpu', runs: [{ index: 0, count: 1, pte, stride: 0 }] })],
  data: { job },
});
const unmapOp = { op: 'unmap', unmap: piece().map, keep: false };
const unbind = [
  told(
    [...before, mapped],
    call(unmapOp, UNMAP, fact('va.unmapped')),
    [over('sw/in:1')],
    worker,
    [started(1, b0)],
    store(`${b0}#1`),
    [done(1, b0), over(`${b0}:1`)],
  ),
][0];
const flush = fact('tlb.invalidated');
const seq = (...facts: Fact[]): ReturnType<typeof told> =>
  [...(unbind ?? []), ...told(facts)].map((record, i) => ({ ...record, seq: i }));

const remapOp = {
  op: 'remap',
  unmap: piece().map,
  prev: piece({ va: 2, range: 1 }).map,
  next: null,
  keep: false,
};
const split = [fact('va.unmapped'), fact('va.mapped', { va: 2, range: 1 })];
const remap = (...rest: Fact[][]): ReturnType<typeof told> =>
  told([vm, bo, mapped, fact('vma.bound')], call(remapOp, UNMAP, ...split), ...rest);
const executed = fact('op.executed', { op: 'remap', fences: [`${b0}:1`] });

checkCases({
  I8: {
    fires: {
      'an external BO without a slot': () => told([vm, bo, mapped], [made('q0:1'), armed()]),
      'a slot of another class': () =>
        told([vm, bo, mapped], [made('q0:1'), guards('bo0', 'bookkeep'), armed()]),
      'a slot of a BO that is not mapped': () =>
        told([vm, bo], [made('q0:1'), guards('bo0', 'write'), armed()]),
    },
    legal: {
      'a WRITE slot': () =>
        told(
          [vm, bo, mapped],
          [made('q0:1'), guards('vm0', 'bookkeep'), guards('bo0', 'write'), armed()],
        ),
      'a private BO': () =>
        told([vm, fact('bo.created', { vm: 'vm0' }), mapped], [made('q0:1'), armed()]),
      'a VMA on its way out': () =>
        told(
          [vm, bo, mapped, fact('va.unmapped')],
          [made('q0:1'), guards('bo0', 'write'), armed()],
        ),
      'a long-running job': () => told([vm, bo, mapped], [armed({ fence: null })]),
    },
  },
  I9: {
    fires: {
      'one dropped that was not taken': () => told([ref('ref.dropped')]),
      'a BO freed too early': () => told([bo, ref('ref.taken'), fact('bo.freed', { bo: 'bo0' })]),
      'a holder that is gone': () =>
        told([ref('ref.taken'), fact('queue.destroyed', { queue: 'q0' })]),
      'a VM that a page-fault queue holds when the fault is answered (S41)': () =>
        told(
          [fact('actor.started', { actor: 'gt0/faults0', machine: 'faults' })],
          [ref('ref.taken', 'gt0/faults0')],
          [fact('fault.handled', { result: -22 })],
        ),
      'an ioctl that is over (S20, L04, L13)': () => told([ref('ref.taken', 'vm0/call1')]),
      'a VMA destroyed twice': () =>
        told([vm, mapped, fact('va.unmapped')], [fact('vma.destroyed')], [fact('vma.destroyed')]),
      'a VMA destroyed in the tree': () => told([vm, mapped, fact('vma.destroyed')]),
      'a VMA that is never destroyed': () =>
        told(
          [vm, mapped, fact('va.mapped', { va: 2, addr: 40 })],
          [fact('va.unmapped'), fact('va.unmapped', { va: 2, addr: 40 }), fact('vma.destroyed')],
        ),
      'a job that never lets go of what it waited for': () =>
        told(
          [made('sw/in:1', 'software'), made('q0:1'), armed({ waits: ['sw/in:1'] })],
          [over('sw/in:1')],
          [started(1)],
          [over('q0:1')],
        ),
      'the same of a bind job': () =>
        told(
          [made('sw/in:1', 'software'), made(`${b0}:1`, 'bind-job'), queued(1, ['sw/in:1'], b0)],
          [over('sw/in:1')],
          [over(`${b0}:1`)],
        ),
      'a slot of a freed BO whose fence never signals': () =>
        told(
          [bo, ref('ref.taken'), made('q0:1'), guards('bo0', 'write'), armed()],
          [ref('ref.dropped'), fact('bo.freed', { bo: 'bo0' })],
          [done(1)],
        ),
      'ops that nobody executed': () =>
        told(
          [vm, bo],
          bindCall([MAP], [fact('ops.created', { ops: [piece()] }), mapped, fact('bind.accepted')]),
        ),
    },
    legal: {
      'a balance': () =>
        told(
          [bo, ref('ref.taken'), ref('ref.dropped'), fact('bo.freed', { bo: 'bo0' })],
          [fact('queue.destroyed', { queue: 'q0' })],
        ),
      'a job that is done, and a slot whose fence signals after its BO is freed': () =>
        told(
          [made('sw/in:1', 'software'), bo, ref('ref.taken'), made('q0:1')],
          [guards('bo0', 'write'), armed({ waits: ['sw/in:1'] })],
          [ref('ref.dropped'), fact('bo.freed', { bo: 'bo0' })],
          [over('sw/in:1')],
          [done(1), over('q0:1')],
        ),
      'a job that still waits, and the slot of its fence': () =>
        told(
          [made('sw/in:1', 'software'), bo, ref('ref.taken'), made('q0:1')],
          [guards('bo0', 'write'), armed({ waits: ['sw/in:1'] })],
          [ref('ref.dropped'), fact('bo.freed', { bo: 'bo0' })],
        ),
      'a VMA destroyed after it is unmapped': () =>
        told([vm, mapped, fact('va.unmapped')], [fact('vma.destroyed')]),
      'a holder that is there': () => told([ref('ref.taken')]),
      'a fault whose VM is let go': () =>
        told(
          [fact('actor.started', { actor: 'gt0/faults0', machine: 'faults' })],
          [ref('ref.taken', 'gt0/faults0')],
          [fact('fault.handled', { result: -22 }), ref('ref.dropped', 'gt0/faults0')],
        ),
    },
  },
  I10: {
    fires: {
      'a fence signalled twice': () => told([made('q0:1'), over('q0:1')], [over('q0:1')]),
      'one made twice': () => told([made('q0:1')], [made('q0:1')]),
      'one that was never made': () => told([over('q0:1')]),
      'one before its elder': () =>
        told([made('q0:1'), made('q0:2'), over('q0:2')], [over('q0:1')]),
    },
    legal: {
      'two in order': () => told([made('q0:1'), made('q0:2'), over('q0:1')], [over('q0:2', -62)]),
    },
  },
  I11: {
    fires: {
      'a fence that never signals': () => told([made('q0:1')]),
      'an enabled preempt fence': () =>
        told([
          fact('queue.created'),
          made('q0/preempt:1', 'preempt'),
          fact('fence.enabled', { fence: 'q0/preempt:1' }),
        ]),
      'the preempt fence of a queue that is gone': () => told([made('q0/preempt:1', 'preempt')]),
    },
    legal: {
      'one that fails': () => told([made('q0:1')], [over('q0:1', -125)]),
      'a software fence nobody signals': () => told([made('sw/x:1', 'software'), made('q0:1')]),
      'a preempt fence nobody asks for': () =>
        told([fact('queue.created'), made('q0/preempt:1', 'preempt')]),
      'a VM in error': () => told([vm, made('async:1', 'async-op'), fact('vm.errored')]),
      'an array born signalled': () =>
        told([made('q0:1'), over('q0:1')], [made('vm0/array:1', 'array', ['q0:1'])]),
    },
  },
  arrays: {
    fires: {
      'an array before its parts': () =>
        told(
          [made('a:1'), made('b:1'), made('arr:1', 'array', ['a:1', 'b:1'])],
          [over('a:1')],
          [over('arr:1')],
        ),
      'an array after its parts': () =>
        told([made('a:1'), made('arr:1', 'array', ['a:1'])], [over('a:1')], [over('arr:1')]),
    },
    legal: {
      'an array with its parts': () =>
        told([made('a:1'), made('arr:1', 'array', ['a:1'])], [over('a:1'), over('arr:1')]),
    },
  },
  I12: {
    fires: {
      'a store before an in-sync': () => told(before, mapCall, worker, store(`${b0}#1`)),
      'a store of the CPU before an in-sync': () =>
        told(before, mapCall, [fact('pte.written'), fact('op.executed')]),
      'a store of no job': () => told(before, mapCall, store('other#1')),
    },
    legal: {
      'a store after it': () => told(before, mapCall, worker, [over('sw/in:1')], store(`${b0}#1`)),
      'a store of the CPU after it': () =>
        told(before, mapCall, [over('sw/in:1')], [fact('pte.written'), fact('op.executed')]),
    },
  },
  I13: {
    fires: {
      'an out-sync before the flush': () => seq(over('async:1')),
      'a flush that covers too little': () =>
        seq(fact('tlb.invalidated', { range: 2 }), over('async:1')),
      'a flush on another GT': () => seq(fact('tlb.invalidated', { gt: 'gt1' }), over('async:1')),
      'a job that is not done': () =>
        told(before, mapCall, [over('sw/in:1')], worker, [over('async:1')]),
      'ops that were not executed': () => told(before, mapCall, [over('sw/in:1'), over('async:1')]),
      'an in-sync that is pending': () =>
        told(before, mapCall, [fact('op.executed'), fact('bind.finished')], [over('async:1')]),
    },
    legal: {
      'an out-sync after the flush': () => seq(flush, over('async:1')),
      'one after a reset': () => seq(fact('gt.resumed', { gt: 'gt0' }), over('async:1')),
      'one that says that it failed': () => seq(over('async:1', -62)),
      'a closing VM that drops the call': () =>
        told(before, mapCall, [fact('vm.closing', { vm: 'vm0' }), over('async:1')]),
    },
  },
  I14: {
    fires: {
      'a start out of turn': () => told([queued(1), queued(2)], [started(2)]),
      'an end out of turn': () => told([queued(1), queued(2), started(1)], [done(2)]),
    },
    legal: {
      'one after the other': () =>
        told([queued(1), queued(2)], [started(1)], [done(1)], [started(2)], [done(2)]),
    },
  },
  I15: {
    fires: {
      'a start before a wait is over': () => told([made('a:1'), queued(1, ['a:1'])], [started(1)]),
      'a KERNEL fence that is not waited for': () =>
        told([vm, made('a:1'), guards('vm0', 'kernel', 'a:1')], [armed()]),
      'an in-sync that is not waited for': () =>
        told([vm, made('a:1')], { type: 'vm.exec', data: { waits: ['a:1'] }, facts: [armed()] }),
      'a start before a KERNEL fence': () =>
        told(
          [vm, made('a:1'), guards('vm0', 'kernel', 'a:1')],
          [queued(1), armed({ waits: ['a:1'] })],
          [started(1)],
        ),
    },
    legal: {
      'a start after them': () =>
        told(
          [vm, made('a:1'), guards('vm0', 'kernel', 'a:1')],
          [queued(1, ['a:1']), armed({ waits: ['a:1'] })],
          [over('a:1')],
          [started(1)],
        ),
      'a later KERNEL fence of the same context': () =>
        told(
          [vm, made('a:1'), made('a:2'), guards('vm0', 'kernel', 'a:1')],
          [guards('vm0', 'kernel', 'a:2'), armed({ waits: ['a:2'] })],
        ),
      'a BOOKKEEP fence': () =>
        told([vm, made('a:1'), guards('vm0', 'bookkeep', 'a:1')], [armed()]),
      'a KERNEL fence added later': () =>
        told(
          [vm, made('a:1')],
          [queued(1), armed()],
          [guards('vm0', 'kernel', 'a:1')],
          [started(1)],
        ),
    },
  },
  I16: {
    fires: {
      'an exec between unbind and rebind': () => remap([fact('vma.unbound')], [armed()]),
      'a KERNEL fence before the last bind': () =>
        told(
          [vm, bo, mapped, fact('vma.bound')],
          call({ ...remapOp, next: piece({ va: 3, addr: 18 }).map }, UNMAP, ...split),
          [
            fact('vma.unbound'),
            fact('vma.bound', { va: 2 }),
            made(`${b0}:1`),
            guards('vm0', 'kernel', `${b0}:1`),
            fact('vma.bound', { va: 3 }),
            executed,
          ],
        ),
      'an exec without a KERNEL fence': () =>
        remap([fact('vma.unbound'), made(`${b0}:1`), executed], [armed()]),
    },
    legal: {
      'a KERNEL fence after the last bind': () =>
        told(
          [vm, bo, mapped, fact('vma.bound')],
          call({ ...remapOp, next: piece({ va: 3, addr: 18 }).map }, UNMAP, ...split),
          [
            fact('vma.unbound'),
            fact('vma.bound', { va: 2 }),
            fact('vma.bound', { va: 3 }),
            made(`${b0}:1`),
            guards('vm0', 'kernel', `${b0}:1`),
            executed,
          ],
        ),
      'an exec after the KERNEL fence': () =>
        remap(
          [fact('vma.unbound'), made(`${b0}:1`), executed, guards('vm0', 'kernel', `${b0}:1`)],
          [armed({ waits: [`${b0}:1`] })],
        ),
      'an exec after all is done': () =>
        remap([fact('vma.unbound'), made(`${b0}:1`), executed], [over(`${b0}:1`)], [armed()]),
      'an exec before': () => remap([armed()]),
    },
  },
  I17: {
    fires: {
      'a signal without a start': () =>
        told(before, mapCall, [fact('fence.started', { fence: 'other:1' }), over('async:1')]),
      'a signal of a call that nobody took up': () => told(before, mapCall, [over('async:1')]),
      'a wait for the start of what has signalled': () =>
        told(
          before,
          mapCall,
          worker,
          [over('async:1')],
          [fact('wait.began', { on: 'started:async:1', by: 'app' })],
        ),
      'a signal while somebody waits for the start': () =>
        told(
          before,
          mapCall,
          [fact('wait.began', { on: 'started:async:1', by: 'app' })],
          [fact('vm.closing', { vm: 'vm0' }), over('async:1')],
        ),
    },
    legal: {
      'a start with the signal': () =>
        told(before, mapCall, [over('async:1'), fact('fence.started', { fence: 'async:1' })]),
      'a start before': () =>
        told(before, mapCall, [fact('wait.began', { on: 'started:async:1', by: 'app' })], worker, [
          over('async:1'),
        ]),
      'an older log': () => told(before, mapCall, [fact('bind.finished')], [over('async:1')]),
    },
  },
});
