/**
 * The worker threads: pieces of work go out, answers come back, and all can be asked to end what they are at. Built
 * code runs in them, also when the command itself runs from source, as in a spec.
 */
import Tinypool from 'tinypool';
import { fileURLToPath } from 'node:url';
import type { Answers, Piece, Question } from '../../streams/explore/work.ts';
import { type Job, SHARED } from './worker.ts';

const HERE = import.meta.url;
const WORKER = fileURLToPath(
  new URL(HERE.endsWith('.ts') ? '../../dist/cli/explore/worker.js' : './worker.js', HERE),
);

/** There was no memory for so many states. */
export class OutOfMemory extends Error {}

export class Crew {
  readonly size: number;
  readonly #question: Question;
  readonly #pool: Tinypool;
  readonly #shared = new BigInt64Array(new SharedArrayBuffer(SHARED.length * 8));

  constructor(question: Question, size: number) {
    this.size = size;
    this.#question = question;
    // most of what a search makes is over at once: with room for it less is copied (docs/benchmarks.md)
    const resourceLimits = { maxYoungGenerationSizeMb: 64 };
    this.#pool = new Tinypool({
      filename: WORKER,
      minThreads: 1,
      maxThreads: size,
      resourceLimits,
    });
  }

  /** @throws OutOfMemory */
  async ask<P extends Piece>(piece: P): Promise<Answers[P['do']]> {
    const job: Job = { question: this.#question, piece, shared: this.#shared };
    try {
      return (await this.#pool.run(job)) as Answers[P['do']];
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      throw code === 'ERR_WORKER_OUT_OF_MEMORY' ? new OutOfMemory() : error;
    }
  }

  /** Whatever is being done ends soon, with what it has; so does what is asked before {@link goOn}. */
  stop(): void {
    Atomics.store(this.#shared, SHARED.stop, 1n);
  }

  goOn(): void {
    for (let i = 0; i < SHARED.length; i++) Atomics.store(this.#shared, i, 0n);
  }

  /** Of what is being done: steps taken and states met so far. */
  get sofar(): { readonly steps: number; readonly states: number } {
    const at = (index: number): number => Number(Atomics.load(this.#shared, index));
    return { steps: at(SHARED.steps), states: at(SHARED.states) };
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
