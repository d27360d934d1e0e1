/** What is about to be done: how large the scenario is, as far as that matters, and which strategy. */
import { type StrategyName, strategyOf } from '../../streams/explore/explore.ts';
import type { Size } from '../../streams/explore/size.ts';
import type { Crew } from './crew.ts';
import type { ExplorePlan } from './plan.ts';
import type { Waiting } from './waiting.ts';

/** States of a layer that the estimate follows, and the steps that it may take. */
const SIZE = { kept: 64, steps: 60_000 };
/** Part of a budget of time that the estimate may take. */
const SHARE = 0.25;
/** Steps that a search is trusted to take in a second, on a slow machine. */
const STEPS_PER_SECOND = 10_000;

/** What the estimate says, before anything is searched. */
export interface Start {
  /** null for strategies whose work does not grow with the states */
  readonly size: Size | null;
  readonly strategy: StrategyName;
  /** it was chosen, and why; null when it was asked for */
  readonly chosen: string | null;
  /** more than the budget is likely to suffice for */
  readonly isTooLarge: boolean;
  /** steps that the budget is likely to suffice for */
  readonly steps: number;
}

export async function startOf(plan: ExplorePlan, crew: Crew, waiting: Waiting): Promise<Start> {
  const { strategy, budget } = plan;
  const isMs = budget.kind === 'time';
  const steps = isMs ? Math.round((budget.ms / 1000) * STEPS_PER_SECOND) : budget.count;
  const asked = strategy === null ? null : strategyOf(strategy);
  if (strategy !== null && (asked?.proves === false || asked?.reduces === true)) {
    return { size: null, strategy, chosen: null, isTooLarge: false, steps };
  }
  const share = isMs ? budget.ms * SHARE : Infinity;
  const size = await waiting.during('estimating', share, crew.ask({ do: 'size', ...SIZE }));
  const isTooLarge = size.steps > steps;
  const start = { size, isTooLarge, steps };
  if (strategy !== null) return { ...start, strategy, chosen: null };
  const why = isTooLarge
    ? 'it is too large to search all of it'
    : size.isCut
      ? 'how large it is was not known in time'
      : null;
  return why === null
    ? { ...start, strategy: 'exhaustive', chosen: 'it is small enough' }
    : { ...start, strategy: 'random', chosen: why };
}
