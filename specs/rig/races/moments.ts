/** Moments: a record in which a context does something that others may notice. */
import { ERRNO } from '../../../domain/errno.ts';
import type { FactType } from '../../../domain/facts/schema.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { type Cast, has, type Scope } from './cast.ts';

export interface Moment {
  /** a clause: who does what */
  readonly says: string;
  readonly at: (record: StepRecord, cast: Cast) => boolean;
}

/** A record with such a fact, of one context under vm->lock if given. */
const doing = (says: string, type: FactType, section?: string): Moment => ({
  says,
  at: (record, cast) =>
    has(record, type) && (section === undefined || cast.sectionOf(record) === section),
});

/** A message is taken. */
const takes = (says: string, type: string, machine = 'vm'): Moment => ({
  says,
  at: (record, cast) => record.type === type && cast.machineOf(record.actor) === machine,
});

/** A fact of an actor of a machine. */
const of = (says: string, machine: string, type: FactType): Moment => ({
  says,
  at: (record, cast) => cast.machineOf(record.actor) === machine && has(record, type),
});

export const MOMENTS = {
  'ioctl.begins': takes('a bind ioctl takes vm->lock', 'vm.bind'),
  'ioctl.commits': doing('a bind ioctl commits', 'bind.accepted'),
  'ioctl.executes': {
    says: 'a synchronous bind ioctl pushes its jobs',
    at: (record) => has(record, 'bind.accepted') && has(record, 'op.executed'),
  },
  'worker.begins': takes('the worker takes vm->lock', 'vm.worker'),
  'worker.executes': doing('the worker executes an op', 'op.executed', 'worker'),
  'worker.fails': doing('an op fails in the worker', 'vm.errored'),
  'restart.acts': doing('RESTART clears the error', 'vm.restarted'),
  'restart.refused': {
    says: 'RESTART is refused',
    at: ({ facts }) =>
      facts.some((fact) => fact.type === 'bind.refused' && fact.error === ERRNO.EPROTO),
  },
  'exec.begins': takes('exec takes vm->lock', 'vm.exec'),
  'exec.locks': doing('exec takes the reservation locks', 'lock.taken', 'exec'),
  'exec.rebinds': doing('exec binds anew', 'vma.bound', 'exec'),
  'exec.arms': doing('exec arms its job', 'exec.armed'),
  'exec.retries': doing('exec starts from the top', 'exec.retried'),
  'exec.refused': doing('exec is refused', 'exec.refused'),
  'rebind.begins': takes('the rebind worker takes vm->lock', 'vm.rebind'),
  'rebind.locks': doing('the rebind worker takes the reservation locks', 'lock.taken', 'rebind'),
  'rebind.binds': doing('the rebind worker binds anew', 'vma.bound', 'rebind'),
  'rebind.retries': doing('the rebind worker starts from the top', 'rebind.retried'),
  'rebind.leaves': doing('the rebind worker leaves', 'rebind.left'),
  'preempt.enables': takes('a queue is asked to suspend', 'fence.enable', 'execQueue'),
  'preempt.signals': doing('a preempt fence signals', 'queue.suspended'),
  'preempt.resumes': doing('a queue is resumed', 'queue.resumed'),
  'notifier.raises': doing('a notifier raises the sequence number', 'userptr.invalidating'),
  'notifier.notes': takes('a notifier looks at the VM', 'vm.invalidate'),
  'notifier.zaps': doing('a notifier or an eviction clears entries', 'vma.zapped'),
  'notifier.changes': doing('the pages behind a userptr change', 'userptr.invalidated'),
  'evict.asks': takes('an eviction is asked for', 'memory.evict', 'memory'),
  'evict.tells': of('an eviction notes the mappings', 'memory', 'vma.evicted'),
  'evict.locks': of('an eviction takes the reservation lock', 'memory', 'lock.taken'),
  'evict.zaps': takes('an eviction clears entries of a VM', 'vm.zap'),
  'evict.moves': of('an eviction gives a BO other pages', 'memory', 'bo.moved'),
  'move.starts': doing('a BO gets other pages', 'bo.moved'),
  'move.copies': doing('the contents of a BO are copied', 'memory.copied'),
  'fault.begins': takes('the fault handler takes vm->lock', 'vm.fault'),
  'fault.binds': doing('the fault handler binds', 'vma.bound', 'fault'),
  'fault.answers': doing('a page fault is answered', 'fault.handled'),
  'counter.asks': {
    says: 'the access-counter handler asks for a move',
    at: ({ type, sends }) =>
      type === 'vm.accessCounter' && sends.some(([, sent]) => sent === 'memory.evict'),
  },
  'counter.begins': takes('the access-counter handler takes vm->lock', 'vm.accessCounter'),
  'ack.arrives': doing('an acknowledgement arrives', 'tlb.acked'),
  'flush.requests': doing('a TLB invalidation is sent', 'tlb.requested'),
  'flush.begins': doing('a GT forgets translations', 'tlb.invalidated'),
  'ufence.writes': of('a user fence of a bind is written', 'ufences', 'ufence.written'),
  'ufence.attaches': takes('a user fence is attached', 'ufence.attach', 'ufences'),
  'gpu.accesses': of('an access goes through the page tables', 'gt', 'access.done'),
  'gpu.fills': doing('a translation is cached', 'tlb.filled'),
  'gpu.starts': {
    says: 'a job starts',
    at: (record, cast) =>
      cast.machineOf(record.actor) === 'execQueue' &&
      has(record, 'job.started') &&
      !has(record, 'queue.resumed'),
  },
  'gpu.ends': of('a job ends', 'execQueue', 'job.done'),
  'gpu.faults': doing('an access faults', 'fault.raised'),
  'copy.stores': takes('the copy ring stores entries', 'copy.write', 'gt'),
  'copy.ends': takes('a job of the copy ring is done', 'copy.done', 'bindEngine'),
  'reset.begins': doing('a GT reset begins', 'gt.reset'),
  'reset.ends': doing('a GT reset ends', 'gt.resumed'),
  'reset.completes': takes('a reset completes TLB invalidations', 'tlb.reset', 'tlb'),
  'reset.rewinds': takes('a reset reaches a queue', 'queue.reset', 'execQueue'),
  'close.queue': takes('a queue is closed', 'queue.destroy', 'execQueue'),
  'close.refused': {
    says: 'close is refused',
    at: (record) => record.type === 'vm.close' && has(record, 'vm.refused'),
  },
  'close.begins': doing('close begins', 'vm.closing'),
  'close.ends': doing('close ends', 'vm.closed'),
  'close.puts': doing('the last reference to a BO goes', 'bo.freed'),
  'close.destroys': doing('a VMA is destroyed', 'vma.destroyed'),
} as const satisfies Readonly<Record<string, Moment>>;

export type MomentId = keyof typeof MOMENTS;

/** What a record is about, as far as its actor or its facts say. */
export function scopeOf(record: StepRecord, cast: Cast): Scope {
  const machine = cast.machineOf(record.actor);
  if (machine === 'vm') return { vm: record.actor };
  if (machine === 'tlb') return { gt: record.actor.replace('/tlb', '') };
  if (machine !== 'gt') return {};
  const vm = record.data['vm'];
  return typeof vm === 'string' ? { gt: record.actor, vm } : { gt: record.actor };
}
