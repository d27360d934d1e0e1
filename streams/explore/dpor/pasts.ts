/**
 * What is known to happen before an event from some state on: rows of bits, each kept once and known by its number. A row
 * says which objects are touched and written there, which pending steps (System.sent) are among it, the event's own
 * included, and whose steps they are. The first three are there twice: for all of it, and for the causes alone, which are what
 * made the event possible: its message, and what happens before that was sent.
 *
 * A row may say too little, never too much; so what has a number beyond the width is left out.
 */

// by name, see ../hash.ts
const { imul } = Math;

/** Words of 32 bits for objects, for pending steps, for processes. */
const OBJECTS = 8;
const PENDING = 4;
const PROCESSES = 4;
const [TOUCHED, WRITTEN, SENT] = [0, OBJECTS, 2 * OBJECTS];
/** from the first of these words of all to the same of the causes */
const CAUSES = 2 * OBJECTS + PENDING;
const BY = 2 * CAUSES;
const WIDTH = BY + PROCESSES;

/** A step, as rows are compared with it. */
export interface Bits {
  /** what the row has more of with the step in it */
  readonly row: Int32Array;
  /** pending steps that it made possible */
  readonly sent: Int32Array;
  /** pending steps of its own process, and each in what it is before the step */
  readonly own: Int32Array;
  readonly next: ReadonlyMap<number, number>;
}

export const wordsOf = (bits: Iterable<number>, words: number): Int32Array => {
  const made = new Int32Array(words);
  for (const bit of bits) if (bit < words * 32) (made[bit >>> 5] as number) |= 1 << (bit & 31);
  return made;
};

/** The bits of a step's own part of a row. */
export function rowOf(
  touches: readonly number[],
  process: number,
  pending: readonly number[],
): Int32Array {
  const row = new Int32Array(WIDTH);
  const objects = touches.map((touch) => touch >>> 1);
  const written = touches.filter((touch) => (touch & 1) === 1).map((touch) => touch >>> 1);
  for (const from of [0, CAUSES]) {
    row.set(wordsOf(objects, OBJECTS), from + TOUCHED);
    row.set(wordsOf(written, OBJECTS), from + WRITTEN);
    row.set(wordsOf(pending, PENDING), from + SENT);
  }
  row.set(wordsOf([process], PROCESSES), BY);
  return row;
}

export const pendingBits = (places: Iterable<number>): Int32Array => wordsOf(places, PENDING);

const FIRST_ROWS = 1 << 10;

export class Pasts {
  #size = 0;
  #rows = new Int32Array(FIRST_ROWS * WIDTH);
  /** number + 1 by slot; 0 is free */
  #slots = new Int32Array(FIRST_ROWS * 2);
  readonly #work = new Int32Array(WIDTH);
  /** nothing */
  readonly none = this.#number();

  /** Of the next step of a process: nothing but who made it possible. */
  ofPending(pending: Int32Array): number {
    this.#work.fill(0);
    this.#work.set(pending, SENT);
    this.#work.set(pending, CAUSES + SENT);
    return this.#number();
  }

  /** Whether the step happens before something in this past, or made something in it possible. */
  isBefore(past: number, step: Bits): boolean {
    return this.#isBeforeAt(past * WIDTH, step);
  }

  /** Whether the step happens before what made the event possible. */
  isBeforeCauses(past: number, step: Bits): boolean {
    return this.#isBeforeAt(past * WIDTH + CAUSES, step);
  }

