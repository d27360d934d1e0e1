/** I8, I15 and I16: what an exec waits for, and which reservation objects it writes itself into. */
import type { Fact, FactOf } from '../facts/schema.ts';
import { Broken, invariant } from './contract.ts';
import { KeyMap } from './key-map.ts';
import { isPending } from './known/fences.ts';
import type { Known } from './known/known.ts';
import { isBehind, pendingIn } from './known/queues.ts';
import type { OrderedMap } from '../ordered-map.ts';
import { without } from '../without.ts';
import type { VmSeen } from './known/spaces.ts';
import { spanText, vaText } from './text.ts';

function hasMapped(vmas: OrderedMap<boolean> | undefined): boolean {
  let isAny = false;
  vmas?.visit(0, Infinity, (isMapped) => {
    isAny = isMapped;
    return !isMapped;
  });
  return isAny;
}

/** External BOs with a VMA in the VM; only in the tree, or also on its way out. */
export function externalBos({ memory }: Known, vm: VmSeen, isMapped: boolean): Set<string> {
  const found = new Set<string>();
  for (const obj of Object.keys(vm.byObject)) {
    if (memory.bos[obj]?.vm !== null) continue;
    if (!isMapped || hasMapped(vm.byObject[obj])) found.add(obj);
  }
  return found;
}

/** What is wrong with the slots that an armed job took. */
function badSlots(
  armed: FactOf<'exec.armed'>,
  added: readonly FactOf<'resv.added'>[],
  known: Known,
): string | null {
  const vm = known.vms[armed.vm];
  if (vm === undefined || armed.fence === null) return null;
  const slots = added.filter(({ fence }) => fence === armed.fence);
  for (const bo of externalBos(known, vm, true)) {
    const slot = slots.find(({ resv }) => resv === bo);
    if (slot?.usage !== 'write')
      return `${armed.job} is not a writer of ${bo}, which ${vm.vm} maps`;
  }
  const possible = externalBos(known, vm, false);
  const odd = slots.find(({ resv }) => resv !== vm.vm && !possible.has(resv));
  return odd === undefined ? null : `${armed.job} guards ${odd.resv}, which ${vm.vm} does not map`;
}

export const externalsGuarded = invariant({
  id: 'I8',
  says: 'Every external BO that a VM maps is on its extobj list, and no other: a job takes their WRITE slots.',
  source: '6.8, 2.9',
  shows:
    'the list by what exec does with it; a BO whose last VMA is out of the tree and not destroyed may be on it still',
  start: null,
  on: { 'exec.armed': (own) => own },
  settle: (own, { facts }, known) => {
    const added = facts.filter((fact) => fact.type === 'resv.added');
    for (const fact of facts) {
      const what = fact.type === 'exec.armed' ? badSlots(fact, added, known) : null;
      if (what !== null) return new Broken(own, what);
    }
    return own;
  },
});

/** By job: what had not signalled when it was armed, and had to before it runs. */
type Awaited = KeyMap<readonly string[]>;

export const execsWait = invariant<Awaited>({
  id: 'I15',
  says: 'A job starts after all it waits for, and the CPU stores in its place only then; an exec waits for its in-syncs and for every KERNEL fence of its VM that was there when it was armed.',
  source: '6.15, 2.9, 2.10',
  shows:
    'all; that it then sees the page tables of the binds it waits for follows with I13. Long-running jobs wait for user fences only',
  start: KeyMap.empty(),
  on: {
    'exec.armed': (own, { vm, job, waits }, known, { type, data }) => {
      const isLong = known.vms[vm]?.mode !== 'dma-fence';
      const kernel = isLong ? [] : pendingIn(known.queues, known.fences, vm, 'kernel');
      const given =
        type === 'vm.exec' && Array.isArray(data['waits']) ? (data['waits'] as unknown[]) : [];
      const ins = given.filter((fence) => typeof fence === 'string');
      const all = [...kernel, ...ins, ...waits].filter((fence) => isPending(known.fences, fence));
      const missing = [...kernel, ...ins].find(
        (fence) => isPending(known.fences, fence) && !waits.includes(fence),
      );
      const next = all.length === 0 ? own : own.set(job, all);
      return missing === undefined ? next : new Broken(next, `${job} does not wait for ${missing}`);
    },
    'job.started': (own, { job }, { calls, fences }) => {
      const waits = [...(own.get(job) ?? []), ...(calls.jobs.get(job)?.waits ?? [])];
      const fence = waits.find((each) => isPending(fences, each));
      const next = own.delete(job);
      return fence === undefined
        ? next
        : new Broken(next, `${job} starts before ${fence} signalled`);
    },
    'job.done': (own, { job }) => own.delete(job),
    'vm.cpuBound': (own, { vm, waits }, { fences }) => {
      const fence = waits.find((each) => isPending(fences, each));
      if (fence === undefined) return own;
      return new Broken(own, `the CPU stores entries of ${vm} before ${fence} signalled`);
    },
  },
});

