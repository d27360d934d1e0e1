/** Who will signal a fence, by its kind. The table is in wait-rules.ts. */
import { type FenceKey, preemptOwner, STUB } from '../../domain/fence/fence-table.ts';
import { captureFences } from '../../domain/fence/syncobj.ts';
import type { Step, SyncRef } from '../../domain/scenario/schema.ts';
import type { ClientContext } from '../../machines/client/context.ts';
import { type VmContext, workerOf } from '../../machines/vm/context.ts';
import type { WaitIndex } from './wait-index.ts';
import { partsOfStep, stepId, type WaitFor, type WaitRule } from './wait-nodes.ts';

export const waitsFor = (name: string): string => `waits for ${name}`;

export const fences = (index: WaitIndex, keys: readonly FenceKey[]): WaitFor[] =>
  keys.filter((key) => index.isPending(key)).map((id) => ({ kind: 'fence', id, says: waitsFor }));

/** A job's fence: the fences that the head of the queue waits for, or the head itself, or who runs it. */
export const placeInQueue: WaitRule['waits'] = (index, id) => {
  const queued = index.job(id);
  if (queued === undefined) return [];
  const { owner, job, head, waitingOn } = queued;
  if (job.fence !== null && id !== job.fence) return fences(index, [job.fence]);
  const waits = fences(index, waitingOn);
  if (job === head && waits.length > 0) return waits;
  const behind = job === head ? null : head.fence;
  return behind === null
    ? [{ kind: 'actor', id: owner, says: (name) => `is to be done by ${name}` }]
    : [{ kind: 'fence', id: behind, says: (name) => `is queued behind ${name}` }];
};

/** An invalidation whose job is done: the TLB has asked the GuC for it. */
export const flush: WaitRule['waits'] = (index, id) => {
  const flusher = index.flusher(id);
  return flusher === undefined ? [] : [{ kind: 'actor', id: flusher, says: waitsFor }];
};

/** A preempt fence: its queue signals it once it is suspended. */
export const suspension: WaitRule['waits'] = (_index, id) => [
  { kind: 'actor', id: preemptOwner(id), says: (name) => `waits for ${name} to be suspended` },
];

/** A job or an invalidation that is in the mail. */
export const inMail: WaitRule['waits'] = (index, id) => {
  const queue = index.carrier(id);
  if (queue === undefined) return [];
  return index.isHeldUp(queue.key)
    ? [{ kind: 'mail', id: queue.key, says: waitsFor }]
    : [{ kind: 'actor', id: queue.to, says: waitsFor }];
};

export const parts: WaitRule['waits'] = (index, id) => fences(index, index.fence(id)?.parts ?? []);

/** What an asynchronous fence is attached to, and its elder; else its VM, which has not heard yet that it is over. */
function attachedTo(index: WaitIndex, { id: vm, attached }: VmContext, place: number): WaitFor[] {
  const elder = attached.slice(0, place).findLast(({ result }) => result === null);
  const waits = [
    ...fences(index, [attached[place]?.real ?? STUB]),
    ...fences(index, elder === undefined ? [] : [elder.async]).map((wait): WaitFor => {
      return { ...wait, says: (name) => `signals after ${name}` };
    }),
  ];
  return waits.length > 0
    ? waits
    : [{ kind: 'actor', id: vm, says: (name) => `waits for the callback of ${name}` }];
}

/** An asynchronous fence: what it is attached to, or the worker that has not got to its call. */
export const promise: WaitRule['waits'] = (index, id) => {
  for (const [vm, { machine, context }] of index.world.actors.entries()) {
    if (machine !== 'vm') continue;
    const held = context as VmContext;
    const place = held.attached.findIndex((each) => each.async === id);
    if (place >= 0) return attachedTo(index, held, place);
    const call = held.pending.find(({ asyncFence }) => asyncFence === id);
    if (call === undefined) continue;
    const worker = workerOf(vm);
    const isAtWork = index.running.has(worker) || index.actor(worker)?.value === 'running';
    return held.error === 0 && isAtWork
      ? [{ kind: 'actor', id: worker, says: (name) => `waits for call ${call.number} in ${name}` }]
      : [
          {
            kind: 'actor',
            id: vm,
            says: (name) => `waits for call ${call.number} in the worker of ${name}`,
          },
        ];
  }
  return [];
};

const replaces = (step: Step, { syncobj }: SyncRef): boolean =>
  'bind' in step &&
  step.bind.expect === 'ok' &&
  step.bind.out.some(
    (out) => 'syncobj' in out && out.syncobj === syncobj && out.point === undefined,
  );

/**
 * The first step before a client that would signal this software fence, by what the syncobjs hold now and the client's
 * own program. What other clients may put into the syncobj until then is not foreseen.
 */
function signalAhead({ world }: WaitIndex, { program, pc }: ClientContext, fence: string): number {
  return program.findIndex((step, i) => {
    if (i <= pc || !('signal' in step)) return false;
    const syncobj = world.shared.syncobjs[step.signal.syncobj];
    if (syncobj === undefined) return false;
    const held = captureFences(syncobj, step.signal.point) ?? [];
    return (
      held.includes(fence) && !program.slice(pc + 1, i).some((each) => replaces(each, step.signal))
    );
  });
}

/** Nobody signals a software fence but a client's later step: any one of these will do. */
export const laterSignal: WaitRule['waits'] = (index, id) => {
  const steps = index.clients.flatMap(({ id: client, context }) => {
    const step = signalAhead(index, context, id);
    return step < 0 ? [] : [stepId(client, step)];
  });
  return steps.map((step) => {
    const others = steps.filter((each) => each !== step).map((each) => partsOfStep(each));
    const before = others.map(({ client, step: i }) => `${client}, step ${i + 1} or `).join('');
    return { kind: 'step', id: step, says: (name) => `only ${before}${name} would signal` };
  });
};
