/**
 * The schedule that the search is in, as a partial order: who happens before whom, by vector clocks over actors, and which
 * earlier steps the last one races with. Steps are numbered by depth; going back takes the last one off.
 *
 * Happens-before is the smallest order in which a step comes after every earlier one that it depends on (touches.ts) and
 * after the one that made it possible (that sent its message).
 */
import type { Blocked, System, Touches } from '../system.ts';

/** Clock entries for each step at first; more when there are more actors. */
const FIRST_WIDTH = 32;

export class Trail<S> {
  length = 0;
  readonly #system: System<S>;
  readonly #states: S[] = [];
  readonly #processes: string[] = [];
  readonly #touches: Touches[] = [];
  readonly #causes: number[] = [];
  /** by depth: which component of the clocks its actor is */
  readonly #actors: number[] = [];
  /** by actor object: its component */
  readonly #components = new Map<number, number>();
  /** by object: the steps that touched it, depth * 2 + whether they wrote */
  readonly #accesses: number[][] = [];
  /** depths of steps that everything before and after depends on */
  readonly #walls: number[] = [];
  #width = FIRST_WIDTH;
  /** by depth, `#width` each: how many steps, counted by depth, of each actor happen before it */
  #clocks = new Int32Array(FIRST_WIDTH * 64);
  readonly #before: number[] = [];
  readonly #ends: number[] = [];

  constructor(system: System<S>) {
    this.#system = system;
  }

  processAt(depth: number): string {
    return this.#processes[depth] as string;
  }

