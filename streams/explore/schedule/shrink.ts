/**
 * A smaller schedule that shows the same problem. First by delta debugging (Zeller and Hildebrandt, TSE 2002): all that
 * the last step does not rest on goes at once, then parts of the schedule, then answers, and a switch between actors is
 * saved by letting a step follow an earlier one of its actor; what is then not possible is passed over. Then, where the
 * states are few enough, the smallest one, proved (minimal.ts). No step before the first change is taken again.
 */
import { processOf } from '../../world/choice.ts';
import { ended } from '../ended.ts';
import { follow, type FollowOptions } from './follow.ts';
import { minimalSearch, type MinimalOptions } from './minimal.ts';
import { sameKind } from './same.ts';
import { answersIn, isSmaller, type Schedule, scheduleOf } from './size.ts';
import { sliceOf } from './slice.ts';
import type { Move, System } from '../system.ts';

export interface Shrunk extends Schedule {
  readonly problem: string;
  /** no schedule with as few answers as the given one shows it in fewer steps, or in as many with fewer switches */
  readonly isMinimal: boolean;
  /** schedules tried */
  readonly tried: number;
}

export interface ShrinkOptions {
  /** states up to which the smallest is looked for, 0: not at all */
  readonly maxStates: number;
  /** schedules that delta debugging tries at most */
  readonly maxTries: number;
  /** whether a problem is the one to be kept; the same kind unless given */
  readonly isIt?: (problem: string) => boolean;
}

/** A schedule that shows the problem, step by step. */
export interface Found<S> extends Schedule {
  readonly moves: readonly Move<S>[];
  readonly problem: string;
}

/** How far a shrinking is; the last one is the best so far. */
export interface Shrinking<S> {
  readonly tried: number;
  /** of a search over states: how many it has */
  readonly states: number;
  readonly best: Found<S>;
}

export class ScheduleShrinker<S> {
  tried = 0;
  best: Found<S>;
  readonly #system: System<S>;
  readonly #isIt: (problem: string) => boolean;
  readonly #most: number;

  constructor(system: System<S>, found: Found<S>, options: ShrinkOptions) {
    this.#system = system;
    this.#isIt = options.isIt ?? sameKind(found.problem);
    this.#most = options.maxTries;
    this.best = found;
  }

  get isSpent(): boolean {
    return this.tried >= this.#most;
  }

  /** Whether the first `keep` steps and then these choices show the problem, smaller than the best; it then is the best. */
  try(keep: number, choices: readonly string[]): boolean {
    this.tried += 1;
    const { moves, choices: known } = this.best;
    const left = known.length - keep;
    const options: FollowOptions = { skip: true, thenUpTo: left, maxSteps: left };
    const from = keep === 0 ? this.#system.initial : moves[keep - 1]?.state;
    const { moves: after, problem } = follow(this.#system, choices, options, from);
    if (problem === null || !this.#isIt(problem)) return false;
    const found = foundOf(this.#system, [...moves.slice(0, keep), ...after], problem);
    if (!isSmaller(found, this.best)) return false;
    this.best = found;
    return true;
  }

  /**
   * Until nothing finds anything any more; yields after every try.
   * @param isFine no large part is tried: it is known that none can go
   */
  *run(isFine = false): Generator<Shrinking<S>> {
    let before: Found<S> | null = null;
    while (before !== this.best && !this.isSpent) {
      const first = before === null && !isFine ? Math.ceil(this.best.choices.length / 2) : 1;
      before = this.best;
      if (first > 1) yield* this.#slice();
      yield* this.#leaveOut(first);
      yield* this.#leaveAnswers();
      yield* this.#joinEarlier();
      yield* this.#joinLater();
    }
  }

  get progress(): Shrinking<S> {
    return { tried: this.tried, states: 0, best: this.best };
  }

  /** Leaves out at once all that the last step does not rest on. */
  *#slice(): Generator<Shrinking<S>> {
    const { moves, choices } = this.best;
    this.try(
      0,
      sliceOf(moves).map((i) => choices[i] ?? ''),
    );
    yield this.progress;
  }

  /** Leaves out parts, from so many steps down to single ones, until no part can go. */
  *#leaveOut(first: number): Generator<Shrinking<S>> {
    let size = first;
    for (let isOver = false; !isOver; size = Math.ceil(size / 2)) {
      isOver = size <= 1;
      for (let at = 0; at < this.best.choices.length && !this.isSpent;) {
        if (!this.try(at, this.best.choices.slice(at + size))) at += size;
        else isOver = false;
        yield this.progress;
      }
      if (this.isSpent) return;
    }
  }

  /** Lets steps decide what they decide by default. */
  *#leaveAnswers(): Generator<Shrinking<S>> {
    for (let at = 0; at < this.best.choices.length && !this.isSpent; at++) {
      const choice = this.best.choices[at] ?? '';
      if (answersIn(choice) === 0) continue;
      const rest = this.best.choices.slice(at + 1);
      for (const fewer of fewerAnswers(choice)) {
        const isFound = this.try(at, [fewer, ...rest]);
        yield this.progress;
        if (isFound) break;
      }
    }
  }

