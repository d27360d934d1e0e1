/**
 * Phases: what a context is in the middle of, as records show it. A phase is open from the record that opens it to the
 * one that closes it; several of a kind may be open at once, each under a key.
 */
import type { StepRecord } from '../../../streams/world/record.ts';
import { type Cast, factsOf, has, type Scope } from './cast.ts';

export interface Phase {
  /** completes "while ..." */
  readonly says: string;
  readonly opens: (record: StepRecord, cast: Cast) => readonly (readonly [string, Scope])[];
  readonly closes: (record: StepRecord, cast: Cast) => readonly string[];
}

/** An actor of a machine is in a state. */
function inState(says: string, machine: string, ...prefixes: readonly string[]): Phase {
  const isIn = ({ actor, state }: StepRecord, cast: Cast): boolean =>
    cast.machineOf(actor) === machine && prefixes.some((prefix) => state.startsWith(prefix));
  const scope = (actor: string): Scope => (machine === 'vm' ? { vm: actor } : {});
  return {
    says,
    opens: (record, cast) => (isIn(record, cast) ? [[record.actor, scope(record.actor)]] : []),
    closes: (record, cast) => (isIn(record, cast) ? [] : [record.actor]),
  };
}

/** From a message's sending until its receiver takes it. */
function inMail(says: string, type: string): Phase {
  return {
    says,
    opens: ({ sends }, cast) =>
      sends
        .filter(([, sent]) => sent === type)
        .map(([to]) => [to, cast.machineOf(to) === 'vm' ? { vm: to } : {}]),
    closes: (record) => (record.type === type ? [record.actor] : []),
  };
}

/** Jobs that records of a sort queue, until they are done. */
function jobs(says: string, by: (record: StepRecord, cast: Cast) => boolean): Phase {
  return {
    says,
    opens: (record, cast) =>
      by(record, cast) ? factsOf(record, 'job.queued').map(({ job }) => [job, {}] as const) : [],
    closes: (record) => factsOf(record, 'job.done').map(({ job }) => job),
  };
}

const NO_OPENING: readonly (readonly [string, Scope])[] = [];