  hasCauses(past: number): boolean {
    const from = past * WIDTH + CAUSES;
    for (let i = 0; i < OBJECTS; i++) if (this.#rows[from + i] !== 0) return true;
    return false;
  }

  /** The same past, seen from before the step: what was pending of its process was one place further behind. */
  shifted(past: number, step: Bits): number {
    if (!this.#isShifted(past, step)) return past;
    this.#load(past);
    this.#shift(step);
    return this.#number();
  }

  /** The past with the step in it. */
  joined(past: number, step: Bits): number {
    const work = this.#work;
    const isCause = this.isBeforeCauses(past, step);
    this.#load(past);
    if (this.#isShifted(past, step)) this.#shift(step);
    const { row } = step;
    for (let i = 0; i < CAUSES; i++) (work[i] as number) |= row[i] as number;
    if (isCause) for (let i = CAUSES; i < BY; i++) (work[i] as number) |= row[i] as number;
    for (let i = BY; i < WIDTH; i++) (work[i] as number) |= row[i] as number;
    return this.#number();
  }

  /** What is true of both. */
  meet(a: number, b: number): number {
    if (a === b) return a;
    const rows = this.#rows;
    const [x, y] = [a * WIDTH, b * WIDTH];
    for (let i = 0; i < WIDTH; i++)
      this.#work[i] = (rows[x + i] as number) & (rows[y + i] as number);
    return this.#number();
  }

  /** Nothing but the causes. */
  causesOf(past: number): number {
    this.#load(past);
    this.#work.copyWithin(0, CAUSES, BY);
    this.#work.fill(0, BY);
    return this.#number();
  }

  /** Whose steps are in it. */
  processesOf(past: number): number[] {
    const found: number[] = [];
    for (let bit = 0; bit < PROCESSES * 32; bit++) {
      const word = this.#rows[past * WIDTH + BY + (bit >>> 5)] as number;
      if ((word & (1 << (bit & 31))) !== 0) found.push(bit);
    }
    return found;
  }

  #isBeforeAt(from: number, { row, sent }: Bits): boolean {
    const rows = this.#rows;
    for (let i = 0; i < PENDING; i++) {
      if (((rows[from + SENT + i] as number) & (sent[i] as number)) !== 0) return true;
    }
    for (let i = 0; i < OBJECTS; i++) {
      const clashes =
        ((rows[from + WRITTEN + i] as number) & (row[TOUCHED + i] as number)) |
        ((rows[from + TOUCHED + i] as number) & (row[WRITTEN + i] as number));
      if (clashes !== 0) return true;
    }
    return false;
  }

  #isShifted(past: number, { sent, own }: Bits): boolean {
    const from = past * WIDTH + SENT;
    for (let i = 0; i < PENDING; i++) {
      if (((this.#rows[from + i] as number) & ((sent[i] as number) | (own[i] as number))) !== 0)
        return true;
    }
    return false;
  }

  #shift({ sent, own, next }: Bits): void {
    const work = this.#work;
    for (const from of [SENT, CAUSES + SENT]) {
      const moved: number[] = [];
      for (const [place, before] of next) {
        const bit = 1 << (place & 31);
        const i = place >>> 5;
        if (((work[from + i] as number) & bit & ~(sent[i] as number)) !== 0) moved.push(before);
      }
      for (let i = 0; i < PENDING; i++) {
        (work[from + i] as number) &= ~((sent[i] as number) | (own[i] as number));
      }
      const bits = pendingBits(moved);
      for (let i = 0; i < PENDING; i++) (work[from + i] as number) |= bits[i] as number;
    }
  }

  #load(past: number): void {
    const rows = this.#rows;
    const from = past * WIDTH;
    for (let i = 0; i < WIDTH; i++) this.#work[i] = rows[from + i] as number;
  }

  /** The number of the row in `#work`; a new one gets the next. */
  #number(): number {
    const work = this.#work;
    const mask = this.#slots.length - 1;
    let slot = hashOf(work, 0) & mask;
    for (;;) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) break;
      if (this.#isWork(number)) return number;
      slot = (slot + 1) & mask;
    }
    const number = this.#size++;
    this.#slots[slot] = number + 1;
    if ((number + 1) * WIDTH > this.#rows.length) {
      const rows = new Int32Array(this.#rows.length * 2);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    this.#rows.set(work, number * WIDTH);
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return number;
  }

  #isWork(number: number): boolean {
    const from = number * WIDTH;
    for (let i = 0; i < WIDTH; i++) if (this.#rows[from + i] !== this.#work[i]) return false;
    return true;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#size; number++) {
      let slot = hashOf(this.#rows, number * WIDTH) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

function hashOf(words: Int32Array, from: number): number {
  let hash = 0x811c_9dc5 | 0;
  for (let i = 0; i < WIDTH; i++) {
    hash = imul(hash ^ (words[from + i] as number), 0x85eb_ca6b);
    hash ^= hash >>> 13;
  }
  return hash;
}
