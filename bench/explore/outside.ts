/** Other tools on the peer model, compiled once for each size; null where one cannot be had. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { count } from './figures.ts';

export interface Way {
  readonly name: string;
  /** CPU seconds, and what was counted */
  readonly run: () => { seconds: number; says: string };
}

// seen from dist/bench/explore
const model = (file: string): string =>
  fileURLToPath(new URL(`../../../bench/peer/${file}`, import.meta.url));

const isDone = (script: string, cwd: string): boolean =>
  spawnSync('bash', ['-c', script], { cwd }).status === 0;

/** The CPU seconds of a command, and what it printed. */
function timed(command: string, cwd: string): { seconds: number; stdout: string } {
  const script = `TIMEFORMAT='%U %S'; time ${command}`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
  const [user = NaN, system = NaN] = stderr.trim().split(/\s+/).slice(-2).map(Number);
  return { seconds: user + system, stdout };
}

/** SPIN's exact search. */
export function spin(n: number, folder: string): Way | null {
  const build =
    `mkdir -p spin${n} && cd spin${n} && spin -a -DN=${n} -DM=2 -DE=2 ${model('vmbind.pml')} >/dev/null && ` +
    'gcc -O3 -march=native -DSAFETY -DNOREDUCE -o pan pan.c 2>/dev/null';
  if (!isDone(build, folder)) return null;
  const width = n > 7 ? 26 : 24;
  return {
    name: `SPIN, exact, N=${n}`,
    run: () => {
      const { seconds, stdout } = timed(`./pan -m2000000 -w${width}`, join(folder, `spin${n}`));
      const states = /(\d+) states, stored/.exec(stdout)?.[1] ?? '?';
      const transitions = /(\d+) transitions/.exec(stdout)?.[1] ?? '?';
      return {
        seconds,
        says: `${count(Number(states))} states, ${count(Number(transitions))} transitions`,
      };
    },
  };
}

/** rumur's search, one thread. */
export function rumur(n: number, folder: string): Way | null {
  const sizes: readonly (readonly [string, number])[] = [
    ['@N@', n],
    ['@M@', 2],
    ['@E@', 2],
    ['@QC@', Math.ceil(n / 2)],
  ];
  const text = sizes.reduce(
    (all, [name, size]) => all.replaceAll(name, String(size)),
    readFileSync(model('vmbind.m.in'), 'utf8'),
  );
  writeFileSync(join(folder, `rumur${n}.m`), text);
  const build =
    `rumur --deadlock-detection off --threads 1 --output rumur${n}.c rumur${n}.m && ` +
    `gcc -std=c11 -O3 -march=native rumur${n}.c -o rumur${n} -lpthread -mcx16 2>/dev/null`;
  if (!isDone(build, folder)) return null;
  return {
    name: `rumur, one thread, N=${n}`,
    run: () => {
      const { seconds, stdout } = timed(`./rumur${n}`, folder);
      const [, states = '?', rules = '?'] = /(\d+) states?, (\d+) rules? fired/.exec(stdout) ?? [];
      return {
        seconds,
        says: `${count(Number(states))} states, ${count(Number(rules))} transitions`,
      };
    },
  };
}
