/**
 * VM_BIND calls and the jobs of all queues, as facts tell: which fences a call was given and has promised, which jobs
 * do its work, how far each of them is, and what the TLBs have to forget before the call is done.
 */
import type { Fact, FactOf } from '../../facts/schema.ts';
import type { FenceKey } from '../../fence/fence-table.ts';
import type { OrderedMap } from '../../ordered-map.ts';
import type { Page } from '../../units.ts';
import { KeyMap } from '../key-map.ts';
import type { Request } from './asked.ts';

export type OpSeen = FactOf<'ops.created'>['ops'][number];

export interface CallSeen {
  readonly vm: string;
  readonly number: number;
  readonly request: Request;
  /** what the out-syncs hold */
  readonly outs: readonly FenceKey[];
  readonly ops: readonly OpSeen[];
  readonly executed: number;
  /** jobs that are not done */
  readonly jobs: readonly string[];
  /** `index gt`: whose entries a job or the CPU has cleared */
  readonly unbound: readonly string[];
  readonly isAccepted: boolean;
  readonly isFinished: boolean;
}

/** See MADE_BY of fences.ts. */
export const PLACE: unique symbol = Symbol('place');

export interface JobSeen {
  readonly id: string;
  readonly engine: string;
  /** its place in the queue; places begin anew when it is empty, so they are no part of a state's identity */
  readonly [PLACE]: number;
  readonly fence: FenceKey | null;
  readonly waits: readonly FenceKey[];
  /** of a bind call: which, and which op of it */
  readonly call: string | null;
  readonly index: number;
  readonly isStarted: boolean;
}

/** Translations that have to be forgotten once the entries are gone. */
export interface Stale {
  readonly call: string;
  readonly job: string | null;
  readonly gt: string;
  readonly vm: string;
  readonly addr: Page;
  readonly range: Page;
  readonly isGone: boolean;
}

export interface CallsSeen {
  /** by `vm call`; gone when all that it promised has come true */
  readonly calls: KeyMap<CallSeen>;
  /** jobs that are not done */
  readonly jobs: KeyMap<JobSeen>;
  /** by queue: its jobs that are not done, by place */
  readonly queues: Readonly<Record<string, OrderedMap<string>>>;
  /** pending fences that carry a job's end */
  readonly carriers: KeyMap<string>;
  /** out-sync fence -> its call */
  readonly promised: KeyMap<string>;
  readonly stale: readonly Stale[];
  /** ioctls that came in and were neither accepted nor refused yet, by VM */
  readonly asked: Readonly<Record<string, readonly Request[]>>;
  /** of the record that is being folded: jobs queued, and GTs written by the CPU, since the last op */
  readonly fresh: readonly string[];
  readonly written: readonly string[];
}

export const NO_CALLS_SEEN: CallsSeen = {
  calls: KeyMap.empty(),
  jobs: KeyMap.empty(),
  queues: {},
  carriers: KeyMap.empty(),
  promised: KeyMap.empty(),
  stale: [],
  asked: {},
  fresh: [],
  written: [],
};

export const callKey = ({ vm, call }: { vm: string; call: number }): string => `${vm} ${call}`;
const NONE: readonly never[] = [];
const NOTHING_ASKED: Request = { async: false, ops: [], ins: [] };

function withCall(seen: CallsSeen, key: string, change: (old: CallSeen) => CallSeen): CallsSeen {
  const old = seen.calls.get(key);
  return old === undefined ? seen : { ...seen, calls: seen.calls.set(key, change(old)) };
}

export function opsCreated(seen: CallsSeen, fact: FactOf<'ops.created'>): CallsSeen {
  const key = callKey(fact);
  const { vm, call: number, ops } = fact;
  const known = seen.calls.get(key) ?? emptyCall(seen, vm, number);
  return {
    ...seen,
    calls: seen.calls.set(key, { ...known, ops: [...known.ops, ...ops] }),
  };
}

function emptyCall(seen: CallsSeen, vm: string, number: number): CallSeen {
  const request = seen.asked[vm]?.[0] ?? NOTHING_ASKED;
  return {
    vm,
    number,
    request,
    outs: [],
    ops: [],
    executed: 0,
    jobs: [],
    unbound: [],
    isAccepted: false,
    isFinished: false,
  };
}

