/**
 * A world as something that can be explored. Its processes are its mail queues and timers: each has one next delivery at
 * most. The decisions of a step are explored like deliveries, those of the kinds that are asked for.
 */
import type { DecisionKind } from '../../machines/contract/decisions.ts';
import { WATCHDOGS } from '../../machines/contract/watchdogs.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { choiceText, visitEnabled } from '../world/choice.ts';
import { findQueue } from '../world/mail.ts';
import type { StepRecord } from '../world/record.ts';
import { type Step, step as stepOf } from '../world/step.ts';
import { waitGraph } from '../world/wait-graph.ts';
import { waitReport } from '../world/wait-report.ts';
import { actorOf, type World } from '../world/world.ts';
import { expectations, type Judge } from './judge.ts';
import { type Member, Orbits } from './orbit.ts';
import { Keys, type StateKey } from './state-key.ts';
import { textOf } from './state-text.ts';
import type { Blocked, Move, System, Touches } from './system.ts';
import { addTouch, Objects, reading, writing } from './touches.ts';
import { noteWritten } from './written.ts';

/** A world and what its judge has made of the way to it. */
export interface Explored {
  readonly world: World;
  readonly judged: unknown;
}

export interface WorldOptions {
  readonly executor: Executor;
  readonly judge?: Judge;
  /** the record that made the world; the judge is shown it */
  readonly first?: StepRecord;
  /** kinds of decisions whose every answer is explored; none unless given: nothing fails, hardware does the first thing */
  readonly decisions?: readonly DecisionKind[];
  /** clients that are interchangeable, each with what only it uses, in classes; see orbit.ts */
  readonly interchangeable?: readonly (readonly Member[])[];
  /** see System; a mail queue is a thread of its own, and its receiver the actor, unless given */
  readonly threadOf?: (process: string) => string;
  readonly actorOf?: (process: string) => string;
}

export interface WorldSystem extends System<Explored> {
  readonly objects: Objects;
}

const TIMER = 'timer:';

class WorldMove implements Move<Explored> {
  readonly choice: string;
  readonly state: Explored;
  readonly cause: number;
  readonly isLast: boolean;
  readonly problem: string | null;
  readonly #step: Step;
  readonly #before: World;
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
    this.state = { world: taken.world, judged: judged.next };
    this.cause = taken.cause - system.firstSeq;
    this.isLast = isLast;
    this.problem = judged.problem;
    this.#step = taken;
    this.#before = before.world;
    this.#system = system;
  }

  touches(): Touches {
    return this.#system.touchesOf(this.#before, this.choice, this.#step);
  }
}

class ExploredWorld implements WorldSystem {
  readonly initial: Explored;
  readonly objects = new Objects();
  readonly judge: Judge;
  readonly firstSeq: number;
  readonly orbitKey: ((state: Explored) => StateKey) | null;
  readonly threadOf: (process: string) => string;
  readonly actorOf: (process: string) => string;
  readonly #executor: Executor;
  readonly #decisions: readonly DecisionKind[];
  readonly #keys = new Keys();

  constructor(world: World, options: WorldOptions) {
    const { executor, judge = expectations, decisions = [] } = options;
    this.threadOf = options.threadOf ?? ((process) => process);
    this.actorOf = options.actorOf ?? receiverOf;
    const { first } = options;
    const judged =
      first === undefined
        ? judge.start
        : judge.at(judge.start, { facts: first.facts, record: first }).next;
    this.initial = { world, judged };
    this.judge = judge;
    this.firstSeq = world.seq;
    this.orbitKey = this.#orbitKeyOf(options.interchangeable ?? []);
    this.#executor = executor;
    this.#decisions = decisions;
  }

  get unreducible(): string | null {
    return this.judge.hears === null ? 'a judge that does not say which steps it hears' : null;
  }

