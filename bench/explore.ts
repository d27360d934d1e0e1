/**
 * Exploration: proofs of the peer model by DPOR, by symmetry and over states, beside SPIN's exact search where SPIN is
 * installed; steps a second of random schedules, on the peer model and on the full one; memory for a state; growth with
 * the number of workers. Times are CPU seconds of the process that searches, since other work on the machine stretches
 * any clock; ways take turns, so that noise hits all of them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuUsage, memoryUsage } from 'node:process';
import { fileURLToPath } from 'node:url';
import { loadScenario } from '../cli/scenario-file.ts';
import { explore, type StrategyName } from '../streams/explore/explore.ts';
import { invariantJudge } from '../streams/explore/judge.ts';
import type { Limits } from '../streams/explore/result.ts';
import { scenarioSystem } from '../streams/explore/scenario-system.ts';
import type { System } from '../streams/explore/system.ts';
import { isMain, RUNS } from './measure.ts';
import { peerSystem } from './peer/world.ts';

interface Timed {
  readonly name: string;
  /** CPU seconds, ascending */
  readonly seconds: readonly number[];
  readonly says: string;
}

const cpuSeconds = (work: () => void): number => {
  const start = cpuUsage();
  work();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1e6;
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

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
    ['exhaustive', [3, 4, 5, 6]],
  ];
  for (const [strategy, all] of sizes) {
    const ways = all.map((n) => ({ name: `${strategy}, N=${n}`, run: () => once(strategy, n) }));
    for (const each of takeTurns(ways)) print(each);
  }
}

/** What a search over states keeps for each. */
function memory(): void {
  globalThis.gc?.();
  const before = memoryUsage();
  let peak = 0;
  const { counts } = explore(peerSystem({ n: 6 }), 'exhaustive', {
    progress: () => {
      const { heapUsed, arrayBuffers } = memoryUsage();
      peak = Math.max(peak, heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers);
    },
  });
  const each = count(peak / counts.states);
  process.stdout.write(
    `\nexhaustive, N=6: at most ${each} bytes a state, with what was not collected yet\n`,
  );
}

/** Steps and schedules a second of random schedules. */
function sampling<S>(name: string, systemOf: () => System<S>, limits: Limits): void {
  let says = '';
  const seconds = Array.from({ length: RUNS + 1 }, () => {
    const system = systemOf();
    let rate = 0;
    const spent = cpuSeconds(() => {
      const { counts } = explore(system, 'random', limits);
      rate = counts.transitions;
      says = `${count(counts.executions)} schedules, ${count(counts.transitions)} steps`;
    });
    return { spent, rate };
  }).slice(1);
  const rates = seconds.map(({ spent, rate }) => rate / spent).sort((a, b) => a - b);
  const spread = `[${count(rates[0] ?? NaN)}..${count(rates.at(-1) ?? NaN)}]`;
  process.stdout.write(
    `${name.padEnd(34)} ${count(median(rates)).padStart(9)} steps/s  ${spread} ${says}\n`,
  );
}

function rates(): void {
  process.stdout.write('\nrandom schedules, steps a CPU second\n');
  sampling('peer model, N=4', () => peerSystem({ n: 4 }), { executions: 5_000 });
  sampling('peer model, N=7', () => peerSystem({ n: 7 }), { executions: 3_000 });
  for (const name of ['exec', 'shared-vm', 'two-gts']) {
    const scenario = loadScenario(join('scenarios', `${name}.yaml`));
    sampling(`${name}, expectations`, () => scenarioSystem(scenario), { executions: 200 });
    const judged = (): System<unknown> =>
      scenarioSystem(scenario, { judge: invariantJudge() }) as unknown as System<unknown>;
    sampling(`${name}, every invariant`, judged, { executions: 200 });
  }
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-explore-'));
  try {
    proofs(folder);
    growth();
    memory();
    rates();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (isMain(import.meta.url)) main();
