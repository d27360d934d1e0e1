/**
 * The step: one choice, one message, one macrostep of one actor. `step(world, choice)` is pure; everything that
 * happens in the simulator happens here.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import { findFence, preemptOwner, resultOf, STUB } from '../../domain/fence/fence-table.ts';
import { latencyOf } from '../../hw/latency.ts';
import {
  type Answers,
  ChoiceError,
  type Decision,
  Decisions,
} from '../../machines/contract/decisions.ts';
import type { Effect } from '../../machines/contract/effects.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import type { ActorId, Message } from '../../machines/contract/messages.ts';
import { WATCHDOGS } from '../../machines/contract/watchdogs.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import { Reads, SharedReader } from '../../machines/shared/reader.ts';
import { enabled, parseChoice } from './choice.ts';
import { sleepersOf, triggerOf } from '../../machines/shared/sleepers.ts';
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
  /** what the step decided, in the order in which it asked */
  readonly decisions: readonly Decision[];
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

const NOBODY: readonly [ActorId, Message][] = [];

function wakeUps(shared: World['shared'], fact: Fact): readonly [ActorId, Message][] {
  const enabled = enableMail(shared, fact);
  if (enabled.length > 0) return enabled;
  const trigger = triggerOf(fact);
  if (trigger !== null) {
    const message: Message = { type: 'wait.over', data: { on: trigger } };
    const sleepers = sleepersOf(shared, fact);
    return sleepers.length === 0 ? NOBODY : sleepers.map((sleeper) => [sleeper, message]);
  }
  if (fact.type === 'fence.signaled') {
    const { fence, error } = fact;
    const message: Message = { type: 'fence.signaled', data: { fence, error } };
    return (findFence(shared.fences, fence)?.waiters ?? []).map((waiter) => [waiter, message]);
  }
  if (fact.type !== 'fence.waited') return NOBODY;
  const { fence, waiter } = fact;
  const error = fence === STUB ? 0 : resultOf(shared.fences, fence);
  return error === null ? [] : [[waiter, { type: 'fence.signaled', data: { fence, error } }]];
}

/** The first who waits for a preempt fence, or asks for it, has its queue told (dma_fence_ops.enable_signaling). */
function enableMail(shared: World['shared'], fact: Fact): readonly [ActorId, Message][] {
  if (fact.type !== 'fence.waited' && fact.type !== 'fence.enabled') return NOBODY;
  const { fence } = fact;
  const found = findFence(shared.fences, fence);
  if (found === undefined || found.kind !== 'preempt') return NOBODY;
  if (found.enabled || found.result !== null) return NOBODY;
  return [[preemptOwner(fence), { type: 'fence.enable', data: { fence } }]];
}

function answersBeyond(answers: Answers, asked: number): boolean {
  for (const index of answers.keys()) if (index > asked) return true;
  return false;
}

/** One step. @throws RangeError for a choice that is not enabled, or that answers a decision which is not asked */
export function step(world: World, choice: string, executor: Executor): Step {
  const { key, answers } = parseChoice(choice);
  const { from, to, mail, queues, timers } = take(world, key);
  const actor = actorOf(world, to);
  const { type, data } = mail.message;
  if (!executor.accepts(actor, type)) throw new RangeError(`${to} takes no ${type} now`);
  if (WATCHDOGS.has(type) && !enabled(world, executor).some((each) => each.key === key)) {
    throw new RangeError(`${key} fires before something that is due earlier`);
  }
  const reads = new Reads();
  const nowNs = Math.max(world.nowNs, mail.dueNs);
  const shared = new SharedReader(world.shared, reads);
  const { seq } = world;
  const decide = new Decisions(answers);
  const event = { type, data, from, nowNs, shared, decide } as StepEvent;
  const stepped = executor.step(actor, event);
  if (answersBeyond(answers, decide.asked.length))
    throw new ChoiceError(
      `${choice} answers what is not asked: this step decides ${decide.asked.length} times`,
    );
  const before: World = {
    config: world.config,
    seq: seq + 1,
    nowNs,
    actors: world.actors.with(to, stepped.state),
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
  const footprint: Footprint = { actor: to, reads: () => reads.names() };
  return { world: applied.world, record, footprint, decisions: decide.asked };
}