  readonly ready = ({ world }: Explored): readonly string[] => {
    const keys: string[] = [];
    visitEnabled(world, this.#executor, (key) => keys.push(key));
    return keys;
  };

  readonly moves = (state: Explored, process: string): readonly Move<Explored>[] => {
    const first = this.#move(state, process, process);
    return this.#decisions.length === 0 ? [first.move] : this.#alternatives(state, process, first);
  };

  readonly couldGo = (earlier: Explored, { world }: Explored, process: string): boolean => {
    const { timers } = earlier.world;
    if (process.startsWith(TIMER)) return timers[0]?.key === process;
    const queue = findQueue(world.queues, process);
    const type = queue?.mail[0]?.message.type;
    if (queue === undefined || type === undefined) return false;
    return this.#executor.accepts(actorOf(earlier.world, queue.to), type);
  };

  readonly blocked = ({ world }: Explored): readonly Blocked[] =>
    world.queues.map(({ key, to, mail: [head] }) => ({
      process: key,
      actor: this.objects.of('actor', to),
      cause: (head?.cause ?? 0) - this.firstSeq,
    }));

  readonly stuck = ({ world }: Explored): readonly string[] =>
    isAtRest(world) ? NOBODY : waitReport(world, waitGraph(world, this.#executor)).lines;

  readonly problemAtEnd = ({ judged }: Explored): string | null => this.judge.end(judged);

  readonly key = ({ world, judged }: Explored): StateKey =>
    this.#keys.of(world, this.judge.view(judged));

  readonly text = ({ world, judged }: Explored): string => textOf(world, this.judge.view(judged));

  touchesOf(before: World, choice: string, step: Step): Touches {
    const { objects } = this;
    const { world, facts, footprint } = step;
    const touches = [writing(objects.of('actor', footprint.actor))];
    footprint.visitReads((kind, id) => {
      addTouch(touches, reading(objects.of(kind, isWhole(kind) ? '*' : id)));
    });
    const around = {
      gts: before.shared.device.gts,
      slotsOf: (resv: string): readonly string[] =>
        (before.shared.resvs[resv] ?? []).map(({ fence }) => fence),
    };
    for (const fact of facts) {
      noteWritten(
        fact,
        (kind, id, write) => {
          const object = objects.of(kind, id);
          addTouch(touches, write ? writing(object) : reading(object));
        },
        around,
      );
    }
    if (this.judge.hears?.(step) === true) addTouch(touches, writing(objects.of('judge', '*')));
    // a timer that fires moves the clock; whoever arms or cancels one reads it
    const clock = objects.of('clock', '*');
    const isMoved = choice.startsWith(TIMER) || before.nowNs !== world.nowNs;
    if (isMoved) addTouch(touches, writing(clock));
    else if (before.timers !== world.timers) addTouch(touches, reading(clock));
    return touches;
  }

  /** @throws RangeError for members that the beginning tells apart */
  #orbitKeyOf(classes: readonly (readonly Member[])[]): ((state: Explored) => StateKey) | null {
    if (classes.length === 0) return null;
    const orbits = new Orbits(classes);
    const { world, judged } = this.initial;
    const told = orbits.told(world, this.judge.view(judged));
    if (told !== null) throw new RangeError(`${told} are not interchangeable`);
    return (state) => orbits.keyOf(state.world, this.judge.view(state.judged));
  }

  #move(state: Explored, process: string, choice: string): { move: WorldMove; taken: Step } {
    const taken = stepOf(state.world, choice, this.#executor);
    const [timer] = state.world.timers;
    const isLast = timer?.key === process && WATCHDOGS.has(timer.mail.message.type);
    return { move: new WorldMove(this, state, choice, taken, isLast), taken };
  }

  /** The step with every combination of answers: what it asks later may depend on what was answered before. */
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

/** `a>vm0` and `timer:vm0/name` both run vm0. */
function receiverOf(process: string): string {
  if (!process.startsWith(TIMER)) return process.slice(process.indexOf('>') + 1);
  return process.slice(TIMER.length, process.lastIndexOf('/'));
}

const NOBODY: readonly string[] = [];

/** What most runs end with, told quickly: nothing is left that anybody could wait for. */
function isAtRest({ queues, timers, actors, shared }: World): boolean {
  if (queues.length > 0 || timers.length > 0) return false;
  if (Object.keys(shared.sleepers).length > 0) return false;
  for (const { machine, value } of actors.states) {
    if (machine === 'client' && value !== 'done') return false;
  }
  return Object.values(shared.fences).every((fences) => {
    let isOver = true;
    fences.visit(-Infinity, Infinity, ({ result }) => (isOver = result !== null));
    return isOver;
  });
}

/** The reader notes what it looked for in these, but looks at all of them. */
const isWhole = (kind: string): boolean => kind === 'queues' || kind === 'vms';

export function worldSystem(world: World, options: WorldOptions): WorldSystem {
  return new ExploredWorld(world, options);
}
