/**
 * Exploration: proofs of the peer model by DPOR, by symmetry and over states, beside SPIN's exact search where SPIN is
 * installed, and growth with the number of workers; the other parts are in `explore/`. Times are CPU seconds of the
 * process that searches, since other work on the machine stretches any clock; ways take turns, so that noise hits all of
 * them. Arguments name the parts to run; all of them without.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { explore, type StrategyName } from '../streams/explore/explore.ts';
import { MOST_SEARCHED, remembering } from '../streams/explore/remembered/remembering.ts';
import { count, cpuSeconds, median } from './explore/figures.ts';
import { memory } from './explore/memory.ts';
import { rumur, spin, type Way } from './explore/outside.ts';
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
    const system = peerSystem({ n });
    // as the command does, each time from nothing remembered
    const { verdict, counts } =
      strategy === 'symmetric'
        ? explore(system, strategy)
        : explore(remembering(system, MOST_SEARCHED), strategy);
    const { executions, transitions, states, blocked } = counts;
    const what =
      states > 0 ? `${count(states)} states` : `${count(executions)} runs, ${blocked} blocked`;
    says = `${verdict}: ${what}, ${count(transitions)} transitions`;
  });
  return { seconds, says };
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

/** Searches over every state, 6 workers: ours and those of SPIN and rumur, where they are installed. */
function peers(folder: string): void {
  process.stdout.write('\nevery state of the peer model, CPU seconds\n');
  once('exhaustive', 5);
  const ours: Way = { name: 'exhaustive, N=6', run: () => once('exhaustive', 6) };
  const ways = [ours, spin(6, folder), rumur(6, folder)].filter((way) => way !== null);
  for (const each of takeTurns(ways)) print(each);
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
    peers: () => {
      peers(folder);
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
