/** How long the command takes as a process of its own, start-up included. */
import { spawnSync } from 'node:child_process';
import { execPath } from 'node:process';
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
