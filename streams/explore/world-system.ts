/**
 * A world as something that can be explored. Its processes are its mail queues and timers: each has one next delivery at
 * most. The decisions of a step are explored like deliveries, those of the kinds that are asked for.
 */
import { ChoiceError, type DecisionKind } from '../../machines/contract/decisions.ts';
import type { MessageType } from '../../machines/contract/messages.ts';
import { WATCHDOGS } from '../../machines/contract/watchdogs.ts';
import type { ActorState, Executor } from '../../machines/execute/executor.ts';
import { choiceText, processOf, visitEnabled } from '../world/choice.ts';
import { findQueue } from '../world/mail.ts';
import type { StepRecord } from '../world/record.ts';
import { type Step, step as stepOf } from '../world/step.ts';
import { waitGraph } from '../world/wait-graph.ts';
import { waitReport } from '../world/wait-report.ts';
import { actorOf, type World } from '../world/world.ts';
import { hasDelays } from './at-once.ts';
import { isAtRest } from './at-rest.ts';
import { Explored } from './explored.ts';
import { expectations, type Judge } from './judge.ts';
import { type Member, Orbits } from './orbit.ts';
import { Keys, type StateKey } from './state-key.ts';
import { textOf } from './state-text.ts';
import type { Ask, Blocked, Move, Needed, Pending, System, Touches } from './system.ts';
import { Objects } from './touches.ts';
import { type Taken, TIMER, Touching } from './touching.ts';

export interface WorldOptions {
  readonly executor: Executor;
  readonly judge?: Judge;
  /** the record that made the world; the judge is shown it */
  readonly first?: StepRecord;
  /** kinds of decisions whose every answer is explored; none unless given: nothing fails, hardware does the first thing */
  readonly decisions?: readonly DecisionKind[];
  /** how many answers of a step may differ from the default at once; any number unless given */
  readonly maxAnswers?: number;
  /** clients that are interchangeable, each with what only it uses, in classes; see orbit.ts */
  readonly interchangeable?: readonly (readonly Member[])[];
  /** see System; a mail queue is a thread of its own, and its receiver the actor, unless given */
  readonly threadOf?: (process: string) => string;
  readonly actorOf?: (process: string) => string;
}

export type { Explored };

export interface WorldSystem extends System<Explored> {
  readonly usual: (state: Explored, process: string) => Move<Explored>;
  readonly objects: Objects;
  readonly judge: Judge;
  /** messages may be under way for some time: then it counts when they are due */
  readonly hasDelays: boolean;
  /** Whether an actor in this state takes such a message. */
  readonly accepts: (state: ActorState, type: MessageType) => boolean;
}

class WorldMove implements Move<Explored> {
  readonly choice: string;
  readonly state: Explored;
  readonly cause: number;
  readonly isLast: boolean;
  readonly problem: string | null;
  readonly #step: Step;
  readonly #before: Explored;
  readonly #system: ExploredWorld;

  constructor(
    system: ExploredWorld,
    before: Explored,
    choice: string,
    taken: Step,
    isLast: boolean,
  ) {
    const judged = system.judge.at(before.judged, taken);
    this.choice = choice;
    this.state = new Explored(taken.world, judged.next, before);
    this.cause = taken.cause - system.firstSeq;
    this.isLast = isLast;
    this.problem = judged.problem;
    this.#step = taken;
    this.#before = before;
    this.#system = system;
  }

  get asks(): readonly Ask[] {
    return this.#system.asksOf(this.#step);
  }

  get #taken(): Taken {
    const { choice, state } = this;
    return { choice, from: this.#before, step: this.#step, judged: state.judged };
  }

  touches(): Touches {
    return this.#system.touching.touches(this.#taken);
  }

  mergedTouches(): Touches {
    return this.#system.touching.mergedTouches(this.#taken);
  }
}

