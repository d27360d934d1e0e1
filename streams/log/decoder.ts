/**
 * Bytes of a log in, records out, and at the end one verdict. Synchronous: reader.ts feeds it from
 * a file or a pipe, decodeLog from memory. It holds one line and one chunk's records, whatever the
 * length of the log.
 *
 * Records are handed out as soon as their own line is good; the block line or seal behind them
 * confirms the chain later. From the first line that cannot be accepted on, nothing is handed out
 * any more; the rest of the input only decides between `torn` and `corrupt` (recovery.ts).
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { FencelabError } from '../../domain/errors.ts';
import type { StepRecord } from '../world/record.ts';
import { type Damage, damageAt, Problem } from './damage.ts';
import { LineAcceptor, type OnBlock } from './line-acceptor.ts';
import { type LineSink, LineSplitter } from './line-splitter.ts';
import type { HeaderLine } from './lines.schema.ts';
import type { LogEnd } from './log-end.ts';
import { decide, type Observed, type RecoveryRow } from './recovery.ts';
import { endsInWholeLine, holdsWholeLine } from './whole-lines.ts';

const LINE_FEED = 0x0a;
const MARK = '{"log":"fencelab"';
/**
 * Input without a header is searched this far for something that is ours, so that endless input
 * ends.
 */
const HEADER_SEARCH_BYTES = 4 << 20;

export class LogDecoder implements LineSink {
  readonly #splitter = new LineSplitter(this);
  readonly #acceptor: LineAcceptor;
  #batch: StepRecord[] = [];
  #damage: Damage | undefined;
  /** the damaged line has a right checksum */
  #whole = false;
  /** a whole line follows the damage */
  #validAfter = false;
  /** the input's first bytes as latin1, no more than MARK's length */
  #first = '';
  #lineCount = 0;
  #goodBytes = 0;

  constructor(onBlock?: OnBlock) {
    this.#acceptor = new LineAcceptor(onBlock);
  }

  /** Known as soon as line 1 has been accepted. */
  get header(): HeaderLine | undefined {
    return this.#acceptor.header;
  }

  /** Bytes of memory held between pushes. */
  get held(): number {
    return this.#splitter.held;
  }

  /** More input cannot change the verdict. */
  get decided(): boolean {
    const { newer, seal, header } = this.#acceptor;
    if (newer !== undefined) return true;
    if (this.#damage === undefined) return false;
    if (this.#whole || this.#validAfter || seal !== undefined) return true;
    return header === undefined && this.#splitter.offset > HEADER_SEARCH_BYTES;
  }

  /** The records whose lines end in this chunk. */
  push(chunk: Uint8Array): readonly StepRecord[] {
    if (this.#first.length < MARK.length) {
      const missing = MARK.length - this.#first.length;
      this.#first += Buffer.from(chunk.subarray(0, missing)).toString('latin1');
    }
    this.#batch = [];
    if (!this.decided) this.#splitter.push(chunk);
    return this.#batch;
  }

  lines(bytes: Buffer, from: number, to: number, offset: number): void {
    if (this.#acceptor.newer !== undefined) return;
    if (this.#damage !== undefined) {
      this.#validAfter ||= holdsWholeLine(bytes, from, to);
      return;
    }
    // One text for the whole region when every byte is a character: most logs are ASCII.
    const text = isAscii(bytes.subarray(from, to)) ? bytes.toString('latin1', from, to) : undefined;
    this.#acceptor.beginRegion(from);
    for (let at = from; at < to;) {
      const stop =
        text === undefined ? bytes.indexOf(LINE_FEED, at) : from + text.indexOf('\n', at - from);
      const line = text === undefined ? utf8(bytes, at, stop) : text.slice(at - from, stop - from);
      const accepted = this.#acceptor.accept(bytes, at, stop, line);
      if (accepted instanceof Problem) {
        this.#note(accepted, offset + (at - from));
        this.#validAfter = endsInWholeLine(bytes, at, stop) || holdsWholeLine(bytes, stop + 1, to);
        return;
      }
      if (accepted !== undefined) this.#batch.push(accepted);
      this.#lineCount++;
      this.#goodBytes += stop + 1 - at;
      at = stop + 1;
    }
    this.#acceptor.endRegion(bytes, to);
  }

  tooLong(offset: number): void {
    if (this.#damage === undefined) this.#note(new Problem('too-long'), offset);
  }

  /** @throws FencelabError FL301 or FL304 when the input is no log that this build can read */
  end(): LogEnd {
    const { rest, offset } = this.#splitter;
    if (rest.length > 0 && this.#damage === undefined) {
      this.#note(new Problem(this.#acceptor.seal === undefined ? 'cut' : 'after-seal'), offset);
    }
    return this.#verdict(decide(this.#observed()));
  }

  #verdict({ id, result }: RecoveryRow): LogEnd {
    const { header, newer, order, seal } = this.#acceptor;
    if (result === 'empty') throw new FencelabError('FL301', 'the input is empty');
    if (result === 'foreign') throw new FencelabError('FL301', foreignSentence(this.#first));
    if (result === 'newer') {
      const needs = newer?.minReader ?? 'unknown';
      throw new FencelabError('FL304', `the log needs a reader of format version ${needs}`);
    }
    const extent = {
      header,
      records: order.next,
      lastSeq: order.next > 0 ? order.next - 1 : null,
      provenSeq: order.proven > 0 ? order.proven - 1 : null,
      goodBytes: this.#goodBytes,
      row: id,
    };
    if (result === 'open') return { result, ...extent };
    if (result === 'sealed' && seal !== undefined) return { result, ...extent, seal };
    if (result === 'sealed' || this.#damage === undefined) throw new RangeError(`row ${id}`);
    return { result, ...extent, damage: this.#damage };
  }

  #observed(): Observed {
    const { header, newer, seal } = this.#acceptor;
    return {
      empty: this.#first === '',
      header: header !== undefined || newer !== undefined,
      newer: newer !== undefined,
      marked: MARK.startsWith(this.#first),
      seal: seal !== undefined,
      rest: this.#damage !== undefined,
      whole: this.#whole,
      validAfter: this.#validAfter,
    };
  }

  #note(problem: Problem, offset: number): void {
    this.#damage = damageAt(problem, offset, this.#lineCount + 1);
    this.#whole = !UNFRAMED.has(problem.kind);
  }
}

/** Damage that leaves a line without a right checksum, as a crash may. */
const UNFRAMED: ReadonlySet<string> = new Set(['cut', 'checksum', 'bom', 'too-long']);

function utf8(bytes: Buffer, from: number, to: number): string | undefined {
  return isUtf8(bytes.subarray(from, to)) ? bytes.toString('utf8', from, to) : undefined;
}

function foreignSentence(first: string): string {
  return first.startsWith('\x1f\x8b')
    ? 'the input is gzip-compressed; decompress it first'
    : 'the input is not a fencelab log';
}

/** Reads a log that is in memory, whole. */
export function decodeLog(bytes: Uint8Array): { records: readonly StepRecord[]; end: LogEnd } {
  const decoder = new LogDecoder();
  const records = decoder.push(bytes);
  return { records, end: decoder.end() };
}
