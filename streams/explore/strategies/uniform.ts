/**
 * Uniform over schedules: each as likely as another. Exact where schedules can be counted (paths.ts). Elsewhere by URW,
 * after Zhao, Wolff, Mathur and Roychoudhury, "Selectively Uniform Concurrency Testing" (ASPLOS 2025): a thread goes with
 * a weight of as many steps as it still has, estimated from the run before; uniform if the estimate is right and nobody
 * waits for anybody.
 */
import { BrokenOff, schedulesFrom } from '../paths.ts';
import { Random } from '../random.ts';
import type { Move, System } from '../system.ts';
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

const total = <S>(moves: readonly Move<S>[], count: (state: S) => bigint): bigint =>
  moves.reduce((sum, { state }) => sum + count(state), 0n);

/** 53 bits of each ratio. */
const shares = (counts: readonly bigint[], all: bigint): number[] =>
  counts.map((each) => Number((each << 53n) / all));

export interface Counting {
  /** how many states may be counted before weights are estimated instead */
  readonly maxStates: number;
  readonly shouldStop?: () => boolean;
}

export function uniform<S>(system: System<S>, seed: U64, counting: Counting): Sampler<S> {
  const random = new Random(seed);
  const count = counted(system, counting);
  if (count === null) return estimated(system, random);
  const schedules = count(system.initial);
  return {
    begin: () => undefined,
    pick: (state, ready) => {
      const counts = ready.map((process) => total(system.moves(state, process), count));
      return weighted(shares(counts, count(state)), random);
    },
    // the answers to what a step decides have schedules behind them, too
    draw: (state, process) => {
      const moves = system.moves(state, process);
      const counts = moves.map((move) => count(move.state));
      return moves[weighted(shares(counts, total(moves, count)), random)] as Move<S>;
    },
    notes: () => [`${schedules} schedules, each as likely as another`],
  };
}

/** How many schedules lead from a state to an end; null where that cannot be counted. */
type Count<S> = ((state: S) => bigint) | null;

/** Runs are drawn in chunks: what was counted for one serves the next. */
const COUNTED = new WeakMap<object, { readonly maxStates: number; readonly count: unknown }>();

function counted<S>(system: System<S>, counting: Counting): Count<S> {
  const { maxStates } = counting;
  const known = COUNTED.get(system);
  if (known?.maxStates === maxStates) return known.count as Count<S>;
  let count: Count<S> = schedulesFrom(system, counting);
  try {
    count(system.initial);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (error instanceof BrokenOff) return null;
    count = null;
  }
  COUNTED.set(system, { maxStates, count });
  return count;
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
    notes: () => ['schedules not counted: weights estimated from the run before'],
  };
}