const heard = ({ asked }: CallsSeen, vm: string): CallsSeen['asked'] => ({
  ...asked,
  [vm]: (asked[vm] ?? []).slice(1),
});

/** A RESTART is done when it is through the checks, and is no call. */
export const restarted = (seen: CallsSeen, vm: string): CallsSeen => ({
  ...seen,
  asked: heard(seen, vm),
});

/** The ioctl is through the checks, or is not: either way it is asked for no longer. */
export function answered(
  seen: CallsSeen,
  fact: FactOf<'bind.accepted'> | FactOf<'bind.refused'> | FactOf<'bind.unwound'>,
  facts: readonly Fact[],
): CallsSeen {
  const key = callKey(fact);
  const { vm } = fact;
  const asked = heard(seen, vm);
  if (fact.type !== 'bind.accepted') return { ...seen, asked, calls: seen.calls.delete(key) };
  const call = { ...(seen.calls.get(key) ?? emptyCall(seen, vm, fact.call)), isAccepted: true };
  const next = { ...seen, asked, calls: seen.calls.set(key, call) };
  return call.request.async ? promise(next, key, facts) : next;
}

/** The fences that the out-syncs get in this record are what the call has promised. */
export function promise(seen: CallsSeen, key: string, facts: readonly Fact[]): CallsSeen {
  const outs = facts.flatMap((fact) =>
    fact.type === 'syncobj.replaced' || fact.type === 'syncobj.advanced' ? [fact.fence] : [],
  );
  const promised = outs.reduce((all, fence) => all.set(fence, key), seen.promised);
  return withCall({ ...seen, promised }, key, (old) => ({ ...old, outs }));
}

export function finishedCall(
  seen: CallsSeen,
  fact: FactOf<'bind.finished'>,
  facts: readonly Fact[],
): CallsSeen {
  const key = callKey(fact);
  const now = withCall(assigned(seen, key, null), key, (old) => ({ ...old, isFinished: true }));
  return now.calls.get(key)?.request.async === false ? promise(now, key, facts) : now;
}

/** An op failed half way: the rest of its list is never executed. */
export const failedOp = (seen: CallsSeen, fact: FactOf<'op.failed'>): CallsSeen =>
  withCall(seen, callKey(fact), (old) => ({ ...old, ops: old.ops.slice(0, old.executed) }));

/** The jobs that were queued since the last op are this op's; or those of a call without ops. */
export function assigned(seen: CallsSeen, key: string, index: number | null): CallsSeen {
  const call = seen.calls.get(key);
  if (call === undefined) return { ...seen, fresh: NONE, written: NONE };
  const jobs = seen.fresh.reduce((all, id) => {
    const job = all.get(id);
    return job === undefined ? all : all.set(id, { ...job, call: key, index: index ?? -1 });
  }, seen.jobs);
  const piece = index === null ? null : goneWith(call.ops[index]);
  // what the CPU has cleared no job takes away once more
  const cleared = piece === null ? NONE : seen.written.map((gt) => `${index ?? -1} ${gt}`);
  const next = {
    ...call,
    jobs: [...call.jobs, ...seen.fresh],
    unbound: cleared.length === 0 ? call.unbound : [...call.unbound, ...cleared],
    executed: (index ?? call.executed - 1) + 1,
  };
  const byCpu =
    piece === null || seen.written.length === 0
      ? NONE
      : [...new Set(seen.written)].map((gt) => ({
          call: key,
          job: null,
          gt,
          vm: call.vm,
          ...piece,
          isGone: true,
        }));
  return {
    ...seen,
    jobs,
    stale: byCpu.length === 0 ? seen.stale : [...seen.stale, ...byCpu],
    calls: seen.calls.set(key, next),
    fresh: NONE,
    written: NONE,
  };
}

/** What an op takes away. */
export function goneWith(op: OpSeen | undefined): { addr: Page; range: Page } | null {
  if (op === undefined || (op.op !== 'unmap' && op.op !== 'remap')) return null;
  return { addr: op.unmap.addr, range: op.unmap.range };
}
