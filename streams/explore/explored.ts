/** A state of an explored world; it remembers its key once it was asked for. */
import type { World } from '../world/world.ts';
import type { Judged, Keys, Sum } from './state-key.ts';

/** A world and what its judge has made of the way to it. */
export class Explored {
  readonly world: World;
  readonly judged: unknown;
  /** the state before the step, if its key is known and until this one's is: no state keeps more than one other */
  #before: Explored | null;
  #sum: Sum | null = null;

  constructor(world: World, judged: unknown, before: Explored | null) {
    this.world = world;
    this.judged = judged;
    this.#before = before !== null && before.#sum !== null ? before : null;
  }

  /** What its key is made of: worked out from that of the state before where that is known. */
  sum(keys: Keys, viewOf: (state: Explored) => unknown): Sum {
    if (this.#sum !== null) return this.#sum;
    const before = this.#before;
    const was = before === null ? null : before.#seen(viewOf);
    const from = before === null ? null : before.#sum;
    this.#sum = keys.sum(this.#seen(viewOf), was, from ?? undefined);
    this.#before = null;
    return this.#sum;
  }

  #seen(viewOf: (state: Explored) => unknown): Judged {
    return { world: this.world, view: viewOf(this) };
  }
}
