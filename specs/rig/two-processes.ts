/** The same runs in two processes that have nothing else in common: time zone, locale, folder, stack, heap, seeds. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;
const PROGRAM = join(ROOT, 'dist/bench/determinism.js');

interface Surroundings {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly replayed: 'odd' | 'even';
}

function printed(seeds: number, { flags, env, cwd, replayed }: Surroundings): Promise<string[]> {
  const args = [...flags, PROGRAM, join(ROOT, 'scenarios'), String(seeds), replayed];
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'], ...env } });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && err === '') resolve(out.trimEnd().split('\n'));
      else reject(new Error(`ended with ${String(code)}: ${err}`));
    });
  });
}

/** A line of the program without how its run was replayed: the other process replays another half. */
const withoutReplay = (line: string): string => line.replace(/ \S+$/, '');
/** `identical`, a difference, or `-` if this process did not replay it. */
const replayOf = (line: string): string => / (\S+)$/.exec(line)?.[1] ?? '';

/** What each of the two prints: a line for each scenario and seed. */
export function bothProcesses(seeds: number): Promise<[a: string[], b: string[]]> {
  // `npm test` builds first; a spec run by itself needs a build too
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: npm run build`);
  return Promise.all([
    printed(seeds, {
      flags: ['--stack-size=600', '--max-semi-space-size=1'],
      env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      cwd: tmpdir(),
      replayed: 'odd',
    }),
    printed(seeds, {
      flags: ['--stack-size=4000', '--random-seed=7', '--hash-seed=99'],
      env: { TZ: 'America/St_Johns', LANG: 'C' },
      cwd: ROOT,
      replayed: 'even',
    }),
  ]);
}

/** The first line that the two do not share; null when they are the same. */
export function firstDifference(a: readonly string[], b: readonly string[]): string | null {
  const at = a.findIndex((line, i) => withoutReplay(line) !== withoutReplay(b[i] ?? ''));
  return at < 0 ? null : `${a[at]} / ${b[at]}`;
}

/** Every way in which a run was replayed by the two: `- identical` if one of them did and it came out the same. */
export function replays(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set(a.map((line, i) => [replayOf(line), replayOf(b[i] ?? '')].sort().join(' ')))];
}
