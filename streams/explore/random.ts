/** A generator for samplers: the same numbers for the same seed, anywhere. */
import type { U64 } from '../../domain/units.ts';
import { mix32, seed32, type Seed32 } from '../../hw/latency.ts';

export class Random {
  readonly #seed: Seed32;
  #drawn = 0;

  constructor(seed: U64) {
    this.#seed = seed32(seed);
  }

  /** 0 .. below - 1 */
  int(below: number): number {
    return Math.floor(this.unit() * below);
  }

  /** At least 0, below 1. */
  unit(): number {
    return mix32(this.#seed, this.#drawn++, 0xe4b1) / 2 ** 32;
  }
}
