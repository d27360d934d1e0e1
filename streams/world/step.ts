/**
 * The step: one choice, one message, one macrostep of one actor. `step(world, choice)` is pure; everything that
 * happens in the simulator happens here.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import { findFence, resultOf, STUB } from '../../domain/fence/fence-table.ts';
import { latencyOf } from '../../hw/latency.ts';
import type { Effect } from '../../machines/contract/effects.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import type { ActorId, Message } from '../../machines/contract/messages.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import { Reads, SharedReader } from '../../machines/shared/reader.ts';
import { armTimer, cancelTimer, findQueue, post, takeHead } from './mail.ts';
import type { Json, StepRecord } from './record.ts';
import { actorOf, type Mail, type Queue, type Timer, type World } from './world.ts';

/** Which actor a step ran and which shared objects it read; what it wrote is in its facts. */
export interface Footprint {
  readonly actor: ActorId;
  /** worked out when asked for */
  readonly reads: () => ReadonlySet<string>;
}

export interface Step {
  readonly world: World;
  readonly record: StepRecord;
  readonly footprint: Footprint;
}

interface Delivery {
  readonly from: ActorId;
  readonly to: ActorId;
  readonly mail: Mail;
  readonly queues: readonly Queue[];
  readonly timers: readonly Timer[];
}

/** Takes the message of a choice out of the mail. @throws RangeError for a choice that is not there */
function take(world: World, choice: string): Delivery {
  const queue = findQueue(world.queues, choice);
  const [head] = queue?.mail ?? [];
  if (queue !== undefined && head !== undefined) {
    const queues = takeHead(world.queues, choice);
    return { from: queue.from, to: queue.to, mail: head, queues, timers: world.timers };
  }
  // one clock drives them all: none fires before the one that is due first
  const [timer] = world.timers;
  if (timer?.key !== choice) throw new RangeError(`nothing to do for ${choice}`);
  const timers = cancelTimer(world.timers, choice);
  return { from: timer.actor, to: timer.actor, mail: timer.mail, queues: world.queues, timers };
}

interface Applied {
  readonly world: World;
  readonly facts: readonly Fact[];
  readonly sends: readonly (readonly [string, string])[];
}

/**
 * Applies the effects of a step in order. A fence that signals mails everybody who waits for it; waiting for one that
 * has signalled already mails the waiter at once, as dma_fence_add_callback's ENOENT makes its callers do.
 */
export function applyEffects(
  world: World,
  actor: ActorId,
  seq: number,
  effects: readonly Effect[],
): Applied {
  const facts: Fact[] = [];
  const sends: [string, string][] = [];
  let { shared, queues, timers } = world;
  const mailFor = (message: Message, dueNs: number): Mail => ({ message, cause: seq, dueNs });
  const sendTo = (to: ActorId, message: Message): void => {
    const { latency, seed } = world.config;
    const dueNs = world.nowNs + latencyOf(latency, seed, message.type, seq, sends.length);
    queues = post(queues, actor, to, mailFor(message, dueNs));
    sends.push([to, message.type]);
  };
  for (const effect of effects) {
    switch (effect.effect) {
      case 'fact': {
        const { fact } = effect;
        for (const [to, message] of wakeUps(shared, fact)) sendTo(to, message);
        shared = foldShared(shared, fact);
        facts.push(fact);
        break;
      }
      case 'send':
        sendTo(effect.to, effect.message);
        break;
      case 'arm': {
        const key = `timer:${actor}/${effect.timer}`;
        const mail = mailFor(effect.message, world.nowNs + effect.afterNs);
        timers = armTimer(timers, { key, actor, mail });
        break;
      }
      case 'cancel':
        timers = cancelTimer(timers, `timer:${actor}/${effect.timer}`);
        break;
    }
  }
  return { world: { ...world, shared, queues, timers }, facts, sends };
}

function wakeUps(shared: World['shared'], fact: Fact): [ActorId, Message][] {
  if (fact.type === 'fence.signaled') {
    const { fence, error } = fact;
    const message: Message = { type: 'fence.signaled', data: { fence, error } };
    return (findFence(shared.fences, fence)?.waiters ?? []).map((waiter) => [waiter, message]);
  }
  if (fact.type !== 'fence.waited') return [];
  const { fence, waiter } = fact;
  const error = fence === STUB ? 0 : resultOf(shared.fences, fence);
  return error === null ? [] : [[waiter, { type: 'fence.signaled', data: { fence, error } }]];
}

/** One step. @throws RangeError for a choice that is not enabled */
export function step(world: World, choice: string, executor: Executor): Step {
  const { from, to, mail, queues, timers } = take(world, choice);
  const actor = actorOf(world, to);
  const { type, data } = mail.message;
  if (!executor.accepts(actor, type)) throw new RangeError(`${to} takes no ${type} now`);
  const reads = new Reads();
  const nowNs = Math.max(world.nowNs, mail.dueNs);
  const shared = new SharedReader(world.shared, reads);
  const { seq } = world;
  const event = { type, data, from, nowNs, shared } as StepEvent;
  const stepped = executor.step(actor, event);
  const before: World = {
    config: world.config,
    seq: seq + 1,
    nowNs,
    actors: { ...world.actors, [to]: stepped.state },
    queues,
    timers,
    shared: world.shared,
  };
  const applied = applyEffects(before, to, seq, stepped.effects);
  const record: StepRecord = {
    seq,
    t: nowNs,
    actor: to,
    type,
    cause: mail.cause,
    choice,
    data: data as unknown as { readonly [key: string]: Json },
    state: stepped.state.value,
    facts: applied.facts,
    sends: applied.sends,
  };
  return { world: applied.world, record, footprint: { actor: to, reads: () => reads.names() } };
}
