/** I18: nobody waits for himself. */
import { Broken, invariant } from './contract.ts';
import { KeyMap } from './key-map.ts';
import { MADE_BY } from './known/fences.ts';
import type { Known } from './known/known.ts';
import { without } from '../without.ts';
import { cycle, type Waits } from './wait-edges.ts';

const START: Waits = {
  awaited: KeyMap.empty(),
  clients: {},
  promises: KeyMap.empty(),
  actors: {},
  notifying: {},
  evictions: {},
};

/** What has signalled is over, whoever lists it. */
function awaits(
  own: Waits,
  { waits }: { readonly waits: readonly string[] },
  { fences }: Known,
): Waits {
  const awaited = waits
    .filter((fence) => fences.pending.has(fence))
    .reduce((all, fence) => all.set(fence, true), own.awaited);
  return awaited === own.awaited ? own : { ...own, awaited };
}

/** The machine that runs evictions. */
const MEMORY = 'memory';

export const noCycle = invariant<Waits>({
  id: 'I18',
  says: 'Who waits for whom (job for fence, fence for job, worker for lock, exec for start) has no cycle.',
  source: '6.18, 2.8',
  shows:
    'waits that nothing else can end: of jobs, of clients, for locks and starts; that a job waits behind the one before it; not the callbacks of a VM, which hold nobody up',
  start: START,
  on: {
    'actor.started': (own, { actor, machine }) => ({
      ...own,
      actors: { ...own.actors, [actor]: machine },
    }),
    'fence.created': (own, { fence, kind }, _known, { facts }) => {
      if (kind !== 'async-op') return own;
      const accepted = facts.find((fact) => fact.type === 'bind.accepted');
      if (accepted === undefined) return own;
      return { ...own, promises: own.promises.set(fence, `${accepted.vm} ${accepted.call}`) };
    },
    'fence.waited': (own, { fence, waiter }) => {
      if (own.actors[waiter] !== 'client') return own;
      const fences = [...(own.clients[waiter] ?? []), fence];
      return { ...own, clients: { ...own.clients, [waiter]: fences } };
    },
    'fence.signaled': (own, { fence }) => {
      const awaited = own.awaited.delete(fence);
      const promises = own.promises.delete(fence);
      return awaited === own.awaited && promises === own.promises
        ? own
        : { ...own, awaited, promises };
    },
    'userptr.invalidating': (own, { userptr }, _known, { actor }) => ({
      ...own,
      notifying: { ...own.notifying, [userptr]: actor },
    }),
    'job.queued': awaits,
    'exec.armed': awaits,
    'bind.finished': (own) => own,
    'wait.began': (own) => own,
    'lock.taken': (own, { lock, by }, _known, { facts }) => {
      if (own.actors[by] !== MEMORY) return own;
      const fences = facts.flatMap((fact) =>
        fact.type === 'fence.waited' && fact.waiter === by ? [fact.fence] : [],
      );
      return { ...own, evictions: { ...own.evictions, [lock]: fences } };
    },
    'lock.released': (own, { lock }) => {
      if (own.evictions[lock] === undefined) return own;
      return { ...own, evictions: without(own.evictions, lock) };
    },
    'step.ended': (own, { client }) => {
      if (own.clients[client] === undefined) return own;
      return { ...own, clients: without(own.clients, client) };
    },
  },
  settle: (own, { facts, seq }, known, past) => {
    for (const fact of facts) {
      const from = suspectOf(fact, own, known, past, seq);
      const way = from === null ? null : cycle(from, own, known);
      if (way !== null) return new Broken(own, `a cycle of waits: ${way}`);
    }
    return own;
  },
});

/** A node through which this fact may have closed a cycle: somebody waited for it before, and it waits now. */
export function suspectOf(
  fact: { readonly type: string },
  own: Waits,
  known: Known,
  past: Known,
  seq: number,
): string | null {
  const { type } = fact;
  if (type === 'wait.began' || type === 'lock.taken') {
    const { by, lock } = fact as unknown as { by: string; lock?: string };
    if (own.actors[by] !== MEMORY) return `actor ${by}`;
    // an eviction that sleeps holds nothing yet
    return lock === undefined ? null : `eviction ${lock}`;
  }
  if (type === 'fence.waited') {
    const { waiter } = fact as unknown as { waiter: string };
    return own.clients[waiter] === undefined ? null : `actor ${waiter}`;
  }
  if (type !== 'job.queued') return null;
  const { job, fence, waits } = fact as unknown as { job: string; fence: string; waits: string[] };
  const isNew = known.fences.pending.get(fence)?.[MADE_BY] === seq && !waits.includes(fence);
  const call = known.calls.jobs.get(job)?.call;
  const isPromised = call !== null && call !== undefined && isAwaited(call, own, known);
  return isNew && !isPromised && past !== known ? null : `job ${job}`;
}

function isAwaited(key: string, own: Waits, known: Known): boolean {
  return known.calls.calls.get(key)?.outs.some((fence) => own.awaited.has(fence)) === true;
}
