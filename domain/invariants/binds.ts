/** I12, I13 and I14: in which order binds take effect, and what their fences promise. */
import { Broken, invariant } from './contract.ts';
import { type CallSeen, callKey } from './known/calls.ts';
import { isPending } from './known/fences.ts';
import type { Known } from './known/known.ts';
import { bindText } from './text.ts';

const awaited = ({ fences }: Known, call: CallSeen): string | undefined =>
  call.request.ins.find((fence) => isPending(fences, fence));

export const inSyncsFirst = invariant<readonly string[]>({
  id: 'I12',
  says: 'No op of a call changes a page-table entry before all in-syncs of the call have signalled.',
  source: '6.12, 2.6',
  shows:
    'all: stores of the copy ring name their job, stores of the CPU stand with the op that is executed',
  // GTs that the CPU has written in this record
  start: [],
  on: {
    'pte.written': (own, { by, gt }, known, { data }) => {
      if (by === 'cpu') return [...own, gt];
      const { job: id } = data;
      const job = typeof id === 'string' ? known.calls.jobs.get(id) : undefined;
      if (job === undefined) return new Broken(own, 'an entry is written by no known job');
      const call = job.call === null ? undefined : known.calls.calls.get(job.call);
      const fence = call && awaited(known, call);
      if (fence === undefined) return own;
      return new Broken(own, `job ${job.id} writes before ${fence} has signalled`);
    },
    'op.executed': (own, fact, known) => {
      const call = known.calls.calls.get(callKey(fact));
      const fence = own.length === 0 || call === undefined ? undefined : awaited(known, call);
      if (fence === undefined) return own;
      return new Broken(
        own,
        `the CPU writes entries of ${bindText(callKey(fact))} before ${fence} has signalled`,
      );
    },
  },
  settle: (own) => (own.length === 0 ? own : []),
});

/** What of a call is not done, or null. */
function undone(key: string, known: Known): string | null {
  const { calls, jobs, stale } = known.calls;
  const call = calls.get(key);
  if (call === undefined) return null;
  const [busy] = call.jobs;
  if (busy !== undefined) {
    const state = jobs.get(busy)?.isStarted === true ? 'started' : 'queued';
    return `job ${busy} of ${bindText(key)} is ${state}`;
  }
  const left = stale.find((each) => each.call === key);
  if (left !== undefined)
    return `the TLB of ${left.gt} may still have what ${bindText(key)} unbound`;
  if (!call.isFinished) {
    return known.vms[call.vm]?.closing === true
      ? null
      : `${bindText(key)} has ops that were not executed`;
  }
  const fence = awaited(known, call);
  return fence === undefined ? null : `${bindText(key)} waits for ${fence}`;
}

/** An out-sync that has got a fence which has signalled: nothing more will be said of that one. */
function brokenPromise(key: string, known: Known): string | null {
  const fence = known.calls.calls.get(key)?.outs.find((each) => !isPending(known.fences, each));
  const what = fence === undefined ? null : undone(key, known);
  return what === null ? null : `an out-sync gets ${fence ?? ''}, which has signalled, but ${what}`;
}

export const outSyncsLast = invariant<readonly string[]>({
  id: 'I13',
  says: 'No out-sync signals before every op of its call is done, TLB invalidation included.',
  source: '6.13, 2.5, 2.14; docs/decisions/008',
  shows: 'all for syncobjs; one that signals an error promises nothing',
  // calls whose last op was executed in this record
  start: [],
  on: {
    'bind.finished': (own, fact) => [...own, callKey(fact)],
    'fence.signaled': (own, { fence, error }, known) => {
      const key = known.calls.promised.get(fence);
      const what = key === undefined || error !== 0 ? null : undone(key, known);
      return what === null ? own : new Broken(own, `${fence} signals, but ${what}`);
    },
  },
  settle: (own, _record, known) => {
    const what = own.map((key) => brokenPromise(key, known)).find((each) => each !== null);
    if (what !== undefined) return new Broken([], what);
    return own.length === 0 ? own : [];
  },
});

/** The job at the front of a queue. */
const headOf = ({ calls }: Known, engine: string): string | undefined =>
  calls.queues[engine]?.first()?.value;

export const queuesInOrder = invariant({
  id: 'I14',
  says: 'Jobs of one queue run one at a time, in the order in which they were queued; the CPU stores in their place only when none is left.',
  source: '6.14, 2.5, 2.6',
  shows:
    'the order within a queue; between queues the order is user space’s business, and I12 holds it to its fences',
  start: null,
  on: {
    'job.started': (own, { engine, job }, known) => {
      const head = headOf(known, engine);
      if (head === job) return own;
      return new Broken(own, `${job} starts before ${head ?? 'anything was queued'}`);
    },
    'job.done': (own, { engine, job }, known) =>
      headOf(known, engine) === job ? own : new Broken(own, `${job} is done out of turn`),
    'vm.cpuBound': (own, { engine, vm }, known) => {
      const head = headOf(known, engine);
      if (head === undefined) return own;
      return new Broken(own, `the CPU stores entries of ${vm}, and ${head} is not done`);
    },
  },
});
