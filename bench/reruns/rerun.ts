/**
 * Computes cases in this process or in a worker thread of it and prints one JSON line for each: a digest of its whole
 * course, or the course itself. Whoever starts it chooses everything that must not matter: flags, environment, folder,
 * the order of keys, the order of the cases, which thread.
 *
 *     node [FLAGS] dist/bench/reruns/rerun.js '{"folder":"scenarios","reruns":[{"cases":[...],"thread":1}]}'
 */
import { createHash } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { isMain } from '../measure.ts';
import { type Plant, tellCase } from './cases.ts';
import type { Part } from './course.ts';

export interface Rerun {
  readonly cases: readonly string[];
  /** see cases.ts */
  readonly order?: number;
  /** in which worker thread; 0, which is the default: in the main thread */
  readonly thread?: number;
  /** print the courses instead of their digests */
  readonly whole?: boolean;
  readonly plant?: Plant;
}

export interface Job {
  readonly folder: string;
  readonly reruns: readonly Rerun[];
}

export interface Answer {
  readonly rerun: number;
  readonly name: string;
  readonly digest: string;
  /** when it was asked for */
  readonly course?: readonly Part[];
}

function answerOf(
  folder: string,
  name: string,
  { order, whole, plant }: Rerun,
): Omit<Answer, 'rerun'> {
  const hash = createHash('sha256');
  const course: Part[] = [];
  const tell = (part: Part): void => {
    hash.update(`${part.what} ${part.at} ${part.text}\n`);
    if (whole === true) course.push(part);
  };
  try {
    tellCase(folder, name, order, tell, plant);
  } catch (error) {
    // machines that were tampered with may notice it themselves
    if (plant === undefined) throw error;
    tell({ what: 'thrown', at: course.length, text: String(error) });
  }
  return { name, digest: hash.digest('hex'), ...(whole === true && { course }) };
}

/** @param thread those that are computed here */
function answersIn(thread: number, { folder, reruns }: Job): Answer[] {
  return reruns.flatMap((rerun, number) =>
    (rerun.thread ?? 0) === thread
      ? rerun.cases.map((name) => ({ rerun: number, ...answerOf(folder, name, rerun) }))
      : [],
  );
}

function inThread(thread: number, job: Job): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { thread, job } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function main(text: string): Promise<void> {
  const job = JSON.parse(text) as Job;
  for (const thread of new Set(job.reruns.map((rerun) => rerun.thread ?? 0))) {
    const answers = thread === 0 ? answersIn(0, job) : await inThread(thread, job);
    for (const answer of answers) process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

if (!isMainThread) {
  const { thread, job } = workerData as { readonly thread: number; readonly job: Job };
  parentPort?.postMessage(answersIn(thread, job));
} else if (isMain(import.meta.url)) await main(process.argv[2] ?? '');
