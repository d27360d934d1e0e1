/** I9: references, op lists and VMAs come out even. */
import { Broken, invariant } from './contract.ts';
import { fenceLeft } from './fence-holders.ts';
import { KeyMap } from './key-map.ts';
import type { Known } from './known/known.ts';
import type { RunRecord } from './record.ts';
import { bindText, vaText } from './text.ts';

interface Refs {
  /** `of by` -> how many */
  readonly held: KeyMap<number>;
  readonly total: KeyMap<number>;
  /** VMAs that are in use or were destroyed, by `vm va` */
  readonly destroyed: KeyMap<true>;
  /** VMs of which some VMA was destroyed: older logs have no such facts */
  readonly destroys: readonly string[];
  readonly gone: KeyMap<true>;
  /** page-fault queues: they hold a VM while it handles a fault */
  readonly faultQueues: readonly string[];
}

const START: Refs = {
  held: KeyMap.empty(),
  total: KeyMap.empty(),
  destroyed: KeyMap.empty(),
  destroys: [],
  gone: KeyMap.empty(),
  faultQueues: [],
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

/** Nobody sleeps, and no VM has failed or is on its way out. */
const isSettled = ({ vms, queues }: Known): boolean =>
  Object.keys(queues.sleepers).length === 0 &&
  Object.values(vms).every(({ failed, closing, closed }) => failed === null && closing === closed);

/** An ioctl, as a holder: `vm0/call3`, `app/exec2`. */
const IOCTL = /\/(call|exec)\d+$/;

/** Nothing is under way: no job, no pending fence but those that may stay. */
function isQuiet({ calls, fences }: Known): boolean {
  if (!calls.jobs.isEmpty) return false;
  for (const [, { kind }] of fences.pending.entries()) if (kind !== 'preempt') return false;
  return true;
}

function leftOver(own: Refs, known: Known): string | null {
  for (const [pair] of own.held.entries()) {
    const [of = '', by = ''] = pair.split(' ');
    if (own.faultQueues.includes(by)) return `${by} handles no fault and holds ${of}`;
    if (IOCTL.test(by)) return `${by} is over and holds ${of}`;
    if (own.gone.has(by) || known.vms[by]?.closed === true) return `${by} is gone and holds ${of}`;
  }
  for (const [key, { isAccepted, executed, ops, vm }] of known.calls.calls.entries()) {
    const isDone = executed >= ops.length || known.vms[vm]?.closing === true;
    if (isAccepted && !isDone) return `${bindText(key)} has ops that nobody executed`;
  }
  for (const name of own.destroys) {
    const [va] = known.vms[name]?.leaving ?? [];
    if (va !== undefined)
      return `${vaText(known.vms[name], { vm: name, va })} is unmapped and never destroyed`;
  }
  return null;
}

/** A reservation lock that exec, which was refused under vm->lock, has left behind. */
function leftLocked(
  { facts, actor }: RunRecord,
  { queues: { queues, locks } }: Known,
): string | null {
  const refused = facts.find((fact) => fact.type === 'exec.refused');
  // a refusal by the checks before the lock says nothing of who holds it meanwhile
  if (refused === undefined || queues[refused.queue]?.vm !== actor) return null;
  const lock = Object.keys(locks).find((each) => locks[each] === actor);
  return lock === undefined ? null : `exec is refused, and ${actor} goes on holding ${lock}`;
}

export const balanced = invariant<Refs>({
  id: 'I9',
  says: 'References come back to where they were when nothing is in flight, those of an ioctl when it is over; every op list is used up and every VMA destroyed once; an exec that is refused unlocks what it has locked.',
  source: '6.9, L12',
  shows:
    'references that have facts; of fences, that jobs and the slots of what is freed let go of them (syncobjs may hold theirs for good); memory of op lists is JavaScript’s. In a log without vma.destroyed the last part is silent',
  start: START,
  on: {
    'actor.started': (own, { actor, machine }) =>
      machine === 'faults' ? { ...own, faultQueues: [...own.faultQueues, actor] } : own,
    'ref.taken': (own, { of, by }) => counted(own, of, by, 1),
    'ref.dropped': (own, { of, by }) => counted(own, of, by, -1),
    'bo.freed': (own, { bo }) => freed(own, bo),
    'vm.freed': (own, { vm }) => freed(own, vm),
    'exec.refused': (own) => own,
    'queue.destroyed': (own, { queue }) => ({ ...own, gone: own.gone.set(queue, true) }),
    'queue.created': (own, { queue }) =>
      own.gone.has(queue) ? { ...own, gone: own.gone.delete(queue) } : own,
    'bo.created': (own, { bo }) => (own.gone.has(bo) ? { ...own, gone: own.gone.delete(bo) } : own),
    'vma.destroyed': (own, { vm, va }, { vms }) => {
      const key = `${vm} ${va}`;
      if (own.destroyed.has(key))
        return new Broken(own, `${vaText(vms[vm], { vm, va })} is destroyed twice`);
      const destroys = own.destroys.includes(vm) ? own.destroys : [...own.destroys, vm];
      const next = { ...own, destroys, destroyed: own.destroyed.set(key, true) };
      const isMapped = vms[vm]?.vmas.get(va)?.mapped === true;
      return isMapped
        ? new Broken(next, `${vaText(vms[vm], { vm, va })} is destroyed and still mapped`)
        : next;
    },
  },
  settle: (own, record, known) => {
    const left = leftLocked(record, known);
    return left === null ? own : new Broken(own, left);
  },
  view: (own) =>
    own.destroys.length + own.faultQueues.length < 2
      ? own
      : {
          ...own,
          destroys: [...own.destroys].sort(),
          faultQueues: [...own.faultQueues].sort(),
        },
  over: (own, known) => {
    if (!isSettled(known)) return null;
    const fence = fenceLeft(known, (resv) => own.gone.has(resv));
    return fence ?? (isQuiet(known) ? leftOver(own, known) : null);
  },
});
