/**
 * How likely the problem is after each prefix of a schedule that shows it, when everything after is drawn: each process
 * that may go on as likely as another, each answer to a decision, too. The largest jumps name the steps that made it
 * inevitable.
 *
 * The later prefixes are summed up exactly, from the end as far as the states allow. Earlier ones are drawn: a draw that
 * comes to a state whose odds are known ends there, with them. Where nobody else could have gone on, the odds before and
 * after the step are the same and are not drawn twice.
 */
import type { U64 } from '../../../domain/units.ts';
import { BrokenOff, Cyclic, failureFrom, type Folded, TooManyStates } from '../paths.ts';
import { Random } from '../random.ts';
import { endProblem } from './follow.ts';
import type { Move, System } from '../system.ts';

export interface Odds {
  /** after the first k steps, k = 0, 1, ..., all of them; NaN where the steps did not suffice to look */
  readonly after: readonly number[];
  /** half the width of the 95% interval; 0 where exact, and where nobody looked */
  readonly error: readonly number[];
  readonly isExact: boolean;
  /** draws for each prefix that was drawn, at least; 0 when none was */
  readonly draws: number;
}

export interface OddsOptions {
  /** whether a problem is the one whose odds these are */
  readonly isIt: (problem: string) => boolean;
  /** states up to which it is summed up exactly */
  readonly maxStates: number;
  /** steps that are looked at for the sum, and once more for draws, but for the last round of them */
  readonly maxSteps: number;
  readonly seed: U64;
  readonly isStopped?: () => boolean;
}

/** The steps of a schedule. @throws RangeError when a choice is not possible */
export function statesAlong<S>(system: System<S>, choices: readonly string[]): Move<S>[] {
  let state = system.initial;
  return choices.map((choice) => {
    const move = system.take(state, choice);
    if (move === undefined) throw new RangeError(`${choice} is not possible`);
    ({ state } = move);
    return move;
  });
}

/**
 * For a schedule that shows the problem at its end. Yields how many states' odds it has looked for.
 * @throws RangeError when a choice is not possible
 */
export function* oddsAlong<S>(
  system: System<S>,
  choices: readonly string[],
  options: OddsOptions,
): Generator<number, Odds> {
  const moves = statesAlong(system, choices);
  const showsIt = moves.at(-1)?.problem != null;
  const before = showsIt ? moves.slice(0, -1) : moves;
  const states = [system.initial, ...before.map(({ state }) => state)];
  const odds = yield* oddsOf(system, states, options);
  if (!showsIt) return odds;
  return { ...odds, after: [...odds.after, 1], error: [...odds.error, 0] };
}

/** Steps of the sum between two looks at whether somebody wants an end. */
const SLICE = 4096;

function* oddsOf<S>(
  system: System<S>,
  states: readonly S[],
  options: OddsOptions,
): Generator<number, Odds> {
  const { isIt, maxStates, maxSteps, isStopped = () => false } = options;
  let slice = 0;
  const shouldStop = (): boolean => ++slice % SLICE === 0;
  const failure = failureFrom(system, { maxStates, maxSteps, shouldStop }, isIt);
  const after = states.map(() => NaN);
  let first = states.length;
  // from the end: what follows a late state follows the earlier ones, too
  while (first > 0 && !isStopped()) {
    yield states.length - first;
    try {
      after[first - 1] = failure.of(states[first - 1] as S);
      first -= 1;
    } catch (error) {
      // what was summed up so far is kept
      if (error instanceof BrokenOff) continue;
      if (!(error instanceof TooManyStates || error instanceof Cyclic)) throw error;
      break;
    }
  }
  const error = after.map(() => 0);
  if (first === 0) return { after, error, isExact: true, draws: 0 };
  const draws = yield* drawEarly(system, states, first, { failure, after, error }, options);
  return { after, error, isExact: false, draws };
}

/** Whether a state has just one step: nothing is decided there. */
const isForced = <S>(system: System<S>, state: S): boolean => {
  const [process, ...others] = system.ready(state);
  return process !== undefined && others.length === 0 && system.moves(state, process).length === 1;
};

interface Found<S> {
  readonly failure: Folded<S, number>;
  readonly after: number[];
  readonly error: number[];
}

/** What the draws from one state came to. */
interface Sum {
  draws: number;
  odds: number;
  squares: number;
}

/** Draws from a state before another state is looked at. */
const DRAWS = 8;
/** States that are drawn from first, evenly apart. */
const FIRST_POINTS = 5;

/**
 * Draws the odds of the first `count` states: a few evenly apart, then halfway where they differ most, until all are
 * drawn; then more of each. What is not drawn when the steps are spent stays NaN.
 */
