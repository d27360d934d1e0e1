/**
 * Accepts the lines of a log one after the other, or says why not: frame, encoding, schema, order,
 * chain. It knows nothing of chunks or verdicts (decoder.ts); it is told where a region of bytes
 * begins and ends, so that the chain hashes whole regions instead of lines.
 */
import type { StepRecord } from '../world/record.ts';
import { Chain } from './chain.ts';
import { Problem } from './damage.ts';
import { isFramed } from './frame.ts';
import { LineOrder } from './line-order.ts';
import type { BlockLine, HeaderLine, SealLine } from './lines.schema.ts';
import { NewerLog, parseBlock, parseHeader, parseRecord, parseSeal } from './parse-line.ts';
import { upcasterFor, type Upcaster } from './upcast.ts';
import { isWholeWithCarriageReturn } from './whole-lines.ts';

const BOM = '\ufeff';

/** Hears of each block line that was accepted: after the records of the block, before those that follow. */
export type OnBlock = (block: BlockLine) => void;

export class LineAcceptor {
  readonly #onBlock: OnBlock | undefined;
  readonly #chain = new Chain();
  /** the first byte of the region that the chain has not seen */
  #unhashed = 0;
  #order = new LineOrder(1);
  #header: HeaderLine | undefined;
  #newer: NewerLog | undefined;
  #seal: SealLine | undefined;
  #upcaster: Upcaster | undefined;

  constructor(onBlock?: OnBlock) {
    this.#onBlock = onBlock;
  }

  get header(): HeaderLine | undefined {
    return this.#header;
  }

  /** Line 1 asks for a newer reader; nothing behind it can be understood. */
  get newer(): NewerLog | undefined {
    return this.#newer;
  }

  get seal(): SealLine | undefined {
    return this.#seal;
  }

  get order(): LineOrder {
    return this.#order;
  }

  beginRegion(from: number): void {
    this.#unhashed = from;
  }

  /** Every line of the region up to `to` has been accepted. */
  endRegion(bytes: Buffer, to: number): void {
    this.#chain.add(bytes.subarray(this.#unhashed, to));
  }

  /**
   * The line `bytes[at, stop)`; its line feed is at `stop`.
   * @param text the line as text, undefined when it is not UTF-8
   * @returns a record, a problem, or undefined for another line that was accepted
   */
  accept(
    bytes: Buffer,
    at: number,
    stop: number,
    text: string | undefined,
  ): StepRecord | Problem | undefined {
    if (this.#seal !== undefined) return new Problem('after-seal');
    if (!isFramed(bytes, at, stop)) return this.#frameProblem(bytes, at, stop, text);
    if (text === undefined) return new Problem('utf8');
    if (this.#header === undefined) return this.#acceptHeader(text);
    if (text.startsWith('{"seq":')) return this.#acceptRecord(text);
    if (text.startsWith('{"block":')) return this.#acceptBlock(text, bytes, at, stop);
    if (text.startsWith('{"seal":')) return this.#acceptSeal(text, bytes, at, stop);
    if (text.startsWith('{"log":')) return new Problem('second-header');
    return new Problem('schema', 'neither record nor block nor seal');
  }

  #frameProblem(bytes: Buffer, at: number, stop: number, text: string | undefined): Problem {
    if (isWholeWithCarriageReturn(bytes, at, stop)) return new Problem('crlf');
    const marked = this.#header === undefined && text?.startsWith(BOM) === true;
    return new Problem(marked ? 'bom' : 'checksum');
  }

  #acceptHeader(text: string): Problem | undefined {
    const header = parseHeader(text);
    if (header instanceof Problem) return header;
    if (header instanceof NewerLog) {
      this.#newer = header;
    } else {
      this.#header = header;
      this.#order = new LineOrder(header.block);
      this.#upcaster = upcasterFor(header.v);
    }
    return undefined;
  }

  #acceptRecord(text: string): StepRecord | Problem {
    const record = parseRecord(text, this.#upcaster);
    if (record instanceof Problem) return record;
    return this.#order.record(record) ?? record;
  }

  #acceptBlock(text: string, bytes: Buffer, at: number, stop: number): Problem | undefined {
    const block = parseBlock(text);
    if (block instanceof Problem) return block;
    const problem = this.#order.block(block, this.#hash(bytes, at, stop));
    if (problem === undefined) this.#onBlock?.(block);
    return problem;
  }

  #acceptSeal(text: string, bytes: Buffer, at: number, stop: number): Problem | undefined {
    const seal = parseSeal(text);
    if (seal instanceof Problem) return seal;
    const problem = this.#order.seal(seal, this.#hash(bytes, at, stop));
    if (problem === undefined) this.#seal = seal;
    return problem;
  }

  /** The chain up to the line at hand, which is not part of it. */
  #hash(bytes: Buffer, at: number, stop: number): string {
    this.#chain.add(bytes.subarray(this.#unhashed, at));
    this.#unhashed = stop + 1;
    return this.#chain.close();
  }
}
