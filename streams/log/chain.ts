/**
 * The hash chain over blocks. A block's hash is sha256 over the previous block's hash (as 64 hex
 * digits; nothing for the first) and the bytes of every line since the previous block line, header
 * included in the first. So the seal's hash names header and records, and no line can be lost,
 * doubled, moved or taken from another log unseen. Block lines themselves are outside: their content
 * follows from the hash and from counting.
 */
import { createHash, type Hash } from 'node:crypto';

export class Chain {
  #hash: Hash = createHash('sha256');

  /** More bytes of whole lines. How they are cut into calls makes no difference. */
  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Ends the block: its hash, with which the next block begins. */
  close(): string {
    const digest = this.#hash.digest('hex');
    this.#hash = createHash('sha256').update(digest);
    return digest;
  }
}
