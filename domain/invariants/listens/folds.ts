/**
 * What folding a fact into what is known reads and writes: a row for each row of the folds (known/fold-*.ts).
 * specs/domain/invariants/listens.spec.ts holds the one against the other.
 */
import type { FactOf, FactType } from '../../facts/schema.ts';
import { contextOf } from '../../fence/fence-table.ts';
import { callKey, goneWith } from '../known/calls.ts';
import { freedAt } from '../known/memory.ts';
import { itself, type Moment, ONE, type Part, type Touch } from './parts.ts';
import { callOf, jobOf, readFences, readPendingSlots, readPhysOf, vmOfCall } from './reads.ts';

type FoldTouches = {
  readonly [K in FactType]?: (fact: FactOf<K>, touch: Touch, moment: Moment) => void;
};

/** Part -> the parts that its folds read: whoever reads it needs those. */
export const FOLDED_FROM: { readonly [K in Part]?: readonly Part[] } = {
  fence: ['fence'],
  call: ['asked', 'job', 'vm'],
  job: ['call'],
  stale: ['call', 'vms'],
  asked: ['syncobj'],
  promise: ['call'],
  carrier: ['job'],
  engine: ['job'],
  space: ['bo', 'userptr', 'userptrs'],
  tlb: ['vm', 'vms'],
  resv: ['fence'],
  sleeper: ['sleepers'],
  sleepers: ['sleeper'],
  syncobj: ['fence'],
  freed: ['bo', 'userptr'],
};

/** Who sleeps on something wakes. */
function wake({ reads, writes }: Touch, { before }: Moment, on: string): void {
  const { sleepers } = before.queues;
  let isAny = false;
  for (const who in sleepers) {
    if (sleepers[who]?.includes(on) !== true) continue;
    writes('sleeper', who);
    isAny = true;
  }
  if (isAny) writes('sleepers', on);
  else reads('sleepers', on);
}

/** Memory is handed out again. */
function take({ reads, writes }: Touch, { before }: Moment, phys: number, range: number): void {
  if (freedAt(before.memory, phys, range) === null) reads('freed', ONE);
  else writes('freed', ONE);
}

/** The TLB of a GT forgets what it has of a VM, or of all. */
function flush(touch: Touch, { before, after }: Moment, gt: string, only: string | null): void {
  touch.writes('table', gt);
  if (only === null) {
    touch.reads('vms', ONE, 'stale');
    touch.reads('vms', ONE, 'tlb');
  }
  const vms = only === null ? Object.keys(after.vms) : [only];
  for (const vm of vms) {
    const isStale = [before, after].some(({ calls }) => calls.stale.some((each) => each.vm === vm));
    if (isStale) touch.writes('stale', vm);
    else touch.reads('stale', vm);
    if (before.memory.tlbs[`${gt} ${vm}`] === undefined) touch.reads('tlb', vm);
    else touch.writes('tlb', vm);
  }
}

/** The fences that out-syncs get in this record are promised by a call. */
function promise({ writes }: Touch, { record }: Moment): void {
  for (const fact of record.facts) {
    if (fact.type === 'syncobj.replaced' || fact.type === 'syncobj.advanced')
      writes('promise', fact.fence);
  }
}

function answer(
  fact: FactOf<'bind.accepted'> | FactOf<'bind.refused'> | FactOf<'bind.unwound'>,
  touch: Touch,
  moment: Moment,
): void {
  touch.writes('asked', fact.vm);
  touch.writes('call', callKey(fact));
  if (fact.type === 'bind.accepted') promise(touch, moment);
}

const space = ({ vm }: { vm: string }, { writes }: Touch): void => {
  writes('space', vm);
};

function bind(
  { vm, va }: FactOf<'vma.bound'> | FactOf<'vma.rebound'>,
  touch: Touch,
  { before, after }: Moment,
): void {
  touch.writes('space', vm);
  for (const known of [before, after]) {
    const vma = known.vms[vm]?.vmas.get(va);
    if (vma !== undefined) readPhysOf(touch, known, vma);
  }
}

function store(fact: FactOf<'pte.written'>, touch: Touch, moment: Moment): void {
  const { gt, vm, by } = fact;
  touch.writes('table', gt);
  touch.reads('vm', vm, 'call');
  const { job: id } = moment.record.data;
  if (by === 'cpu' || typeof id !== 'string') return;
  touch.reads('job', id, 'call');
  const job = jobOf(moment, id);
  if (job?.call === undefined || job.call === null) return;
  touch.reads('call', job.call);
  if (goneWith(callOf(moment, job.call)?.ops[job.index]) === null) return;
  touch.writes('call', job.call);
  touch.writes('stale', vmOfCall(job.call));
}

