/** I27 and I28: preempt fences, and the lists of what has to be bound again before anything runs. */
import { contextOf, preemptContext } from '../fence/fence-table.ts';
import { Broken, invariant } from './contract.ts';
import { externalBos } from './exec.ts';
import { KeyMap } from './key-map.ts';
import { MADE_BY } from './known/fences.ts';
import type { Known } from './known/known.ts';
import { userptrOf } from './known/memory.ts';
import { type QueueSeen, pendingIn } from './known/queues.ts';
import type { VmaSeen, VmSeen } from './known/spaces.ts';
import type { RunRecord } from './record.ts';
import { vaText } from './text.ts';

interface VaOf {
  readonly vm: string;
  readonly va: number;
}
interface Preemption {
  /** by queue: its newest preempt fence */
  readonly newest: Readonly<Record<string, string>>;
  /** by the context of a VM's rebind fences: the newest */
  readonly rebinds: Readonly<Record<string, string>>;
  /** `vm va` that has to be bound again -> the record since which */
  readonly due: KeyMap<number>;
}

/** A reservation object that does not hold the queue's preempt fence. */
function unguarded(fence: string, vm: VmSeen, known: Known): string | null {
  const resvs = [vm.vm, ...externalBos(known, vm, true)];
  const missing = resvs.find(
    (resv) => !pendingIn(known.queues, known.fences, resv, 'bookkeep').includes(fence),
  );
  return missing ?? null;
}

/** What a queue of a compute-mode VM lacks to run. */
function badlyResumed(queue: string, vm: VmSeen, own: Preemption, known: Known): string | null {
  const fence = own.newest[queue];
  const seen = fence === undefined ? undefined : known.fences.pending.get(fence);
  if (fence === undefined || seen === undefined) return 'without a fresh preempt fence';
  const open = unguarded(fence, vm, known);
  if (open !== null) return `and ${open} has no slot with ${fence}`;
  // what moves since the fence was made waits for it
  const due = dueIn(vm, ({ va }) => (own.due.get(`${vm.vm} ${va}`) ?? 0) <= seen[MADE_BY]);
  if (due !== null) return `and ${vaText(vm, { vm: vm.vm, va: due.va })} is not bound again`;
  const kernel = pendingIn(known.queues, known.fences, vm.vm, 'kernel').find(
    (each) => (known.fences.pending.get(each)?.[MADE_BY] ?? 0) <= seen[MADE_BY],
  );
  if (kernel !== undefined) return `and ${kernel} of the KERNEL slot is pending`;
  const rebind = own.rebinds[`${vm.vm}/rebind`];
  const isPending = rebind !== undefined && known.fences.pending.has(rebind);
  return isPending ? `and ${rebind}, what is bound anew, is pending` : null;
}

const computeVm = ({ vms }: Known, queue: QueueSeen | undefined): VmSeen | null => {
  const vm = queue?.kind === 'exec' ? vms[queue.vm] : undefined;
  return vm?.mode === 'compute' ? vm : null;
};

const isDue = (own: Preemption, { vm, va }: VaOf, _: Known, { seq }: RunRecord): Preemption => {
  const key = `${vm} ${va}`;
  return own.due.has(key) ? own : { ...own, due: own.due.set(key, seq) };
};
const isBound = (own: Preemption, { vm, va }: VaOf): Preemption => {
  const due = own.due.delete(`${vm} ${va}`);
  return due === own.due ? own : { ...own, due };
};

export const preemptible = invariant<Preemption>({
  id: 'I27',
  says: 'A compute queue that runs has a fresh unsignalled preempt fence in the VM and in every external BO; it signals only when the queue is suspended, and the queue resumes only after rebinds and KERNEL fences.',
  source: '6.27, 2.9, 2.11',
  shows: 'all: running by access.done and job.started',
  start: { newest: {}, rebinds: {}, due: KeyMap.empty() },
  on: {
    'fence.created': (own, { fence, kind }) => {
      if (kind === 'array') {
        return { ...own, rebinds: { ...own.rebinds, [contextOf(fence)]: fence } };
      }
      if (kind !== 'preempt') return own;
      const queue = fence.slice(0, fence.lastIndexOf('/preempt:'));
      return { ...own, newest: { ...own.newest, [queue]: fence } };
    },
    'fence.signaled': (own, { fence }, { fences, queues }) => {
      if (fences.pending.get(fence)?.kind !== 'preempt') return own;
      const queue = fence.slice(0, fence.lastIndexOf('/preempt:'));
      const seen = queues.queues[queue];
      const isOff = seen === undefined || seen.isSuspended || seen.isBanned;
      return isOff ? own : new Broken(own, `${fence} signals, and ${queue} is not suspended`);
    },
    'vma.evicted': isDue,
    'vma.invalidated': isDue,
    'vma.rebound': isBound,
    'vma.destroyed': isBound,
    'queue.resumed': (own) => own,
    'job.started': (own, { engine, job }, known) => {
      const queue = known.queues.queues[engine];
      if (computeVm(known, queue) === null || queue?.isSuspended !== true) return own;
      return new Broken(own, `${job} starts on ${engine}, which is suspended`);
    },
    'access.done': (own, { client }, known) => {
      const queue = known.queues.queues[client];
      if (computeVm(known, queue) === null) return own;
      if (queue?.isSuspended === true) return new Broken(own, `${client} runs and is suspended`);
      const fence = own.newest[client];
      const isGuarded = fence !== undefined && known.fences.pending.has(fence);
      return isGuarded
        ? own
        : new Broken(own, `${client} runs, and no ${preemptContext(client)} fence is pending`);
    },
  },
  settle: (own, { facts }, known) => {
    for (const fact of facts) {
      if (fact.type !== 'queue.resumed') continue;
      const vm = computeVm(known, known.queues.queues[fact.queue]);
      const what = vm === null ? null : badlyResumed(fact.queue, vm, own, known);
      if (what !== null) return new Broken(own, `${fact.queue} is resumed ${what}`);
    }
    return own;
  },
  view: preemptionView,
});