function* drawEarly<S>(
  system: System<S>,
  states: readonly S[],
  count: number,
  { failure, after, error }: Found<S>,
  { isIt, maxSteps, seed, isStopped = () => false }: OddsOptions,
): Generator<number, number> {
  const most = 4 * states.length + 1000;
  const random = new Random(seed);
  const pick = (of: number): number => (of <= 1 ? 0 : random.int(of));
  const sums = new Map<number, Sum>();
  let spent = 0;
  const isSpent = (): boolean => spent >= maxSteps || isStopped();
  const drawAt = (place: number, draws: number): number => {
    const sum = sums.get(place) ?? { draws: 0, odds: 0, squares: 0 };
    for (let i = 0; i < draws; i++) {
      // what is known lies behind `count` steps
      const known = { from: count - place, of: failure.known };
      const ran = draw(system, states[place] as S, { pick, most, isIt, known });
      spent += ran.steps + 1;
      sum.draws += 1;
      sum.odds += ran.odds;
      sum.squares += ran.odds ** 2;
    }
    sums.set(place, sum);
    after[place] = sum.odds / sum.draws;
    error[place] = width(sum.odds, sum.squares, sum.draws);
    return states.length - count + sums.size;
  };
  const open = states.slice(0, count).flatMap((state, i) => (isForced(system, state) ? [] : [i]));
  const evenly = Array.from({ length: FIRST_POINTS }, (_, i) =>
    Math.round((i * (open.length - 1)) / (FIRST_POINTS - 1)),
  );
  // the first and the last in any case
  for (const place of new Set([0, open.length - 1, ...evenly])) {
    const isEdge = place === 0 || place === open.length - 1;
    const isWanted = !isStopped() && (isEdge || !isSpent());
    if (open[place] !== undefined && isWanted) yield drawAt(open[place], DRAWS);
  }
  for (;;) {
    const place = isSpent() ? undefined : halfway(open, after, count);
    if (place === undefined) break;
    yield drawAt(place, DRAWS);
  }
  while (!isSpent() && open.length > 0) for (const place of open) yield drawAt(place, 1);
  // a step that nobody could have taken another way changes nothing
  const isOpen = new Set(open);
  for (let i = count - 1; i >= 0; i--) {
    if (isOpen.has(i)) continue;
    after[i] = after[i + 1] ?? NaN;
    error[i] = error[i + 1] ?? 0;
  }
  const draws = [...sums.values()].map((sum) => sum.draws);
  return draws.length === 0 ? 0 : Math.min(...draws);
}

/** The place in the middle of those between two drawn ones that differ most; undefined when all are drawn. */
function halfway(
  open: readonly number[],
  after: readonly number[],
  count: number,
): number | undefined {
  const isDrawn = (place: number): boolean => !Number.isNaN(after[place] ?? NaN);
  let best: { readonly gap: number; readonly place: number } | undefined;
  for (let low = 0; low < open.length;) {
    let high = low + 1;
    while (high < open.length && !isDrawn(open[high] ?? 0)) high += 1;
    const middle = open[(low + high) >> 1];
    const [a, b] = [after[open[low] ?? 0] ?? 0, after[open[high] ?? count] ?? 0];
    const gap = Math.abs(b - a);
    if (high > low + 1 && middle !== undefined && gap >= (best?.gap ?? 0)) {
      if (best === undefined || gap > best.gap) best = { gap, place: middle };
    }
    low = high;
  }
  return best?.place;
}

interface Draw<S> {
  readonly pick: (options: number) => number;
  readonly most: number;
  readonly isIt: (problem: string) => boolean;
  /** what is known, and the number of steps before which no state can be */
  readonly known: { readonly from: number; readonly of: (state: S) => number | undefined };
}

/** One run, everything drawn, until its end or until the odds are known. A run that is cut has not shown it. */
function draw<S>(
  system: System<S>,
  from: S,
  { pick, most, isIt, known }: Draw<S>,
): { readonly odds: number; readonly steps: number } {
  const judged = (problem: string | null): number => (problem !== null && isIt(problem) ? 1 : 0);
  let state = from;
  let steps = 0;
  for (let taken = 0; taken < most; taken++) {
    const odds = taken >= known.from ? known.of(state) : undefined;
    if (odds !== undefined) return { odds, steps };
    const ready = system.ready(state);
    const process = ready[pick(ready.length)];
    if (process === undefined) return { odds: judged(endProblem(system, state)), steps };
    const moves = system.moves(state, process);
    steps += moves.length;
    const move = moves[pick(moves.length)];
    if (move === undefined) throw new RangeError(`${process} has no step`);
    if (move.problem !== null) return { odds: judged(move.problem), steps };
    ({ state } = move);
  }
  return { odds: 0, steps };
}

/**
 * Half the width of a 95% interval: Wilson's, whose variance is that of draws of 0 and 1, scaled down where draws ended
 * with odds between them.
 */
function width(sum: number, squares: number, draws: number): number {
  const z = 1.96;
  const p = sum / draws;
  const spread = p * (1 - p);
  const variance = Math.max(0, squares / draws - p * p);
  const scale = spread === 0 ? 1 : Math.min(1, variance / spread);
  const inner = (scale * spread) / draws + (z * z) / (4 * draws * draws);
  return (z / (1 + (z * z) / draws)) * Math.sqrt(inner);
}

export interface Jump {
  /** the last step of it; `from` is the number of steps before which the odds were last looked at */
  readonly step: number;
  readonly from: number;
  readonly rise: number;
}

/** The steps with the largest rises, largest first; none that is within the errors of both sides. */
export function jumps({ after, error }: Pick<Odds, 'after' | 'error'>, most = 3): Jump[] {
  const known = after.flatMap((odds, k) => (Number.isNaN(odds) ? [] : [k]));
  return known
    .slice(1)
    .map((k, i) => {
      const from = known[i] ?? 0;
      const noise = Math.hypot(error[from] ?? 0, error[k] ?? 0);
      return { step: k - 1, from, rise: (after[k] ?? 0) - (after[from] ?? 0), noise };
    })
    .filter(({ rise, noise }) => rise > Math.max(0.01, noise))
    .sort((a, b) => b.rise - a.rise || a.step - b.step)
    .slice(0, most)
    .map(({ step, from, rise }) => ({ step, from, rise }));
}
