/**
 * POS: a random priority for each pending step, drawn anew for those that race with the step just taken. After Yuan, Yang
 * and Gu, "Partial Order Aware Concurrency Sampling" (CAV 2018). Steps that race with nothing keep their place, so the
 * runs spread over classes better than a random walk's.
 */
import { Random } from '../random.ts';
import type { System } from '../system.ts';
import { dependent } from '../touches.ts';
import type { U64 } from '../../../domain/units.ts';
import type { Sampler } from './sample.ts';

export function pos<S>(system: System<S>, seed: U64): Sampler<S> {
  const random = new Random(seed);
  let ranks = new Map<string, number>();
  let from: S = system.initial;
  return {
    begin: () => {
      ranks = new Map();
    },
    pick: (state, ready) => {
      from = state;
      let place = 0;
      let highest = -1;
      ready.forEach((process, i) => {
        const rank = ranks.get(process) ?? random.unit();
        ranks.set(process, rank);
        if (rank > highest) [place, highest] = [i, rank];
      });
      return place;
    },
    took: (process, move, ready) => {
      ranks.delete(process);
      const touches = move.touches();
      for (const other of ready) {
        if (other === process) continue;
        const steps = system.usual?.(from, other) ?? system.moves(from, other);
        const races = [steps].flat().some((each) => dependent(each.touches(), touches));
        if (races) ranks.delete(other);
      }
    },
  };
}
