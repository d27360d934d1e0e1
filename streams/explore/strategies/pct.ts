/**
 * PCT: random priorities and few random changes of them. After Burckhardt, Kothari, Musuvathi and Nagarakatte, "A
 * Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010): of n threads and k steps, a bug of
 * depth d (d ordering constraints suffice for it) shows with probability at least 1 / (n k^(d-1)) in each run. A measured
 * rate below that is a mistake in this file.
 *
 * n and k are the most that earlier runs had; the first run has no change points. A thread that is first met in the
 * middle of a run enters at a random rank. A step that nobody competes with is no place to change priorities.
 */
import { Random } from '../random.ts';
import type { System } from '../system.ts';
import type { U64 } from '../../../domain/units.ts';
import type { Sampler } from './sample.ts';

export function pct<S>(system: System<S>, depth: number, seed: U64): Sampler<S> {
  const random = new Random(seed);
  let ranks = new Map<string, number>();
  let changes: number[] = [];
  let steps = 0;
  let [threads, length] = [0, 0];
  // above every change point's priority, which are 1 .. depth - 1
  const rankOf = (thread: string): number => {
    const known = ranks.get(thread);
    if (known !== undefined) return known;
    const rank = depth + random.unit();
    ranks.set(thread, rank);
    return rank;
  };
  const best = (ready: readonly string[]): number => {
    let place = 0;
    for (let i = 1; i < ready.length; i++) {
      const [one, other] = [ready[i] as string, ready[place] as string];
      if (rankOf(system.threadOf(one)) > rankOf(system.threadOf(other))) place = i;
    }
    return place;
  };
  return {
    begin: () => {
      [threads, length] = [Math.max(threads, ranks.size), Math.max(length, steps)];
      ranks = new Map();
      steps = 0;
      changes = length === 0 ? [] : Array.from({ length: depth - 1 }, () => 1 + random.int(length));
    },
    pick: (_state, ready) => {
      for (const process of ready) rankOf(system.threadOf(process));
      if (ready.length === 1) return 0;
      steps += 1;
      let place = best(ready);
      for (let i = 0; i < changes.length; i++) {
        if (changes[i] !== steps) continue;
        ranks.set(system.threadOf(ready[place] as string), depth - 1 - i);
        place = best(ready);
      }
      return place;
    },
    sizes: () => ({
      depth,
      threads: Math.max(threads, ranks.size),
      steps: Math.max(length, steps),
    }),
  };
}
