/** Invariants 12, 13, 14 and 30: in which order binds take effect, and what their fences promise. */
import { type BindCall, BindLedger } from './bind-ledger.ts';
import { watcher } from './invariant.ts';

/** What of a call is not done, or null. */
function undone(call: BindCall, { signaled, closing }: BindLedger): string | null {
  const { vm, number, jobs, ins, isFinished } = call;
  const which = `call ${number} of ${vm}`;
  const busy = jobs.find(({ state }) => state !== 'done');
  if (busy !== undefined) return `job ${busy.id} of ${which} is ${busy.state}`;
  const stale = jobs.find(({ gone, flushed }) => gone !== null && !flushed);
  if (stale !== undefined) return `the TLB may still have what job ${stale.id} of ${which} unbound`;
  if (!isFinished) return closing.has(vm) ? null : `${which} has ops that were not executed`;
  const awaited = ins.find((fence) => !signaled.has(fence));
  return awaited === undefined ? null : `${which} waits for ${awaited}`;
}

export const outSyncsLast = watcher<BindLedger>({
  id: 'I13',
  says: 'No out-sync signals before every op of its call is done, TLB invalidation included.',
  start: () => new BindLedger(),
  at: (ledger, record) =>
    ledger.fold(record, (fact) => {
      if (fact.type !== 'fence.signaled') return null;
      const call = ledger.promised.get(fact.fence);
      const what = call === undefined ? null : undone(call, ledger);
      return what === null ? null : `${fact.fence} signals, but ${what}`;
    }),
});

export const inSyncsFirst = watcher<BindLedger>({
  id: 'I12',
  says: 'No op of a call changes a page-table entry before all in-syncs of the call have signalled.',
  start: () => new BindLedger(),
  at: (ledger, record) =>
    ledger.fold(record, (fact) => {
      if (fact.type !== 'pte.written') return null;
      const entry = ledger.jobs.get(String(record.data['job']));
      if (entry === undefined) return 'an entry is written by no known job';
      const { call, job } = entry;
      const awaited = call.ins.find((fence) => !ledger.signaled.has(fence));
      return awaited === undefined ? null : `job ${job.id} writes before ${awaited} has signalled`;
    }),
});

export const queuesInOrder = watcher<BindLedger>({
  id: 'I14',
  says: 'Jobs of one bind queue run one at a time, in the order in which they were queued.',
  start: () => new BindLedger(),
  at: (ledger, record) => {
    // A job leaves its queue when it is done, so whoever starts or ends must be at the front before this record.
    const front = new Map([...ledger.queues].map(([engine, [head]]) => [engine, head?.id]));
    return ledger.fold(record, (fact) => {
      if (fact.type === 'job.done') {
        if (front.get(fact.engine) !== fact.job) return `${fact.job} is done out of turn`;
        front.set(fact.engine, ledger.queues.get(fact.engine)?.[0]?.id);
      }
      if (fact.type === 'job.started') {
        const head = ledger.queues.get(fact.engine)?.[0]?.id;
        if (head !== fact.job) return `${fact.job} starts before ${head ?? 'anything'} is done`;
      }
      return null;
    });
  },
});

export const callsNumbered = watcher<Map<string, number>>({
  id: 'calls',
  says: 'The calls of a VM are numbered 1, 2, 3, ... as they come in, refused ones too.',
  start: () => new Map(),
  at: (last, { facts }) => {
    for (const fact of facts) {
      const isCall =
        fact.type === 'bind.accepted' ||
        fact.type === 'bind.refused' ||
        fact.type === 'bind.unwound';
      if (!isCall) continue;
      const before = last.get(fact.vm) ?? 0;
      if (fact.call !== before + 1) return `${fact.vm}: call ${fact.call} after ${before}`;
      last.set(fact.vm, fact.call);
    }
    return null;
  },
});

interface Lives {
  readonly closing: Set<string>;
  readonly closed: Set<string>;
}

export const closedIsClosed = watcher<Lives>({
  id: 'I30',
  says: 'After a VM began to close no op of it starts; after it is closed nothing touches it.',
  start: () => ({ closing: new Set(), closed: new Set() }),
  at: ({ closing, closed }, { facts }) => {
    for (const fact of facts) {
      if (fact.type === 'vm.closing') closing.add(fact.vm);
      if (fact.type === 'vm.closed') closed.add(fact.vm);
      const isNew = fact.type === 'ops.created' || fact.type === 'op.executed';
      if (isNew && closing.has(fact.vm)) return `${fact.vm} is closing: ${fact.type}`;
      const touches =
        fact.type === 'pte.written' ||
        fact.type === 'va.mapped' ||
        (fact.type === 'access.done' && fact.outcome !== 'fault');
      if (touches && closed.has(fact.vm)) return `${fact.vm} is closed: ${fact.type}`;
    }
    return null;
  },
});
