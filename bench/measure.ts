/**
 * How a benchmark times things: five runs, the median and the spread, one line of print for each.
 *
 * A run times itself (its setup is not counted) and says how many operations it did.
 */
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';

export interface Figure {
  readonly name: string;
  /** Operations a second. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const RUNS = 5;

/** Times `operations` of them. */
export function perSecond(operations: number, work: () => void): number {
  const start = performance.now();
  work();
  return (operations * 1000) / (performance.now() - start);
}

/** `once` gives operations a second; called once to warm up, then five times. */
export function measure(name: string, once: () => number): Figure {
  once();
  const runs = Array.from({ length: RUNS }, once).sort((a, b) => a - b);
  return {
    name,
    median: runs[RUNS >> 1] as number,
    min: runs[0] as number,
    max: runs[RUNS - 1] as number,
  };
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

export const line = ({ name, median, min, max }: Figure): string =>
  `${name.padEnd(58)} ${count(median).padStart(12)}/s  [${count(min)}..${count(max)}]`;

/** A small generator with a fixed seed: the same work in every run and for every peer. */
export function randomInts(seed: number): (below: number) => number {
  let a = seed | 0;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Whether the module of this URL is what `node` was started with. */
export const isMain = (url: string): boolean =>
  argv[1] !== undefined && pathToFileURL(argv[1]).href === url;
