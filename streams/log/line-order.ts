/**
 * What a log must hold next: dense sequence numbers, a block line after every `block` records, one
 * seal. The writer counts with it and the reader checks with it, so both mean the same.
 */
import type { StepRecord } from '../world/record.ts';
import { Problem } from './damage.ts';
import type { BlockLine, SealLine } from './lines.schema.ts';

export class LineOrder {
  readonly #blockSize: number;
  #next = 0;
  #blocks = 0;
  #blockFrom = 0;

  constructor(blockSize: number) {
    this.#blockSize = blockSize;
  }

  /** The sequence number of the next record; also how many there have been. */
  get next(): number {
    return this.#next;
  }

  /** Records whose bytes a block line has confirmed. */
  get proven(): number {
    return this.#blockFrom;
  }

  /** A block line must come now. */
  get blockDue(): boolean {
    return this.#next - this.#blockFrom === this.#blockSize;
  }

  /** What the block line that is due says, but for its hash. */
  get dueBlock(): { block: number; from: number; to: number } {
    return { block: this.#blocks, from: this.#blockFrom, to: this.#next - 1 };
  }

  record({ seq, cause }: StepRecord): Problem | undefined {
    if (this.blockDue) return new Problem('block', `record ${seq} stands in its place`);
    if (seq !== this.#next) return new Problem('sequence', `${seq} instead of ${this.#next}`);
    if (cause !== null && cause >= seq) {
      return new Problem('sequence', `${seq} names ${cause}, a later record, as its cause`);
    }
    this.#next++;
    return undefined;
  }

  /** @param hash the chain over the block's lines, as counted here */
  block(line: BlockLine, hash: string): Problem | undefined {
    const due = this.dueBlock;
    if (!this.blockDue) return new Problem('block', `none belongs after record ${due.to}`);
    if (line.block !== due.block || line.from !== due.from || line.to !== due.to) {
      return new Problem('block', `${line.block} [${line.from}, ${line.to}]`);
    }
    if (line.sha256 !== hash) return new Problem('chain', `records ${due.from} to ${due.to}`);
    this.closeBlock();
    return undefined;
  }

  closeBlock(): void {
    this.#blocks++;
    this.#blockFrom = this.#next;
  }

  seal(line: SealLine, hash: string): Problem | undefined {
    if (this.blockDue) return new Problem('block', 'the seal stands in its place');
    if (line.events !== this.#next) {
      return new Problem('count', `${line.events} instead of ${this.#next}`);
    }
    if (line.sha256 !== hash) return new Problem('chain', `up to the seal`);
    this.#blockFrom = this.#next;
    return undefined;
  }
}
