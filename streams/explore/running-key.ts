/**
 * The state identity of a run's world, as a log states it: worked out when it is asked for, from where it was asked for
 * before, so it costs what has changed since.
 */
import type { World } from '../world/world.ts';
import { type Judged, Keys, type Sum } from './state-key.ts';

const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, '0');

/** Sums remember every text they meet, and a long run has no end of fences: then new ones are taken. */
const KEPT = 64;

export class RunningKey {
  #keys = new Keys();
  #uses = 0;
  #world: World | null = null;
  #from: { readonly judged: Judged; readonly sum: Sum } | null = null;

  /** The run has come to this world. */
  readonly see = (world: World): void => {
    this.#world = world;
  };

  /** Of the world seen last. @throws RangeError when none was */
  readonly hex = (): string => {
    if (this.#world === null) throw new RangeError('no world was seen');
    if (++this.#uses % KEPT === 0) this.#keys = new Keys();
    const judged: Judged = { world: this.#world, view: null };
    const sum = this.#keys.sum(judged, this.#from?.judged ?? null, this.#from?.sum);
    this.#from = { judged, sum };
    const { a, b } = this.#keys.end(sum);
    return hex(a) + hex(b);
  };
}
