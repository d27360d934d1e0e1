/**
 * Reruns of cases (bench/reruns) in surroundings that have nothing in common, compared with a reference; where two part
 * is told to the record.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Part } from '../../bench/reruns/course.ts';
import type { Answer, Job, Rerun } from '../../bench/reruns/rerun.ts';
import { firstDifference } from '../../streams/export/difference.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const PROGRAM = join(ROOT, 'dist/bench/reruns/rerun.js');
export const FOLDER = join(ROOT, 'scenarios');

/** What a process is started with. */
export interface Surroundings {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** What the reference runs in. */
export const PLAIN: Surroundings = { flags: [], env: { TZ: 'UTC', LANG: 'C' }, cwd: ROOT };

/** Each changes how V8 compiles, hashes, lays out or collects; nothing of it may be seen. */
const FLAGS: readonly (readonly string[])[] = [
  ['--jitless', '--no-expose-wasm'],
  ['--max-lazy'],
  ['--no-lazy', '--no-opt'],
  ['--always-sparkplug', '--no-use-ic'],
  ['--stack-size=700', '--max-semi-space-size=1'],
  ['--stack-size=3000', '--single-threaded-gc'],
  ['--gc-interval=20000', '--no-flush-bytecode'],
  ['--interrupt-budget=2000', '--max-lazy'],
];
const ZONES = ['Pacific/Kiritimati', 'America/St_Johns', 'Asia/Kathmandu', 'UTC', 'Europe/Berlin'];
const LOCALES = ['tr_TR.UTF-8', 'C', 'de_DE.UTF-8', 'th_TH.UTF-8', 'sv_SE.UTF-8'];

/** The `n`-th surroundings: other flags, hash and random seeds, time zone, locale, folder. */
export function surroundings(n: number): Surroundings {
  const locale = LOCALES[n % LOCALES.length] ?? '';
  return {
    flags: [`--hash-seed=${n + 1}`, `--random-seed=${n + 7}`, ...(FLAGS[n % FLAGS.length] ?? [])],
    env: { TZ: ZONES[(n >> 1) % ZONES.length] ?? '', LANG: locale, LC_ALL: locale },
    cwd: n % 2 === 0 ? tmpdir() : ROOT,
  };
}

/** A process of its own that does a job. */
export function answers(job: Job, { flags, env, cwd }: Surroundings): Promise<Answer[]> {
  // `npm test` builds first; a spec run by itself needs a build too
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: npm run build`);
  const args = [...flags, PROGRAM, JSON.stringify(job)];
  const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'], ...env } });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0 || err !== '')
        reject(new Error(`${flags.join(' ')}: ${String(code)}: ${err}`));
      else
        resolve(
          out
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as Answer),
        );
    });
  });
}

/** Where two courses part. */
export interface Parting {
  /** `thrown`: the second one failed there */
  readonly what: Part['what'];
  /** number of the record or step */
  readonly at: number;
  /** who ran, of a record; null elsewhere */
  readonly actor: string | null;
  /** the first member that differs, for example `facts[2].addr`; empty when it is no JSON object */
  readonly path: string;
}

function actorOf({ what, text }: Part): string | null {
  return what === 'record' ? (JSON.parse(text) as { readonly actor: string }).actor : null;
}

/** The first part that two courses do not share; null when they are the same. */
export function partingOf(a: readonly Part[], b: readonly Part[]): Parting | null {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [one, other] = [a[i], b[i]];
    if (one?.text === other?.text && one?.what === other?.what && one?.at === other?.at) continue;
    const told = (one ?? other) as Part;
    const path = firstDifference(one?.text ?? '', other?.text ?? '')?.path ?? '';
    const what = other?.what === 'thrown' ? other.what : told.what;
    return { what, at: told.at, actor: actorOf(told), path };
  }
  return null;
}

/** A case of a rerun as a whole. */
export async function courseOf(
  name: string,
  rerun: Omit<Rerun, 'cases' | 'whole'> = {},
  where: Surroundings = PLAIN,
): Promise<readonly Part[]> {
  const job = { folder: FOLDER, reruns: [{ ...rerun, cases: [name], whole: true }] };
  const [answer] = await answers(job, where);
  return answer?.course ?? [];
}

/** What a case is to come to, by name. */
export type Reference = ReadonlyMap<string, string>;

export async function referenceOf(cases: readonly string[]): Promise<Reference> {
  const found = await answers({ folder: FOLDER, reruns: [{ cases }] }, PLAIN);
  return new Map(found.map(({ name, digest }) => [name, digest]));
}

/** Those of one process that do not come to what the reference did, each with the place where it parts from it. */
export async function partingsOf(
  reference: Reference,
  reruns: readonly Rerun[],
  where: Surroundings,
): Promise<{ readonly name: string; readonly parting: Parting | null }[]> {
  const found = await answers({ folder: FOLDER, reruns }, where);
  const asked = reruns.flatMap(({ cases }) => cases);
  if (found.length !== asked.length) throw new RangeError('not every case was answered');
  const different = found.filter(({ name, digest }) => reference.get(name) !== digest);
  return Promise.all(
    different.map(async ({ name, rerun }) => {
      const { order, thread, plant } = reruns[rerun] as Rerun;
      const how = {
        ...(order !== undefined && { order }),
        ...(thread !== undefined && { thread }),
        ...(plant !== undefined && { plant }),
      };
      const [a, b] = [await courseOf(name), await courseOf(name, how, where)];
      return { name, parting: partingOf(a, b) };
    }),
  );
}

interface Share {
  /** number of the first rerun of all */
  readonly from: number;
  readonly count: number;
  /** cases in each */
  readonly slice: number;
  /** the main thread included */
  readonly threads: number;
}

/** The reruns of one process, shared among its threads; each has other keys, and the cases take turns. */
export function rerunsOf(
  cases: readonly string[],
  { from, count, slice, threads }: Share,
): Rerun[] {
  // a stride without a common factor with their number: cases of all kinds, and all of them in the end
  const caseOf = (n: number): string => cases[(n * 101) % cases.length] as string;
  return Array.from({ length: count }, (_, i) => ({
    cases: Array.from({ length: slice }, (_each, j) => caseOf((from + i) * slice + j)),
    order: from + i + 1,
    thread: i % threads,
  }));
}
