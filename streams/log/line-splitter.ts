/**
 * Bytes in, whole lines out, in bounded memory. Lines that lie whole inside a chunk are handed over
 * as one region without copying; only a line that straddles chunks is put together first. A line
 * longer than MAX_LINE_BYTES is reported once and its bytes are dropped until its line feed, so
 * that a 1 GiB line costs nothing.
 */
import { MAX_LINE_BYTES } from './format.ts';

const LINE_FEED = 0x0a;

export interface LineSink {
  /**
   * `bytes[from, to)` is one or more whole lines with their line feeds, valid during the call only.
   * `offset` is the place of `bytes[from]` in the whole input.
   */
  lines(bytes: Buffer, from: number, to: number, offset: number): void;
  /** A line of more than MAX_LINE_BYTES begins at `offset`. */
  tooLong(offset: number): void;
}

export class LineSplitter {
  readonly #sink: LineSink;
  /**
   * the beginning of a line whose end has not come yet; grows by doubling, never above the limit
   */
  #carry = Buffer.alloc(0);
  #carried = 0;
  #dropping = false;
  /** where in the input the first byte not yet handed over or dropped lies */
  #offset = 0;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Bytes of an unfinished line, for the end of input. */
  get rest(): Buffer {
    return this.#carry.subarray(0, this.#carried);
  }

  get offset(): number {
    return this.#offset;
  }

  /** Bytes of memory held at the moment. */
  get held(): number {
    return this.#carry.length;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    if (this.#carried > 0 || this.#dropping) {
      const feed = bytes.indexOf(LINE_FEED);
      from = feed < 0 ? bytes.length : feed + 1;
      this.#continue(bytes.subarray(0, from), feed >= 0);
    }
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > from) this.#split(bytes, from, end);
    this.#keep(bytes.subarray(Math.max(from, end)));
  }

  /** More of the line that straddles chunks; `complete`: its line feed is there. */
  #continue(piece: Buffer, complete: boolean): void {
    if (this.#dropping) this.#offset += piece.length;
    else this.#keep(piece);
    if (!complete) return;
    if (!this.#dropping) {
      const { rest } = this;
      this.#carried = 0;
      this.#emit(rest, 0, rest.length);
    }
    this.#dropping = false;
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    const length = this.#carried + piece.length;
    if (length > MAX_LINE_BYTES) {
      this.#carry = Buffer.alloc(0);
      this.#carried = 0;
      this.#dropping = true;
      this.#refuse(length);
      return;
    }
    if (length > this.#carry.length) {
      const grown = Buffer.allocUnsafe(Math.min(MAX_LINE_BYTES, Math.max(length * 2, 4096)));
      this.#carry.copy(grown, 0, 0, this.#carried);
      this.#carry = grown;
    }
    piece.copy(this.#carry, this.#carried);
    this.#carried = length;
  }

  /** A chunk may hold a line above the limit whole; the lines around it go on as usual. */
  #split(bytes: Buffer, from: number, end: number): void {
    if (end - from <= MAX_LINE_BYTES) {
      this.#emit(bytes, from, end);
      return;
    }
    for (let at = from; at < end;) {
      const next = bytes.indexOf(LINE_FEED, at) + 1;
      if (next - at > MAX_LINE_BYTES) this.#refuse(next - at);
      else this.#emit(bytes, at, next);
      at = next;
    }
  }

  #emit(bytes: Buffer, from: number, to: number): void {
    const offset = this.#offset;
    this.#offset += to - from;
    this.#sink.lines(bytes, from, to, offset);
  }

  #refuse(length: number): void {
    const offset = this.#offset;
    this.#offset += length;
    this.#sink.tooLong(offset);
  }
}
