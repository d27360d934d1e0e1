/** What I10 to I18, arrays and I8 listen to: fences, jobs, and in which order things happen. */
import { contextOf } from '../../fence/fence-table.ts';
import type { KeyMap } from '../key-map.ts';
import { callKey } from '../known/calls.ts';
import type { Known } from '../known/known.ts';
import { type Listens, type Moment, type OwnTouch, type Table } from './parts.ts';
import { callOf, jobOf, readExternals, readFences, readSlots, vmOfCall } from './reads.ts';

/** A call, and the in-fences that it may begin after. */
function readInFences(touch: OwnTouch, moment: Moment, key: string): void {
  touch.reads('call', key);
  readFences(touch, callOf(moment, key)?.request.ins ?? []);
}

/** Everything that a call has to have done: undone() of binds.ts. */
function readUndone(touch: OwnTouch, moment: Moment, key: string): void {
  readInFences(touch, moment, key);
  const vm = vmOfCall(key);
  touch.reads('stale', vm);
  touch.reads('life', vm);
  for (const { calls } of [moment.before, moment.after])
    for (const job of calls.calls.get(key)?.jobs ?? []) touch.reads('job', job);
}

const fenceAndTimeline = ({ fence }: { fence: string }, { reads }: OwnTouch): void => {
  reads('fence', fence);
  reads('timeline', contextOf(fence));
};

const engineOf = ({ engine }: { engine: string }, { reads }: OwnTouch): void => {
  reads('engine', engine);
};

interface Arrays {
  readonly parts: KeyMap<readonly string[]>;
}

/** The fences of which an array consists. */
function readParts(touch: OwnTouch, { before, after }: Moment, array: string): void {
  touch.reads('fence', array);
  const seen = after.fences.pending.get(array) ?? before.fences.pending.get(array);
  readFences(touch, seen?.parts ?? []);
}

const ARRAYS: Listens<Arrays> = {
  knows: ['fence'],
  on: {
    'fence.created': ({ parts }, touch) => {
      readFences(touch, parts);
      for (const part of parts) touch.writesOwn(part);
    },
    'fence.signaled': ({ fence }, touch, moment, own) => {
      readParts(touch, moment, fence);
      const arrays = own.parts.get(fence);
      if (arrays === undefined) {
        touch.readsOwn(fence);
        return;
      }
      touch.writesOwn(fence);
      for (const array of arrays) readParts(touch, moment, array);
    },
  },
};

const EXECS_WAIT: Listens<KeyMap<readonly string[]>> = {
  knows: ['vm', 'resv', 'fence', 'job'],
  on: {
    'exec.armed': ({ vm, job, waits }, touch, moment) => {
      touch.reads('vm', vm);
      readSlots(touch, moment, vm);
      const { type, data } = moment.record;
      const given = type === 'vm.exec' && Array.isArray(data['waits']) ? data['waits'] : [];
      readFences(touch, [...waits, ...given.filter((fence) => typeof fence === 'string')]);
      touch.writesOwn(job);
    },
    'job.started': ({ job }, touch, moment, own) => {
      touch.reads('job', job);
      touch.writesOwn(job);
      readFences(touch, own.get(job) ?? []);
      readFences(touch, jobOf(moment, job)?.waits ?? []);
    },
    'job.done': ({ job }, { writesOwn }) => {
      writesOwn(job);
    },
    'vm.cpuBound': ({ waits }, touch) => {
      readFences(touch, waits);
    },
  },
};

interface Remaps {
  readonly olds: KeyMap<true>;
  readonly open: Readonly<Record<string, readonly number[]>>;
  readonly owed: Readonly<Record<string, readonly (readonly string[])[]>>;
}

const REMAPS_ATOMIC: Listens<Remaps> = {
  knows: ['call', 'vm', 'resv', 'fence'],
  on: {
    'ops.created': ({ vm, ops }, { writesOwn }) => {
      if (ops.some(({ op }) => op === 'remap')) writesOwn(vm);
    },
    'vma.unbound': ({ vm, va }, { readsOwn, writesOwn }, _moment, own) => {
      if (own.olds.has(`${vm} ${va}`)) writesOwn(vm);
      else readsOwn(vm);
    },
    'op.executed': (fact, touch) => {
      if (fact.op !== 'remap') return;
      touch.reads('call', callKey(fact));
      touch.reads('vm', fact.vm);
      readFences(touch, fact.fences);
      touch.writesOwn(fact.vm);
    },
    'exec.armed': ({ vm }, touch, moment, own) => {
      const owed = own.owed[vm];
      if (owed === undefined) {
        touch.readsOwn(vm);
        return;
      }
      touch.writesOwn(vm);
      readSlots(touch, moment, vm);
      for (const fences of owed) readFences(touch, fences);
    },
  },
};

