/** A set of state keys that numbers them in the order in which they come: open addressing in typed arrays, 64 bits each. */
import type { StateKey } from './state-key.ts';

// by name, see hash.ts
const { imul } = Math;

const FIRST_SLOTS = 1 << 12;

export class Visited {
  size = 0;
  #mask = FIRST_SLOTS - 1;
  /** number + 1 by slot; 0 is free */
  #slots = new Int32Array(FIRST_SLOTS);
  #a = new Int32Array(FIRST_SLOTS);
  #b = new Int32Array(FIRST_SLOTS);

  /** The number of a key; a new one gets the next. Whether it was new shows in `size`. */
  add({ a, b }: StateKey): number {
    let slot = (a ^ imul(b, 0x9e37_79b1)) & this.#mask;
    for (;;) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) break;
      if (this.#a[number] === a && this.#b[number] === b) return number;
      slot = (slot + 1) & this.#mask;
    }
    const number = this.size++;
    this.#slots[slot] = number + 1;
    this.#a[number] = a;
    this.#b[number] = b;
    // three quarters full: twice as many slots
    if (this.size * 4 > (this.#mask + 1) * 3) this.#grow();
    return number;
  }

  /** Bytes that it takes up. */
  get bytes(): number {
    return (this.#mask + 1) * 12;
  }

  #grow(): void {
    const slots = (this.#mask + 1) * 2;
    const [a, b] = [new Int32Array(slots), new Int32Array(slots)];
    a.set(this.#a);
    b.set(this.#b);
    [this.#a, this.#b] = [a, b];
    this.#mask = slots - 1;
    this.#slots = new Int32Array(slots);
    for (let number = 0; number < this.size; number++) {
      let slot = ((a[number] as number) ^ imul(b[number] as number, 0x9e37_79b1)) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = number + 1;
    }
  }
}

/** The same for exact identity: states by their text. */
export class VisitedTexts {
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size;
  }

  add(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}
