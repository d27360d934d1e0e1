/** Waiting for threads: how far they are is shown, and they are asked for an end when time is up or a signal comes. */
import type { CommandCall } from '../command-spec.ts';
import { Progress } from '../progress.ts';
import type { Crew } from './crew.ts';

const LOOK_EVERY_MS = 50;

export class Waiting {
  readonly #crew: Crew;
  readonly #call: CommandCall;
  /** the time of the part that is under way has run out */
  #isOverdue = false;

  constructor(crew: Crew, call: CommandCall) {
    this.#crew = crew;
    this.#call = call;
  }

  /** A signal came. */
  get isStopped(): boolean {
    return this.#call.io.stopped() !== undefined;
  }

  /** Nothing more is to be begun of the part that is under way. */
  get isEnding(): boolean {
    return this.#isOverdue || this.isStopped;
  }

  /** Ends when a signal comes, or everything else does. */
  untilStopped(): Promise<null> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (!this.isStopped) return;
        clearInterval(timer);
        resolve(null);
      }, LOOK_EVERY_MS);
      timer.unref();
    });
  }

  /** Waits for a part: shows how far it is, and asks for its end when its time is up or a signal comes. */
  async during<T>(
    what: string,
    ms: number,
    part: Promise<T>,
    told: () => readonly [done: number, total?: number] = () => [this.#crew.sofar.steps],
  ): Promise<T> {
    const progress = new Progress(this.#call.io, what, this.#call.quiet);
    const began = performance.now();
    this.#isOverdue = false;
    const look = (): void => {
      const elapsed = performance.now() - began;
      const [done, total] = told();
      if (ms === Infinity) progress.at(done, total);
      else progress.at(elapsed, ms, done);
      if (elapsed < ms && !this.isStopped) return;
      this.#isOverdue = true;
      this.#crew.stop();
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    try {
      return await part;
    } finally {
      clearInterval(timer);
      progress.end();
      if (!this.isStopped) this.#crew.goOn();
    }
  }
}
