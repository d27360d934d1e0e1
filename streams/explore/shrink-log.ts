/**
 * A log made small: the schedule and the scenario that it runs in, in turns, until neither gets smaller; then the
 * smallest schedule of what is left, proved where the states are few enough. A part of the scenario may go if the
 * problem is still there, in no more steps: the schedule is followed, and what is not possible without the part is
 * passed over; if that shows nothing, a few random runs are tried.
 */
import type { Path } from '../../domain/scenario/problem.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { ended } from './ended.ts';
import { begin, type FromLog, judgeOf } from './from-log.ts';
import { Random } from './random.ts';
import { follow, kindOf } from './schedule/follow.ts';
import { namesIn, sameAs } from './schedule/same.ts';
import {
  foundBy,
  foundOf,
  type Found,
  ScheduleShrinker,
  type ShrinkOptions,
  smallest,
} from './schedule/shrink.ts';
import { isSmaller, type Schedule } from './schedule/size.ts';
import { type Cut, cutAt, cutUnbegun, sizeAt } from './shrink-scenario/cut.ts';
import { choicesWithout, type Owner, ownersOf } from './shrink-scenario/owners.ts';
import { drawnRun, type DrawnRun } from './shrink-scenario/drawn.ts';
import { membersOf, placesOf, WHOLES } from './shrink-scenario/parts.ts';
import { isSound } from './shrink-scenario/sound.ts';
import {
  at,
  type Subject,
  subjectOf,
  withoutMembers,
  withValue,
} from './shrink-scenario/subject.ts';
import { smallerValues } from './shrink-scenario/values.ts';
import type { Explored, WorldSystem } from './world-system.ts';

export interface SmallLog extends Schedule {
  readonly scenario: Scenario;
  readonly problem: string;
  /** no schedule of this scenario shows it in fewer steps, or in as many with fewer switches */
  readonly isMinimal: boolean;
}

export interface SmallLogOptions extends Omit<ShrinkOptions, 'isIt'> {
  /** only the schedule gets smaller */
  readonly keepsScenario?: boolean;
}

/** How far it is; the best so far. */
export interface Shrinking {
  readonly doing: 'schedule' | 'scenario' | 'states';
  /** schedules tried, or states of a search */
  readonly count: number;
}

/** How much is tried to see whether a smaller scenario shows the problem. */
interface Effort {
  /** a client is left out with what it did, or not at all, and never the step that shows the problem */
  readonly isCoarse: boolean;
  /** random runs, where the schedule shows nothing */
  readonly walks: number;
}

interface Best {
  readonly subject: Subject;
  readonly system: WorldSystem;
  readonly found: Found<Explored>;
}

const QUICK: Effort = { isCoarse: true, walks: 0 };
const PLAIN: Effort = { isCoarse: false, walks: 0 };
const WALKING: Effort = { isCoarse: false, walks: 3 };
const SEED = '0x3';

export class LogShrinker {
  tried = 0;
  isMinimal = false;
  /** the log's own schedule, up to the problem */
  readonly given: Schedule;
  readonly #log: FromLog;
  readonly #options: SmallLogOptions;
  readonly #same: (problem: string) => boolean;
  readonly #random = new Random(SEED);
  #best: Best;
  readonly #inVain = new Set<string>();
  readonly #maxAnswers: number;

  constructor(log: FromLog, options: SmallLogOptions) {
    this.#log = log;
    this.#options = options;
    this.#same = sameAs(log.problem, namesIn(log.scenario));
    const found = foundBy(log.system, log.choices);
    this.#best = { subject: subjectOf(log.scenario), system: log.system, found };
    this.#maxAnswers = found.answers;
    this.given = found;
  }

  get best(): SmallLog {
    const { subject, found } = this.#best;
    const { choices, switches, answers, problem } = found;
    const { isMinimal } = this;
    return { scenario: subject.scenario, choices, switches, answers, problem, isMinimal };
  }

  get isSpent(): boolean {
    return this.tried >= this.#options.maxTries;
  }