  happensBefore(earlier: number, later: number): boolean {
    const component = this.#actors[earlier] as number;
    return (this.#clocks[later * this.#width + component] as number) > earlier;
  }

  /** A step is taken from `state`. @param isWall it commutes with nothing */
  push(state: S, process: string, touches: Touches, cause: number, isWall: boolean): void {
    const depth = this.length;
    const component = this.#componentOf((touches[0] as number) >>> 1);
    this.#clear(depth);
    this.#states[depth] = state;
    this.#processes[depth] = process;
    this.#touches[depth] = touches;
    this.#causes[depth] = cause;
    this.#actors[depth] = component;
    const before = this.#before;
    before.length = 0;
    if (cause >= 0) this.#follow(depth, cause);
    const wall = this.#walls.at(-1);
    if (wall !== undefined) this.#follow(depth, wall);
    for (let t = 0; t < touches.length; t++) this.#followAccesses(depth, touches[t] as number);
    if (isWall) {
      for (let i = 0; i < depth; i++) this.#follow(depth, i);
      this.#walls.push(depth);
    }
    this.#clocks[depth * this.#width + component] = depth + 1;
    for (let t = 0; t < touches.length; t++) {
      const touch = touches[t] as number;
      (this.#accesses[touch >>> 1] ??= []).push((depth << 1) | (touch & 1));
    }
    this.length = depth + 1;
  }

  pop(): void {
    const depth = --this.length;
    for (const touch of this.#touches[depth] as Touches)
      (this.#accesses[touch >>> 1] as number[]).pop();
    if (this.#walls.at(-1) === depth) this.#walls.pop();
  }

  /**
   * Calls `found` for each earlier step that the last one races with: the two depend on each other, nothing happens
   * between them, and the last one could have gone first. To be asked right after `push`.
   */
  races(found: (depth: number) => void): void {
    const last = this.length - 1;
    if (this.#walls.at(-1) === last) return;
    const { [last]: state } = this.#states;
    const process = this.processAt(last);
    const cause = this.#causes[last] as number;
    const before = this.#before;
    if (before.length === 0) return;
    // its actor, or the clock for a timer
    const { keeper, needed } = this.#system.needs(state as S, process);
    const lastOfKeeper = this.#lastBefore(last, keeper);
    const latest = this.#latest();
    for (let i = 0; i < latest.length; i++) {
      const depth = latest[i] as number;
      if (depth === cause || this.processAt(depth) === process) continue;
      // only its keeper can have kept it waiting; others leave it where it is when they go later
      const isLet = depth !== lastOfKeeper || this.#lets(depth, process, needed);
      if (isLet) found(depth);
      else this.#raceOfWaiting(last, process, keeper, cause, needed, found);
    }
  }

  /** What the last step depends on directly, or through what is among them; to be asked right after `push`. */
  directlyBefore(): readonly number[] {
    return this.#before;
  }

  /** Races of a step that could not be taken at all: as if it were taken now, at depth `length`. */
  racesOfBlocked({ process, cause }: Blocked, state: S, found: (depth: number) => void): void {
    const depth = this.length;
    this.#clear(depth);
    this.#processes[depth] = process;
    if (cause >= 0) this.#join(depth, cause);
    for (let own = depth - 1; own >= 0; own--) {
      if (this.processAt(own) !== process) continue;
      this.#join(depth, own);
      break;
    }
    const { keeper, needed } = this.#system.needs(state, process);
    this.#raceOfWaiting(depth, process, keeper, cause, needed, found);
  }

  /**
   * A step that was kept waiting races with the latest step that touched its keeper and before which it would have been let,
   * even if others of them happened in between.
   */
  #raceOfWaiting(
    from: number,
    process: string,
    keeper: number,
    cause: number,
    needed: string,
    found: (depth: number) => void,
  ): void {
    const accesses = this.#accesses[keeper] ?? [];
    for (let i = accesses.length - 1; i >= 0; i--) {
      const depth = (accesses[i] as number) >>> 1;
      if (depth >= from) continue;
      if (this.processAt(depth) === process) return;
      if (depth === cause || (cause > depth && this.happensBefore(depth, cause))) return;
      if (!this.#lets(depth, process, needed)) continue;
      found(depth);
      return;
    }
  }

  #lets(depth: number, process: string, needed: string): boolean {
    return this.#system.lets(this.#states[depth] as S, process, needed);
  }

  /** The latest step before this one that touched an object; -1 when there is none. */
  #lastBefore(last: number, object: number): number {
    const depths = this.#accesses[object] ?? [];
    for (let i = depths.length - 1; i >= 0; i--) {
      const depth = (depths[i] as number) >>> 1;
      if (depth < last) return depth;
    }
    return -1;
  }

  /**
   * Of what the last step depends on, what happens before nothing else of it, the last one first. There is one for each
   * actor at most, however long the run is.
   */
  #latest(): readonly number[] {
    const latest = this.#ends;
    latest.length = 0;
    const before = descending(this.#before);
    for (let i = 0; i < before.length; i++) {
      const depth = before[i] as number;
      let isLast = true;
      for (let j = 0; j < latest.length && isLast; j++) {
        const later = latest[j] as number;
        isLast = later !== depth && !this.happensBefore(depth, later);
      }
      if (isLast) latest.push(depth);
    }
    return latest;
  }

  #followAccesses(depth: number, touch: number): void {
    const accesses = this.#accesses[touch >>> 1];
    if (accesses === undefined) return;
    for (let i = accesses.length - 1; i >= 0; i--) {
      const access = accesses[i] as number;
      if (((access | touch) & 1) === 0) continue;
      this.#follow(depth, access >>> 1);
      if ((access & 1) === 1) return;
    }
  }

  #follow(depth: number, earlier: number): void {
    this.#before.push(earlier);
    this.#join(depth, earlier);
  }

  #join(depth: number, earlier: number): void {
    const clocks = this.#clocks;
    const width = this.#components.size;
    const [to, from] = [depth * this.#width, earlier * this.#width];
    for (let i = 0; i < width; i++) {
      const there = clocks[from + i] as number;
      if (there > (clocks[to + i] as number)) clocks[to + i] = there;
    }
  }

  #clear(depth: number): void {
    const end = (depth + 1) * this.#width;
    if (end > this.#clocks.length) {
      const grown = new Int32Array(end * 2);
      grown.set(this.#clocks);
      this.#clocks = grown;
    }
    this.#clocks.fill(0, depth * this.#width, end);
  }

  #componentOf(actor: number): number {
    const known = this.#components.get(actor);
    if (known !== undefined) return known;
    const made = this.#components.size;
    this.#components.set(actor, made);
    if (made >= this.#width) this.#widen();
    return made;
  }

  #widen(): void {
    const wide = this.#width * 2;
    const clocks = new Int32Array((this.#clocks.length / this.#width) * wide);
    for (let depth = 0; depth < this.length; depth++) {
      const row = this.#clocks.subarray(depth * this.#width, (depth + 1) * this.#width);
      clocks.set(row, depth * wide);
    }
    this.#width = wide;
    this.#clocks = clocks;
  }
}

/** Few numbers are the rule, and asked for at every step. */
const FEW = 16;

/** Sorts in place. */
function descending(numbers: number[]): number[] {
  if (numbers.length > FEW) return numbers.sort((a, b) => b - a);
  for (let i = 1; i < numbers.length; i++) {
    const each = numbers[i] as number;
    let j = i;
    for (; j > 0 && (numbers[j - 1] as number) < each; j--) numbers[j] = numbers[j - 1] as number;
    numbers[j] = each;
  }
  return numbers;
}