/**
 * A record number counts only beside that of a newest preempt fence that is pending: what became due, and which fences
 * were made, before that fence was.
 */
function preemptionView(own: Preemption, { fences }: Known): unknown {
  const { newest, rebinds, due } = own;
  const guards = Object.values(newest).flatMap((fence) => fences.pending.get(fence) ?? []);
  if (guards.length === 0 && due.isEmpty) return own;
  const isBefore = (seq: number): string[] =>
    guards.filter((guard) => seq <= guard[MADE_BY]).map(({ fence }) => fence);
  return {
    newest,
    rebinds,
    due: due.toJSON().map(([key, seq]) => [key, isBefore(seq).sort()]),
    made:
      guards.length === 0
        ? []
        : fences.pending.toJSON().map(([key, seen]) => [key, isBefore(seen[MADE_BY]).sort()]),
  };
}

/** A VMA that is on a list and has entries that lead to the wrong place. */
function dueIn(vm: VmSeen, among: (vma: VmaSeen) => boolean = () => true): VmaSeen | null {
  for (const { key: va } of vm.listed.entries()) {
    const vma = vm.vmas.get(va);
    if (vma !== undefined && vma.present.length > 0 && among(vma)) return vma;
  }
  return null;
}

/** A VMA of a BO that has moved away under its entries, and that is on no list. */
function forgottenBy({ vms, memory }: Known, bo: string): string | null {
  const phys = memory.bos[bo]?.phys;
  for (const vm of Object.values(vms)) {
    if (vm.mode === 'fault' || vm.closed || phys === undefined) continue;
    for (const { key: va, value: isMapped } of vm.byObject[bo]?.entries() ?? []) {
      const vma = isMapped ? vm.vmas.get(va) : undefined;
      if (vma === undefined || vma.present.length === 0 || vma.evicted) continue;
      if (vma.boundAt !== phys + vma.offset) return vaText(vm, { vm: vm.vm, va: vma.va });
    }
  }
  return null;
}

export const listsEmptied = invariant({
  id: 'I28',
  says: 'A mapping whose BO moved or whose userptr was invalidated is on a list until it is bound again; an exec or the rebind worker leaves with the lists empty.',
  source: '6.28, 2.10, 2.11, 2.12',
  shows:
    'all; an exec rebinds in dma-fence mode only, the rebind worker in compute mode, and only for queues that there are. Mappings without entries need no list',
  start: null,
  on: {
    'exec.armed': (own, { vm, job }, { vms }) => {
      const state = vms[vm];
      const due = state?.mode === 'dma-fence' ? dueIn(state) : null;
      return due === null
        ? own
        : new Broken(
            own,
            `${job} is armed, and ${vaText(state, { vm, va: due.va })} is not bound again`,
          );
    },
    'rebind.left': (own, { vm, error }, { vms, queues }) => {
      const state = vms[vm];
      if (error !== 0 || state === undefined || state.closing || state.failed !== null) return own;
      // nothing runs there: a queue that joins has everything bound anew first
      if (!Object.values(queues.queues).some((each) => each.vm === vm && each.kind === 'exec')) {
        return own;
      }
      const due = dueIn(state);
      return due === null
        ? own
        : new Broken(own, `the rebind worker leaves ${vaText(state, { vm, va: due.va })}`);
    },
    'bo.moved': (own) => own,
    'userptr.invalidated': (own, { userptr }, known) => {
      for (const vm of Object.values(known.vms)) {
        if (vm.mode === 'fault' || vm.closed) continue;
        for (const vma of vm.vmas.values()) {
          if (!vma.userptr || !vma.mapped || vma.present.length === 0 || vma.invalidated) continue;
          if (userptrOf(known.memory, vma)?.userptr !== userptr) continue;
          return new Broken(
            own,
            `${userptr} is gone, and ${vaText(vm, { vm: vm.vm, va: vma.va })} is on no list`,
          );
        }
      }
      return own;
    },
  },
  settle: (own, { facts }, known) => {
    for (const fact of facts) {
      const who = fact.type === 'bo.moved' ? forgottenBy(known, fact.bo) : null;
      if (who !== null) return new Broken(own, `a BO has moved, and ${who} is on no list`);
    }
    return own;
  },
});
