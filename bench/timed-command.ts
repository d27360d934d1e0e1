/** How long a call takes, and the command as a process of its own, start-up included. */
import { spawnSync } from 'node:child_process';
import { cpuUsage, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';

export interface Took {
  /** seconds of the processor; other work on the machine stretches only the wall clock */
  readonly cpu: number;
  readonly wall: number;
}

/** @throws RangeError with what it said, when it does not end with 0 */
export function timedCommand(argv: readonly string[], cwd: string): Took {
  const bin = fileURLToPath(new URL('../../cli/bin.js', import.meta.url));
  // what the command writes on stderr comes before the times
  const script = 'TIMEFORMAT="%U %S %R"; time "$@" >/dev/null';
  const options = { cwd, encoding: 'utf8' } as const;
  const { stderr, status } = spawnSync(
    'bash',
    ['-c', script, 'bash', execPath, bin, ...argv],
    options,
  );
  if (status !== 0) throw new RangeError(stderr);
  const [user = NaN, system = NaN, wall = NaN] = stderr.trim().split(/\s+/).slice(-3).map(Number);
  return { cpu: user + system, wall };
}

/** How long a call takes, and what it says. */
export function timedCall(call: () => string): Took & { readonly says: string } {
  const [start, clock] = [cpuUsage(), performance.now()];
  const says = call();
  const { user, system } = cpuUsage(start);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - clock) / 1000, says };
}

/** The median of each clock, and its spread. */
export function printTook(name: string, runs: readonly Took[], says: string): void {
  const seconds = (of: 'cpu' | 'wall'): string => {
    const sorted = runs.map((run) => run[of]).sort((a, b) => a - b);
    const at = (i: number): string => (sorted.at(i) ?? NaN).toFixed(2);
    return `${at(sorted.length >> 1)} s ${of} [${at(0)}..${at(-1)}]`;
  };
  process.stdout.write(`${name.padEnd(30)} ${seconds('cpu')}  ${seconds('wall')}  ${says}\n`);
}
