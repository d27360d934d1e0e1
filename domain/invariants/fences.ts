/** I10, I11 and I17: what fences may do. */
import { contextOf, seqnoOf } from '../fence/fence-table.ts';
import { Broken, invariant } from './contract.ts';
import { KeyMap } from './key-map.ts';
import type { Known } from './known/known.ts';

export const fencesOnce = invariant({
  id: 'I10',
  says: 'A fence signals at most once, after it was made; the seqnos of one context signal in order.',
  source: '6.10, 2.8; docs/decisions/006',
  shows: 'all; an error that never changes follows from signalling once',
  start: null,
  on: {
    'fence.created': (own, { fence }, { fences }) => {
      const last = fences.last.get(contextOf(fence)) ?? 0;
      const isOld = fences.pending.has(fence) || seqnoOf(fence) <= last;
      return isOld ? new Broken(own, `${fence} is made twice, or after its successor`) : own;
    },
    'fence.signaled': (own, { fence }, { fences }) => {
      const last = fences.last.get(contextOf(fence)) ?? 0;
      if (fences.pending.has(fence)) {
        return seqnoOf(fence) > last
          ? own
          : new Broken(own, `${fence} signals after seqno ${last}`);
      }
      const why = seqnoOf(fence) <= last ? 'signals twice' : 'signals and was never made';
      return new Broken(own, `${fence} ${why}`);
    },
  },
});

/** Arrays that have not signalled, by each part that they still wait for. */
interface Arrays {
  readonly parts: KeyMap<readonly string[]>;
  readonly due: readonly string[];
}

export const arraysComplete = invariant<Arrays>({
  id: 'arrays',
  says: 'A fence array signals in the very step that signals the last of its parts, and not before.',
  source: '2.8',
  shows: 'all',
  start: { parts: KeyMap.empty(), due: [] },
  on: {
    'fence.created': (own, { fence, parts }, { fences }) => {
      const open = parts.filter((part) => fences.pending.has(part));
      const add = (all: Arrays['parts'], part: string): Arrays['parts'] =>
        all.set(part, [...(all.get(part) ?? []), fence]);
      return open.length === 0 ? own : { ...own, parts: open.reduce(add, own.parts) };
    },
    'fence.signaled': (own, { fence }, { fences }) => {
      const arrays = own.parts.get(fence);
      const isOpen = (part: string): boolean => part !== fence && fences.pending.has(part);
      const next =
        arrays === undefined
          ? own
          : { parts: own.parts.delete(fence), due: [...new Set([...own.due, ...arrays])] };
      const early = fences.pending.get(fence)?.parts.some(isOpen) === true;
      return early ? new Broken(next, `${fence} signals before its parts`) : next;
    },
  },
  settle: (own, _record, { fences }) => {
    if (own.due.length === 0) return own;
    const late = own.due.find((array) => {
      const seen = fences.pending.get(array);
      return seen !== undefined && !seen.parts.some((part) => fences.pending.has(part));
    });
    const next = { ...own, due: [] };
    return late === undefined ? next : new Broken(next, `${late} has not signalled with its parts`);
  },
});

/** Why a fence may be pending at the end: nobody promised that its time would come. */
function isExcused({ fences, vms, queues }: Known): boolean {
  const inError = Object.values(vms).some(({ failed, closing }) => failed !== null && !closing);
  if (inError) return true;
  for (const [, { kind }] of fences.pending.entries()) if (kind === 'software') return true;
  return Object.keys(queues.sleepers).length > 0;
}

/** The queue of a preempt fence may go on running: then nobody asked for it. */
const isIdlePreempt = ({ queues }: Known, fence: string, isEnabled: boolean): boolean =>
  !isEnabled && queues.queues[contextOf(fence).replace(/\/preempt$/, '')] !== undefined;

export const fencesAllSignal = invariant({
  id: 'I11',
  says: 'Every fence signals in the end: on success, on error, on close, on reset, and of calls without ops.',
  source: '6.11',
  shows:
    'all at the end of a run; excused: a software fence nobody signals, a VM left in error, a run that hangs for another reason, the preempt fence of a queue that nobody asked to suspend',
  start: null,
  on: {},
  over: (_own, known) => {
    if (isExcused(known)) return null;
    for (const [fence, { kind, enabled }] of known.fences.pending.entries()) {
      if (kind === 'preempt' && isIdlePreempt(known, fence, enabled)) continue;
      return `${fence} never signals`;
    }
    return null;
  },
});

interface Starts {
  /** asynchronous fence -> its call */
  readonly calls: KeyMap<string>;
  /** calls that the worker has finished with; only while the log has no `fence.started` */
  readonly finished: KeyMap<true>;
  readonly hasStarts: boolean;
}

export const startedFirst = invariant<Starts>({
  id: 'I17',
  says: 'An asynchronous fence is started before it signals, or with it; nobody waits for started on a fence that has signalled.',
  source: '6.17, 2.8 wait-start',
  shows:
    'all; in a log without any fence.started the end of the worker’s part (bind.finished) stands for it; a closing VM starts what it flushes',
  start: { calls: KeyMap.empty(), finished: KeyMap.empty(), hasStarts: false },
  on: {
    'fence.created': (own, { fence, kind }, _known, { facts }) => {
      if (kind !== 'async-op') return own;
      const accepted = facts.find((fact) => fact.type === 'bind.accepted');
      const call = accepted === undefined ? '' : `${accepted.vm} ${accepted.call}`;
      return { ...own, calls: own.calls.set(fence, call) };
    },
    'fence.started': (own) => (own.hasStarts ? own : { ...own, hasStarts: true }),
    'bind.finished': (own, { vm, call }) =>
      own.hasStarts ? own : { ...own, finished: own.finished.set(`${vm} ${call}`, true) },
    'fence.signaled': (own, { fence }, { fences, vms, queues }, { facts }) => {
      const call = own.calls.get(fence);
      if (call === undefined) return own;
      const next = { ...own, calls: own.calls.delete(fence) };
      const isSlept = Object.values(queues.sleepers).some((ons) =>
        ons.includes(`started:${fence}`),
      );
      const isStarted =
        fences.pending.get(fence)?.started === true ||
        facts.some((fact) => fact.type === 'fence.started' && fact.fence === fence);
      if (isStarted) return next;
      if (isSlept) return new Broken(next, `${fence} signals, and somebody waits for its start`);
      const isTaken = own.finished.has(call) && !own.hasStarts;
      const isClosing = vms[call.split(' ')[0] ?? '']?.closing === true;
      return isTaken || isClosing ? next : new Broken(next, `${fence} signals and never started`);
    },
    'wait.began': (own, { on, by }, { fences }) => {
      if (!on.startsWith('started:')) return own;
      const fence = on.slice('started:'.length);
      if (fences.pending.has(fence)) return own;
      return new Broken(own, `${by} waits for the start of ${fence}, which has signalled`);
    },
  },
});
