/**
 * Runs in chunks of fixed size, so that they can be drawn in any number of places at once and come to the same. Chunk i
 * has a seed of its own, made of the seed and i; what chunks saw is added up in their order, up to the first that found
 * a violation or did not come to its end. So the result is that of the first so many chunks, whoever drew them.
 */
import { type U64, u64OfBigint } from '../../domain/units.ts';
import { mix32, seed32 } from '../../hw/latency.ts';
import type { ClassRuns } from './classes.ts';
import type { Counts } from './result.ts';
import type { Sampled } from './strategies/sample.ts';

/** Runs of a chunk: long enough for samplers that learn from run to run, short enough to be shared out. */
export const CHUNK_RUNS = 250;

export interface Chunk {
  readonly number: number;
  readonly runs: number;
  readonly seed: U64;
}

export function chunkOf(seed: U64, number: number, runs = CHUNK_RUNS): Chunk {
  const halves = seed32(seed);
  const [high, low] = [mix32(halves, number, 0xc4a1), mix32(halves, number, 0x9d72)];
  return { number, runs, seed: u64OfBigint((BigInt(high) << 32n) | BigInt(low)) };
}

/** Chunks for so many runs, without an end if it is infinite. */
export function* chunksFor(seed: U64, runs: number): Generator<Chunk, void> {
  for (let number = 0; number * CHUNK_RUNS < runs; number++) {
    yield chunkOf(seed, number, Math.min(CHUNK_RUNS, runs - number * CHUNK_RUNS));
  }
}

/** Whether nothing behind this chunk counts. */
export const endsThere = (chunk: Chunk, sampled: Sampled): boolean =>
  sampled.violation !== null || sampled.counts.executions < chunk.runs;

const NOTHING: Sampled = {
  counts: { executions: 0, transitions: 0, states: 0, blocked: 0 },
  failures: 0,
  violation: null,
  stuck: null,
  stuckRuns: 0,
  witnesses: {},
  classes: null,
  sizes: null,
  notes: [],
};

function sumOf(one: Readonly<Counts>, other: Readonly<Counts>): Counts {
  return {
    executions: one.executions + other.executions,
    transitions: one.transitions + other.transitions,
    states: one.states + other.states,
    blocked: one.blocked + other.blocked,
  };
}

function countsOf(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

function classesOf(all: readonly Sampled[]): ClassRuns | null {
  const runs = new Map<string, number>();
  for (const { classes } of all) {
    if (classes === null) return null;
    for (const [name, count] of classes) runs.set(name, (runs.get(name) ?? 0) + count);
  }
  return [...runs];
}

function sizesOf(all: readonly Sampled[]): Sampled['sizes'] {
  const sizes = all.flatMap((each) => (each.sizes === null ? [] : [each.sizes]));
  const [first] = sizes;
  if (first === undefined) return null;
  return {
    depth: first.depth,
    threads: Math.max(...sizes.map(({ threads }) => threads)),
    steps: Math.max(...sizes.map(({ steps }) => steps)),
  };
}

/** What chunks saw together; `all` in their order. */
export function added(all: readonly Sampled[]): Sampled {
  const sum = all.reduce(
    (one, other) => ({
      counts: sumOf(one.counts, other.counts),
      failures: one.failures + other.failures,
      violation: one.violation ?? other.violation,
      stuck: one.stuck ?? other.stuck,
      stuckRuns: one.stuckRuns + other.stuckRuns,
      witnesses: countsOf(one.witnesses, other.witnesses),
      classes: null,
      sizes: null,
      notes: [...new Set([...one.notes, ...other.notes])],
    }),
    NOTHING,
  );
  return { ...sum, classes: classesOf(all), sizes: sizesOf(all) };
}