  /** Yields now and then, so that it can be watched and left. */
  *run(): Generator<Shrinking> {
    const { keepsScenario = false, maxStates } = this.#options;
    // whole clients and steps first: a schedule of what is left costs much less to shrink
    if (!keepsScenario) yield* this.#cutCoarsely();
    let walked: readonly string[] = [];
    for (let before: Best | null = null; before !== this.#best;) {
      yield* this.#shrinkSchedule(before !== null);
      before = this.#best;
      // random runs are tried once for each schedule
      const { choices } = before.found;
      if (!keepsScenario) yield* this.#shrinkScenario(choices === walked ? PLAIN : WALKING);
      walked = this.#best.found.choices;
      if (before !== this.#best) continue;
      // states of worlds with latencies are not told apart
      if (maxStates > 0 && this.#log.isAtOnce && !this.isMinimal) yield* this.#prove(maxStates);
    }
  }

  *#shrinkSchedule(isFine: boolean): Generator<Shrinking> {
    const { subject, system, found } = this.#best;
    const maxTries = this.#options.maxTries - this.tried;
    const options = { maxTries, maxStates: 0, isIt: this.#isItIn(subject) };
    const shrinker = new ScheduleShrinker(system, found, options);
    const { tried } = this;
    for (const step of shrinker.run(isFine)) {
      this.tried = tried + step.tried;
      if (isSmaller(step.best, this.#best.found)) this.#take({ subject, system, found: step.best });
      yield { doing: 'schedule', count: this.tried };
    }
  }

  *#prove(maxStates: number): Generator<Shrinking> {
    const { subject, system, found } = this.#best;
    const isIt = this.#isItIn(subject);
    const search = smallest(system, found, { maxStates, maxAnswers: this.#maxAnswers, isIt });
    for (let next = search.next(); ; next = search.next()) {
      if (next.done !== true) {
        yield { doing: 'states', count: next.value };
        continue;
      }
      if (next.value === null) return;
      if (isSmaller(next.value, found)) this.#take({ subject, system, found: next.value });
      this.isMinimal = true;
      return;
    }
  }

  /** Whole clients, what was never begun, then steps of clients. */
  *#cutCoarsely(): Generator<Shrinking> {
    yield* this.#cutWholes(['clients'], QUICK);
    yield* this.#attempt('unbegun', () => cutUnbegun(this.#best.subject, this.#owners()), QUICK);
    yield* this.#cutWholes(['clients.*'], QUICK);
  }

  *#shrinkScenario(effort: Effort): Generator<Shrinking> {
    yield* this.#cutWholes(WHOLES, effort);
    for (const path of membersOf(this.#best.subject.scenario)) {
      const [name, place] = [path[path.length - 1], path.slice(0, -1)];
      if (at(this.#best.subject.scenario, path) === undefined) continue;
      const cut = (): Cut => {
        const subject = withoutMembers(this.#best.subject, place, [String(name)]);
        return { subject, isGone: null };
      };
      yield* this.#attempt(path.join(), cut, effort);
    }
    for (const [path, value] of smallerValues(this.#best.subject.scenario)) {
      if (at(this.#best.subject.scenario, path) === undefined) continue;
      const cut = (): Cut => {
        return { subject: withValue(this.#best.subject, path, value), isGone: null };
      };
      yield* this.#attempt(`${path.join()}=${String(value)}`, cut, effort);
    }
  }

  *#cutWholes(patterns: readonly string[], effort: Effort): Generator<Shrinking> {
    for (const pattern of patterns) {
      for (const path of placesOf(this.#best.subject.scenario, pattern.split('.'))) {
        yield* this.#cutWhole(path, effort);
      }
    }
  }

  /** By halves, then one by one. */
  *#cutWhole(path: Path, effort: Effort): Generator<Shrinking> {
    const sizeNow = (): number => sizeAt(this.#best.subject, path);
    for (let size = sizeNow(); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < sizeNow();) {
        const name = `${path.join()} ${from} ${size}`;
        const cut = (): Cut => cutAt(this.#best.subject, path, from, size);
        if (!(yield* this.#attempt(name, cut, effort))) from += size;
      }
    }
  }

  /**
   * Whether a smaller scenario shows the problem in no more steps; it then is the best.
   * @param name of the cut: one that was in vain is not tried again before something else has changed
   */
  *#attempt(name: string, cut: () => Cut, effort: Effort): Generator<Shrinking, boolean> {
    if (this.isSpent || this.#inVain.has(name)) return false;
    const { subject, isGone } = cut();
    if (subject !== null && !(effort.isCoarse && isGone !== null && this.#showsIn(isGone))) {
      this.tried += 1;
      yield { doing: 'scenario', count: this.tried };
      const system = this.#systemOf(subject);
      const found = this.#show({ subject, isGone }, system, effort);
      if (found !== null && this.#isFair(subject, found.choices)) {
        this.#take({ subject, system, found });
        return true;
      }
    }
    if (!effort.isCoarse) this.#inVain.add(name);
    return false;
  }

  #take(best: Best): void {
    this.#best = best;
    this.isMinimal = false;
    this.#inVain.clear();
  }

  /** A schedule of the scenario that shows the problem in as many steps as the best one or fewer. */
  #show(
    { subject, isGone }: Pick<Best, 'subject'> & Pick<Cut, 'isGone'>,
    system: WorldSystem,
    { isCoarse, walks }: Effort,
  ): Found<Explored> | null {
    const isIt = this.#isItIn(subject);
    const { choices } = this.#best.found;
    const maxSteps = choices.length;
    const options = { skip: true, thenUpTo: maxSteps, maxSteps };
    const isClient = sizeAt(subject, ['clients']) < sizeAt(this.#best.subject, ['clients']);
    const runs: (() => DrawnRun<Explored>)[] = [];
    if (isGone !== null) {
      runs.push(() => follow(system, choicesWithout(choices, this.#owners(), isGone), options));
    }
    if (!isCoarse || !isClient) runs.push(() => follow(system, choices, options));
    for (let i = 0; i < walks; i++) runs.push(() => drawnRun(system, this.#random, maxSteps));
    for (const run of runs) {
      const { moves, problem } = run();
      if (problem !== null && isIt(problem)) return foundOf(system, moves, problem);
    }
    return null;
  }

  /** Whose doing each step of the best schedule is. */
  #owners(): readonly (Owner | null)[] {
    const { subject, system, found } = this.#best;
    return ownersOf(system, found.moves, new Set(Object.keys(subject.scenario.clients)));
  }

  /** Whether the step that shows the problem is gone. */
  #showsIn(isGone: (owner: Owner) => boolean): boolean {
    const last = this.#owners().at(-1) ?? null;
    return this.#best.found.moves.at(-1)?.problem != null && last !== null && isGone(last);
  }

  #isFair(subject: Subject, choices: readonly string[]): boolean {
    const kind = kindOf(this.#log.problem);
    const isOfScenario = kind === 'stuck' || !/^\w+$/.test(kind);
    const systemOf = (scenario: Scenario): WorldSystem => this.#systemOf({ ...subject, scenario });
    return !isOfScenario || isSound(subject.scenario, systemOf, choices);
  }

  #systemOf(subject: Subject): WorldSystem {
    const { seed, decisions, maxAnswers, problem } = this.#log;
    const judge = judgeOf(kindOf(problem), this.#isItIn(subject));
    return begin({ scenario: subject.scenario, seed, judge, decisions, maxAnswers });
  }

  /** Whether a problem of a smaller scenario is the one that the log shows. */
  #isItIn({ origins }: Subject): (problem: string) => boolean {
    return (problem) => {
      const [place, client = '', step = ''] = /^([\w-]+), step (\d+)(?=:)/.exec(problem) ?? [];
      const origin = origins[client]?.[Number(step) - 1];
      const first = place === undefined ? '' : `${client}, step ${(origin ?? -1) + 1}`;
      return this.#same(place === undefined ? problem : first + problem.slice(place.length));
    };
  }
}

/** The same in one go. */
export function shrinkLog(log: FromLog, options: SmallLogOptions): SmallLog & { tried: number } {
  const shrinker = new LogShrinker(log, options);
  ended(shrinker.run());
  return { ...shrinker.best, tried: shrinker.tried };
}
