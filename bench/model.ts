/**
 * The full model: steps a second of every scenario, and of generated ones, bare, watched by every invariant, with the
 * log written to a file, and with both; then how the time of a step grows with VMs, ops in a call, mappings, queues and
 * with what is over. The ways take turns, so that noise hits all of them, and ratios are of one run.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadScenario } from '../cli/scenario-file.ts';
import { openFileSink } from '../streams/log/file-sink.ts';
import type { LogSink } from '../streams/log/sink.ts';
import { drive, go, prepare, type Prepared, type Way, WAYS } from './drive.ts';
import { mappings, opsInCall, past, queues, type Sized, vms } from './generated.ts';
import { type Figure, isMain, line, RUNS } from './measure.ts';

/** How long one timing takes at least. */
const LEAST_MS = 60;
/** How long each world runs each way, twice, before anything is timed. */
const WARM_MS = 60;

export interface Growth {
  readonly name: string;
  readonly size: number;
  readonly bare: Figure;
  readonly watched: Figure;
}

interface Named {
  readonly name: string;
  readonly prepared: Prepared;
}

export type Row = Readonly<Record<Way, Figure>> & { readonly name: string };

function figure(name: string, rates: readonly number[]): Figure {
  const sorted = [...rates].sort((a, b) => a - b);
  const at = (i: number): number => sorted[i] ?? NaN;
  return { name, median: at(sorted.length >> 1), min: at(0), max: at(sorted.length - 1) };
}

/** Steps a second of as many runs as `leastMs` takes. */
async function rate(prepared: Prepared, way: Way, sink: LogSink, leastMs: number): Promise<number> {
  let steps = 0;
  const start = performance.now();
  do steps += await go(prepared, way, sink);
  while (performance.now() - start < leastMs);
  return (steps * 1000) / (performance.now() - start);
}

async function rowOf({ name, prepared }: Named, sink: LogSink): Promise<Row> {
  const rates: Record<Way, number[]> = { bare: [], invariants: [], log: [], both: [] };
  for (let round = 0; round <= RUNS; round++) {
    for (const way of WAYS) {
      const once = await rate(prepared, way, sink, LEAST_MS);
      // the first is for warming up
      if (round > 0) rates[way].push(once);
    }
  }
  const of = (way: Way): Figure => figure(`${name}, ${way}`, rates[way]);
  return { name, bare: of('bare'), invariants: of('invariants'), log: of('log'), both: of('both') };
}

function scenariosIn(folder: string): Named[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => {
    const name = file.replace('.yaml', '');
    return { name, prepared: prepare(loadScenario(join(folder, file))) };
  });
}

const generated = (): Named[] =>
  [mappings(1000, 20), vms(16), opsInCall(16), queues(8)].map(({ scenario }) => ({
    name: scenario.name,
    prepared: prepare(scenario),
  }));

const GROWTHS: readonly (readonly [
  what: string,
  of: (size: number) => Sized,
  sizes: readonly number[],
])[] = [
  ['VMs', vms, [1, 4, 16, 64]],
  ['ops in a call', opsInCall, [1, 8, 64, 512]],
  ['mappings', mappings, [100, 1000, 10_000, 100_000]],
  ['clients and queues', queues, [1, 4, 16, 32]],
  ['rounds before', past, [10, 100, 1000]],
];

/** One timing after another of each size in turn. */
function growthOf(what: string, of: (size: number) => Sized, sizes: readonly number[]): Growth[] {
  const worlds = sizes.map((size) => {
    const { scenario, prepared } = of(size);
    return {
      size,
      prepared: prepare(scenario, prepared),
      bare: [] as number[],
      watched: [] as number[],
    };
  });
  const timed = (prepared: Prepared, isWatched: boolean): number => {
    const start = performance.now();
    let steps = 0;
    do steps += drive(prepared, isWatched);
    while (performance.now() - start < LEAST_MS);
    return (steps * 1000) / (performance.now() - start);
  };
  for (let round = 0; round <= RUNS; round++) {
    for (const { prepared, bare, watched } of worlds) {
      const rates = [timed(prepared, false), timed(prepared, true)] as const;
      if (round === 0) continue;
      bare.push(rates[0]);
      watched.push(rates[1]);
    }
  }
  return worlds.map(({ size, bare, watched }) => {
    const name = `${what}: ${size}`;
    return {
      name,
      size,
      bare: figure(name, bare),
      watched: figure(`${name}, invariants`, watched),
    };
  });
}

export async function runScenarios(
  folder = 'scenarios',
  print?: (row: Row) => void,
): Promise<Row[]> {
  const out = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  const sink = await openFileSink(join(out, 'log.jsonl'));
  try {
    const rows: Row[] = [];
    const all = [...scenariosIn(folder), ...generated()];
    // what is timed first would pay for code that all of them share and that is not compiled yet
    for (const way of [...WAYS, ...WAYS]) {
      for (const { prepared } of all) await rate(prepared, way, sink, WARM_MS);
    }
    for (const each of all) {
      const row = await rowOf(each, sink);
      print?.(row);
      rows.push(row);
    }
    return rows;
  } finally {
    await sink.close();
    rmSync(out, { recursive: true });
  }
}

const ratio = (a: Figure, b: Figure): number => a.median / b.median;

function textOf(row: Row): string {
  const ratios = WAYS.slice(1).map((way) => `${way} ${ratio(row.bare, row[way]).toFixed(2)}`);
  return `${line(row.bare)}  ${ratios.join('  ')}`;
}

function growthText(rows: readonly Growth[]): string[] {
  const [first] = rows;
  return rows.map(({ bare, watched }) => {
    const grown = first === undefined ? 1 : ratio(first.bare, bare);
    const grownWatched = first === undefined ? 1 : ratio(first.watched, watched);
    return `${line(bare)}  ${grown.toFixed(2)} times the time; with invariants ${grownWatched.toFixed(2)}`;
  });
}

/** Over all rows: the geometric mean of what a way takes beside a bare run. */
export function meanRatio(rows: readonly Row[], way: Way): number {
  const logs = rows.map((row) => Math.log(ratio(row.bare, row[way])));
  return Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length);
}

if (isMain(import.meta.url)) {
  const print = (text: string): boolean => process.stdout.write(`${text}\n`);
  print('steps a second, bare; then what a step takes beside a bare one');
  const rows = await runScenarios('scenarios', (row) => print(textOf(row)));
  const means = WAYS.slice(1).map((way) => `${way} ${meanRatio(rows, way).toFixed(2)}`);
  print(`all, geometric mean: ${means.join('  ')}`);
  for (const [what, of, sizes] of GROWTHS) growthText(growthOf(what, of, sizes)).forEach(print);
}
