/**
 * Damages logs at random: flips, cuts, lines deleted, inserted, swapped, doubled, and two valid
 * logs spliced. Driven by a seed only, so that a find can be run again.
 */
import type { SampleLog } from './sample-log.ts';

/** mulberry32: small, quick, good enough for choosing where to hit. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 .. n - 1 */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }
}

type Mutator = (bytes: Buffer, dice: Dice, other: Buffer) => Buffer;

/** The lines with their line feeds; the last may lack its own. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const feed = bytes.indexOf(10, at);
    const end = feed < 0 ? bytes.length : feed + 1;
    lines.push(bytes.subarray(at, end));
    at = end;
  }
  return lines;
}

function onLines(change: (lines: Buffer[], dice: Dice, other: Buffer[]) => Buffer[]): Mutator {
  return (bytes, dice, other) => {
    const lines = linesOf(bytes);
    return lines.length === 0 ? bytes : Buffer.concat(change(lines, dice, linesOf(other)));
  };
}

export const MUTATORS: Readonly<Record<string, Mutator>> = {
  flip: (bytes, dice) => {
    if (bytes.length === 0) return bytes;
    const copy = Buffer.from(bytes);
    const at = dice.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << dice.below(8));
    return copy;
  },
  cut: (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
  overwrite: (bytes, dice) => {
    const copy = Buffer.from(bytes);
    const from = dice.below(copy.length + 1);
    return copy.fill(dice.below(2) * 10, from, Math.min(copy.length, from + dice.below(64)));
  },
  remove: (bytes, dice) => {
    const from = dice.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + dice.below(600))]);
  },
  deleteLine: onLines((lines, dice) => lines.toSpliced(dice.below(lines.length), 1)),
  insertLine: onLines((lines, dice, other) => {
    const garbage = [Buffer.from('{}\n'), Buffer.from('\n'), Buffer.from('{"seq":3}\n')];
    const pool = [...other, ...garbage];
    const line = pool[dice.below(pool.length)] ?? Buffer.alloc(0);
    return lines.toSpliced(dice.below(lines.length + 1), 0, line);
  }),
  swapLines: onLines((lines, dice) => {
    const a = dice.below(lines.length);
    const b = dice.below(lines.length);
    const swapped = [...lines];
    [swapped[a], swapped[b]] = [lines[b] ?? Buffer.alloc(0), lines[a] ?? Buffer.alloc(0)];
    return swapped;
  }),
  doubleLine: onLines((lines, dice) => {
    const at = dice.below(lines.length);
    return lines.toSpliced(at, 0, lines[at] ?? Buffer.alloc(0));
  }),
  /** from a line on, the lines of the other log: same sequence numbers, all lines valid */
  splice: onLines((lines, dice, other) => {
    const at = dice.below(Math.min(lines.length, other.length) + 1);
    return [...lines.slice(0, at), ...other.slice(at)];
  }),
  /** some lines of the other log in the place of ours */
  graft: onLines((lines, dice, other) => {
    const from = dice.below(lines.length);
    const to = from + 1 + dice.below(4);
    return [...lines.slice(0, from), ...other.slice(from, to), ...lines.slice(to)];
  }),
};

export interface Mutant {
  readonly bytes: Buffer;
  /** names of the mutators, in order */
  readonly by: readonly string[];
}

/** One to three mutations of `log`; mostly one. */
export function mutantOf(log: SampleLog, other: SampleLog, dice: Dice): Mutant {
  const names = Object.keys(MUTATORS);
  const by: string[] = [];
  let { bytes } = log;
  for (let more = 1; more > 0; more = dice.below(4) === 0 && by.length < 3 ? 1 : 0) {
    const name = names[dice.below(names.length)] ?? 'flip';
    by.push(name);
    bytes = MUTATORS[name]?.(bytes, dice, other.bytes) ?? bytes;
  }
  return { bytes, by };
}
