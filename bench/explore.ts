/**
 * Exploration: proofs of the peer model by DPOR, by symmetry and over states, beside SPIN's exact search where SPIN is
 * installed, and growth with the number of workers; the other parts are in `explore/`. Times are CPU seconds of the
 * process that searches, since other work on the machine stretches any clock; ways take turns, so that noise hits all of
 * them. Arguments name the parts to run; all of them without.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { explore, type StrategyName } from '../streams/explore/explore.ts';
import { count, cpuSeconds, median } from './explore/figures.ts';
import { memory } from './explore/memory.ts';
import { schedules } from './explore/schedules.ts';
import { searches } from './explore/searches.ts';
import { isMain, RUNS } from './measure.ts';
import { peerSystem } from './peer/world.ts';

interface Timed {
  readonly name: string;
  /** CPU seconds, ascending */
  readonly seconds: readonly number[];
  readonly says: string;
}

function print({ name, seconds, says }: Timed): void {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (value: number | undefined): string => (value ?? NaN).toFixed(2);
  const spread = `[${at(sorted[0])}..${at(sorted.at(-1))}]`;
  process.stdout.write(
    `${name.padEnd(34)} ${at(median(sorted)).padStart(7)} s  ${spread.padEnd(15)} ${says}\n`,
  );
}

/** A search, and what it counted. */
function once(strategy: StrategyName, n: number): { seconds: number; says: string } {
  let says = '';
  const seconds = cpuSeconds(() => {
    const { verdict, counts } = explore(peerSystem({ n }), strategy);
    const { executions, transitions, states, blocked } = counts;
    const what =
      states > 0 ? `${count(states)} states` : `${count(executions)} runs, ${blocked} blocked`;
    says = `${verdict}: ${what}, ${count(transitions)} transitions`;
  });
  return { seconds, says };
}

interface Way {
  readonly name: string;
  readonly run: () => { seconds: number; says: string };
}

/** SPIN's exact search, compiled once for each size; null where it cannot be had. */
function spin(n: number, folder: string): Way | null {
  const model = fileURLToPath(new URL('../../bench/peer/vmbind.pml', import.meta.url));
  const cwd = join(folder, `n${n}`);
  const script =
    `mkdir -p ${cwd} && cd ${cwd} && spin -a -DN=${n} -DM=2 -DE=2 ${model} >/dev/null && ` +
    'gcc -O3 -march=native -DSAFETY -DNOREDUCE -o pan pan.c 2>/dev/null';
  if (spawnSync('bash', ['-c', script]).status !== 0) return null;
  const width = n > 7 ? 26 : 24;
  return {
    name: `SPIN, exact, N=${n}`,
    run: () => {
      const timed = `TIMEFORMAT='%U %S'; time ./pan -m2000000 -w${width}`;
      const { stdout, stderr } = spawnSync('bash', ['-c', timed], { cwd, encoding: 'utf8' });
      const [user = NaN, system = NaN] = stderr.trim().split(/\s+/).slice(-2).map(Number);
      const states = /(\d+) states, stored/.exec(stdout)?.[1] ?? '?';
      const transitions = /(\d+) transitions/.exec(stdout)?.[1] ?? '?';
      return {
        seconds: user + system,
        says: `${count(Number(states))} states, ${count(Number(transitions))} transitions`,
      };
    },
  };
}

function takeTurns(ways: readonly Way[]): Timed[] {
  const all = ways.map(({ name }) => ({ name, seconds: [] as number[], says: '' }));
  for (let round = 0; round < RUNS; round++) {
    ways.forEach(({ run }, i) => {
      const { seconds, says } = run();
      const timed = all[i];
      if (timed === undefined) return;
      timed.seconds.push(seconds);
      timed.says = says;
    });
  }
  return all;
}

function proofs(folder: string): void {
  process.stdout.write('proof of the peer model, CPU seconds\n');
  once('dpor', 6);
  for (const n of [7, 8]) {
    const theirs = spin(n, folder);
    const ours: Way = { name: `DPOR, N=${n}`, run: () => once('dpor', n) };
    const [mine, peer] = takeTurns(theirs === null ? [ours] : [ours, theirs]);
    for (const each of [mine, peer]) if (each !== undefined) print(each);
    if (mine === undefined || peer === undefined) continue;
    const share = median(mine.seconds) / median(peer.seconds);
    process.stdout.write(
      `${' '.repeat(34)} DPOR takes ${(share * 100).toFixed(0)}% of SPIN's time\n`,
    );
  }
}

function growth(): void {
  process.stdout.write('\ngrowth with the number of workers, CPU seconds\n');
  const sizes: readonly (readonly [StrategyName, readonly number[]])[] = [
    ['dpor', [4, 5, 6, 7]],
    ['symmetric', [4, 5, 6, 7]],
    ['exhaustive', [3, 4, 5, 6, 7]],
  ];
  for (const [strategy, all] of sizes) {
    const ways = all.map((n) => ({ name: `${strategy}, N=${n}`, run: () => once(strategy, n) }));
    for (const each of takeTurns(ways)) print(each);
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-explore-'));
  const parts: Readonly<Record<string, () => Promise<void> | void>> = {
    proofs: () => {
      proofs(folder);
    },
    growth,
    memory,
    searches,
    schedules,
  };
  const asked = argv.slice(2);
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (asked.length === 0 || asked.includes(name)) await part();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (isMain(import.meta.url)) await main();
