/**
 * The kinds of things that wait or are waited for, a row each: what a node is called, what is wrong with one that waits
 * for nothing, and what sort of its kind it is (the rules of waiting tell them apart by it).
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { Step, SyncRef } from '../../domain/scenario/schema.ts';
import { captureFences } from '../../domain/fence/syncobj.ts';
import type { ClientContext } from '../../machines/client/context.ts';
import type { ActorId } from '../../machines/contract/messages.ts';
import type { WaitIndex } from './wait-index.ts';

interface KindRow {
  readonly label: (index: WaitIndex, id: string) => string;
  /** goes behind `which ` */
  readonly end: (index: WaitIndex, id: string) => string;
  readonly sort: (index: WaitIndex, id: string) => string;
}

const nameOf = (of: string | SyncRef): string =>
  typeof of === 'string'
    ? of
    : `${of.syncobj}${of.point === undefined ? '' : `@${BigInt(of.point)}`}`;

/** What a step does and what it names: `wait done`, `bind vm0`, `gpu vm0`. */
function stepText(step: Step): string {
  const [verb = '', what] = Object.entries(step)[0] ?? [];
  if (typeof what === 'string') return `${verb} ${what}`;
  if ('wait' in step || 'signal' in step) {
    return `${verb} ${nameOf('wait' in step ? step.wait : step.signal)}`;
  }
  const { vm, queue, bo, name } = what as Readonly<Partial<Record<string, string>>>;
  return [verb, vm ?? queue ?? bo ?? name].filter((each) => each !== undefined).join(' ');
}

function stepLabel(client: ActorId, index: number, step: Step | undefined): string {
  return step === undefined ? client : `${client}, step ${index + 1} (${stepText(step)})`;
}

function actorLabel(index: WaitIndex, id: ActorId): string {
  const state = index.actor(id);
  if (state === undefined) return id;
  const { machine, value, context } = state;
  if (machine !== 'client') return `${id} (${value})`;
  const { program, pc } = context as ClientContext;
  return stepLabel(id, pc, program[pc]);
}

/** Syncobjs that hold this fence now. */
function holders({ world }: WaitIndex, fence: FenceKey): string[] {
  return Object.entries(world.shared.syncobjs).flatMap(([name, syncobj]) =>
    captureFences(syncobj)?.includes(fence) === true ? [name] : [],
  );
}

function fenceLabel(index: WaitIndex, key: FenceKey): string {
  if (index.fence(key)?.kind === 'software') {
    const [holder] = holders(index, key);
    return holder === undefined
      ? `software fence ${key}`
      : `syncobj ${holder}'s software fence ${key}`;
  }
  const queued = index.job(key);
  if (queued === undefined) return `fence ${key}`;
  const { job } = queued;
  return `fence ${key} (${key === job.fence ? 'job' : 'flush of job'} ${job.id})`;
}

function fenceEnd(index: WaitIndex, key: FenceKey): string {
  const isLost = index.fence(key)?.kind === 'software' && holders(index, key).length === 0;
  return `nobody signals${isLost ? ': no syncobj holds it any more' : ''}`;
}

/** The client and the number of its step, counted from 0. */
export const stepId = (client: ActorId, step: number): string => `${client}#${step}`;

export function partsOfStep(id: string): { readonly client: ActorId; readonly step: number } {
  const [client = '', step] = id.split('#');
  return { client, step: Number(step) };
}

export const NODE_KINDS = {
  actor: {
    label: actorLabel,
    end: (index, id) => (index.running.has(id) ? 'still runs' : 'nobody wakes'),
    sort: (index, id) => index.actor(id)?.machine ?? '',
  },
  fence: {
    label: fenceLabel,
    end: fenceEnd,
    sort: (index, id) => index.fence(id)?.kind ?? '',
  },
  /** the head of a queue that its receiver does not take */
  mail: {
    label: (index, id) => {
      const head = index.heldUp.find(({ key }) => key === id)?.mail[0];
      return `message ${head?.message.type ?? ''} in ${id}`;
    },
    end: () => 'nobody takes',
    sort: () => '',
  },
  /** one eviction, by its place among those under way */
  eviction: {
    label: ({ evictions }, id) => {
      const { bo = '', client = '' } = evictions[Number(id)] ?? {};
      return `the eviction of ${bo} for ${client}`;
    },
    end: () => 'goes on',
    sort: () => '',
  },
  /** a lock that is held across steps */
  lock: {
    label: (_index, id) => `lock ${id}`,
    end: () => 'nobody holds',
    sort: () => '',
  },
  /** what somebody sleeps on that is neither a lock nor the start of a fence, `ufence:0x1000` */
  event: {
    label: (_index, id) => id,
    end: () => 'nobody brings about',
    sort: () => '',
  },
  /** a step that a client has before it */
  step: {
    label: (index, id) => {
      const { client, step } = partsOfStep(id);
      const context = index.actor(client)?.context as ClientContext | undefined;
      return stepLabel(client, step, context?.program[step]);
    },
    end: () => 'nobody reaches',
    sort: () => '',
  },
} as const satisfies Readonly<Record<string, KindRow>>;

export type NodeKind = keyof typeof NODE_KINDS;

/** An edge. */
export interface WaitFor {
  readonly kind: NodeKind;
  readonly id: string;
  /** the wait in words, without its subject; `name` is what the other end is called */
  readonly says: (name: string) => string;
}

export interface WaitRule {
  readonly of: NodeKind;
  /** only these of the kind: a machine's name, or a fence's kind; all of them without */
  readonly sort?: string;
  /** one of the edges that leave the node is enough for it to go on; otherwise it needs all */
  readonly any?: true;
  readonly waits: (index: WaitIndex, id: string) => readonly WaitFor[];
}
