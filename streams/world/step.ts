/**
 * The step: one choice, one message, one macrostep of one actor. `step(world, choice)` is pure; everything that
 * happens in the simulator happens here.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import { findFence, preemptOwner, resultOf, STUB } from '../../domain/fence/fence-table.ts';
import type { VtimeNs } from '../../domain/units.ts';
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
import { armTimer, cancelTimer, placeOf, post, takeHead } from './mail.ts';
import type { Json, StepRecord } from './record.ts';
import { actorOf, type Mail, type Queue, type Timer, type World } from './world.ts';

/** Which actor a step ran and which shared objects it read; what it wrote is in its facts. */
export interface Footprint {
  readonly actor: ActorId;
  /** worked out when asked for */
  readonly reads: () => ReadonlySet<string>;
  /** the same, object by object, some more than once */
  readonly visitReads: (visit: (kind: string, id: string) => void) => void;
}

export interface Step {
  readonly world: World;
  /** what happened; the same facts as in the record */
  readonly facts: readonly Fact[];
  /** the record that sent the message */
  readonly cause: number;
  /** made when it is asked for: who explores looks at few */
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
  /** nobody else has seen `queues` */
  readonly isOwn: boolean;
  readonly timers: readonly Timer[];
}

/** Takes the message of a choice out of the mail. @throws RangeError for a choice that is not there */
function take(world: World, choice: string): Delivery {
  const index = placeOf(world.queues, choice);
  if (index >= 0) {
    const { from, to, mail } = world.queues[index] as Queue;
    const queues = takeHead(world.queues, index);
    return { from, to, mail: mail[0] as Mail, queues, isOwn: true, timers: world.timers };
  }
  // one clock drives them all: none fires before the one that is due first
  const [timer] = world.timers;
  if (timer?.key !== choice) throw new RangeError(`nothing to do for ${choice}`);
  const timers = cancelTimer(world.timers, choice);
  const { actor, mail } = timer;
  return { from: actor, to: actor, mail, queues: world.queues, isOwn: false, timers };
}

interface Applied {
  readonly world: World;
  readonly facts: readonly Fact[];
  readonly sends: readonly (readonly [string, string])[];
}

/**
 * Applies the effects of a step in order. A fence that signals mails everybody who waits for it; waiting for one that
 * has signalled already mails the waiter at once, as dma_fence_add_callback's ENOENT makes its callers do.
 * @param isOwn nobody else has seen the world's queues: they may be edited in place
 */
export function applyEffects(
  world: World,
  actor: ActorId,
  seq: number,
  effects: readonly Effect[],
  isOwn = false,
): Applied {
  const facts: Fact[] = [];
  const sends: [string, string][] = [];
  const { config, actors } = world;
  let { shared, timers, nowNs } = world;
  let queues = world.queues as Queue[];
  let mayPost = isOwn;
  const mailFor = (message: Message, dueNs: number): Mail => ({ message, cause: seq, dueNs });
  const sendTo = (to: ActorId, message: Message): void => {
    const { latency, seed } = config;
    const dueNs = nowNs + latencyOf(latency, seed, message.type, seq, sends.length);
    if (!mayPost) queues = queues.slice();
    mayPost = true;
    post(queues, actor, to, mailFor(message, dueNs));
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
        const mail = mailFor(effect.message, nowNs + effect.afterNs);
        timers = armTimer(timers, { key, actor, mail });
        break;
      }
      case 'cancel':
        timers = cancelTimer(timers, `timer:${actor}/${effect.timer}`);
        break;
      case 'work':
        nowNs += effect.ns;
        break;
    }
  }
  // work puts off what the step sends, not the step itself
  const after: World = {
    config,
    seq: world.seq,
    nowNs: world.nowNs,
    actors,
    queues,
    timers,
    shared,
  };
  return { world: after, facts, sends };
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

/** A step that was taken: what is told of it is put together when somebody asks. */
class Taken implements Step {
  readonly world: World;
  readonly facts: readonly Fact[];
  readonly cause: number;
  readonly decisions: readonly Decision[];
  readonly #seq: number;
  readonly #t: VtimeNs;
  readonly #choice: string;
  readonly #delivery: Delivery;
  readonly #state: string;
  readonly #reads: Reads;
  readonly #sends: Applied['sends'];
  #record: StepRecord | null = null;

  constructor(
    seq: number,
    t: VtimeNs,
    choice: string,
    delivery: Delivery,
    state: string,
    reads: Reads,
    decisions: readonly Decision[],
    { world, facts, sends }: Applied,
  ) {
    this.world = world;
    this.facts = facts;
    this.cause = delivery.mail.cause;
    this.decisions = decisions;
    this.#seq = seq;
    this.#t = t;
    this.#choice = choice;
    this.#delivery = delivery;
    this.#state = state;
    this.#reads = reads;
    this.#sends = sends;
  }

  get record(): StepRecord {
    return (this.#record ??= {
      seq: this.#seq,
      t: this.#t,
      actor: this.#delivery.to,
      type: this.#delivery.mail.message.type,
      cause: this.cause,
      choice: this.#choice,
      data: this.#delivery.mail.message.data as unknown as { readonly [key: string]: Json },
      state: this.#state,
      facts: this.facts,
      sends: this.#sends,
    });
  }

  get footprint(): Footprint {
    const reads = this.#reads;
    return {
      actor: this.#delivery.to,
      reads: () => reads.names(),
      visitReads: (visit) => reads.visit(visit),
    };
  }
}

function answersBeyond(answers: Answers, asked: number): boolean {
  if (answers.size === 0) return false;
  for (const index of answers.keys()) if (index > asked) return true;
  return false;
}

/** One step. @throws RangeError for a choice that is not enabled, or that answers a decision which is not asked */
export function step(world: World, choice: string, executor: Executor): Step {
  const { key, answers } = parseChoice(choice);
  const delivery = take(world, key);
  const { from, to, mail, queues, isOwn, timers } = delivery;
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
  const applied = applyEffects(before, to, seq, stepped.effects, isOwn);
  return new Taken(seq, nowNs, choice, delivery, stepped.state.value, reads, decide.asked, applied);
}
