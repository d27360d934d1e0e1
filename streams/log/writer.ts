/**
 * Writes a log as a stream: header, records with a block line after every `block` of them, seal.
 * The same records give the same bytes, however they are cut into chunks. Only the sink's appending
 * write is used, so nothing written is ever changed. A record is checked before it is written, with
 * the shapes that its reading is checked with.
 *
 * A record that cannot be written is refused and leaves no trace. A failure of the sink poisons the
 * writer; what was written before stays readable as an open or torn log.
 */
import { FencelabError } from '../../domain/errors.ts';
import type { StepRecord } from '../world/record.ts';
import { Chain } from './chain.ts';
import { DEFAULT_BLOCK, MAX_LINE_BYTES } from './format.ts';
import { framed } from './frame.ts';
import { headerText, type LogOrigin } from './header.ts';
import { LineCheck } from './line-check.ts';
import { LineOrder } from './line-order.ts';
import { memoryRecord, sealLine } from './lines.schema.ts';
import { Outlet } from './outlet.ts';
import type { LogSink } from './sink.ts';
import { bodyOfRecord } from './wire.ts';

export interface WriterOptions {
  /** records between block lines */
  readonly block?: number;
  /** `append` resolves when the record survives a crash; appends made meanwhile share one sync */
  readonly durable?: boolean;
  /**
   * check each record against the schema before it is written; on by default, about a tenth of the
   * cost
   */
  readonly check?: boolean;
  /** how much may wait for a slow sink before a caller that never waits is stopped (FL405) */
  readonly maxQueuedBytes?: number;
  /**
   * the identity of the world after the last record, as 16 hex digits: block lines and the seal state it. Without it
   * they have none: records alone do not give it
   */
  readonly stateKey?: () => string;
}

/** How a run ended. */
export interface LogOutcome {
  /** `ok`, `failed`, ...: a word in lower case */
  readonly verdict: string;
  /** of the world at the end, as lower-case hex */
  readonly stateHash: string;
}

const CHUNK_BYTES = 64 * 1024;
/** One chunk may be under way while the next is filled. */
const HIGH_WATER_BYTES = 2 * CHUNK_BYTES;
const MAX_QUEUED_BYTES = 16 << 20;
/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const MAX_UNIT_BYTES = 3;

const recordCheck = new LineCheck(memoryRecord);
const sealCheck = new LineCheck(sealLine);

export class LogWriter {
  readonly #outlet: Outlet;
  readonly #order: LineOrder;
  readonly #chain = new Chain();
  readonly #check: boolean;
  readonly #durable: boolean;
  readonly #stateKey: (() => string) | undefined;
  #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  #length = 0;
  /** in the buffer: the first byte that the chain has not seen */
  #unhashed = 0;
  #state: 'writing' | 'sealed' | 'closed' = 'writing';
  /** the sync that is under way or done, and the one that waits for it */
  #commit: Promise<void> = Promise.resolve();
  #nextCommit: Promise<void> | undefined;

