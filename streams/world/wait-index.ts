/** What the rules of waiting look up in a world, found once: who waits for a fence, whose queue a job is in, stuck mail. */
import type { Fence, FenceKey } from '../../domain/fence/fence-table.ts';
import { findFence, resultOf } from '../../domain/fence/fence-table.ts';
import type { ClientContext } from '../../machines/client/context.ts';
import type { ActorId, ExecJob, Job, Message } from '../../machines/contract/messages.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import type { Eviction, MemoryContext } from '../../machines/memory/context.ts';
import { MEMORY } from '../../machines/memory/names.ts';
import type { TlbContext } from '../../machines/tlb/context.ts';
import type { Choice } from './choice.ts';
import type { Queue, World } from './world.ts';

export type AnyJob = Job | ExecJob;

/** An actor that runs jobs in order: a bind queue (`queue` in its context) or an exec queue (`jobs`). */
export interface JobQueue {
  readonly queue: readonly AnyJob[];
  /** fences of the head job that have not signalled yet */
  readonly waitingOn: readonly FenceKey[];
}

/** Where a job is. */
export interface Queued {
  readonly owner: ActorId;
  readonly job: AnyJob;
  readonly head: AnyJob;
  readonly waitingOn: readonly FenceKey[];
}

export interface ClientState {
  readonly id: ActorId;
  readonly value: string;
  readonly context: ClientContext;
}

function jobQueueOf({ context }: ActorState): JobQueue | null {
  const {
    jobs,
    queue = jobs,
    waitingOn,
  } = context as Partial<JobQueue & { readonly jobs: readonly AnyJob[] }>;
  return Array.isArray(queue) && Array.isArray(waitingOn) ? { queue, waitingOn } : null;
}

export class WaitIndex {
  readonly world: World;
  /** actors that have something to do now: mail that their state takes, or a timer */
  readonly running: ReadonlySet<ActorId>;
  /** queues of mail whose receiver does not take the head */
  readonly heldUp: readonly Queue[];
  /** by waiter: fences that have not signalled, in the order of the table */
  readonly waitedFor: ReadonlyMap<ActorId, readonly FenceKey[]>;
  #jobs: ReadonlyMap<FenceKey, Queued> | undefined;
  #flushes: ReadonlyMap<FenceKey, ActorId> | undefined;

  constructor(world: World, choices: readonly Choice[]) {
    const keys = new Set(choices.map(({ key }) => key));
    const taken = world.queues.filter(({ key }) => keys.has(key));
    this.world = world;
    this.running = new Set([
      ...taken.map(({ to }) => to),
      ...world.timers.map(({ actor }) => actor),
    ]);
    this.heldUp = world.queues.filter(({ key }) => !keys.has(key));
    this.waitedFor = waitersIn(world);
  }

  actor(id: ActorId): ActorState | undefined {
    return this.world.actors.get(id);
  }

  fence(key: FenceKey): Fence | undefined {
    return findFence(this.world.shared.fences, key);
  }

  isPending(key: FenceKey): boolean {
    return resultOf(this.world.shared.fences, key) === null;
  }

  /** Clients that are not done, in the order of the scenario. */
  get clients(): ClientState[] {
    return this.world.actors
      .entries()
      .flatMap(([id, { machine, value, context }]) =>
        machine === 'client' && value !== 'done'
          ? [{ id, value, context: context as ClientContext }]
          : [],
      );
  }

  /** Evictions under way, in the memory manager's order. */
  get evictions(): readonly Eviction[] {
    return (this.actor(MEMORY)?.context as MemoryContext | undefined)?.evictions ?? [];
  }

  /** The job that signals this fence, or whose flush does, if it is in a queue. */
  job(fence: FenceKey): Queued | undefined {
    this.#jobs ??= jobsIn(this.world);
    return this.#jobs.get(fence);
  }

  isHeldUp(key: string): boolean {
    return this.heldUp.some((queue) => queue.key === key);
  }

  /** Mail that brings the job or the flush that signals this fence. */
  carrier(fence: FenceKey): Queue | undefined {
    return this.world.queues.find(({ mail }) =>
      mail.some(({ message }) => broughtBy(message).includes(fence)),
    );
  }

  /** Whose TLB invalidation under way signals this fence. */
  flusher(fence: FenceKey): ActorId | undefined {
    this.#flushes ??= flushesIn(this.world);
    return this.#flushes.get(fence);
  }
}

function waitersIn({ shared }: World): Map<ActorId, FenceKey[]> {
  const found = new Map<ActorId, FenceKey[]>();
  for (const fences of Object.values(shared.fences)) {
    for (const { key, waiters } of fences.values()) {
      for (const waiter of new Set(waiters)) {
        const known = found.get(waiter);
        if (known === undefined) found.set(waiter, [key]);
        else known.push(key);
      }
    }
  }
  return found;
}

function jobsIn({ actors }: World): Map<FenceKey, Queued> {
  const found = new Map<FenceKey, Queued>();
  for (const [owner, state] of actors.entries()) {
    const { queue = [], waitingOn = [] } = jobQueueOf(state) ?? {};
    const [head] = queue;
    if (head === undefined) continue;
    for (const job of queue) {
      const place = { owner, job, head, waitingOn };
      for (const fence of fencesOf(job)) found.set(fence, place);
    }
  }
  return found;
}

/** What signals once the job and its flush are done; nobody can wait for a long-running batch. */
function fencesOf(job: AnyJob): FenceKey[] {
  const flush = 'flush' in job && job.flush !== null ? [job.flush.fence] : [];
  return [...(job.fence === null ? [] : [job.fence]), ...flush];
}

/** Fences that whoever takes the message will signal. */
function broughtBy(message: Message): readonly FenceKey[] {
  switch (message.type) {
    case 'tlb.invalidate':
      return [message.data.flush.fence];
    case 'job.push':
    case 'exec.push':
      return fencesOf(message.data.job);
    default:
      return [];
  }
}

function flushesIn({ actors }: World): Map<FenceKey, ActorId> {
  const found = new Map<FenceKey, ActorId>();
  for (const [id, { machine, context }] of actors.entries()) {
    if (machine !== 'tlb') continue;
    for (const { flush } of (context as TlbContext).pending) found.set(flush.fence, id);
  }
  return found;
}
