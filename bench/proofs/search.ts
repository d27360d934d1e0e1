/** One search of one subject, and whether searches of it agree. */
import { explore, type StrategyName } from '../../streams/explore/explore.ts';
import { MOST_SEARCHED, remembering } from '../../streams/explore/remembered/remembering.ts';
import type { Exploration, Limits, Verdict } from '../../streams/explore/result.ts';
import type { WorldSystem } from '../../streams/explore/world-system.ts';

export interface Searched {
  readonly verdict: Verdict;
  /** 0 from a strategy that remembers none */
  readonly states: number;
  readonly steps: number;
  /** runs to an end; of a search over states, states without a next step */
  readonly ends: number;
  /** of them, with somebody who waits for ever */
  readonly stuck: number;
  /** what is violated first */
  readonly what?: string;
}

/** By strategy; what was not tried, or is refused, is missing. */
export type Searches = Readonly<Partial<Record<StrategyName, Searched>>>;

/** Those that are compared, in the order in which they are run. */
export const COMPARED = ['exhaustive', 'stateful', 'symmetric', 'dpor'] as const;
export type Compared = (typeof COMPARED)[number];

/** States after which a search is given up: what has more of them is too large. */
export const MOST_STATES = 1_000_000;

/** Steps after which it is; more of them, and `npm run proofs` goes on with those that were given up. */
export const MOST_STEPS: Readonly<Record<Compared, number>> = {
  exhaustive: 10_000_000,
  stateful: 3_000_000,
  symmetric: 60_000,
  dpor: 30_000_000,
};

/** Scenarios with runs that need not end: DPOR can prove nothing there, and a step costs the more the longer its run is. */
const ENDLESS: ReadonlySet<string> = new Set(['quirks/order-last-fault']);
const MOST_ENDLESS = 30_000;

export const mostSteps = (strategy: Compared, id: string): number =>
  strategy === 'dpor' && ENDLESS.has(id) ? MOST_ENDLESS : MOST_STEPS[strategy];

function explored(system: WorldSystem, strategy: Compared, limits: Limits): Exploration {
  // as the command does
  if (strategy === 'symmetric') return explore(system, strategy, limits);
  return explore(remembering(system, MOST_SEARCHED), strategy, limits);
}

/** @returns null when the strategy cannot be used on this */
export function searched(
  system: WorldSystem,
  strategy: Compared,
  transitions = MOST_STEPS[strategy],
  most = MOST_STATES,
): Searched | null {
  const reduces = strategy === 'dpor' || strategy === 'stateful';
  if (reduces && system.unreducible !== null) return null;
  if (strategy === 'symmetric' && system.orbitKey === null) return null;
  let isTooLarge = false;
  const { verdict, counts, stuckRuns, violation } = explored(system, strategy, {
    transitions,
    progress: ({ states }) => (isTooLarge = states >= most),
    shouldStop: () => isTooLarge,
  });
  return {
    verdict,
    states: counts.states,
    steps: counts.transitions,
    ends: counts.executions,
    stuck: stuckRuns,
    ...(violation === null ? {} : { what: violation.what }),
  };
}

export const isTooLarge = ({ verdict, states }: Searched): boolean =>
  verdict === 'spent' && states >= MOST_STATES;

/** Whether it was given up, and would be again. */
export const isSpent = (found: Searched, strategy: Compared, id: string): boolean =>
  found.verdict === 'spent' && (isTooLarge(found) || found.steps >= mostSteps(strategy, id));

/** What is over: proved or violated, and whether somebody waits for ever. A search that was given up says nothing. */
function saysOf({ verdict, stuck }: Searched): string | null {
  if (verdict === 'spent') return null;
  // a search ends with the first violation: how many ends it saw till then is luck
  return verdict === 'violated' ? verdict : stuck > 0 ? 'stuck' : 'proved';
}

/** What the searches say, each thing once: one thing if they agree, none if all were given up. */
export function verdictsOf(searches: Searches): readonly string[] {
  const said = Object.values(searches).map(saysOf);
  return [...new Set(said.filter((each) => each !== null))].sort();
}
