/** Anybody who is ready, each as likely as another. The measure of every other strategy: it is hard to beat. */
import { Random } from '../random.ts';
import type { U64 } from '../../../domain/units.ts';
import type { Sampler } from './sample.ts';

export function randomWalk<S>(seed: U64): Sampler<S> {
  const random = new Random(seed);
  return { begin: () => undefined, pick: (_state, ready) => random.int(ready.length) };
}
