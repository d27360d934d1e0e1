/**
 * Uniform over schedules: each as likely as another. Exact where schedules can be counted (paths.ts). Elsewhere by URW,
 * after Zhao, Wolff, Mathur and Roychoudhury, "Selectively Uniform Concurrency Testing" (ASPLOS 2025): a thread goes with
 * a weight of as many steps as it still has, estimated from the run before; uniform if the estimate is right and nobody
 * waits for anybody.
 */
import { schedulesFrom } from '../paths.ts';
import { Random } from '../random.ts';
import type { System } from '../system.ts';
import type { U64 } from '../../../domain/units.ts';
import type { Sampler } from './sample.ts';

/** A place, as likely as its weight; all alike if none has one. */
function weighted(weights: readonly number[], random: Random): number {
  const total = weights.reduce((sum, each) => sum + each, 0);
  if (total === 0) return random.int(weights.length);
  let left = random.unit() * total;
  const place = weights.findIndex((each) => (left -= each) < 0);
  return place < 0 ? weights.length - 1 : place;
}

export function uniform<S>(system: System<S>, seed: U64, maxStates: number): Sampler<S> {
  const random = new Random(seed);
  const count = countable(system, maxStates);
  if (count === null) return estimated(system, random);
  const total = count(system.initial);
  return {
    begin: () => undefined,
    pick: (state, ready) => {
      const all = count(state);
      return weighted(
        ready.map((process) => {
          const here = system
            .moves(state, process)
            .reduce((sum, move) => sum + count(move.state), 0n);
          // 53 bits of the ratio
          return Number((here << 53n) / all);
        }),
        random,
      );
    },
    notes: () => [`${total} schedules, each as likely as another`],
  };
}

function countable<S>(system: System<S>, maxStates: number): ((state: S) => bigint) | null {
  const count = schedulesFrom(system, maxStates);
  try {
    count(system.initial);
    return count;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function estimated<S>(system: System<S>, random: Random): Sampler<S> {
  let expected = new Map<string, number>();
  let taken = new Map<string, number>();
  return {
    begin: () => {
      expected = taken;
      taken = new Map();
    },
    pick: (_state, ready) => {
      const weights = ready.map((process) => {
        const thread = system.threadOf(process);
        return Math.max(1, (expected.get(thread) ?? 1) - (taken.get(thread) ?? 0));
      });
      return weighted(weights, random);
    },
    took: (process) => {
      const thread = system.threadOf(process);
      taken.set(thread, (taken.get(thread) ?? 0) + 1);
    },
    notes: () => ['too many states to count schedules: weights estimated from the run before'],
  };
}