class ExploredWorld implements WorldSystem {
  readonly initial: Explored;
  readonly objects = new Objects();
  readonly touching: Touching;
  readonly judge: Judge;
  readonly firstSeq: number;
  readonly orbitKey: ((state: Explored) => StateKey) | null;
  readonly threadOf: (process: string) => string;
  readonly actorOf: (process: string) => string;
  readonly #executor: Executor;
  readonly #decisions: readonly DecisionKind[];
  readonly #maxAnswers: number;
  readonly #keys = new Keys();
  readonly hasDelays: boolean;

  constructor(world: World, options: WorldOptions) {
    const { executor, judge = expectations, decisions = [] } = options;
    this.threadOf = options.threadOf ?? ((process) => process);
    this.actorOf = options.actorOf ?? receiverOf;
    const { first } = options;
    const judged =
      first === undefined
        ? judge.start
        : judge.at(judge.start, { facts: first.facts, record: first }).next;
    this.initial = new Explored(world, judged, null);
    this.judge = judge;
    this.touching = new Touching(this.objects, judge);
    this.firstSeq = world.seq;
    this.hasDelays = hasDelays(world.config.latency);
    this.orbitKey = this.#orbitKeyOf(options.interchangeable ?? []);
    this.#executor = executor;
    this.#decisions = decisions;
    this.#maxAnswers = options.maxAnswers ?? Infinity;
  }

  get unreducible(): string | null {
    if (this.judge.hears === null) return 'a judge that does not say what it listens to';
    // a watchdog that was cancelled has races that nobody would see
    return this.hasDelays ? 'messages that are under way for longer than a time limit' : null;
  }

