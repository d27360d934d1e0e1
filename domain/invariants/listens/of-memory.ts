/** What I19 to I25, I27 and refault listen to: memory, page tables, TLBs, and who may run. */
import { contextOf } from '../../fence/fence-table.ts';
import type { OrderedMap } from '../../ordered-map.ts';
import type { Page } from '../../units.ts';
import type { Held } from '../leaves.ts';
import type { Emptied } from '../tables.ts';
import { ALL, itself, type Listens, type Moment, ONE, type OwnTouch, type Table } from './parts.ts';
import { readExternals, readSlots, readSpace, readVms } from './reads.ts';

const space = ({ vm }: { vm: string }, touch: OwnTouch): void => {
  readSpace(touch, vm);
};
const ownOfGt = ({ gt }: { gt: string }, { writesOwn }: OwnTouch): void => {
  writesOwn(gt);
};

const MEMORY_OUTLIVES_USE: Listens<null> = {
  knows: ['vms', 'vm', 'life', 'space', 'freed', 'tlb', 'table'],
  on: {
    'access.done': ({ phys }, { reads }) => {
      if (phys !== null) reads('freed', ONE);
    },
    'tlb.filled': (_fact, { reads }) => {
      reads('freed', ONE);
    },
    'memory.freed': (_fact, touch, moment) => {
      readVms(touch, moment);
      for (const vm in moment.after.vms) touch.reads('tlb', vm);
    },
    'table.freed': ({ gt, vm }, { reads }) => {
      reads('table', gt);
      reads('life', vm);
    },
  },
};

/** Tables that hang nowhere yet are kept by GT. */
const LEAVES: Pick<Listens<Held>, 'on' | 'settle'> = {
  on: { 'table.allocated': ownOfGt, 'table.freed': ownOfGt, 'pte.written': ownOfGt },
  settle: (touch, { record }) => {
    for (const fact of record.facts) {
      if (!fact.type.startsWith('table.') && fact.type !== 'pte.written') continue;
      const { gt, vm } = fact as { gt: string; vm: string };
      touch.reads('table', gt);
      touch.writesOwn(gt);
      readSpace(touch, vm);
    }
  },
};

/** Whether the log tells what is bound: once it does, it always will. */
const BOUNDS = 'bounds';

const PRESENT_WHERE_BOUND: Listens<Held> = {
  knows: ['table', 'vm', 'space'],
  on: {
    ...LEAVES.on,
    'pte.written': (fact, touch, _moment, own) => {
      ownOfGt(fact, touch);
      if (!own.hasBounds) touch.readsOwn(BOUNDS);
    },
    'vma.bound': (fact, touch, _moment, own) => {
      readSpace(touch, fact.vm);
      if (!own.hasBounds) touch.writesOwn(BOUNDS);
    },
  },
  settle: (touch, moment, own, next) => {
    LEAVES.settle?.(touch, moment, own, next);
    if (!own.hasBounds) touch.readsOwn(BOUNDS);
  },
};

const NULL_IS_NULL: Listens<Held> = {
  ...LEAVES,
  knows: ['table', 'vm', 'space'],
  on: { ...LEAVES.on, 'va.mapped': itself, 'access.done': itself },
};

const READ_ONLY_IS_KEPT: Listens<Held> = {
  ...LEAVES,
  knows: ['table', 'vm', 'space'],
  on: {
    ...LEAVES.on,
    'access.done': (fact, touch) => {
      const isWrite = fact.outcome === 'written' || fact.outcome === 'dropped';
      if (!fact.tlbHit && isWrite) space(fact, touch);
    },
    'fault.handled': (fact, touch) => {
      if (fact.result === 0) space(fact, touch);
    },
  },
};

/** Tables that lost their last entry, of all GTs. */
const EMPTIED = 'emptied';

const TABLES_LIVE: Listens<readonly Emptied[]> = {
  knows: ['table', 'vm', 'space', 'job'],
  on: {
    'pte.written': ({ gt, vm, runs }, touch) => {
      touch.reads('table', gt);
      touch.reads('vm', vm);
      if (runs.some(({ pte }) => pte % 2 === 0)) touch.writesOwn(EMPTIED);
    },
    'table.freed': (fact, touch, _moment, own) => {
      touch.reads('table', fact.gt);
      readSpace(touch, fact.vm);
      if (own.some(({ table }) => table === fact.table)) touch.writesOwn(EMPTIED);
    },
    'job.done': itself,
  },
  settle: (touch, { record, before, after }, own, next) => {
    if (next === own) touch.readsOwn(EMPTIED);
    else touch.writesOwn(EMPTIED);
    const clears = record.facts.some(
      (fact) => fact.type === 'pte.written' && fact.runs.some(({ pte }) => pte % 2 === 0),
    );
    if (own.length === 0 && !clears) return;
    touch.reads('job', ALL);
    if (!after.calls.jobs.isEmpty) return;
    touch.writesOwn(EMPTIED);
    for (const { tables } of [before, after]) {
      for (const each of own) {
        const table = tables.get(each.table);
        if (table === undefined) continue;
        touch.reads('table', table.gt);
        readSpace(touch, table.vm);
      }
    }
    for (const fact of record.facts) if (fact.type === 'pte.written') readSpace(touch, fact.vm);
  },
};

/** A job that runs in one of the VMs: runningIn() of userptr.ts. */
function readRunning(touch: OwnTouch, { before, after }: Moment): void {
  touch.reads('queues', ONE);
  for (const { queues, calls } of [before, after]) {
    for (const queue in queues.queues) {
      touch.reads('queue', queue);
      touch.reads('engine', queue);
      const head = calls.queues[queue]?.first()?.value;
      if (head !== undefined) touch.reads('job', head);
    }
  }
}

