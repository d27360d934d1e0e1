/** I9: references, op lists and VMAs come out even. */
import { Broken, invariant } from './contract.ts';
import { KeyMap } from './key-map.ts';
import type { Known } from './known/known.ts';

interface Refs {
  /** `of by` -> how many */
  readonly held: KeyMap<number>;
  readonly total: KeyMap<number>;
  /** VMAs that are in use or were destroyed, by `vm va` */
  readonly destroyed: KeyMap<true>;
  /** VMs of which some VMA was destroyed: older logs have no such facts */
  readonly destroys: readonly string[];
  readonly gone: KeyMap<true>;
}

const START: Refs = {
  held: KeyMap.empty(),
  total: KeyMap.empty(),
  destroyed: KeyMap.empty(),
  destroys: [],
  gone: KeyMap.empty(),
};

function counted(own: Refs, of: string, by: string, change: 1 | -1): Refs | Broken<Refs> {
  const pair = `${of} ${by}`;
  const count = (own.held.get(pair) ?? 0) + change;
  const total = (own.total.get(of) ?? 0) + change;
  if (count < 0) return new Broken(own, `${by} drops a reference of ${of} that it does not have`);
  const keep = (map: KeyMap<number>, key: string, value: number): KeyMap<number> =>
    value === 0 ? map.delete(key) : map.set(key, value);
  return { ...own, held: keep(own.held, pair, count), total: keep(own.total, of, total) };
}

function freed(own: Refs, of: string): Refs | Broken<Refs> {
  const left = own.total.get(of);
  const next = { ...own, gone: own.gone.set(of, true) };
  return left === undefined ? next : new Broken(next, `${of} is freed with ${left} references`);
}

/** Nothing is under way: no job, no pending fence but those that may stay. */
function isQuiet({ calls, fences, vms, queues }: Known): boolean {
  if (!calls.jobs.isEmpty || Object.keys(queues.sleepers).length > 0) return false;
  if (
    Object.values(vms).some(({ failed, closing, closed }) => failed !== null || closing !== closed)
  )
    return false;
  for (const [, { kind }] of fences.pending.entries()) if (kind !== 'preempt') return false;
  return true;
}

function leftOver(own: Refs, known: Known): string | null {
  for (const [pair] of own.held.entries()) {
    const [of = '', by = ''] = pair.split(' ');
    if (own.gone.has(by) || known.vms[by]?.closed === true) return `${by} is gone and holds ${of}`;
  }
  for (const [key, { isAccepted, executed, ops, vm }] of known.calls.calls.entries()) {
    const isDone = executed >= ops.length || known.vms[vm]?.closing === true;
    if (isAccepted && !isDone) return `${key} has ops that nobody executed`;
  }
  for (const name of own.destroys) {
    const [va] = known.vms[name]?.leaving ?? [];
    if (va !== undefined) return `va ${va} of ${name} is unmapped and never destroyed`;
  }
  return null;
}

export const balanced = invariant<Refs>({
  id: 'I9',
  says: 'References come back to where they were when nothing is in flight; every op list is used up and every VMA destroyed once.',
  source: '6.9',
  shows:
    'references that have facts; fences and memory of op lists are JavaScript’s. In a log without vma.destroyed the last part is silent',
  start: START,
  on: {
    'ref.taken': (own, { of, by }) => counted(own, of, by, 1),
    'ref.dropped': (own, { of, by }) => counted(own, of, by, -1),
    'bo.freed': (own, { bo }) => freed(own, bo),
    'vm.freed': (own, { vm }) => freed(own, vm),
    'queue.destroyed': (own, { queue }) => ({ ...own, gone: own.gone.set(queue, true) }),
    'queue.created': (own, { queue }) =>
      own.gone.has(queue) ? { ...own, gone: own.gone.delete(queue) } : own,
    'bo.created': (own, { bo }) => (own.gone.has(bo) ? { ...own, gone: own.gone.delete(bo) } : own),
    'vma.destroyed': (own, { vm, va }, { vms }) => {
      const key = `${vm} ${va}`;
      if (own.destroyed.has(key)) return new Broken(own, `va ${va} of ${vm} is destroyed twice`);
      const destroys = own.destroys.includes(vm) ? own.destroys : [...own.destroys, vm];
      const next = { ...own, destroys, destroyed: own.destroyed.set(key, true) };
      const isMapped = vms[vm]?.vmas.get(va)?.mapped === true;
      return isMapped ? new Broken(next, `va ${va} of ${vm} is destroyed and still mapped`) : next;
    },
  },
  over: (own, known) => (isQuiet(known) ? leftOver(own, known) : null),
});
