/** Invariants 25 to 30: notifiers, preemption, rebinding, errors, the end of a VM. */
import type { Fact, FactOf } from '../../../domain/facts/schema.ts';
import type { RunRecord } from '../../../domain/invariants/record.ts';
import { checkCases } from '../../rig/fire-cases.ts';
import { bindCall, fact, piece, told } from '../../rig/told.ts';

const vm = fact('vm.created');
const compute = fact('vm.created', { mode: 'compute' });
const faulting = fact('vm.created', { mode: 'fault' });
const bo = fact('bo.created');
const mapped = fact('va.mapped');
const bound = fact('vma.bound');
const queue = fact('queue.created');
const named = (type: 'queue.suspended' | 'queue.resumed' | 'queue.banned'): Fact =>
  fact(type, { queue: 'q0' });

// page 16 shows page 100 of the process, which is page 512 of memory
const userptr = [
  fact('userptr.created'),
  fact('va.mapped', { obj: null, userptr: true, offset: 100 }),
];
const pinned = [fact('vma.pinned'), bound];
const invalidating = fact('userptr.invalidating');
const invalidated = fact('userptr.invalidated');
const listed = fact('vma.invalidated');
const jobs = [fact('job.queued'), fact('job.started')];
const gone = (state: Fact, ...between: Fact[]): RunRecord[] =>
  told([state, queue, ...userptr], pinned, [invalidating, listed], between, [invalidated]);

const preempt = (n: number): Fact =>
  fact('fence.created', { fence: `q0/preempt:${n}`, kind: 'preempt' });
const guard = (n: number, resv = 'vm0'): Fact =>
  fact('resv.added', { resv, fence: `q0/preempt:${n}`, usage: 'bookkeep' });
const ended = (fence: string): Fact => fact('fence.signaled', { fence });
const access = (more: Partial<FactOf<'access.done'>> = {}): Fact => fact('access.done', more);
const byQueue = access({ client: 'q0' });
const suspended = told(
  [compute, bo, queue, preempt(1), guard(1)],
  [named('queue.suspended'), ended('q0/preempt:1')],
);
const after = (head: RunRecord[], ...rest: Fact[][]): RunRecord[] =>
  [...head, ...told(...rest)].map((record, seq) => ({ ...record, seq }));
const resumed = named('queue.resumed');
const armed = (more: Partial<FactOf<'exec.armed'>> = {}): Fact => fact('exec.armed', more);

const MAP = { map: { addr: '0x10000', range: '0x4000', bo: 'bo0' } };
const asked = (async: boolean): RunRecord[] =>
  told(
    [vm, bo],
    bindCall(
      [MAP, MAP],
      [
        fact('ops.created', { ops: [piece()] }),
        fact('ops.created', { bind: 1, ops: [piece({ va: 2, addr: 40 })] }),
        mapped,
        fact('va.mapped', { va: 2, addr: 40 }),
        fact('bind.accepted'),
      ],
      { async },
    ),
  );
const failed = fact('vm.errored');
const restarted = fact('vm.restarted', { vm: 'vm0' });
const executed = fact('op.executed');
const closing = fact('vm.closing', { vm: 'vm0' });
const closed = fact('vm.closed', { vm: 'vm0' });

