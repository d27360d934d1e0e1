/** Hashing of plain values into 64 bits: two independent halves of 32, each mixed as MurmurHash3's finaliser does. */

// by name: where code runs in a context of its own, as specs do, looking up a global costs more than the hash
const { imul, floor } = Math;

/** Small numbers, as indices are, whose hashes are kept. */
const SMALL = 1024;

/** Two independent hashes of 32 bits. */
export interface StateKey {
  readonly a: number;
  readonly b: number;
}

export const mixA = (hash: number, label: number): number => {
  let h = imul(hash ^ imul(label, 0x9e37_79b1), 0x85eb_ca6b);
  h = imul(h ^ (h >>> 15), 0xc2b2_ae35);
  return h ^ (h >>> 13);
};
export const mixB = (hash: number, label: number): number => {
  let h = imul(hash ^ imul(label, 0xcc9e_2d51), 0x1b87_3593);
  h = imul(h ^ (h >>> 16), 0x7feb_352d);
  return h ^ (h >>> 14);
};

const constant = (seed: number): StateKey => ({ a: mixA(seed, 77), b: mixB(seed, 77) });
export const NULL = constant(1);
export const TRUE = constant(2);
export const FALSE = constant(3);

export function ofNumber(value: number): StateKey {
  const low = value | 0;
  if (low === value) return { a: mixA(low, 5), b: mixB(low, 5) };
  const high = floor(value / 2 ** 32) | 0;
  return { a: mixA(mixA(low, 7), high), b: mixB(mixB(low, 7), high) };
}

export function ofText(value: string): StateKey {
  let [a, b] = [0x811c_9dc5 | 0, 0x1000_193];
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    a = imul(a ^ code, 0x0100_0193);
    b = imul(b ^ code, 0x5bd1_e995);
    b ^= b >>> 15;
  }
  return { a: mixA(a, value.length), b: mixB(b, value.length) };
}

/** What an empty container of a kind is told from nothing by. */
export const ofContainer = (kind: number): StateKey => ({ a: mixA(kind, 9), b: mixB(kind, 9) });

const small = (of: (value: number) => StateKey): readonly StateKey[] =>
  Array.from({ length: SMALL }, (_, value) => of(value));
const lengthHash = (length: number): StateKey => ({ a: mixA(length, 11), b: mixB(length, 11) });
const NUMBERS = small(ofNumber);
const LENGTHS = small(lengthHash);

export const ofLength = (length: number): StateKey => LENGTHS[length] ?? lengthHash(length);

/** As {@link ofNumber}, looked up where it can be. */
export const numberHash = (value: number): StateKey =>
  value === (value & (SMALL - 1)) ? (NUMBERS[value] as StateKey) : ofNumber(value);

/** Hashes of texts, kept: nearly every text is asked for again. */
export class Texts {
  readonly #known = new Map<string, StateKey>();

  of(value: string): StateKey {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const made = ofText(value);
    this.#known.set(value, made);
    return made;
  }
}