  #actorAt(at: number): string {
    return this.#system.actorOf(processOf(this.best.choices[at] ?? ''));
  }

  /** Moves each step right behind the last earlier one of its actor. */
  *#joinEarlier(): Generator<Shrinking<S>> {
    for (let at = 1; at < this.best.choices.length && !this.isSpent; at++) {
      let before = at - 1;
      while (before >= 0 && this.#actorAt(before) !== this.#actorAt(at)) before -= 1;
      if (before < 0 || before === at - 1) continue;
      const { choices } = this.best;
      const between = choices.slice(before + 1, at);
      this.try(before + 1, [choices[at] ?? '', ...between, ...choices.slice(at + 1)]);
      yield this.progress;
    }
  }

  /** Moves each step that comes alone right before the next one of its actor. */
  *#joinLater(): Generator<Shrinking<S>> {
    for (let at = 0; at < this.best.choices.length && !this.isSpent; at++) {
      const { choices } = this.best;
      let after = at + 1;
      while (after < choices.length && this.#actorAt(after) !== this.#actorAt(at)) after += 1;
      const isAlone = at === 0 || this.#actorAt(at - 1) !== this.#actorAt(at);
      if (!isAlone || after === choices.length || after === at + 1) continue;
      this.try(at, [...choices.slice(at + 1, after), choices[at] ?? '', ...choices.slice(after)]);
      yield this.progress;
    }
  }
}

/** The choice without any of its answers, then without each. */
function* fewerAnswers(choice: string): Generator<string> {
  const [process = '', ...answers] = choice.split('!');
  yield process;
  if (answers.length < 2) return;
  for (const answer of answers) {
    yield [process, ...answers.filter((each) => each !== answer)].join('!');
  }
}

/** What a schedule shows, its end taken in canonical order. @throws RangeError when that is nothing */
export function foundBy<S>(system: System<S>, choices: readonly string[]): Found<S> {
  const { moves, problem } = follow(system, choices, { thenUpTo: 4 * choices.length + 1000 });
  if (problem === null) throw new RangeError('the schedule shows no problem');
  return foundOf(system, moves, problem);
}

export function foundOf<S>(
  system: System<S>,
  moves: readonly Move<S>[],
  problem: string,
): Found<S> {
  const schedule = scheduleOf(
    system,
    moves.map(({ choice }) => choice),
  );
  return { ...schedule, moves, problem };
}

/**
 * The smallest schedule with so many answers at most, proved; null when there are too many states to say.
 * @param known shows the problem with no more answers
 * @param searched the same system, if another way to have it is quicker for a search
 */
export function* smallest<S, T = S>(
  system: System<S>,
  known: Found<S>,
  limits: Pick<MinimalOptions, 'maxStates' | 'maxAnswers'> & Pick<ShrinkOptions, 'isIt'>,
  searched?: System<T>,
): Generator<number, Found<S> | null> {
  const isIt = limits.isIt ?? sameKind(known.problem);
  const options = { ...limits, isIt, maxSteps: known.choices.length };
  const best = yield* searched === undefined
    ? minimalSearch(system, options)
    : minimalSearch(searched, options);
  if (best === undefined) return null;
  if (best === null) throw new RangeError('the search over states misses a schedule');
  const { moves, problem } = follow(system, best.choices);
  return { ...best, moves, problem: problem ?? '' };
}

/** Yields now and then, so that it can be watched and left. @throws RangeError when the schedule shows no problem */
export function* shrinking<S>(
  system: System<S>,
  choices: readonly string[],
  options: ShrinkOptions,
): Generator<Shrinking<S>, Shrunk> {
  const shrinker = new ScheduleShrinker(system, foundBy(system, choices), options);
  const { answers: maxAnswers } = shrinker.best;
  yield* shrinker.run();
  const { best, tried } = shrinker;
  let proved: Found<S> | null = null;
  if (options.maxStates > 0) {
    const search = smallest(system, best, { ...options, maxAnswers });
    for (let next = search.next(); ; next = search.next()) {
      if (next.done === true) {
        proved = next.value;
        break;
      }
      yield { tried, states: next.value, best };
    }
  }
  const { choices: shortest, switches, answers, problem } = proved ?? best;
  return { choices: shortest, switches, answers, problem, isMinimal: proved !== null, tried };
}

/** The same in one go. */
export function shrink<S>(
  system: System<S>,
  choices: readonly string[],
  options: ShrinkOptions,
): Shrunk {
  return ended(shrinking(system, choices, options));
}
