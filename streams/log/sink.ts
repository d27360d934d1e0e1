/**
 * Where a writer's bytes go. A sink only ever gets more bytes: it has no way to go back, which is
 * how append-only is kept. Methods may be synchronous or return a promise; a writer waits for
 * promises and never has two calls under way.
 */
export interface LogSink {
  /** Takes all of the chunk or fails. The chunk is the sink's from then on. */
  write(chunk: Uint8Array | string): void | Promise<void>;
  /**
   * What was written survives a crash once this is done. Left out: the sink cannot promise that.
   */
  sync?(): void | Promise<void>;
  close(): void | Promise<void>;
}

/** By what it can do, not by its class: a promise may come from another realm or library. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Keeps a log in memory. */
export class MemorySink implements LogSink {
  readonly #chunks: Uint8Array[] = [];

  write(chunk: Uint8Array | string): void {
    this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  }

  close(): void {
    // nothing is held
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
