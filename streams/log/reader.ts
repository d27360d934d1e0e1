/**
 * Reads a log as a stream: header first, then records in batches or one by one, then the verdict.
 * Memory is bounded by a piece of input and one line, whatever the log's length and whatever it
 * contains. Records up to the first damage are delivered before the verdict. Nothing but
 * FencelabError is ever thrown for what the input holds.
 */
import type { StepRecord } from '../world/record.ts';
import { LogDecoder } from './decoder.ts';
import type { OnBlock } from './line-acceptor.ts';
import type { HeaderLine } from './lines.schema.ts';
import { errorOfEnd, type LogEnd } from './log-end.ts';
import { inputError, type LogSource } from './source.ts';

/** A source may hand over everything at once; records are still made a piece at a time. */
const PIECE_BYTES = 256 * 1024;

/**
 * A source's own failure, told apart from ours: what the loop over this does wrong does not end up
 * here.
 */
async function* guarded(source: LogSource): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* source;
  } catch (error) {
    throw inputError(error);
  }
}

async function* batchesOf(
  source: LogSource,
  decoder: LogDecoder,
): AsyncGenerator<readonly StepRecord[], void, undefined> {
  for await (const chunk of guarded(source)) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield decoder.push(chunk.subarray(at, at + PIECE_BYTES));
      if (decoder.decided) return;
    }
  }
}

/** A log whose header has been read. Its records can be gone through once. */
export class OpenLog implements AsyncIterable<StepRecord> {
  readonly header: HeaderLine;
  readonly #decoder: LogDecoder;
  readonly #batches: AsyncGenerator<readonly StepRecord[], void, undefined>;
  #first: readonly StepRecord[] | undefined;
  #stopped = false;

  constructor(
    header: HeaderLine,
    decoder: LogDecoder,
    batches: AsyncGenerator<readonly StepRecord[], void, undefined>,
    first: readonly StepRecord[],
  ) {
    this.header = header;
    this.#decoder = decoder;
    this.#batches = batches;
    this.#first = first;
  }

  /** Records in the portions in which they come, the quickest way; no portion is empty. */
  async *batches(): AsyncGenerator<readonly StepRecord[], void, undefined> {
    let finished = false;
    try {
      const first = this.#first ?? [];
      this.#first = undefined;
      if (first.length > 0) yield first;
      // Not for-of: leaving that loop early would end the source without our knowing why.
      for (;;) {
        const { done, value } = await this.#batches.next();
        if (done === true) break;
        if (value.length > 0) yield value;
      }
      finished = true;
    } finally {
      if (!finished) await this.close();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StepRecord, void, undefined> {
    for await (const batch of this.batches()) yield* batch;
  }

  /**
   * The verdict. Reads on to the end first when records are left.
   * @throws RangeError when reading was broken off, so that nobody takes half a log for a whole one
   */
  async end(): Promise<LogEnd> {
    if (!this.#stopped) for await (const batch of this.batches()) void batch;
    if (this.#stopped) throw new RangeError('reading was broken off before the end of the log');
    return this.#decoder.end();
  }

  /** Stops reading and lets go of the source. */
  async close(): Promise<void> {
    this.#stopped = true;
    await this.#batches.return();
  }
}

/**
 * Begins to read a log.
 * @param onBlock hears of each block line before the first record that follows it is handed out
 * @throws FencelabError FL301 no log, FL304 too new, FL302/FL303 the header itself is damaged,
 *   FL203/FL309 no input
 */
export async function openLog(source: LogSource, onBlock?: OnBlock): Promise<OpenLog> {
  const decoder = new LogDecoder(onBlock);
  const batches = batchesOf(source, decoder);
  let first: readonly StepRecord[] = [];
  while (decoder.header === undefined) {
    const { done, value } = await batches.next();
    if (done === true) break;
    first = value;
  }
  const { header } = decoder;
  if (header !== undefined) return new OpenLog(header, decoder, batches, first);
  const error = errorOfEnd(decoder.end());
  throw error ?? new RangeError('a log without a header cannot be sealed');
}
