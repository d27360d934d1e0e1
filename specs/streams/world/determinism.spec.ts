/**
 * 50 seeds of every scenario, run in two processes with another time zone, locale, working directory, stack size and
 * heap: byte for byte the same records. Each run is replayed in one of the two and comes out identical, and the fold of
 * its facts is the machines' own state after every record.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCENARIOS } from '../../rig/scenarios.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const PROGRAM = join(ROOT, 'dist/bench/determinism.js');
const SEEDS = 50;

interface Surroundings {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly replayed: 'odd' | 'even';
}

function printed({ flags, env, cwd, replayed }: Surroundings): Promise<string[]> {
  const args = [...flags, PROGRAM, join(ROOT, 'scenarios'), String(SEEDS), replayed];
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

const withoutReplay = (line: string): string => line.replace(/ \S+$/, '');
const replayOf = (line: string): string => / (\S+)$/.exec(line)?.[1] ?? '';

let a: readonly string[] = [];
let b: readonly string[] = [];

beforeAll(async () => {
  // `npm test` builds first; a spec run by itself needs a build too
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: npm run build`);
  [a, b] = await Promise.all([
    printed({
      flags: ['--stack-size=600', '--max-semi-space-size=1'],
      env: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      cwd: tmpdir(),
      replayed: 'odd',
    }),
    printed({
      flags: ['--stack-size=4000', '--random-seed=7', '--hash-seed=99'],
      env: { TZ: 'America/St_Johns', LANG: 'C' },
      cwd: ROOT,
      replayed: 'even',
    }),
  ]);
});

test('two processes that have nothing else in common run the same', () => {
  expect(a).toHaveLength(SCENARIOS.length * SEEDS);
  const differs = a.findIndex((line, i) => withoutReplay(line) !== withoutReplay(b[i] ?? ''));
  expect([differs, a[differs], b[differs]]).toEqual([-1, undefined, undefined]);
});

test('each run is replayed and folded in one of them, and comes out identical', () => {
  const replays = a.map((line, i) => [replayOf(line), replayOf(b[i] ?? '')].sort().join(' '));
  expect(new Set(replays)).toEqual(new Set(['- identical']));
});

test('seeds matter: of every scenario the runs are as many as its seeds', () => {
  const lines = a.map((line) => line.split(' '));
  for (const { name } of SCENARIOS) {
    const hashes = lines.filter(([file]) => file === `${name}.yaml`).map(([, , , hash]) => hash);
    expect([name, new Set(hashes).size]).toEqual([name, SEEDS]);
  }
});
