/**
 * What of a judge's state decides what it says later, so that two runs which differ only in the order of independent
 * steps, or in how long they were, come to one view: the parts that its invariants need, without record numbers, and
 * lists in which order means nothing in one order.
 */
import type { AnyInvariant } from '../list.ts';
import type { Rule, Sent } from '../contract.ts';
import type { Stale } from '../known/calls.ts';
import type { Known } from '../known/known.ts';
import type { SlotSeen } from '../known/queues.ts';
import type { VmSeen } from '../known/spaces.ts';
import type { Watched } from '../watch.ts';
import { partsFor } from './listens.ts';
import type { Part } from './parts.ts';

const ascending = (numbers: readonly number[]): readonly number[] =>
  numbers.length < 2 ? numbers : [...numbers].sort((a, b) => a - b);

const staleText = ({ call, job, gt, addr, range, isGone }: Stale): string =>
  `${call} ${job ?? ''} ${gt} ${addr} ${range} ${isGone}`;

function inOrder(stale: readonly Stale[]): readonly Stale[] {
  if (stale.length < 2) return stale;
  return [...stale].sort((a, b) => (staleText(a) < staleText(b) ? -1 : 1));
}

const bySlot = (a: SlotSeen, b: SlotSeen): number =>
  `${a.fence} ${a.usage}` < `${b.fence} ${b.usage}` ? -1 : 1;

/** Slots whose fences are pending, in any one order: nobody looks at others, or at which came first. */
function slotsOf({ fences: { pending }, queues }: Known): unknown {
  const views = Object.entries(queues.resvs).map(
    ([resv, slots]) =>
      [resv, slots.filter(({ fence }) => pending.has(fence)).sort(bySlot)] as const,
  );
  return Object.fromEntries(views.filter(([, slots]) => slots.length > 0));
}

/** The jobs of each queue, in order. */
const idsOf = (engines: Known['calls']['queues']): unknown =>
  Object.fromEntries(Object.entries(engines).map(([name, jobs]) => [name, [...jobs.values()]]));

type Parts = ReadonlySet<Part>;

function vmView(vm: VmSeen, parts: Parts): unknown {
  const { addr, range, async, semantics, mode, scratch } = vm;
  const { closing, closed, failed, tree, vmas, pins, leaving, byObject, listed } = vm;
  return {
    vm: parts.has('vm') && { addr, range, async, semantics, mode, scratch },
    life: parts.has('life') && { closing, closed, failed },
    space: parts.has('space') && { tree, vmas, pins, leaving, byObject, listed },
  };
}

const IN_VM = ['vm', 'life', 'space'] as const;

function vmsView(vms: Known['vms'], parts: Parts): unknown {
  if (IN_VM.every((part) => parts.has(part))) return vms;
  if (!IN_VM.some((part) => parts.has(part))) return parts.has('vms') && Object.keys(vms).sort();
  return Object.fromEntries(Object.entries(vms).map(([name, vm]) => [name, vmView(vm, parts)]));
}

/** What is known, as far as these parts go. */
export function knownView(known: Known, parts: Parts): unknown {
  const { profile, fences, calls, vms, memory, queues, tables, cached, held } = known;
  const { pending, last } = fences;
  const of = (part: Part, value: unknown): unknown => (parts.has(part) ? value : 0);
  return {
    profile,
    pending: of('fence', pending),
    last: of('timeline', last),
    calls: of('call', calls.calls),
    jobs: of('job', calls.jobs),
    engines: parts.has('engine') && idsOf(calls.queues),
    carriers: of('carrier', calls.carriers),
    promised: of('promise', calls.promised),
    stale: parts.has('stale') && inOrder(calls.stale),
    asked: of('asked', calls.asked),
    vms: vmsView(vms, parts),
    bos: of('bo', memory.bos),
    userptrs: of('userptr', memory.userptrs),
    freed: of('freed', memory.freed),
    tlbs: of('tlb', memory.tlbs),
    queues: of('queue', queues.queues),
    resvs: parts.has('resv') && slotsOf(known),
    locks: of('lock', queues.locks),
    sleepers: of('sleeper', queues.sleepers),
    tables: of('table', tables),
    cached: parts.has('table') && ascending(cached),
    held: of('syncobj', held),
  };
}

/** The view of a judge that has these invariants. */
export function viewOf(
  invariants: readonly AnyInvariant[],
): (watched: Watched, sent: Sent) => unknown {
  const parts = partsFor(invariants);
  const rules = invariants.map(({ rule }) => rule as unknown as Rule<unknown>);
  const special = rules.flatMap(({ view }, index) => (view === undefined ? [] : [{ view, index }]));
  return ({ known, owns }, sent) => {
    let views = owns as unknown[];
    for (const { view, index } of special) {
      const own = owns[index];
      const seen = view(own, known, sent);
      if (seen === own) continue;
      // what has nothing to leave out stays the very value that is hashed once
      if (views === owns) views = owns.slice();
      views[index] = seen;
    }
    return { known: knownView(known, parts), owns: views };
  };
}