interface Remaps {
  /** `vm va` of what a pending REMAP takes away */
  readonly olds: KeyMap<true>;
  /** by VM: REMAPs whose old mapping is unbound and whose rest is not bound yet */
  readonly open: Readonly<Record<string, readonly number[]>>;
  /** by VM: fences of a REMAP of which none is in the KERNEL slot yet */
  readonly owed: Readonly<Record<string, readonly (readonly string[])[]>>;
}

const isKernelSlot = (facts: readonly Fact[], vm: string, fence: string): boolean =>
  facts.some(
    (fact) =>
      fact.type === 'resv.added' &&
      fact.resv === vm &&
      fact.fence === fence &&
      fact.usage === 'kernel',
  );

/**
 * Whether the KERNEL slot of the VM gets a fence of a REMAP's first bind: one that is added between the binds of prev
 * and of next.
 */
function isSlottedEarly(facts: readonly Fact[], vm: string, prev: number, next: number): boolean {
  const isBind = (fact: Fact, va: number): boolean =>
    fact.type === 'vma.bound' && fact.vm === vm && fact.va === va;
  const first = facts.findIndex((fact) => isBind(fact, prev));
  const last = facts.findIndex((fact) => isBind(fact, next));
  return (
    first >= 0 &&
    facts
      .slice(first, Math.max(first, last))
      .some((fact) => fact.type === 'resv.added' && fact.resv === vm && fact.usage === 'kernel')
  );
}

export const remapsAtomic = invariant<Remaps>({
  id: 'I16',
  says: 'No exec is armed between the unbind and the last rebind of a REMAP; a fence of its last bind, and of no other, is in the KERNEL slot of the VM before the next exec.',
  source: '6.16, 2.4, 2.5, 2.9',
  shows:
    'all: what is unbound by vma.unbound, the rest done by op.executed; fault-mode VMs have no KERNEL slot to fill',
  start: { olds: KeyMap.empty(), open: {}, owed: {} },
  on: {
    'ops.created': (own, { vm, ops }) => {
      const olds = ops.reduce(
        (all, op) => (op.op === 'remap' ? all.set(`${vm} ${op.unmap.va}`, true) : all),
        own.olds,
      );
      return olds === own.olds ? own : { ...own, olds };
    },
    'vma.unbound': (own, { vm, va }) => {
      const open = own.open[vm] ?? [];
      if (!own.olds.has(`${vm} ${va}`) || open.includes(va)) return own;
      return { ...own, open: { ...own.open, [vm]: [...open, va] } };
    },
    'op.executed': (own, { vm, call, index, op, fences }, known, { facts }) => {
      const seen = known.calls.calls.get(`${vm} ${call}`)?.ops[index];
      if (op !== 'remap' || seen?.op !== 'remap') return own;
      const { va } = seen.unmap;
      const { prev, next: rest } = seen;
      if (prev !== null && rest !== null && isSlottedEarly(facts, vm, prev.va, rest.va)) {
        return new Broken(
          own,
          `${vm}: the KERNEL slot is filled before va ${rest.va} (${spanText(rest)}) is bound`,
        );
      }
      const open = { ...own.open, [vm]: (own.open[vm] ?? []).filter((each) => each !== va) };
      const next = { ...own, olds: own.olds.delete(`${vm} ${va}`), open };
      // once a fence is in the KERNEL slot, nothing is owed when that one has signalled
      const slotted = fences.filter((fence) => isKernelSlot(facts, vm, fence));
      const all = slotted.length > 0 ? slotted : fences;
      const live = all.filter((fence) => isPending(known.fences, fence));
      if (live.length === 0 || known.vms[vm]?.mode === 'fault') return next;
      return { ...next, owed: { ...own.owed, [vm]: [...(own.owed[vm] ?? []), live] } };
    },
    'exec.armed': (own, { vm, job }, { vms, fences, queues }) => {
      const [va] = own.open[vm] ?? [];
      if (va !== undefined)
        return new Broken(
          own,
          `${job} is armed while ${vaText(vms[vm], { vm, va })} is being split`,
        );
      const owed = own.owed[vm];
      if (owed === undefined) return own;
      const kernel = pendingIn(queues, fences, vm, 'kernel');
      const missing = owed.find(
        (each) =>
          each.every((f) => !kernel.some((later) => isBehind(f, later))) &&
          each.some((f) => isPending(fences, f)),
      );
      const next = { ...own, owed: without(own.owed, vm) };
      if (missing === undefined) return next;
      return new Broken(next, `${job} is armed, and no KERNEL slot holds ${missing.join(' or ')}`);
    },
  },
});
