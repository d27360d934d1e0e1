/**
 * A log file. By default writes block: they go to the page cache within microseconds, and a
 * producer that cannot wait (an Observable, a loop) is slowed down as it must be. `background`
 * writes from the thread pool, for live runs.
 *
 * A short write is continued; a failed one becomes FL401 (no space), FL402 (reader gone) or FL403.
 * A new file never replaces another unless asked to, so of two writers racing for one path one gets
 * it and the other an error.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FencelabError } from '../../domain/errors.ts';
import { outputError } from './output-error.ts';
import { isPromise, type LogSink } from './sink.ts';

/** The three calls that a log needs of an open file. */
export interface AppendingFile {
  /** Writes at the end; says how many bytes it took. */
  write(bytes: Uint8Array): number | Promise<number>;
  sync(): void | Promise<void>;
  close(): void | Promise<void>;
}

/** A sink over an open file. `where` names it in errors. */
export class FileSink implements LogSink {
  readonly #file: AppendingFile;
  readonly #where: string;

  constructor(file: AppendingFile, where: string) {
    this.#file = file;
    this.#where = where;
  }

  write(chunk: Uint8Array | string): void | Promise<void> {
    return this.#writeAll(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  }

  sync(): void | Promise<void> {
    return this.#guarded(() => this.#file.sync());
  }

  close(): void | Promise<void> {
    return this.#guarded(() => this.#file.close());
  }

  /** Loops over short writes: at once while the file answers at once, else in promises. */
  #writeAll(bytes: Uint8Array): void | Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      const left = rest;
      const taken = this.#guarded(() => this.#file.write(left));
      if (isPromise(taken)) {
        return Promise.resolve(taken).then((count) => this.#writeAll(this.#after(left, count)));
      }
      rest = this.#after(left, taken);
    }
    return undefined;
  }

  /** What is left after a write. One that takes nothing would be tried for ever. */
  #after(bytes: Uint8Array, taken: number): Uint8Array {
    if (taken <= 0) throw new FencelabError('FL403', 'writing failed: no progress', this.#where);
    return bytes.subarray(taken);
  }

  #guarded<T>(call: () => T | Promise<T>): T | Promise<T> {
    try {
      const result = call();
      if (!isPromise(result)) return result;
      return Promise.resolve(result).catch((error: unknown) => {
        throw outputError(error, this.#where);
      });
    } catch (error) {
      throw outputError(error, this.#where);
    }
  }
}

export interface FileSinkOptions {
  /** write from the thread pool instead of blocking */
  readonly background?: boolean;
  /** empty an existing file instead of refusing it */
  readonly replace?: boolean;
}

/** The name of a new file survives a crash only once its folder is synced too. */
function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function blockingFile(path: string, flags: string): AppendingFile {
  const fd = openSync(path, flags);
  return {
    write: (bytes) => writeSync(fd, bytes),
    sync: () => {
      fsyncSync(fd);
    },
    close: () => {
      closeSync(fd);
    },
  };
}

async function backgroundFile(path: string, flags: string): Promise<AppendingFile> {
  const handle = await open(path, flags);
  return {
    write: async (bytes) => (await handle.write(bytes)).bytesWritten,
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

/** The first sync of a file includes its folder. */
function withFolder(file: AppendingFile, path: string): AppendingFile {
  let folderSynced = false;
  return {
    write: (bytes) => file.write(bytes),
    sync: () => {
      if (!folderSynced) syncFolder(path);
      folderSynced = true;
      return file.sync();
    },
    close: () => file.close(),
  };
}

/**
 * Makes a log file. @throws FencelabError FL403 when it exists (unless `replace`) or cannot be made
 */
export async function openFileSink(path: string, options: FileSinkOptions = {}): Promise<FileSink> {
  const flags = options.replace === true ? 'w' : 'wx';
  try {
    const make = options.background === true ? backgroundFile : blockingFile;
    return new FileSink(withFolder(await make(path, flags), path), path);
  } catch (error) {
    throw outputError(error, path);
  }
}