export const PHASES = {
  'ioctl.called': inMail('a bind ioctl waits for vm->lock', 'vm.bind'),
  'ioctl.holds': inState('a bind ioctl holds vm->lock', 'vm', 'open.ioctl.'),
  'ioctl.jobs': jobs(
    'the jobs of a synchronous bind are under way',
    (record) => has(record, 'bind.finished') && has(record, 'bind.accepted'),
  ),
  'worker.asked': inMail('the worker waits for vm->lock', 'vm.worker'),
  'worker.holds': inState('the worker holds vm->lock', 'vm', 'open.worker.'),
  'worker.between': {
    says: 'the worker is between two ops of a call',
    opens: (record) =>
      has(record, 'bind.accepted') || has(record, 'bind.finished')
        ? NO_OPENING
        : factsOf(record, 'op.executed').map(({ vm, call }) => [`${vm} ${call}`, { vm }] as const),
    closes: (record) => factsOf(record, 'bind.finished').map(({ vm, call }) => `${vm} ${call}`),
  },
  'worker.jobs': jobs(
    'the jobs of an asynchronous bind are under way',
    (record, cast) => cast.sectionOf(record) === 'worker',
  ),
  'work.again': inState('a work item is asked for once more while it runs', 'work', 'queuedAgain'),
  'vm.inError': {
    says: 'the VM is in error',
    opens: (record) => factsOf(record, 'vm.errored').map(({ vm }) => [vm, { vm }] as const),
    closes: (record) => factsOf(record, 'vm.restarted').map(({ vm }) => vm),
  },
  'restart.kicked': {
    says: 'the op that RESTART retries has not been executed again',
    opens: (record) => factsOf(record, 'vm.restarted').map(({ vm }) => [vm, { vm }] as const),
    closes: (record) => [
      ...factsOf(record, 'op.executed').map(({ vm }) => vm),
      ...factsOf(record, 'vm.closing').map(({ vm }) => vm),
    ],
  },
  'exec.awaitsStart': inState(
    'exec waits for the start of a bind',
    'client',
    'execing.awaitingStart',
  ),
  'exec.called': inMail('exec waits for vm->lock', 'vm.exec'),
  'exec.holds': inState('exec holds vm->lock', 'vm', 'open.exec.'),
  'exec.locked': inState('exec holds the reservation locks', 'vm', 'open.exec.locked'),
  'rebind.asked': inMail('the rebind worker waits for vm->lock', 'vm.rebind'),
  'rebind.holds': inState('the rebind worker holds vm->lock', 'vm', 'open.rebind.'),
  'rebind.locked': inState(
    'the rebind worker holds the reservation locks',
    'vm',
    'open.rebind.preempting',
    'open.rebind.rebinding',
  ),
  'rebind.rebinding': inState(
    'the rebind worker waits for its rebinds',
    'vm',
    'open.rebind.rebinding',
  ),
  'preempt.suspending': inState('a queue is being suspended', 'execQueue', 'suspending'),
  'preempt.suspended': inState('a queue is suspended', 'execQueue', 'suspended'),
  'notifier.runs': {
    says: 'a notifier is called',
    opens: (record) => factsOf(record, 'userptr.invalidating').map(({ userptr }) => [userptr, {}]),
    closes: (record) => factsOf(record, 'userptr.invalidated').map(({ userptr }) => userptr),
  },
  'notifier.asleep': inState(
    'a second munmap waits for the first',
    'client',
    'notifying.awaitingArea',
  ),
  'notifier.waits': inState('a notifier waits for fences', 'client', 'notifying.settling'),
  'evict.asleep': {
    says: 'an eviction waits for a reservation lock',
    opens: (record, cast) =>
      cast.machineOf(record.actor) === 'memory'
        ? factsOf(record, 'wait.began').map(({ on }) => [on, {}] as const)
        : NO_OPENING,
    closes: (record) => (record.type === 'wait.over' ? [String(record.data['on'])] : []),
  },
  'evict.locked': {
    says: 'an eviction holds the reservation lock',
    opens: (record, cast) =>
      cast.machineOf(record.actor) === 'memory'
        ? factsOf(record, 'lock.taken').map(({ lock }) => [lock, {}] as const)
        : NO_OPENING,
    closes: (record) => factsOf(record, 'lock.released').map(({ lock }) => lock),
  },
  'evict.moving': {
    says: 'a BO is on its way to other pages',
    opens: (record) => factsOf(record, 'bo.moved').map(({ fence }) => [fence, {}] as const),
    closes: (record) => factsOf(record, 'fence.signaled').map(({ fence }) => fence),
  },
  'fault.raised': {
    says: 'a page fault has no answer',
    opens: (record) =>
      factsOf(record, 'fault.raised').map(({ gt, vm, addr }) => [
        `${gt} ${vm} ${addr}`,
        { gt, vm },
      ]),
    closes: (record) =>
      factsOf(record, 'fault.handled').map(({ gt, vm, addr }) => `${gt} ${vm} ${addr}`),
  },
  'fault.asked': inMail('the fault handler waits for vm->lock', 'vm.fault'),
  'fault.holds': inState('the fault handler holds vm->lock', 'vm', 'open.fault.'),
  'counter.asked': inMail('the access-counter handler waits for vm->lock', 'vm.accessCounter'),
  'ack.onItsWay': {
    says: 'an acknowledgement is on its way',
    opens: (record) =>
      factsOf(record, 'tlb.invalidated').map(
        ({ gt, seqno }) => [`${gt} ${seqno}`, { gt }] as const,
      ),
    closes: (record) => factsOf(record, 'tlb.acked').map(({ gt, seqno }) => `${gt} ${seqno}`),
  },
  'flush.asked': inMail('a job is done and its TLB invalidation not requested', 'tlb.invalidate'),
  'flush.requested': {
    says: 'a TLB invalidation has been sent and not acknowledged',
    opens: (record) =>
      factsOf(record, 'tlb.requested').map(({ gt, fence }) => [fence, { gt }] as const),
    closes: (record) => factsOf(record, 'fence.signaled').map(({ fence }) => fence),
  },
  'ufence.attached': inMail('a user fence is to be attached to its fence', 'ufence.attach'),
  'ufence.queued': inMail('the write of a user fence is queued', 'ufence.write'),
  'gpu.running': {
    says: 'a job runs',
    opens: (record, cast) =>
      cast.machineOf(record.actor) === 'execQueue'
        ? factsOf(record, 'job.started').map(({ job }) => [job, {}] as const)
        : NO_OPENING,
    closes: (record) => factsOf(record, 'job.done').map(({ job }) => job),
  },
  'gpu.accessing': inMail('an access of a job is under way', 'gpu.access'),
  'copy.storing': {
    says: 'a bind job has made some of its stores',
    opens: (record) =>
      record.type === 'copy.write'
        ? [[String(record.data['job']), { vm: String(record.data['vm']), gt: record.actor }]]
        : NO_OPENING,
    closes: (record) =>
      record.type === 'copy.write' && record.data['last'] === true
        ? [String(record.data['job'])]
        : [],
  },
  'copy.queued': {
    says: 'a job for the copy ring has not run',
    opens: (record) => factsOf(record, 'job.queued').map(({ job }) => [job, {}] as const),
    closes: (record) => factsOf(record, 'job.started').map(({ job }) => job),
  },
  'reset.runs': {
    says: 'a GT is in reset',
    opens: (record) => factsOf(record, 'gt.reset').map(({ gt }) => [gt, { gt }] as const),
    closes: (record) => factsOf(record, 'gt.resumed').map(({ gt }) => gt),
  },
  'close.asked': inMail('close waits for vm->lock', 'vm.close'),
  'close.runs': inState('a VM is closing', 'vm', 'closing'),
  'vm.gone': inState('a VM is closed', 'vm', 'closed'),
} as const satisfies Readonly<Record<string, Phase>>;

export type PhaseId = keyof typeof PHASES;
