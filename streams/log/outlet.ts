/**
 * One sink, one call at a time, in order, and one failure only. After the first failure nobody
 * knows what the sink holds (a failed fsync may even have thrown the data away and report success
 * the next time), so the outlet is poisoned: every later call fails with the same error and nothing
 * more reaches the sink.
 */
import { FencelabError } from '../../domain/errors.ts';
import { outputError } from './output-error.ts';
import { isPromise, type LogSink } from './sink.ts';

export class Outlet {
  readonly #sink: LogSink;
  readonly #maxQueuedBytes: number;
  /** the last call under way or queued; undefined when the sink is idle */
  #tail: Promise<void> | undefined;
  #queuedBytes = 0;
  #failure: FencelabError | undefined;

  constructor(sink: LogSink, maxQueuedBytes: number) {
    this.#sink = sink;
    this.#maxQueuedBytes = maxQueuedBytes;
  }

  /** Bytes that the sink has not taken yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** What the sink still has to do, if anything. */
  get pending(): void | Promise<void> {
    return this.#tail;
  }

  /** @throws the failure that poisoned this outlet */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Hands a chunk over, at once when the sink is idle.
   * @throws FencelabError FL405 when the caller goes on without ever waiting
   */
  write(chunk: Uint8Array): void | Promise<void> {
    this.check();
    if (this.#tail !== undefined && this.#queuedBytes + chunk.length > this.#maxQueuedBytes) {
      throw this.#fail(new FencelabError('FL405', 'the output is slower than the records'));
    }
    return this.#run(() => this.#sink.write(chunk), chunk.length);
  }

  sync(): void | Promise<void> {
    this.check();
    return this.#run(() => this.#sink.sync?.(), 0);
  }

  /** Lets go of the sink whatever happened; fails with the first failure. */
  async close(): Promise<void> {
    try {
      await this.#tail;
    } finally {
      try {
        await this.#sink.close();
      } catch (error) {
        this.#fail(error);
      }
      this.check();
    }
  }

  #run(call: () => void | Promise<void>, bytes: number): void | Promise<void> {
    if (this.#tail === undefined) {
      let result: void | Promise<void>;
      try {
        result = call();
      } catch (error) {
        throw this.#fail(error);
      }
      return isPromise(result) ? this.#follow(Promise.resolve(result), bytes) : undefined;
    }
    // A failure before it skips this call: the tail rejects.
    return this.#follow(this.#tail.then(call), bytes);
  }

  /** Makes a call that takes time the tail, and settles the books when it is done. */
  #follow(call: Promise<void>, bytes: number): Promise<void> {
    this.#queuedBytes += bytes;
    const tail: Promise<void> = call.then(
      () => {
        this.#done(tail, bytes);
      },
      (error: unknown) => {
        this.#done(tail, bytes);
        throw this.#fail(error);
      },
    );
    // The failure is kept and thrown by the next call, so that a caller who does not wait gets it.
    tail.catch(() => undefined);
    this.#tail = tail;
    return tail;
  }

  #done(tail: Promise<void>, bytes: number): void {
    this.#queuedBytes -= bytes;
    if (this.#tail === tail) this.#tail = undefined;
  }

  #fail(error: unknown): FencelabError {
    this.#failure ??= outputError(error);
    return this.#failure;
  }
}
