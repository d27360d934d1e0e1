/**
 * The writer: promises P1 and P12 (append-only, same records same bytes), the refusals that keep a
 * log well-formed, and the waiting that keeps memory bounded.
 */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { decodeLog, LogDecoder } from '../../../streams/log/decoder.ts';
import { MAX_LINE_BYTES } from '../../../streams/log/format.ts';
import { type LogSink, MemorySink } from '../../../streams/log/sink.ts';
import { LogWriter } from '../../../streams/log/writer.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import {
  ORIGIN,
  OUTCOME,
  sampleKeys,
  sampleLog,
  sampleRecord,
  sampleRecords,
} from './sample-log.ts';

describe('the bytes', () => {
  test('are the ones in the golden file: format v3 does not drift', async () => {
    const golden = readFileSync(new URL('golden/v3.jsonl', import.meta.url));
    expect((await sampleLog(14, { block: 4 })).bytes.toString()).toBe(golden.toString());
  });

  test('are the same whatever is flushed when, and however slow the sink is', async () => {
    const { bytes } = await sampleLog(30, { block: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 29 })),
        fc.array(fc.boolean(), { minLength: 1 }),
        fc.boolean(),
        async (flushes, slow, durable) => {
          const memory = new MemorySink();
          let call = 0;
          const pause = (): void | Promise<void> =>
            slow[call++ % slow.length] === true ? Promise.resolve() : undefined;
          const sink: LogSink = {
            write: (chunk) => {
              memory.write(chunk);
              return pause();
            },
            sync: pause,
            close: pause,
          };
          const writer = new LogWriter(sink, ORIGIN, { block: 8, durable, stateKey: sampleKeys() });
          for (const record of sampleRecords(30)) {
            // Sometimes without waiting: the order stays all the same.
            const waiting = writer.append(record);
            if (flushes.includes(record.seq)) await writer.flush();
            if (record.seq % 3 === 0) await waiting;
          }
          await writer.seal(OUTCOME);
          expect(memory.bytes.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('wait for any thenable, not only for promises of our own making', async () => {
    const memory = new MemorySink();
    const later = (done: () => void): Promise<void> => {
      const thenable = { then: (resolve: () => void) => setTimeout(() => (done(), resolve()), 5) };
      return thenable as unknown as Promise<void>;
    };
    const sink: LogSink = {
      write: (chunk) => later(() => memory.write(chunk)),
      sync: () => later(() => undefined),
      close: () => undefined,
    };
    const writer = new LogWriter(sink, ORIGIN, { durable: true });
    await writer.append(sampleRecord(0));
    expect(decodeLog(memory.bytes).end).toMatchObject({ result: 'open', records: 1 });
    await writer.seal(OUTCOME);
    expect(decodeLog(memory.bytes).end).toMatchObject({ result: 'sealed', records: 1 });
  });

  test('only ever grow: every earlier state is a prefix of every later one', async () => {
    const sink = new MemorySink();
    const writer = new LogWriter(sink, ORIGIN, { block: 4 });
    let before: Buffer = Buffer.alloc(0);
    for (const record of sampleRecords(200)) {
      await writer.append(record);
      await writer.flush();
      const { bytes } = sink;
      expect(bytes.subarray(0, before.length).equals(before)).toBe(true);
      before = bytes;
    }
  });

  test('of a log without records are a header and a seal', async () => {
    const { bytes } = await sampleLog(0);
    expect(decodeLog(bytes).end).toMatchObject({ result: 'sealed', records: 0, lastSeq: null });
  });

  test('of a log that ends with a full block have its block line before the seal', async () => {
    const { bytes } = await sampleLog(8, { block: 4 });
    const kinds = bytes.toString().match(/^\{"(log|seq|block|seal)/gm);
    expect(kinds?.slice(-3)).toEqual(['{"seq', '{"block', '{"seal']);
    expect(decodeLog(bytes).end).toMatchObject({ result: 'sealed', records: 8, provenSeq: 7 });
  });
});

describe('the writer refuses', () => {
  let sink: MemorySink;
  let writer: LogWriter;
  beforeEach(async () => {
    sink = new MemorySink();
    writer = new LogWriter(sink, ORIGIN, { block: 4, stateKey: () => '5555555555555550' });
    await writer.append(sampleRecord(0));
  });
  afterEach(async () => {
    // Whatever was refused left no trace.
    if (sink.bytes.length > 0) return;
    await writer.append(sampleRecord(1));
    await writer.seal(OUTCOME);
    expect(sink.bytes.equals((await sampleLog(2, { block: 4 })).bytes)).toBe(true);
  });

  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ['a gap', { seq: 2 }, /FL901.*2 instead of 1/],
    ['a repeated number', { seq: 0 }, /FL901.*0 instead of 1/],
    ['a later cause', { cause: 1 }, /FL901.*as its cause/],
    ['a fact of unknown type', { facts: [{ type: 'vm.exploded' }] }, /FL901.*facts\.0/],
    ['a fact with a member too many', { facts: [{ type: 'vm.closed', vm: 'v', x: 1 }] }, /FL901/],
    [
      'a fact in wire form',
      { facts: [{ type: 'table.freed', gt: 'g', vm: 'v', table: '0x1000' }] },
      /FL901.*table/,
    ],
    ['a member that the line has no place for', { extra: 1 }, /FL901/],
    ['a fraction of time', { t: 0.5 }, /FL901.*t: /],
    ['a fraction in data', { data: { a: { b: 0.5 } } }, /FL901.*member b/],
    [
      'data nested too deeply',
      { data: JSON.parse(`{"a":${'['.repeat(99)}${']'.repeat(99)}}`) },
      /FL901.*nested/,
    ],
    ['a line above 1 MiB', { data: { note: 'x'.repeat(MAX_LINE_BYTES) } }, /FL404/],
    [
      'a line above 1 MiB only in UTF-8',
      { data: { note: '€'.repeat(MAX_LINE_BYTES / 2.5) } },
      /FL404/,
    ],
  ];
  test.each(wrong)('%s', (_what, change, message) => {
    const record = { ...sampleRecord(1), ...change } as StepRecord;
    expect(() => writer.append(record)).toThrow(message);
  });

  test('anything after the seal', async () => {
    await writer.seal(OUTCOME);
    const { bytes } = sink;
    expect(() => writer.append(sampleRecord(1))).toThrow(/FL901: the log is sealed/);
    expect(() => writer.flush()).toThrow(/FL901: the log is sealed/);
    await expect(writer.seal(OUTCOME)).rejects.toThrow(/FL901: the log is sealed/);
    await writer.close();
    expect(sink.bytes.equals(bytes)).toBe(true);
  });

  test('anything after the close', async () => {
    await writer.close();
    expect(() => writer.append(sampleRecord(1))).toThrow(/FL901: the log is closed/);
    expect(decodeLog(sink.bytes).end).toMatchObject({ result: 'open', records: 1 });
  });

  test.each([
    [{ ...OUTCOME, verdict: 'Not OK' }, /verdict/],
    [{ ...OUTCOME, stateHash: 'xyz' }, /stateHash/],
  ])('the outcome %p', async (outcome, message) => {
    await expect(writer.seal(outcome)).rejects.toThrow(message);
  });

  test('durable mode on a sink that cannot sync', () => {
    expect(() => new LogWriter(new MemorySink(), ORIGIN, { durable: true })).toThrow(/FL901/);
  });

  test('a block of none', () => {
    expect(() => new LogWriter(new MemorySink(), ORIGIN, { block: 0 })).toThrow(/FL901.*block/);
  });

  test.each([
    ['a fraction in the scenario', { fencelab: 1, x: 0.5 }, /FL901.*source/],
    ['undefined in the scenario', { fencelab: 1, x: undefined }, /FL901.*source/],
    ['a scenario above 1 MiB', { x: 'x'.repeat(MAX_LINE_BYTES) }, /FL112/],
  ])('%s', (_what, source, message) => {
    const origin = { ...ORIGIN, scenario: { name: 'bad', source } };
    expect(() => new LogWriter(new MemorySink(), origin)).toThrow(message);
  });
});

test('without the check the bytes are the same, and JSON is still not bent', async () => {
  const checked = await sampleLog(20, { block: 4 });
  const unchecked = await sampleLog(20, { block: 4, check: false });
  expect(unchecked.bytes.equals(checked.bytes)).toBe(true);
  const writer = new LogWriter(new MemorySink(), ORIGIN, { check: false });
  const record = { ...sampleRecord(0), data: { a: NaN } };
  expect(() => writer.append(record)).toThrow(/FL901/);
});

describe('memory', () => {
  /** A sink that takes a turn of the event loop for each chunk. */
  class SlowSink implements LogSink {
    inFlight = 0;
    peak = 0;
    total = 0;

    async write(chunk: Uint8Array | string): Promise<void> {
      this.inFlight++;
      this.peak = Math.max(this.peak, this.inFlight);
      await new Promise(setImmediate);
      this.total += chunk.length;
      this.inFlight--;
    }

    close(): void {
      // nothing is held
    }
  }

  test('a caller that waits lets a few chunks queue, and never two writes at once', async () => {
    const sink = new SlowSink();
    const writer = new LogWriter(sink, ORIGIN);
    let unwritten = 0;
    let appended = 0;
    for (let i = 0; i < 20_000; i++) {
      const record = sampleRecord(i);
      appended += lineOfRecord(record).length;
      await writer.append(record);
      unwritten = Math.max(unwritten, appended - sink.total);
    }
    await writer.seal(OUTCOME);
    expect(sink.peak).toBe(1);
    expect(sink.total).toBeGreaterThan(4_000_000);
    expect(unwritten).toBeLessThan(5 * 64 * 1024);
  });

  test('a flush that was waited for means that the sink has everything', async () => {
    const sink = new SlowSink();
    const writer = new LogWriter(sink, ORIGIN);
    let bytes = 0;
    for (let i = 0; i < 50; i++) {
      const record = sampleRecord(i);
      bytes += Buffer.byteLength(lineOfRecord(record));
      void writer.append(record);
    }
    // The second has nothing left to hand over, but something to wait for.
    void writer.flush();
    await writer.flush();
    expect(sink.total).toBeGreaterThan(bytes);
  });

  test('a caller that never waits is stopped at the limit', async () => {
    const sink = new SlowSink();
    const writer = new LogWriter(sink, ORIGIN, { maxQueuedBytes: 256 * 1024 });
    const all = (): void => {
      for (let i = 0; i < 20_000; i++) void writer.append(sampleRecord(i));
    };
    expect(all).toThrow(/FL405/);
    await expect(writer.close()).rejects.toThrow(/FL405/);
  });

  test('a log of any length is written and read in the memory of a few chunks', async () => {
    const decoder = new LogDecoder();
    let held = 0;
    let records = 0;
    let longest = 0;
    const sink: LogSink = {
      write: (chunk) => {
        const bytes = chunk as Uint8Array;
        longest = Math.max(longest, bytes.length);
        records += decoder.push(bytes).length;
        held = Math.max(held, decoder.held);
      },
      close: () => undefined,
    };
    const writer = new LogWriter(sink, ORIGIN);
    for (let i = 0; i < 60_000; i++) await writer.append(sampleRecord(i));
    await writer.seal(OUTCOME);
    expect(decoder.end()).toMatchObject({ result: 'sealed', records: 60_000 });
    expect(records).toBe(60_000);
    expect(longest).toBeLessThanOrEqual(64 * 1024);
    expect(held).toBeLessThanOrEqual(64 * 1024);
  });
});