checkCases({
  I25: {
    fires: {
      'a job that runs on': () => gone(vm, ...jobs),
      'a queue that is not suspended': () => gone(compute, ...jobs),
      'entries of a fault-mode VM': () => gone(faulting),
      'an access to what the process gave up': () => after(gone(vm), [access({ phys: 515 })]),
    },
    legal: {
      'a job that is done': () => gone(vm, ...jobs, fact('job.done')),
      'a suspended queue': () => gone(compute, ...jobs, named('queue.suspended')),
      'cleared entries': () => gone(faulting, fact('vma.zapped')),
      'a job of a VM that never bound it': () =>
        told([vm, queue, ...userptr, ...jobs], [invalidating], [invalidated]),
      'an access to the new pages': () =>
        told(
          [vm, ...userptr],
          [invalidating],
          [fact('userptr.invalidated', { phys: 900 })],
          [access({ phys: 900 })],
        ),
    },
  },
  I26: {
    fires: {
      'a bind of pages that were never pinned': () => told([vm, ...userptr], [bound]),
      'a bind of pages that have changed': () =>
        told([vm, ...userptr], [fact('vma.pinned')], [invalidating], [bound]),
    },
    legal: {
      'a bind of pinned pages': () => told([vm, ...userptr], pinned),
      'a bind after pinning anew': () =>
        told(
          [vm, ...userptr],
          [fact('vma.pinned')],
          [invalidating],
          [invalidated],
          [fact('vma.pinned', { seq: 1 }), bound],
        ),
      'pinning before the tree shows it': () =>
        told([vm, fact('userptr.created')], [fact('vma.pinned')], userptr.slice(1), [bound]),
      'a BO': () => told([vm, bo, mapped], [bound]),
    },
  },
  I27: {
    fires: {
      'a preempt fence that signals while the queue runs': () =>
        told([compute, queue, preempt(1), guard(1)], [ended('q0/preempt:1')]),
      'a resume without a fresh fence': () => after(suspended, [resumed]),
      'a fresh fence that the VM does not hold': () => after(suspended, [preempt(2), resumed]),
      'one that an external BO does not hold': () =>
        after(suspended, [mapped], [preempt(2), guard(2), resumed]),
      'a resume before the rebind': () =>
        after(
          suspended,
          [fact('va.mapped', { obj: null, null: true }), bound, fact('vma.evicted')],
          [preempt(2), guard(2), resumed],
        ),
      'a resume before a KERNEL fence': () =>
        after(
          suspended,
          [
            fact('fence.created', { fence: 'k:1' }),
            fact('resv.added', { fence: 'k:1', usage: 'kernel' }),
          ],
          [preempt(2), guard(2), resumed],
        ),
      'a resume before what is bound anew is stored': () =>
        after(
          suspended,
          [fact('fence.created', { fence: 'vm0/rebind:1', kind: 'array' })],
          [preempt(2), guard(2), resumed],
        ),
      'a job of a suspended queue': () => after(suspended, jobs),
      'an access of a suspended queue': () => after(suspended, [byQueue]),
      'an access without a fence': () => told([compute, queue], [byQueue]),
    },
    legal: {
      'suspend, signal, resume with a fresh fence': () =>
        after(suspended, [mapped], [preempt(2), guard(2), guard(2, 'bo0'), resumed], jobs, [
          byQueue,
        ]),
      'a resume when it is': () =>
        after(
          suspended,
          [fact('fence.created', { fence: 'vm0/rebind:1', kind: 'array' })],
          [ended('vm0/rebind:1')],
          [preempt(2), guard(2), resumed],
        ),
      'the access under way': () => told([compute, queue, preempt(1), guard(1)], [byQueue]),
      'a dma-fence queue': () => told([vm, queue], [byQueue]),
    },
  },
  I28: {
    fires: {
      'an exec with an evicted mapping': () =>
        told([vm, bo, mapped, bound], [fact('vma.evicted')], [armed()]),
      'an exec with an invalidated userptr': () =>
        told([vm, ...userptr], pinned, [listed], [armed()]),
      'a rebind worker that leaves one': () =>
        told(
          [compute, bo, fact('queue.created'), mapped, bound],
          [fact('vma.evicted')],
          [fact('rebind.left')],
        ),
      'a BO that moves away under its mapping': () =>
        told([vm, bo, mapped, bound], [fact('bo.moved')]),
      'a userptr that goes and is on no list': () =>
        told([vm, ...userptr], pinned, [invalidating], [invalidated]),
    },
    legal: {
      'an exec after the rebind': () =>
        told(
          [vm, bo, mapped, bound],
          [fact('vma.evicted'), fact('bo.moved')],
          [bound, fact('vma.rebound'), armed()],
        ),
      'a mapping that was never bound': () =>
        told([vm, bo, mapped], [fact('vma.evicted'), fact('bo.moved')], [armed()]),
      'a rebind worker without a queue': () =>
        told(
          [compute, bo, fact('queue.created'), mapped, bound],
          [fact('vma.evicted')],
          [fact('queue.destroyed', { queue: 'q0' })],
          [fact('rebind.left')],
        ),
      'a rebind worker that gives up': () =>
        told(
          [compute, bo, fact('queue.created'), mapped, bound],
          [fact('vma.evicted')],
          [fact('rebind.left', { error: -11 })],
        ),
      'fault mode': () =>
        told([faulting, bo, mapped, bound], [fact('vma.zapped'), fact('bo.moved')]),
      'a mapping that is on its way out': () =>
        told([vm, bo, mapped, bound], [fact('vma.evicted')], [fact('va.unmapped')], [armed()]),
    },
  },
  I29: {
    fires: {
      'an exec in a VM in error': () => after(asked(true), [failed], [armed()]),
      'an asynchronous op in a VM in error': () => after(asked(true), [failed], [executed]),
      'another op first after RESTART': () =>
        after(asked(true), [failed], [restarted], [fact('op.executed', { index: 1 })]),
      'another op that fails first': () =>
        after(asked(true), [failed], [restarted], [fact('vm.errored', { index: 1, addr: 40 })]),
      'an injected error twice': () => after(asked(true), [failed], [restarted], [failed]),
      'a record with another address': () => after(asked(true), [fact('vm.errored', { addr: 17 })]),
      'a record with another size': () => after(asked(true), [fact('vm.errored', { range: 1 })]),
      'a record with another op': () => after(asked(true), [fact('vm.errored', { op: 'unmap' })]),
      'a restart of nothing': () => told([vm], [restarted]),
    },
    legal: {
      'the failed op first': () => after(asked(true), [failed], [restarted], [executed], [armed()]),
      'a synchronous op in a VM in error': () => after(asked(false), [failed], [executed]),
      'a second failure that the step decided': () =>
        after(asked(true), [failed], [restarted]).concat(
          told({ facts: [failed], choice: 'vm0/worker>vm0!1' }),
        ),
    },
  },
  I30: {
    fires: {
      'an op list': () => told([vm], [closing], [fact('ops.created')]),
      'an op': () => told([vm], [closing], [executed]),
      'an exec': () => told([vm], [closing], [armed()]),
      'an entry': () => told([vm], [closing], [closed], [fact('pte.written')]),
      'a mapping': () => told([vm], [closing], [closed], [mapped]),
      'an access': () => told([vm], [closing], [closed], [access()]),
      'a fault': () => told([vm], [closing], [closed], [fact('fault.handled')]),
      'a fault that the VM serves once it is closed': () =>
        told([vm], [closing], [closed], [], { facts: [fact('fault.handled')], cause: 3 }),
      'an end without a beginning': () => told([vm], [closed]),
      'mappings that are left': () => told([vm, bo, mapped], [closing], [closed]),
      'a VM freed before it is closed': () =>
        told([vm], [closing], [fact('vm.freed', { vm: 'vm0' })]),
    },
    legal: {
      'an orderly end': () =>
        told(
          [vm, bo, mapped],
          [closing],
          [fact('pte.written')],
          [fact('va.unmapped'), closed],
          [fact('vm.freed', { vm: 'vm0' })],
        ),
      'an access that faults': () =>
        told(
          [vm],
          [closing],
          [closed],
          [access({ outcome: 'fault', fault: 'not-present', phys: null })],
        ),
      'a fault that was served before': () =>
        told([vm], [], [closing], [closed], { cause: 1, facts: [fact('fault.handled')] }),
      'a fault that is refused': () =>
        told([vm], [closing], [closed], [fact('fault.handled', { result: -22 })]),
      'a fault that was served before, its answer on the way': () =>
        told([vm], [closing], [closed], { facts: [fact('fault.handled')], cause: 0 }),
    },
  },
});
