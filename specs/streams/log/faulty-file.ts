/**
 * A file in memory whose N-th operation fails, after SQLite's test VFS: run with N = 1, 2, 3, ...
 * until a run no longer reaches its fault, and every failure point has been seen. It also remembers
 * what was synced, for the crash specs.
 */
import type { AppendingFile } from '../../../streams/log/file-sink.ts';

/** `short`: a write takes half. `full`: it takes half and then there is no space. */
export const FAULTS = ['EIO', 'ENOSPC', 'EPIPE', 'short', 'full'] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultPlan {
  readonly fault: Fault;
  /** the operation that fails, counted from 1 */
  readonly at: number;
  /** fails from there on, not only once */
  readonly forever: boolean;
}

/** `short` and `full` are answers of a write, not errors of any call. */
function isError(fault: Fault | undefined): fault is 'EIO' | 'ENOSPC' | 'EPIPE' {
  return fault === 'EIO' || fault === 'ENOSPC' || fault === 'EPIPE';
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

export class FaultyFile implements AppendingFile {
  readonly #plan: FaultPlan | undefined;
  #content = Buffer.alloc(0);
  #synced = 0;
  #operations = 0;
  #full = false;
  /** the fault has been reached */
  tripped = false;
  closed = false;

  constructor(plan?: FaultPlan) {
    this.#plan = plan;
  }

  get content(): Buffer {
    return this.#content;
  }

  /** Bytes that survive any crash. */
  get synced(): number {
    return this.#synced;
  }

  get operations(): number {
    return this.#operations;
  }

  write(bytes: Uint8Array): number {
    const fault = this.#next();
    if (this.#full) throw systemError('ENOSPC');
    if (isError(fault)) throw systemError(fault);
    this.#full = fault === 'full';
    const taken = fault === undefined ? bytes.length : Math.ceil(bytes.length / 2);
    this.#content = Buffer.concat([this.#content, bytes.subarray(0, taken)]);
    return taken;
  }

  sync(): void {
    const fault = this.#next();
    if (isError(fault)) throw systemError(fault);
    this.#synced = this.#content.length;
  }

  close(): void {
    this.closed = true;
    const fault = this.#next();
    if (isError(fault)) throw systemError(fault);
  }

  #next(): Fault | undefined {
    this.#operations++;
    if (this.#plan === undefined) return undefined;
    const { fault, at, forever } = this.#plan;
    const hit = forever ? this.#operations >= at : this.#operations === at;
    if (hit) this.tripped = true;
    return hit ? fault : undefined;
  }
}

/** The same file answering in promises, as the thread pool does. */
export function inBackground(file: FaultyFile): AppendingFile {
  return {
    write: async (bytes) => {
      await Promise.resolve();
      return file.write(bytes);
    },
    sync: async () => {
      await Promise.resolve();
      file.sync();
    },
    close: async () => {
      await Promise.resolve();
      file.close();
    },
  };
}
