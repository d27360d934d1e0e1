/**
 * A log made small: the schedule and the scenario that it runs in, in turns, until neither gets smaller; then the
 * smallest schedule of what is left, proved where the states are few enough. A part of the scenario may go if the
 * problem is still there, in no more steps (shrink-scenario/trial.ts).
 */
import type { Path } from '../../domain/scenario/problem.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { ended } from './ended.ts';
import type { FromLog } from './from-log.ts';
import { remembering } from './remembered/remembering.ts';
import { foundOf, ScheduleShrinker, type ShrinkOptions, smallest } from './schedule/shrink.ts';
import { isSmaller, type Schedule } from './schedule/size.ts';
import { type Cut, cutAt, cutUnbegun, sizeAt } from './shrink-scenario/cut.ts';
import { membersOf, placesOf, WHOLES } from './shrink-scenario/parts.ts';
import { at, subjectOf, withoutMembers, withValue } from './shrink-scenario/subject.ts';
import { type Best, ownersIn, Trial } from './shrink-scenario/trial.ts';
import { smallerValues } from './shrink-scenario/values.ts';

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

export class LogShrinker {
  tried = 0;
  isMinimal = false;
  /** the log's own schedule, up to the problem */
  readonly given: Schedule;
  readonly #log: FromLog;
  readonly #options: SmallLogOptions;
  readonly #trial: Trial;
  #best: Best;
  readonly #inVain = new Set<string>();
  readonly #maxAnswers: number;

  constructor(log: FromLog, options: SmallLogOptions) {
    this.#log = log;
    this.#options = options;
    this.#trial = new Trial(log);
    const found = foundOf(log.system, log.moves, log.problem);
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
    let shrunk = '';
    for (let before: Best | null = null; before !== this.#best;) {
      // what is left of a scenario has the same steps as a rule: then this schedule was tried to be shrunk before
      if (shrunk !== this.#schedule) yield* this.#shrinkSchedule(before !== null);
      shrunk = this.#schedule;
      before = this.#best;
      if (!keepsScenario) yield* this.#shrinkScenario();
      if (before !== this.#best) continue;
      // states of worlds with latencies are not told apart
      if (maxStates > 0 && this.#log.isAtOnce && !this.isMinimal) yield* this.#prove(maxStates);
    }
  }

  get #schedule(): string {
    return this.#best.found.choices.join(' ');
  }

  *#shrinkSchedule(isFine: boolean): Generator<Shrinking> {
    const { subject, system, found } = this.#best;
    const maxTries = this.#options.maxTries - this.tried;
    const options = { maxTries, maxStates: 0, isIt: this.#trial.isItIn(subject) };
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
    const isIt = this.#trial.isItIn(subject);
    const limits = { maxStates, maxAnswers: this.#maxAnswers, isIt };
    const search = smallest(system, found, limits, remembering(system));
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
    yield* this.#cutWholes(['clients'], true);
    yield* this.#attempt(
      'unbegun',
      () => cutUnbegun(this.#best.subject, ownersIn(this.#best)),
      true,
    );
    yield* this.#cutWholes(['clients.*'], true);
  }

  *#shrinkScenario(): Generator<Shrinking> {
    yield* this.#cutWholes(WHOLES, false);
    for (const path of membersOf(this.#best.subject.scenario)) {
      const [name, place] = [path[path.length - 1], path.slice(0, -1)];
      if (at(this.#best.subject.scenario, path) === undefined) continue;
      const cut = (): Cut => {
        const subject = withoutMembers(this.#best.subject, place, [String(name)]);
        return { subject, isGone: null };
      };
      yield* this.#attempt(path.join(), cut, false);
    }
    for (const [path, value] of smallerValues(this.#best.subject.scenario)) {
      if (at(this.#best.subject.scenario, path) === undefined) continue;
      const cut = (): Cut => {
        return { subject: withValue(this.#best.subject, path, value), isGone: null };
      };
      yield* this.#attempt(`${path.join()}=${String(value)}`, cut, false);
    }
  }

  *#cutWholes(patterns: readonly string[], isCoarse: boolean): Generator<Shrinking> {
    for (const pattern of patterns) {
      for (const path of placesOf(this.#best.subject.scenario, pattern.split('.'))) {
        yield* this.#cutWhole(path, isCoarse);
      }
    }
  }

  /** By halves, then one by one. */
  *#cutWhole(path: Path, isCoarse: boolean): Generator<Shrinking> {
    const sizeNow = (): number => sizeAt(this.#best.subject, path);
    for (let size = sizeNow(); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < sizeNow();) {
        const name = `${path.join()} ${from} ${size}`;
        const cut = (): Cut => cutAt(this.#best.subject, path, from, size);
        if (!(yield* this.#attempt(name, cut, isCoarse))) from += size;
      }
    }
  }

  /**
   * Whether a smaller scenario shows the problem in no more steps; it then is the best.
   * @param name of the cut: one that was in vain is not tried again before something else has changed
   */
  *#attempt(name: string, cut: () => Cut, isCoarse: boolean): Generator<Shrinking, boolean> {
    if (this.isSpent || this.#inVain.has(name)) return false;
    const smaller = cut();
    if (this.#trial.isWorth(this.#best, smaller, isCoarse)) {
      this.tried += 1;
      yield { doing: 'scenario', count: this.tried };
      const found = this.#trial.of(this.#best, smaller, isCoarse);
      if (found !== null) {
        this.#take(found);
        return true;
      }
    }
    if (!isCoarse) this.#inVain.add(name);
    return false;
  }

  #take(best: Best): void {
    this.#best = best;
    this.isMinimal = false;
    this.#inVain.clear();
  }
}

/** The same in one go. */
export function shrinkLog(log: FromLog, options: SmallLogOptions): SmallLog & { tried: number } {
  const shrinker = new LogShrinker(log, options);
  ended(shrinker.run());
  return { ...shrinker.best, tried: shrinker.tried };
}
