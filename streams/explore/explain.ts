/**
 * Why a schedule goes wrong, in three parts: the steps that are enough to show it, how likely it was after each step, and
 * the one change that makes it pass. All of it is bounded by counts of states and steps, so the same log gives the same
 * explanation anywhere.
 */
import { begin, type FromLog, judgeOf } from './from-log.ts';
import { invariantJudge, type Judge } from './judge.ts';
import { enoughToShow, type Enough, writersNamedIn } from './schedule/enough.ts';
import { kindOf } from './schedule/follow.ts';
import { type Odds, oddsAlong, statesAlong } from './schedule/odds.ts';
import { repairingSwap, type SwapSearch } from './schedule/swap.ts';
import { withoutAnswer, type WithoutAnswer } from './schedule/without-answer.ts';
import type { WorldSystem } from './world-system.ts';

export interface ExplainOptions {
  /** kinds of problems that the log shows besides: a repair may leave those */
  readonly besides: readonly string[];
  /** states up to which odds are summed up */
  readonly maxStates: number;
  /** steps for the sum, again for draws, and again for swaps */
  readonly maxSteps: number;
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

/** Everything that can be wrong but for some kinds. */
function allBut(kinds: readonly string[]): Judge {
  const judge = invariantJudge();
  const rest = (problem: string | null): string | null =>
    problem === null || kinds.includes(kindOf(problem)) ? null : problem;
  return {
    ...judge,
    at: (judged, told) => {
      const { next, problem } = judge.at(judged, told);
      return { next, problem: rest(problem) };
    },
    end: (judged) => rest(judge.end(judged)),
  };
}

/** A swap between steps that touch the same actor is about what its actor keeps. */
function namesOf({ swap }: SwapSearch, { objects }: WorldSystem): string[] {
  const names = (swap?.over ?? []).map((object) => objects.nameOf(object));
  const shared = names.filter((name) => !name.startsWith('actor '));
  return shared.length === 0 ? names : shared;
}

export function explain(
  from: FromLog,
  { besides, maxStates, maxSteps }: ExplainOptions,
): Explanation {
  const { choices, problem } = from;
  const kind = kindOf(problem);
  const system = judgedBy(
    from,
    judgeOf(kind, (found) => kindOf(found) === kind),
  );
  const moves = statesAlong(system, choices);
  const isAtEnd = moves.at(-1)?.problem == null;
  const ends = isAtEnd
    ? writersNamedIn(problem, moves, (object) => system.objects.nameOf(object))
    : [moves.length - 1];
  const enough = enoughToShow(system, moves, { problem, ends, isAtEnd, maxTries: MAX_TRIES });
  const odds = oddsAlong(system, choices, { problem, maxStates, maxSteps, seed: SEED });
  const full = judgedBy(from, allBut(besides.filter((each) => each !== kind)));
  const taken = statesAlong(full, choices);
  const isCertain = odds.isExact && odds.after[0] === 1;
  const search = isCertain
    ? { swap: null, tries: 0, isSpent: false }
    : repairingSwap(full, taken, { maxSteps });
  const answer = search.swap === null ? withoutAnswer(full, taken) : null;
  return { enough, isAtEnd, odds, search, over: namesOf(search, full), answer };
}