interface Starts {
  readonly calls: KeyMap<string>;
  readonly hasStarts: boolean;
}

/** Whether the log tells of starts: once it does, it always will. */
const STARTS = 'starts';

const STARTED_FIRST: Listens<Starts> = {
  knows: ['fence', 'sleepers', 'sleeper', 'life'],
  on: {
    'fence.created': ({ fence, kind }, { writesOwn }) => {
      if (kind === 'async-op') writesOwn(fence);
    },
    'fence.started': (_fact, { writesOwn }, _moment, own) => {
      if (!own.hasStarts) writesOwn(STARTS);
    },
    'bind.finished': (fact, { readsOwn, writesOwn }, _moment, own) => {
      if (own.hasStarts) return;
      readsOwn(STARTS);
      writesOwn(callKey(fact));
    },
    'fence.signaled': ({ fence }, touch, { before }, own) => {
      const call = own.calls.get(fence);
      if (call === undefined) {
        touch.readsOwn(fence);
        return;
      }
      touch.writesOwn(fence);
      touch.reads('fence', fence);
      touch.reads('sleepers', `started:${fence}`);
      for (const who in before.queues.sleepers) {
        if (before.queues.sleepers[who]?.includes(`started:${fence}`)) touch.reads('sleeper', who);
      }
      touch.reads('life', vmOfCall(call));
      touch.readsOwn(call);
      if (!own.hasStarts) touch.readsOwn(STARTS);
    },
    'wait.began': ({ on }, { reads }) => {
      if (on.startsWith('started:')) reads('fence', on.slice('started:'.length));
    },
  },
};

const EXTERNALS_GUARDED: Listens<null> = {
  knows: ['vm', 'space', 'bo'],
  on: {
    'exec.armed': ({ vm }, touch, { after }) => {
      touch.reads('vm', vm);
      touch.reads('space', vm);
      readExternals(touch, after.vms[vm]);
    },
  },
};

const IN_SYNCS_FIRST: Listens<unknown> = {
  knows: ['job', 'call', 'fence'],
  on: {
    'pte.written': ({ by }, touch, moment) => {
      const { job } = moment.record.data;
      if (by === 'cpu' || typeof job !== 'string') return;
      touch.reads('job', job);
      const call = jobOf(moment, job)?.call ?? null;
      if (call !== null) readInFences(touch, moment, call);
    },
    'op.executed': (fact, touch, moment) => {
      readInFences(touch, moment, callKey(fact));
    },
  },
};

const OUT_SYNCS_LAST: Listens<unknown> = {
  knows: ['promise', 'call', 'job', 'stale', 'life', 'fence'],
  on: {
    'bind.finished': (fact, touch, moment) => {
      const key = callKey(fact);
      readUndone(touch, moment, key);
      readFences(touch, callOf(moment, key)?.outs ?? []);
    },
    'fence.signaled': ({ fence, error }, touch, moment) => {
      touch.reads('promise', fence);
      const key = promisedBy(moment, fence);
      if (key !== undefined && error === 0) readUndone(touch, moment, key);
    },
  },
};

const promisedBy = ({ before, after }: Moment, fence: string): string | undefined =>
  [before, after]
    .map(({ calls }: Known) => calls.promised.get(fence))
    .find((each) => each !== undefined);

export const OF_ORDER: Table = {
  I8: EXTERNALS_GUARDED,
  I10: {
    knows: ['fence', 'timeline'],
    on: { 'fence.created': fenceAndTimeline, 'fence.signaled': fenceAndTimeline },
  },
  I11: { knows: ['fence', 'vms', 'life', 'sleeper', 'sleepers', 'queues', 'queue'], on: {} },
  I12: IN_SYNCS_FIRST,
  I13: OUT_SYNCS_LAST,
  I14: {
    knows: ['engine'],
    on: { 'job.started': engineOf, 'job.done': engineOf, 'vm.cpuBound': engineOf },
  },
  I15: EXECS_WAIT,
  I16: REMAPS_ATOMIC,
  I17: STARTED_FIRST,
  arrays: ARRAYS,
};
