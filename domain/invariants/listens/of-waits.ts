/** What I18 listens to: what was said of a wait, and all that the search for a cycle comes to from there. */
import { itself, type Listens, type Moment, type OwnTouch, type Table } from './parts.ts';
import { readFences } from './reads.ts';
import { waitsFor, type Waits } from '../wait-edges.ts';
import { suspectOf } from '../waits.ts';

const ACTOR = 'actor ';
const CLIENT = 'client ';
const FENCE = 'fence ';
const LOCK = 'lock ';
const USERPTR = 'userptr ';

/** What the edges of one node are found by: waitsFor() of wait-edges.ts. */
function readNode(touch: OwnTouch, node: string, own: Waits, { after }: Moment): void {
  const at = node.indexOf(' ');
  const name = node.slice(at + 1);
  const promised = (fence: string): void => {
    touch.readsOwn(FENCE + fence);
    const call = own.promises.get(fence);
    if (call !== undefined) touch.reads('call', call);
  };
  switch (node.slice(0, at)) {
    case 'job': {
      touch.reads('job', name);
      const job = after.calls.jobs.get(name);
      if (job === undefined) return;
      touch.reads('engine', job.engine);
      readFences(touch, job.waits);
      return;
    }
    case 'fence':
      touch.reads('carrier', name);
      touch.reads('fence', name);
      readFences(touch, after.fences.pending.get(name)?.parts ?? []);
      promised(name);
      return;
    case 'lock':
      touch.reads('lock', name);
      touch.readsOwn(LOCK + name);
      return;
    case 'eviction':
      touch.readsOwn(LOCK + name);
      readFences(touch, own.evictions[name] ?? []);
      return;
    default:
      touch.reads('sleeper', name);
      touch.readsOwn(CLIENT + name);
      readFences(touch, own.clients[name] ?? []);
      for (const on of after.queues.sleepers[name] ?? []) {
        const what = on.slice(on.indexOf(':') + 1);
        if (on.startsWith('userptr:')) touch.readsOwn(USERPTR + what);
        if (on.startsWith('started:')) promised(what);
      }
  }
}

/** Everything that cycle() may come to. */
function readWays(touch: OwnTouch, from: string, own: Waits, moment: Moment): void {
  const seen = new Set([from]);
  for (const node of seen) {
    readNode(touch, node, own, moment);
    for (const next of waitsFor(node, own, moment.after)) seen.add(next);
  }
}

/** What suspectOf() looks at. */
function readSuspect(
  touch: OwnTouch,
  fact: Moment['record']['facts'][number],
  { after }: Moment,
): void {
  if (fact.type === 'wait.began' || fact.type === 'lock.taken') touch.readsOwn(ACTOR + fact.by);
  if (fact.type === 'fence.waited') touch.readsOwn(CLIENT + fact.waiter);
  if (fact.type !== 'job.queued') return;
  touch.reads('fence', fact.fence);
  touch.reads('job', fact.job);
  const call = after.calls.jobs.get(fact.job)?.call ?? null;
  if (call === null) return;
  touch.reads('call', call);
  for (const fence of after.calls.calls.get(call)?.outs ?? []) touch.readsOwn(FENCE + fence);
}

function awaits(
  { waits }: { readonly waits: readonly string[] },
  touch: OwnTouch,
  { before, after }: Moment,
  own: Waits,
): void {
  readFences(touch, waits);
  for (const fence of waits) {
    if (![before, after].some(({ fences }) => fences.pending.has(fence))) continue;
    // once it is awaited it stays so until it signals
    if (own.awaited.has(fence)) touch.readsOwn(FENCE + fence);
    else touch.writesOwn(FENCE + fence);
  }
}

const NO_CYCLE: Listens<Waits> = {
  knows: ['fence', 'carrier', 'call', 'job', 'engine', 'lock', 'sleeper', 'sleepers'],
  on: {
    'actor.started': ({ actor }, { writesOwn }) => {
      writesOwn(ACTOR + actor);
    },
    'fence.created': ({ fence, kind }, { writesOwn }) => {
      if (kind === 'async-op') writesOwn(FENCE + fence);
    },
    'fence.waited': ({ waiter }, { readsOwn, writesOwn }, _moment, own) => {
      readsOwn(ACTOR + waiter);
      if (own.actors[waiter] === 'client') writesOwn(CLIENT + waiter);
    },
    'fence.signaled': ({ fence }, { readsOwn, writesOwn }, _moment, own) => {
      const isKnown = own.awaited.has(fence) || own.promises.has(fence);
      if (isKnown) writesOwn(FENCE + fence);
      else readsOwn(FENCE + fence);
    },
    'userptr.invalidating': ({ userptr }, { writesOwn }) => {
      writesOwn(USERPTR + userptr);
    },
    'job.queued': awaits,
    'exec.armed': awaits,
    'bind.finished': itself,
    'wait.began': ({ by }, { readsOwn }) => {
      readsOwn(ACTOR + by);
    },
    'lock.taken': ({ lock, by }, { readsOwn, writesOwn }, _moment, own) => {
      readsOwn(ACTOR + by);
      if (own.actors[by] === 'memory') writesOwn(LOCK + lock);
    },
    'lock.released': ({ lock }, { readsOwn, writesOwn }, _moment, own) => {
      if (own.evictions[lock] === undefined) readsOwn(LOCK + lock);
      else writesOwn(LOCK + lock);
    },
    'step.ended': ({ client }, { readsOwn, writesOwn }, _moment, own) => {
      if (own.clients[client] === undefined) readsOwn(CLIENT + client);
      else writesOwn(CLIENT + client);
    },
  },
  settle: (touch, moment, _own, next) => {
    const { record, before, after } = moment;
    for (const fact of record.facts) {
      readSuspect(touch, fact, moment);
      const from = suspectOf(fact, next, after, before, record.seq);
      if (from !== null) readWays(touch, from, next, moment);
    }
  },
};

export const OF_WAITS: Table = { I18: NO_CYCLE };