  /** @throws FencelabError FL112 or FL901 when the header cannot be written */
  constructor(sink: LogSink, origin: LogOrigin, options: WriterOptions = {}) {
    const { block = DEFAULT_BLOCK, maxQueuedBytes = MAX_QUEUED_BYTES } = options;
    this.#check = options.check ?? true;
    this.#durable = options.durable ?? false;
    this.#stateKey = options.stateKey;
    if (this.#durable && sink.sync === undefined) throw bug('this sink cannot write durably');
    this.#outlet = new Outlet(sink, maxQueuedBytes);
    this.#order = new LineOrder(block);
    // The buffer is empty, so there is nothing to wait for.
    void this.#put(headerText(origin, block));
  }

  /** The sequence number that the next record must have. */
  get next(): number {
    return this.#order.next;
  }

  /**
   * Adds one record. Wait for the promise when there is one: the sink is behind, or `durable` is
   * on.
   * @throws FencelabError FL901 a wrong record, FL404 too long, FL401/2/3 the sink has failed,
   *   FL405 never waited
   */
  append(record: StepRecord): void | Promise<void> {
    this.#mayWrite();
    if (this.#check && !recordCheck.accepts(record)) {
      throw bug(`record ${record.seq} cannot be written: ${recordCheck.issue(record)}`);
    }
    const line = framed(bodyOfRecord(record));
    if (line.length * MAX_UNIT_BYTES > MAX_LINE_BYTES && Buffer.byteLength(line) > MAX_LINE_BYTES) {
      throw new FencelabError(
        'FL404',
        'a step is longer than a log line may be',
        `record ${record.seq}`,
      );
    }
    const problem = this.#order.record(record);
    if (problem !== undefined) throw bug(`a record out of sequence: ${problem.detail ?? ''}`);
    let flushed = this.#put(line);
    if (this.#order.blockDue) flushed = this.#putBlock() ?? flushed;
    if (this.#durable) return this.#committed();
    return this.#outlet.queuedBytes > HIGH_WATER_BYTES ? flushed : undefined;
  }

  /**
   * Hands everything to the sink; done when the sink has taken it. The log can be read up to here
   * then.
   */
  flush(): void | Promise<void> {
    this.#mayWrite();
    return this.#flush() ?? this.#outlet.pending;
  }

  /** Ends the log: seals it, and closes the sink. Nothing can be appended any more. */
  async seal(outcome: LogOutcome): Promise<void> {
    this.#mayWrite();
    const seal = { seal: true, events: this.next, ...outcome, stateKey: this.#stateKey?.() };
    const stated = { ...seal, sha256: '0'.repeat(64), crc: '00000000' };
    if (!sealCheck.accepts(stated)) throw bug(`wrong seal: ${sealCheck.issue(stated)}`);
    this.#state = 'sealed';
    const { verdict, stateHash } = outcome;
    const sha256 = this.#closeChain();
    const flushed = this.#put(
      framed(
        `{"seal":true,"events":${this.next},"verdict":"${verdict}","stateHash":"${stateHash}"` +
          `${keyText(seal.stateKey)},"sha256":"${sha256}"`,
      ),
    );
    await this.#finish(flushed);
  }

  /** Ends the writing without a seal: the log stays open. Does nothing after a seal. */
  async close(): Promise<void> {
    if (this.#state !== 'writing') return;
    this.#state = 'closed';
    await this.#finish(undefined);
  }

  async #finish(flushed: void | Promise<void>): Promise<void> {
    try {
      await flushed;
      await this.#flush();
      if (this.#durable) await this.#outlet.sync();
    } finally {
      await this.#outlet.close();
    }
  }

  #mayWrite(): void {
    this.#outlet.check();
    if (this.#state !== 'writing') throw bug(`the log is ${this.#state}`);
  }

  #closeChain(): string {
    this.#chain.add(this.#buffer.subarray(this.#unhashed, this.#length));
    this.#unhashed = this.#length;
    return this.#chain.close();
  }

  #putBlock(): void | Promise<void> {
    const { block, from, to } = this.#order.dueBlock;
    const sha256 = this.#closeChain();
    const key = keyText(this.#stateKey?.());
    const flushed = this.#put(
      framed(`{"block":${block},"from":${from},"to":${to}${key},"sha256":"${sha256}"`),
    );
    // The block line itself is outside of the chain.
    this.#unhashed = this.#length;
    this.#order.closeBlock();
    return flushed;
  }

  /** Into the buffer; what no longer fits is handed to the sink first. */
  #put(line: string): void | Promise<void> {
    const most = line.length * MAX_UNIT_BYTES;
    const flushed = most > this.#buffer.length - this.#length ? this.#flush() : undefined;
    if (most > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(most);
    this.#length += this.#buffer.write(line, this.#length);
    return flushed;
  }

  #flush(): void | Promise<void> {
    if (this.#length === 0) return undefined;
    const chunk = this.#buffer.subarray(0, this.#length);
    this.#chain.add(chunk.subarray(this.#unhashed));
    this.#buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    this.#length = 0;
    this.#unhashed = 0;
    return this.#outlet.write(chunk);
  }

  /** Resolves after a sync that began after this call. */
  #committed(): Promise<void> {
    if (this.#nextCommit !== undefined) return this.#nextCommit;
    const commit = async (): Promise<void> => {
      this.#nextCommit = undefined;
      await this.#flush();
      await this.#outlet.sync();
    };
    this.#nextCommit = this.#commit.then(commit, commit);
    this.#commit = this.#nextCommit;
    return this.#nextCommit;
  }
}

function keyText(key: string | undefined): string {
  return key === undefined ? '' : `,"stateKey":"${key}"`;
}

function bug(what: string): FencelabError {
  return new FencelabError('FL901', what);
}
