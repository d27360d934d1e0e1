/** Hashing of plain values into 64 bits: two independent halves of 32, each mixed as MurmurHash3's finaliser does. */

// by name: where code runs in a context of its own, as specs do, looking up a global costs more than the hash
const { imul, floor } = Math;

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