function queue(touch: Touch, job: string, engine: string, fence: string | null): void {
  touch.writes('job', job);
  touch.writes('engine', engine);
  if (fence !== null) touch.writes('carrier', fence);
}

const tables = ({ gt }: { gt: string }, { writes }: Touch): void => {
  writes('table', gt);
};
const oneQueue = (fact: { queue: string }, { writes }: Touch): void => {
  writes('queue', fact.queue);
};
const queues = (fact: { queue: string }, { writes }: Touch): void => {
  writes('queue', fact.queue);
  writes('queues', ONE);
};

const TOUCHES: FoldTouches = {
  // the profile stays what it was before the first step
  'device.created': itself,
  // fences, syncobjs, calls and jobs
  'fence.created': ({ fence, parts }, touch) => {
    touch.writes('fence', fence);
    readFences(touch, parts);
  },
  'fence.signaled': ({ fence }, { writes }, { before }) => {
    writes('fence', fence);
    writes('timeline', contextOf(fence));
    writes('promise', fence);
    // its slots count no longer, see slotsOf() in view.ts
    for (const [resv, slots] of Object.entries(before.queues.resvs)) {
      if (slots.some((slot) => slot.fence === fence)) writes('resv', resv);
    }
  },
  'fence.started': ({ fence }, touch, moment) => {
    touch.writes('fence', fence);
    wake(touch, moment, `started:${fence}`);
  },
  'fence.enabled': ({ fence }, { writes }) => {
    writes('fence', fence);
  },
  'syncobj.replaced': ({ syncobj }, { writes }) => {
    writes('syncobj', syncobj);
  },
  'syncobj.advanced': ({ syncobj, fence }, touch, { before }) => {
    touch.writes('syncobj', syncobj);
    // points whose fences have signalled go
    for (const point of before.held[syncobj] ?? []) touch.reads('fence', point.fence, 'syncobj');
    touch.reads('fence', fence, 'syncobj');
  },
  'ops.created': (fact, { reads, writes }) => {
    writes('call', callKey(fact));
    reads('asked', fact.vm, 'call');
  },
  'bind.accepted': answer,
  'bind.refused': answer,
  'bind.unwound': answer,
  'bind.finished': (fact, touch, moment) => {
    touch.writes('call', callKey(fact));
    promise(touch, moment);
  },
  'op.failed': (fact, { writes }) => {
    writes('call', callKey(fact));
  },
  'op.executed': (fact, { writes }, { record }) => {
    writes('call', callKey(fact));
    // what the CPU has cleared in the same step
    const isByCpu = record.facts.some(({ type }) => type === 'pte.written');
    if (isByCpu) writes('stale', fact.vm);
  },
  'job.queued': ({ engine, job, fence }, touch) => {
    queue(touch, job, engine, fence);
  },
  'exec.armed': (fact, touch) => {
    queue(touch, fact.job, fact.queue, fact.fence);
  },
  'job.started': ({ job }, { writes }) => {
    writes('job', job);
  },
  'job.done': ({ job, engine }, { writes }, moment) => {
    writes('job', job);
    writes('engine', engine);
    const seen = jobOf(moment, job);
    if (seen === undefined) return;
    if (seen.fence !== null) writes('carrier', seen.fence);
    if (seen.call === null) return;
    writes('call', seen.call);
    writes('stale', vmOfCall(seen.call));
  },
  // spaces, memory, page tables and TLBs
  'vm.created': ({ vm }, { writes }) => {
    writes('vms', ONE);
    writes('vm', vm);
    writes('space', vm);
    writes('life', vm);
  },
  'va.mapped': space,
  'va.unmapped': space,
  'vma.bound': bind,
  'vma.unbound': space,
  'vma.zapped': space,
  'vma.evicted': space,
  'vma.invalidated': space,
  'vma.rebound': bind,
  'vma.pinned': space,
  'vma.destroyed': space,
  'vm.errored': ({ vm }, touch, moment) => {
    touch.writes('life', vm);
    wake(touch, moment, `error:${vm}`);
  },
  'vm.restarted': ({ vm }, { writes }) => {
    writes('life', vm);
    writes('asked', vm);
  },
  'vm.closing': ({ vm }, touch, moment) => {
    touch.writes('life', vm);
    wake(touch, moment, `error:${vm}`);
  },
  'vm.closed': ({ vm }, { writes }) => {
    writes('life', vm);
    writes('tlb', vm);
  },
  'bo.created': ({ bo, phys, range }, touch, moment) => {
    touch.writes('bo', bo);
    take(touch, moment, phys, range);
  },
  'bo.moved': ({ bo, phys }, touch, moment) => {
    touch.writes('bo', bo);
    take(touch, moment, phys, moment.before.memory.bos[bo]?.range ?? 0);
  },
  'bo.freed': ({ bo }, { writes }) => {
    writes('bo', bo);
  },
  'memory.freed': (_fact, { writes }) => {
    writes('freed', ONE);
  },
  'userptr.created': ({ userptr }, { writes }) => {
    writes('userptrs', ONE);
    writes('userptr', userptr);
  },
  'userptr.invalidating': ({ userptr }, touch, moment) => {
    touch.writes('userptr', userptr);
    const { phys, range } = moment.before.memory.userptrs[userptr] ?? { phys: null, range: 0 };
    if (phys !== null) take(touch, moment, phys, range);
  },
  'userptr.invalidated': ({ userptr, phys }, touch, moment) => {
    touch.writes('userptr', userptr);
    const range = moment.before.memory.userptrs[userptr]?.range ?? 0;
    if (phys !== null) take(touch, moment, phys, range);
    wake(touch, moment, `userptr:${userptr}`);
  },
  'tlb.filled': ({ vm }, { reads, writes }, { before }) => {
    reads('vm', vm, 'tlb');
    if (before.vms[vm]?.mode === 'fault') writes('tlb', vm);
  },
  'tlb.invalidated': ({ gt, vm, full }, touch, moment) => {
    flush(touch, moment, gt, full === true ? null : vm);
  },
  'gt.resumed': ({ gt }, touch, moment) => {
    flush(touch, moment, gt, null);
  },
  'table.allocated': tables,
  'table.rooted': tables,
  'table.freed': tables,
  'pte.written': store,
  // queues, reservation objects, locks and sleepers
  'queue.created': queues,
  'queue.destroyed': queues,
  'queue.banned': oneQueue,
  'queue.suspended': oneQueue,
  'queue.resumed': oneQueue,
  'resv.added': ({ resv, fence }, touch, { before }) => {
    touch.writes('resv', resv);
    readPendingSlots(touch, before, resv, 'resv');
    touch.reads('fence', fence, 'resv');
  },
  'lock.taken': ({ lock }, { writes }) => {
    writes('lock', lock);
  },
  'lock.released': ({ lock }, touch, moment) => {
    touch.writes('lock', lock);
    wake(touch, moment, `lock:${lock}`);
  },
  'ufence.written': ({ at }, touch, moment) => {
    wake(touch, moment, `ufence:${at}`);
  },
  'wait.began': ({ on, by }, { writes }) => {
    writes('sleepers', on);
    writes('sleeper', by);
  },
  'wait.ended': ({ on, by }, { writes }) => {
    writes('sleepers', on);
    writes('sleeper', by);
  },
};

/** Types of the facts that a row is for. */
export const FOLDS_TOUCHING = Object.keys(TOUCHES) as readonly FactType[];

/** What a record does to what is known, but for each invariant's own state. */
export function touchFolds(touch: Touch, moment: Moment): void {
  const { record } = moment;
  if (record.type === 'vm.bind') touchRequest(touch, record.actor, record.data['in']);
  for (const fact of record.facts) {
    const row = TOUCHES[fact.type] as
      ((fact: unknown, touch: Touch, moment: Moment) => void) | undefined;
    row?.(fact, touch, moment);
  }
}

/** A VM_BIND ioctl comes in, with the fences that its in-syncs have now. */
function touchRequest({ reads, writes }: Touch, vm: string, ins: unknown): void {
  writes('asked', vm);
  for (const sync of Array.isArray(ins) ? (ins as unknown[]) : []) {
    const isRef = typeof sync === 'object' && sync !== null && 'syncobj' in sync;
    if (isRef) reads('syncobj', (sync as { syncobj: string }).syncobj, 'asked');
  }
}
