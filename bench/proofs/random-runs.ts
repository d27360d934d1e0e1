/** Random schedules of a scenario, chunk by chunk: chunk n has the same schedules always. */
import { chunkOf } from '../../streams/explore/chunks.ts';
import { type StrategyName, strategyOf } from '../../streams/explore/explore.ts';
import { remembering } from '../../streams/explore/remembered/remembering.ts';
import type { Sampled } from '../../streams/explore/strategies/sample.ts';
import type { WorldSystem } from '../../streams/explore/world-system.ts';
import type { RandomData, RandomRuns } from './random-data.ts';

const SEED = '0x5eed';
/** In turn: walks and priorities see different things. */
const STRATEGIES: readonly StrategyName[] = ['random', 'pos', 'pct'];
/** More than a sampler remembers as a rule: one scenario at a time has all the memory. */
const MAX_PARTS = 200_000;

/** @returns what draws chunk n; one that is kept for many chunks remembers steps from one to the next */
export function drawing(system: WorldSystem): (number: number) => Sampled {
  const memory = remembering(system, MAX_PARTS);
  return (number) => {
    const { sample } = strategyOf(STRATEGIES[number % STRATEGIES.length] ?? 'random');
    if (sample === undefined) throw new RangeError('a search draws no runs');
    const { seed, runs } = chunkOf(SEED, number);
    return sample(memory, { executions: runs }, { seed });
  };
}

export const NO_RUNS: RandomRuns = { chunks: 0, runs: 0, steps: 0, wrong: null };

/** @param sampled the next chunk; somebody who waits for ever at the end of a run is wrong, too */
export function withChunk(known: RandomRuns, { counts, violation, stuck }: Sampled): RandomRuns {
  const { chunks, runs, steps } = known;
  const { executions, transitions } = counts;
  const wrong = known.wrong ?? violation ?? stuck;
  return { chunks: chunks + 1, runs: runs + executions, steps: steps + transitions, wrong };
}

export const runsIn = (data: RandomData): number =>
  Object.values(data).reduce((sum, { runs }) => sum + runs, 0);
