/**
 * A progress line on stderr for whatever takes longer than two seconds: only on a terminal, never with --quiet or in
 * CI, drawn at most ten times a second and wiped at the end. Time only decides when to draw, never what is computed.
 */
import type { Io } from './io.ts';

const SILENT_MS = 2000;
const EVERY_MS = 100;
const WIDTH = 24;

export class Progress {
  readonly #io: Io;
  readonly #what: string;
  readonly #active: boolean;
  readonly #now: () => number;
  readonly #start: number;
  #drawn = 0;

  constructor(io: Io, what: string, quiet: boolean, now: () => number = () => performance.now()) {
    this.#io = io;
    this.#what = what;
    this.#active = io.errIsTty && !quiet && (io.env['CI'] ?? '') === '';
    this.#now = now;
    this.#start = now();
  }

  /** `done` of `total` (undefined: nobody knows how many there will be); `count` is the number shown. */
  at(done: number, total?: number, count = done): void {
    if (!this.#active) return;
    const now = this.#now();
    if (now - this.#start < SILENT_MS || now - this.#drawn < EVERY_MS) return;
    this.#drawn = now;
    this.#io.err(`\r\u001b[K${this.#line(done, total, count)}`);
  }

  /** Wipes the line. */
  end(): void {
    if (this.#drawn > 0) this.#io.err('\r\u001b[K');
    this.#drawn = 0;
  }

  #line(done: number, total: number | undefined, shown: number): string {
    const count = shown.toLocaleString('en-US');
    if (total === undefined || total === 0) return `${this.#what} ${count}`;
    const share = Math.min(1, done / total);
    const bar = '='.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, ' ');
    return `${this.#what} [${bar}] ${Math.floor(share * 100)}% (${count})`;
  }
}
