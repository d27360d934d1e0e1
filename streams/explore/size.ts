/**
 * How many states there are, before a search is begun: exactly where few steps suffice, otherwise estimated. A search in
 * layers, a layer a step, of which no layer is kept beyond a few hundred states. What is kept is split in halves; the
 * states that both halves lead to, of those that either does, say how many there are in the next layer (capture and
 * recapture, Chapman's form). States with many predecessors are met by both halves more easily, so it errs on the low
 * side as a rule.
 */
import type { StateKey } from './hash.ts';
import { movesOf } from './strategies/states.ts';
import type { System } from './system.ts';

export interface Size {
  readonly states: number;
  /** moves between them */
  readonly steps: number;
  /** counted, not estimated */
  readonly isExact: boolean;
  /** broken off before the last layer: there are more */
  readonly isCut: boolean;
}

export interface SizeLimits {
  /** states up to which a layer is followed whole */
  readonly kept: number;
  /** steps taken at most; what is estimated then is no more than a lower bound */
  readonly steps: number;
  readonly shouldStop?: () => boolean;
}

interface Reached<S> {
  readonly state: S;
  readonly order: number;
}

const textOf = ({ a, b }: StateKey): string => `${a},${b}`;

/** States of one layer, by key. */
type Layer<S> = Map<string, Reached<S>>;

class Layers<S> {
  taken = 0;
  readonly #system: System<S>;
  readonly #seen = new Set<string>();

  constructor(system: System<S>) {
    this.#system = system;
  }

  first(): Layer<S> {
    return this.#layerOf([this.#system.initial]);
  }

  /** What one step from these leads to and no earlier layer had, as far as it is known. */
  after(states: readonly Reached<S>[]): Layer<S> {
    const next: S[] = [];
    for (const { state } of states) {
      for (const move of movesOf(this.#system, state)) {
        this.taken += 1;
        next.push(move.state);
      }
    }
    return this.#layerOf(next);
  }

  /** From now on they are known. */
  enter(layer: Layer<S>): void {
    for (const key of layer.keys()) this.#seen.add(key);
  }

  #layerOf(states: readonly S[]): Layer<S> {
    const layer: Layer<S> = new Map();
    for (const state of states) {
      const key = this.#system.key(state);
      const text = textOf(key);
      if (!this.#seen.has(text)) layer.set(text, { state, order: key.a });
    }
    return layer;
  }
}

/** As many as are kept: those whose keys come first, which has nothing to do with how they were reached. */
function sampleOf<S>(layer: Layer<S>, kept: number): readonly Reached<S>[] {
  const all = [...layer.values()];
  return all.length <= kept ? all : all.sort((x, y) => x.order - y.order).slice(0, kept);
}

/** Chapman's estimate of a population, of which `one` and `other` were caught, `both` of them twice. */
const recaptured = (one: number, other: number, both: number): number =>
  ((one + 1) * (other + 1)) / (both + 1) - 1;

export function sizeOf<S>(system: System<S>, limits: SizeLimits): Size {
  const layers = new Layers(system);
  let layer = layers.first();
  let [size, states, steps] = [1, 1, 0];
  let isExact = true;
  while (layer.size > 0) {
    layers.enter(layer);
    const sample = sampleOf(layer, limits.kept);
    const isWhole: boolean = isExact && sample.length === layer.size;
    const halves = [0, 1].map((half) => sample.filter((_, i) => i % 2 === half));
    const before = layers.taken;
    const [one, other] = halves.map((half) => layers.after(half)) as [Layer<S>, Layer<S>];
    const moves = layers.taken - before;
    const next = new Map([...one, ...other]);
    const both = one.size + other.size - next.size;
    steps += (moves * size) / sample.length;
    // no more than every step leading somewhere else, no fewer than were seen
    const most = (size * moves) / sample.length;
    const guess = Math.min(recaptured(one.size, other.size, both), most);
    isExact = isWhole;
    size = isWhole || next.size === 0 ? next.size : Math.max(next.size, guess);
    states += size;
    layer = next;
    if (layers.taken >= limits.steps || limits.shouldStop?.() === true) break;
  }
  const isCut = layer.size > 0;
  isExact &&= !isCut;
  return { states: Math.round(states), steps: Math.round(steps), isExact, isCut };
}
