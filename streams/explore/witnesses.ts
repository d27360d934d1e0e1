/**
 * Witnesses: things that an engineer wants to know to have happened in some schedule, because bugs live where they do. Each is
 * about one step: what it made happen, and the world that it led to. A witness breaks nothing; none of them in all
 * runs says that the scenario, or the strategy, does not go there.
 */
import { contextOf } from '../../domain/fence/fence-table.ts';
import type { Fact, FactType } from '../../domain/facts/schema.ts';
import type { BindEngineContext } from '../../machines/bind-engine/bind-engine.ts';
import { bindEngineOf } from '../../machines/vm/context.ts';
import type { ExecQueueContext } from '../../machines/exec-queue/context.ts';
import type { TlbContext } from '../../machines/tlb/context.ts';
import type { World } from '../world/world.ts';
import type { Witness } from './findings.ts';
import type { Judge } from './judge.ts';
import type { Explored } from './world-system.ts';

interface WitnessRow {
  readonly name: string;
  /** behind "in how many runs": `a rebind met an exec` */
  readonly says: string;
  /** facts that it looks at */
  readonly on: readonly FactType[];
  readonly holds: (fact: never, world: World) => boolean;
}

function row<K extends FactType>(
  name: string,
  says: string,
  on: readonly K[],
  holds: (fact: Extract<Fact, { type: K }>, world: World) => boolean = () => true,
): WitnessRow {
  return { name, says, on, holds: holds };
}

const isRebind = (fence: string): boolean => contextOf(fence).endsWith('/rebind');

/** A batch is on the GPU. */
function isJobRunning({ actors }: World): boolean {
  return actors
    .entries()
    .some(
      ([, { machine, context }]) =>
        machine === 'execQueue' && (context as ExecQueueContext).started,
    );
}

/** The VM of a bind queue, its own one or another; undefined for anything else. */
function vmOf({ shared }: World, engine: string): string | undefined {
  const queue = shared.queues[engine];
  if (queue !== undefined) return queue.kind === 'bind' ? queue.vm : undefined;
  return Object.keys(shared.vms).find((vm) => bindEngineOf(vm) === engine);
}

/** Both are bind queues of one VM. */
function isOtherQueue(world: World, other: string, engine: string): boolean {
  const vm = vmOf(world, engine);
  return vm !== undefined && other !== engine && vmOf(world, other) === vm;
}

/** Another bind queue of the same VM stands still until a fence signals. */
function isOtherHeld(world: World, engine: string): boolean {
  return world.actors
    .entries()
    .some(
      ([id, { machine, context }]) =>
        machine === 'bindEngine' &&
        isOtherQueue(world, id, engine) &&
        (context as BindEngineContext).waitingOn.length > 0,
    );
}

/** TLB invalidations of a GT that nobody has acknowledged. */
function underWay({ actors }: World, gt: string): number {
  const { pending } = (actors.get(`${gt}/tlb`)?.context ?? { pending: [] }) as TlbContext;
  return pending.filter(({ end }) => end === null).length;
}

/** A fence of this kind has not signalled. */
function isPending({ shared }: World, kinds: readonly string[]): boolean {
  return Object.values(shared.fences).some((fences) => {
    let found = false;
    fences.visit(-Infinity, Infinity, ({ kind, result }) => {
      found = result === null && kinds.includes(kind);
      return !found;
    });
    return found;
  });
}

export const WITNESSES: readonly WitnessRow[] = [
  row('rebind-exec', 'a rebind met an exec: the job waits for it', ['exec.armed'], ({ waits }) =>
    waits.some(isRebind),
  ),
  row('bind-failed', 'a bind failed after it was let in', [
    'bind.unwound',
    'bind.stopped',
    'op.failed',
    'vm.errored',
  ]),
  row('move-under-job', 'a buffer moved while a job was on the GPU', ['bo.moved'], (_, world) =>
    isJobRunning(world),
  ),
  row(
    'queue-overtakes',
    'a bind queue finished a job while another one of its VM was held by a fence',
    ['job.done'],
    ({ engine }, world) => isOtherHeld(world, engine),
  ),
  row(
    'range-wait',
    "a bind's job had to wait for a job of another bind queue",
    ['job.queued'],
    ({ engine, waits }, world) =>
      waits.some((fence) => isOtherQueue(world, contextOf(fence), engine)),
  ),
  row(
    'tlb-overlap',
    'two TLB invalidations of a GT were under way at once',
    ['tlb.requested'],
    ({ gt }, world) => underWay(world, gt) > 1,
  ),
  row('tlb-timeout', 'a TLB invalidation timed out', ['tlb.timedOut']),
  row('reset-in-flight', 'a GT was reset with binds or jobs in flight', ['gt.reset'], (_, world) =>
    isPending(world, ['bind-job', 'exec-job', 'invalidation']),
  ),
  row('userptr-retry', 'an exec started anew because userptr pages went', ['exec.retried']),
  row(
    'notifier-bound',
    'userptr pages went while a bind was in flight',
    ['userptr.invalidating'],
    (_, world) => isPending(world, ['bind-job']),
  ),
  row('preempted', 'a compute queue was suspended', ['queue.suspended']),
  row('rebind-retry', 'the rebind worker had to begin anew', ['rebind.retried']),
  row('close-in-flight', 'a VM was closed with binds in flight', ['vm.closing'], (_, world) =>
    isPending(world, ['bind-job', 'async-op']),
  ),
  row(
    'gpu-fault',
    'an access of the GPU faulted',
    ['access.done'],
    ({ outcome }) => outcome === 'fault',
  ),
  row('lock-slept', 'somebody slept for a lock', ['wait.began'], ({ on }) =>
    on.startsWith('lock:'),
  ),
  row('job-timeout', 'a job timed out', ['job.timedOut']),
];

export const WITNESS_NAMES: readonly string[] = WITNESSES.map(({ name }) => name);

interface Shown {
  readonly judged: unknown;
  readonly facts: readonly Fact[];
}

/** The judge, remembering what the last step made happen; that is no part of a state's identity. */
export function showing(judge: Judge): Judge {
  const { start, at, end, view, hears } = judge;
  const inner = (judged: unknown): unknown => (judged as Shown).judged;
  return {
    start: { judged: start, facts: [] } satisfies Shown,
    at: (judged, step) => {
      const { next, problem } = at(inner(judged), step);
      return { next: { judged: next, facts: step.facts } satisfies Shown, problem };
    },
    end: (judged) => end(inner(judged)),
    view: (judged, sent) => view(inner(judged), sent),
    hears:
      hears &&
      (({ step, before, after }, note) => {
        hears({ step, before: inner(before), after: inner(after) }, note);
      }),
  };
}

/** Those of these names, for systems whose judge is {@link showing}. */
export function witnessesOf(
  names: readonly string[],
): readonly Witness<Pick<Explored, 'world' | 'judged'>>[] {
  return WITNESSES.filter(({ name }) => names.includes(name)).map(({ name, on, holds }) => ({
    name,
    isOfStep: true,
    holds: ({ world, judged }) =>
      (judged as Shown).facts.some((fact) => on.includes(fact.type) && holds(fact as never, world)),
  }));
}