  readonly ready = ({ world }: Explored): readonly string[] => {
    const keys: string[] = [];
    visitEnabled(world, this.#executor, (key) => keys.push(key));
    return keys;
  };

  readonly accepts = (state: ActorState, type: MessageType): boolean =>
    this.#executor.accepts(state, type);

  readonly moves = (state: Explored, process: string): readonly Move<Explored>[] => {
    const first = this.#move(state, process, process);
    return this.#decisions.length === 0 ? [first.move] : this.#alternatives(state, process, first);
  };

  readonly usual = (state: Explored, process: string): Move<Explored> =>
    this.#move(state, process, process).move;

  readonly take = (state: Explored, choice: string): Move<Explored> | undefined => {
    const process = processOf(choice);
    if (!this.ready(state).includes(process)) return undefined;
    try {
      return this.#move(state, process, choice).move;
    } catch (error) {
      if (error instanceof ChoiceError) return undefined;
      throw error;
    }
  };

  readonly needs = ({ world }: Explored, process: string): Needed => {
    const queue = findQueue(world.queues, process);
    const head = queue?.mail[0];
    return queue === undefined || head === undefined
      ? { keeper: this.objects.of('clock', '*'), needed: TIMER }
      : { keeper: this.objects.of('actor', queue.to), needed: head.message.type };
  };

  readonly lets = ({ world }: Explored, process: string, needed: string): boolean =>
    needed === TIMER
      ? world.timers[0]?.key === process
      : this.#executor.accepts(actorOf(world, receiverOf(process)), needed as MessageType);

  readonly sent = ({ world }: Explored): readonly Pending[] => {
    const seq = world.seq - 1;
    const found: Pending[] = [];
    for (const { key, mail } of world.queues) {
      for (let i = mail.length; i > 0 && mail[i - 1]?.cause === seq; i--) {
        found.push({ process: key, place: i });
      }
    }
    for (const { key, mail } of world.timers) {
      if (mail.cause === seq) found.push({ process: key, place: 1 });
    }
    return found;
  };

  readonly blocked = ({ world: { queues, timers } }: Explored): readonly Blocked[] => [
    ...queues.map(({ key, mail: [head] }) => ({
      process: key,
      cause: (head?.cause ?? 0) - this.firstSeq,
    })),
    ...timers
      .filter(({ mail }) => !WATCHDOGS.has(mail.message.type))
      .map(({ key, mail }) => ({ process: key, cause: mail.cause - this.firstSeq })),
  ];

  readonly stuck = ({ world }: Explored): readonly string[] =>
    isAtRest(world) ? NOBODY : waitReport(world, waitGraph(world, this.#executor)).lines;

  readonly problemAtEnd = ({ judged }: Explored): string | null => this.judge.end(judged);

  readonly key = (state: Explored): StateKey =>
    this.#keys.end(
      this.hasDelays
        ? this.#keys.sum({ world: state.world, view: this.#view(state) })
        : state.sum(this.#keys, this.#judgedIn),
    );

  readonly text = (state: Explored): string => textOf(state.world, this.#view(state));

  /** The decisions of a step that are explored. */
  asksOf({ decisions }: Step): readonly Ask[] {
    if (decisions.length === 0 || this.#decisions.length === 0) return NO_ASKS;
    return decisions
      .map(({ kind, options }, i) => ({ number: i + 1, kind, options }))
      .filter(({ kind }) => this.#decisions.includes(kind));
  }

  readonly #judgedIn = ({ world, judged }: Explored): unknown =>
    this.judge.view(judged, (actor, after) => sentAfter(world, actor, after));

  /** What counts besides the parts of a world: the judge's view and, where there are delays, when mail is due. */
  #view(state: Explored): unknown {
    const view = this.#judgedIn(state);
    if (!this.hasDelays) return view;
    const { world } = state;
    return { view, due: world.queues.map(({ mail }) => mail.map(({ dueNs }) => dueNs)) };
  }

  /** @throws RangeError for members that the beginning tells apart */
  #orbitKeyOf(classes: readonly (readonly Member[])[]): ((state: Explored) => StateKey) | null {
    if (classes.length === 0) return null;
    const orbits = new Orbits(classes);
    const { world } = this.initial;
    const told = orbits.told(world, this.#view(this.initial));
    if (told !== null) throw new RangeError(`${told} are not interchangeable`);
    return (state) => orbits.keyOf(state.world, this.#view(state));
  }

  #move(state: Explored, process: string, choice: string): { move: WorldMove; taken: Step } {
    const taken = stepOf(state.world, choice, this.#executor);
    const [timer] = state.world.timers;
    const isLast = timer?.key === process && WATCHDOGS.has(timer.mail.message.type);
    return { move: new WorldMove(this, state, choice, taken, isLast), taken };
  }

  /** The step with every combination of answers, as many as may be: what it asks later may depend on what was answered before. */
  #alternatives(
    state: Explored,
    process: string,
    first: { move: WorldMove; taken: Step },
  ): readonly Move<Explored>[] {
    const found: Move<Explored>[] = [];
    const visit = (
      answers: ReadonlyMap<number, number>,
      { move, taken }: { move: WorldMove; taken: Step },
      from: number,
    ): void => {
      found.push(move);
      if (answers.size === this.#maxAnswers) return;
      taken.decisions.forEach(({ kind, options }, index) => {
        if (index < from || !this.#decisions.includes(kind)) return;
        for (let answer = 1; answer < options; answer++) {
          const next = new Map([...answers, [index + 1, answer]]);
          visit(next, this.#move(state, process, choiceText(process, next)), index + 1);
        }
      });
    };
    visit(new Map(), first, 0);
    return found;
  }
}

/** By queue: how many messages of an actor are under way that it sent after this record. */
function sentAfter(
  { queues }: World,
  actor: string,
  after: number,
): readonly (readonly [string, number])[] {
  const found: (readonly [string, number])[] = [];
  for (const { key, mail } of queues) {
    if (!key.startsWith(`${actor}>`)) continue;
    const count = mail.filter(({ cause }) => (cause ?? 0) > after).length;
    if (count > 0) found.push([key, count]);
  }
  return found;
}

/** `a>vm0` and `timer:vm0/name` both run vm0. */
function receiverOf(process: string): string {
  if (!process.startsWith(TIMER)) return process.slice(process.indexOf('>') + 1);
  return process.slice(TIMER.length, process.lastIndexOf('/'));
}

const NOBODY: readonly string[] = [];
const NO_ASKS: readonly Ask[] = [];

export function worldSystem(world: World, options: WorldOptions): WorldSystem {
  return new ExploredWorld(world, options);
}
