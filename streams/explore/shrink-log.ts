/**
 * A log made small: the schedule and the scenario that it runs in, in turns, until neither gets smaller; then the
 * smallest schedule of what is left, proved where the states are few enough. A part of the scenario may go if the
 * problem is still there, in no more steps: the schedule is followed, and what is not possible without the part is
 * passed over; if that shows nothing, a few random runs are tried.
 */
import type { Path } from '../../domain/scenario/problem.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { begin, type FromLog, judgeOf } from './from-log.ts';
import { Random } from './random.ts';
import { follow, kindOf } from './schedule/follow.ts';
import { namesIn, sameAs } from './schedule/same.ts';
import { type Found, ScheduleShrinker, type ShrinkOptions, smallest } from './schedule/shrink.ts';
import { isSmaller, type Schedule } from './schedule/size.ts';
import { COARSE, membersOf, placesOf, WHOLES } from './shrink-scenario/parts.ts';
import { isSound } from './shrink-scenario/sound.ts';
import {
  at,
  type Subject,
  subjectOf,
  withoutElements,
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

interface Best {
  readonly subject: Subject;
  readonly system: WorldSystem;
  readonly found: Found<Explored>;
}

/** Random runs of a scenario in which the schedule shows nothing. */
const WALKS = 3;
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
  readonly #maxAnswers: number;

  constructor(log: FromLog, options: SmallLogOptions) {
    this.#log = log;
    this.#options = options;
    this.#same = sameAs(log.problem, namesIn(log.scenario));
    const { best: found } = new ScheduleShrinker(log.system, log.choices, { ...options });
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
    if (!keepsScenario) yield* this.#cutWholes(COARSE, 0);
    for (let before: Best | null = null; before !== this.#best;) {
      yield* this.#shrinkSchedule();
      before = this.#best;
      if (!keepsScenario) yield* this.#shrinkScenario();
      if (before !== this.#best) continue;
      // states of worlds with latencies are not told apart
      if (maxStates > 0 && this.#log.isAtOnce && !this.isMinimal) yield* this.#prove(maxStates);
    }
  }

  *#shrinkSchedule(): Generator<Shrinking> {
    const { subject, system, found } = this.#best;
    const maxTries = this.#options.maxTries - this.tried;
    const options = { maxTries, maxStates: 0, isIt: this.#isItIn(subject) };
    const shrinker = new ScheduleShrinker(system, found.choices, options);
    const { tried } = this;
    for (const step of shrinker.run()) {
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

  *#shrinkScenario(): Generator<Shrinking> {
    yield* this.#cutWholes(WHOLES, WALKS);
    for (const path of membersOf(this.#best.subject.scenario)) {
      const [name, place] = [path[path.length - 1], path.slice(0, -1)];
      if (at(this.#best.subject.scenario, path) === undefined) continue;
      yield* this.#attempt(withoutMembers(this.#best.subject, place, [String(name)]));
    }
    for (const [path, value] of smallerValues(this.#best.subject.scenario)) {
      if (at(this.#best.subject.scenario, path) === undefined) continue;
      yield* this.#attempt(withValue(this.#best.subject, path, value));
    }
  }

  *#cutWholes(patterns: readonly string[], walks: number): Generator<Shrinking> {
    for (const pattern of patterns) {
      for (const path of placesOf(this.#best.subject.scenario, pattern.split('.'))) {
        yield* this.#cutWhole(path, walks);
      }
    }
  }

  /** By halves, then one by one. */
  *#cutWhole(path: Path, walks: number): Generator<Shrinking> {
    const sizeNow = (): number => {
      const whole = at(this.#best.subject.scenario, path);
      return typeof whole === 'object' && whole !== null ? Object.keys(whole).length : 0;
    };
    for (let size = sizeNow(); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < sizeNow();) {
        const { subject } = this.#best;
        const whole = at(subject.scenario, path) as object;
        const cut = Array.isArray(whole)
          ? withoutElements(subject, path, from, size)
          : withoutMembers(subject, path, Object.keys(whole).slice(from, from + size));
        if (!(yield* this.#attempt(cut, walks))) from += size;
      }
    }
  }

  /** Whether a smaller scenario shows the problem in no more steps; it then is the best. */
  *#attempt(subject: Subject | null, walks = WALKS): Generator<Shrinking, boolean> {
    if (subject === null || this.isSpent) return false;
    this.tried += 1;
    yield { doing: 'scenario', count: this.tried };
    const system = this.#systemOf(subject);
    const found = this.#show(subject, system, walks);
    if (found === null || !this.#isFair(subject, found.choices)) return false;
    this.#take({ subject, system, found });
    return true;
  }

  #take(best: Best): void {
    this.#best = best;
    this.isMinimal = false;
  }

  /** A schedule of the scenario that shows the problem in as many steps as the best one or fewer. */
  #show(subject: Subject, system: WorldSystem, walks: number): Found<Explored> | null {
    const isIt = this.#isItIn(subject);
    const { choices } = this.#best.found;
    const maxSteps = choices.length;
    const options = { skip: true, thenUpTo: maxSteps, maxSteps };
    for (let run = 0; run <= walks; run++) {
      const wanted = run === 0 ? choices : this.#drawn(system, maxSteps);
      const { moves, problem } = follow(system, wanted, options);
      if (problem === null || !isIt(problem)) continue;
      const shown = moves.map(({ choice }) => choice);
      return new ScheduleShrinker(system, shown, { maxTries: 0, maxStates: 0, isIt }).best;
    }
    return null;
  }

  /** The choices of a random run. */
  #drawn(system: WorldSystem, maxSteps: number): string[] {
    const choices: string[] = [];
    let state = system.initial;
    while (choices.length < maxSteps) {
      const ready = system.ready(state);
      const process = ready[this.#random.int(ready.length)];
      const moves = process === undefined ? [] : system.moves(state, process);
      const move = moves[this.#random.int(moves.length)];
      if (move === undefined) break;
      choices.push(move.choice);
      if (move.problem !== null) break;
      ({ state } = move);
    }
    return choices;
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
  for (const step of shrinker.run()) void step;
  return { ...shrinker.best, tried: shrinker.tried };
}
