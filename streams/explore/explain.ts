/**
 * Why a schedule goes wrong, in three parts: the steps that are enough to show it, how likely it was after each step, and
 * the one change that makes it pass. All of it is bounded by counts of states and steps, so the same log gives the same
 * explanation anywhere.
 */
import { ended } from './ended.ts';
import { begin, type FromLog, judgeOf } from './from-log.ts';
import { invariantJudge, type Judge, telling } from './judge.ts';
import { enoughToShow, type Enough, writersNamedIn } from './schedule/enough.ts';
import { follow, kindOf } from './schedule/follow.ts';
import { type Odds, oddsAlong, statesAlong } from './schedule/odds.ts';
import { repairingSwap, type SwapSearch } from './schedule/swap.ts';
import { namesIn, sameAs } from './schedule/same.ts';
import { withoutAnswer, type WithoutAnswer } from './schedule/without-answer.ts';
import type { WorldSystem } from './world-system.ts';

export interface ExplainOptions {
  /** problems that the log shows besides: a repair may leave those */
  readonly besides: readonly string[];
  /** states up to which odds are summed up */
  readonly maxStates: number;
  /** steps for the sum, again for draws, and again for swaps */
  readonly maxSteps: number;
  /** whether somebody wants an end: what is not known by then stays open */
  readonly isStopped?: () => boolean;
}

/** How far it is. */
export interface Explaining {
  readonly doing: 'story' | 'odds' | 'swaps';
  /** parts of the schedule tried, records looked at, swaps tried */
  readonly count: number;
}

export interface Explanation {
  /** numbers of steps, ascending; step i is record i + 1 */
  readonly enough: Enough;
  /** the problem is one of the end, not of the last step */
  readonly isAtEnd: boolean;
  readonly odds: Odds;
  readonly search: SwapSearch;
  /** names of the objects that the swap is about */
  readonly over: readonly string[];
  /** when no swap helps and something was made to fail */
  readonly answer: WithoutAnswer | null;
}

/** Tries at a part of the schedule that is enough. */
const MAX_TRIES = 200;
const SEED = '0x1';

/** The same system under another judge, one that hears nothing: what a step touches is then the driver's alone. */
function judgedBy({ scenario, seed, decisions, maxAnswers }: FromLog, judge: Judge): WorldSystem {
  const silent = { ...judge, hears: (): void => undefined };
  return begin({ scenario, seed, decisions, maxAnswers, judge: silent });
}

/** A swap between steps that touch the same actor is about what its actor keeps. */
function namesOf({ swap }: SwapSearch, { objects }: WorldSystem): string[] {
  const names = (swap?.over ?? []).map((object) => objects.nameOf(object));
  const shared = names.filter((name) => !name.startsWith('actor '));
  return shared.length === 0 ? names : shared;
}

/** Passes on how far a part is. */
function* doing<T>(
  what: Explaining['doing'],
  part: Generator<number, T>,
): Generator<Explaining, T> {
  for (;;) {
    const { done, value } = part.next();
    if (done === true) return value;
    yield { doing: what, count: value };
  }
}

/** Yields now and then, so that it can be watched. */
export function* explaining(
  from: FromLog,
  { besides, maxStates, maxSteps, isStopped = () => false }: ExplainOptions,
): Generator<Explaining, Explanation> {
  const { choices, problem } = from;
  const names = namesIn(from.scenario);
  const isIt = sameAs(problem, names);
  const system = judgedBy(from, judgeOf(kindOf(problem), isIt));
  const moves = statesAlong(system, choices);
  const isAtEnd = moves.at(-1)?.problem == null;
  const ends = isAtEnd
    ? writersNamedIn(problem, moves, (object) => system.objects.nameOf(object))
    : [moves.length - 1];
  const enough = yield* doing(
    'story',
    enoughToShow(system, moves, { isIt, ends, isAtEnd, maxTries: MAX_TRIES, isStopped }),
  );
  const options = { isIt, maxStates, maxSteps, seed: SEED, isStopped } as const;
  const odds = yield* doing('odds', oddsAlong(system, choices, options));
  const known = besides.map((each) => sameAs(each, names));
  const isNew = (found: string): boolean => isIt(found) || !known.some((same) => same(found));
  const full = judgedBy(from, telling(invariantJudge(), isNew));
  // most changes are seen to be none by the one rule that is broken; the others are asked of those that are left
  const passes = (changed: readonly string[]): boolean => {
    const { isOver, problem: found } = follow(full, changed);
    return isOver && found === null;
  };
  const changes = { maxSteps, isStopped, passes };
  const isCertain = odds.isExact && odds.after[0] === 1;
  const search = isCertain
    ? { swap: null, tries: 0, isSpent: false }
    : yield* doing('swaps', repairingSwap(system, moves, changes));
  const answer =
    search.swap === null ? yield* doing('swaps', withoutAnswer(system, moves, changes)) : null;
  return { enough, isAtEnd, odds, search, over: namesOf(search, system), answer };
}

/** The same in one go. */
export function explain(from: FromLog, options: ExplainOptions): Explanation {
  return ended(explaining(from, options));
}