const GIVEN_UP = 'given up';

const NOTIFIER_WAITS: Listens<OrderedMap<Page>> = {
  knows: [
    ...(['userptrs', 'userptr', 'vms', 'vm', 'life', 'space'] as const),
    ...(['queues', 'queue', 'engine', 'job'] as const),
  ],
  on: {
    'userptr.invalidated': ({ userptr }, touch, moment) => {
      touch.reads('userptr', userptr);
      touch.reads('userptrs', ONE);
      for (const other in moment.before.memory.userptrs) touch.reads('userptr', other);
      readVms(touch, moment);
      readRunning(touch, moment);
      touch.writesOwn(GIVEN_UP);
    },
    'access.done': ({ phys }, { readsOwn }) => {
      if (phys !== null) readsOwn(GIVEN_UP);
    },
  },
};

interface Preemption {
  readonly newest: Readonly<Record<string, string>>;
  readonly rebinds: Readonly<Record<string, string>>;
}

const NEWEST = 'newest ';
const REBIND = 'rebind ';
const DUE = 'due ';
/** Which fences were made before a preempt fence was, and which after. */
const MADE = 'made';

const due = ({ vm }: { vm: string }, { writesOwn, readsOwn }: OwnTouch): void => {
  writesOwn(DUE + vm);
  readsOwn(MADE);
};

const queueOf = (fence: string): string => fence.slice(0, fence.lastIndexOf('/preempt:'));

function readResumed(touch: OwnTouch, queue: string, own: Preemption, moment: Moment): void {
  const { after } = moment;
  touch.reads('queue', queue);
  const vm = after.queues.queues[queue]?.vm;
  if (vm === undefined) return;
  touch.reads('vm', vm);
  if (after.vms[vm]?.mode !== 'compute') return;
  touch.readsOwn(NEWEST + queue);
  touch.readsOwn(DUE + vm);
  touch.readsOwn(REBIND + vm);
  const fence = own.newest[queue];
  if (fence !== undefined) touch.reads('fence', fence);
  touch.reads('space', vm);
  readExternals(touch, after.vms[vm]);
  for (const resv of [vm, ...Object.keys(after.vms[vm].byObject)]) readSlots(touch, moment, resv);
  const rebind = own.rebinds[`${vm}/rebind`];
  if (rebind !== undefined) touch.reads('fence', rebind);
}

function readMode(touch: OwnTouch, { before }: Moment, queue: string): boolean {
  touch.reads('queue', queue);
  const seen = before.queues.queues[queue];
  if (seen?.kind !== 'exec') return false;
  touch.reads('vm', seen.vm);
  return before.vms[seen.vm]?.mode === 'compute';
}

const PREEMPTIBLE: Listens<Preemption> = {
  knows: ['fence', 'queue', 'vm', 'space', 'bo', 'resv'],
  on: {
    'fence.created': ({ fence, kind }, touch) => {
      if (kind === 'preempt') touch.writesOwn(MADE);
      else touch.readsOwn(MADE);
      if (kind === 'array') touch.writesOwn(REBIND + contextOf(fence).replace(/\/rebind$/, ''));
      if (kind === 'preempt') touch.writesOwn(NEWEST + queueOf(fence));
    },
    'fence.signaled': ({ fence }, touch, { before }) => {
      touch.reads('fence', fence);
      if (before.fences.pending.get(fence)?.kind === 'preempt')
        touch.reads('queue', queueOf(fence));
    },
    'vma.evicted': due,
    'vma.invalidated': due,
    'vma.rebound': due,
    'vma.destroyed': due,
    'queue.resumed': itself,
    'job.started': ({ engine }, touch, moment) => {
      readMode(touch, moment, engine);
    },
    'access.done': ({ client }, touch, moment, own) => {
      if (!readMode(touch, moment, client)) return;
      touch.readsOwn(NEWEST + client);
      const fence = own.newest[client];
      if (fence !== undefined) touch.reads('fence', fence);
    },
  },
  settle: (touch, moment, _own, next) => {
    for (const fact of moment.record.facts) {
      if (fact.type === 'queue.resumed') readResumed(touch, fact.queue, next, moment);
    }
  },
};

type ByVm = Readonly<Record<string, unknown>>;

const changed = ({ vm }: { vm: string }, touch: OwnTouch, _moment: Moment, own: ByVm): void => {
  if (own[vm] === undefined) touch.readsOwn(vm);
  else touch.writesOwn(vm);
};

const FAULTS_END: Listens<ByVm> = {
  forgets: true,
  knows: ['space'],
  on: {
    'fault.raised': ({ vm }, touch) => {
      touch.reads('space', vm);
      touch.writesOwn(vm);
    },
    'fault.handled': changed,
    'va.mapped': changed,
    'va.unmapped': changed,
    'vma.unbound': changed,
    'vma.zapped': changed,
    'gt.reset': (_fact, { writesOwn }) => {
      writesOwn(ALL);
    },
  },
};

export const OF_MEMORY: Table = {
  I19: MEMORY_OUTLIVES_USE,
  I20: {
    knows: [],
    on: {
      'tlb.requested': ownOfGt,
      'tlb.sendFailed': ownOfGt,
      'tlb.invalidated': ownOfGt,
      'tlb.acked': ownOfGt,
      'gt.resumed': ownOfGt,
    },
  },
  I21: PRESENT_WHERE_BOUND,
  I22: NULL_IS_NULL,
  I23: READ_ONLY_IS_KEPT,
  I24: TABLES_LIVE,
  I25: NOTIFIER_WAITS,
  I27: PREEMPTIBLE,
  refault: FAULTS_END,
};
