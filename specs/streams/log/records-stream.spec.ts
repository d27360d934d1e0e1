/** Logs as RxJS streams: cold, ended properly by both sides, and errors never lost. */
import type { Observable } from 'rxjs';
import { concatWith, from, lastValueFrom, map, of, scan, take, throwError, toArray } from 'rxjs';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { records$, writeRecords } from '../../../streams/log/records-stream.ts';
import { type LogSink, MemorySink } from '../../../streams/log/sink.ts';
import { LogWriter } from '../../../streams/log/writer.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import {
  ORIGIN,
  OUTCOME,
  sampleKeys,
  sampleLog,
  type SampleLog,
  sampleRecords,
} from './sample-log.ts';

let log: SampleLog;
beforeAll(async () => {
  log = await sampleLog(14, { block: 4 });
});

/** What a subscriber is told, as text. */
function told(stream: Observable<StepRecord>): Promise<string[]> {
  return new Promise((resolve) => {
    const seen: string[] = [];
    stream.subscribe({
      next: ({ seq }) => seen.push(String(seq)),
      error: (error: Error) => {
        resolve([...seen, error.message.slice(0, 5)]);
      },
      complete: () => {
        resolve([...seen, 'complete']);
      },
    });
  });
}

describe('records$', () => {
  const numbers = (n: number): string[] => Array.from({ length: n }, (_, i) => String(i));

  test('gives every record of a sealed log and completes', async () => {
    expect(await told(records$([log.bytes]))).toEqual([...numbers(14), 'complete']);
  });

  test('gives every record of an open log and completes', async () => {
    const open = log.bytes.subarray(0, log.lastLineAt);
    expect(await told(records$([open]))).toEqual([...numbers(14), 'complete']);
  });

  test('gives the records before the damage and then the error', async () => {
    const cut = log.bytes.subarray(0, (log.lineEnds[3] ?? 0) + 5);
    expect(await told(records$([cut]))).toEqual([...numbers(3), 'FL302']);
    const corrupt = Buffer.concat([cut, log.bytes]);
    expect(await told(records$([corrupt]))).toEqual([...numbers(3), 'FL303']);
    expect(await told(records$([Buffer.from('no log')]))).toEqual(['FL301']);
  });

  test('is cold: two subscribers each see all of it', async () => {
    const stream = records$([log.bytes]);
    const both = await Promise.all([told(stream), told(stream)]);
    expect(both[0]).toEqual(both[1]);
  });

  test('stops reading when nobody listens any more', async () => {
    let given = 0;
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        for (let at = 0; at < log.bytes.length; at += 50) {
          given++;
          yield await Promise.resolve(log.bytes.subarray(at, at + 50));
        }
      } finally {
        closed = true;
      }
    }
    const firstTwo = await lastValueFrom(records$(source()).pipe(take(2), toArray()));
    expect(firstTwo.map(({ seq }) => seq)).toEqual([0, 1]);
    while (!closed) await new Promise(setImmediate);
    expect(given).toBeLessThan(log.bytes.length / 50 / 2);
  });

  test('feeds a reducer', async () => {
    const count = records$([log.bytes]).pipe(
      scan((facts, { facts: more }) => facts + more.length, 0),
    );
    const facts = log.records.reduce((sum, record) => sum + record.facts.length, 0);
    expect(await lastValueFrom(count)).toBe(facts);
  });
});

describe('writeRecords', () => {
  test('writes what comes, from a synchronous source and from a log', async () => {
    for (const source of [from(sampleRecords(14)), records$([log.bytes])]) {
      const sink = new MemorySink();
      const writer = new LogWriter(sink, ORIGIN, { block: 4, stateKey: sampleKeys() });
      expect(await writeRecords(source, writer)).toBe(14);
      await writer.seal(OUTCOME);
      expect(sink.bytes.equals(log.bytes)).toBe(true);
    }
  });

  test('keeps what came before the error of the source', async () => {
    const sink = new MemorySink();
    const writer = new LogWriter(sink, ORIGIN, { block: 4 });
    const source = from(sampleRecords(5)).pipe(concatWith(throwError(() => new Error('upstream'))));
    await expect(writeRecords(source, writer)).rejects.toThrow('upstream');
    await writer.close();
    expect(decodeLog(sink.bytes).end).toMatchObject({ result: 'open', records: 5 });
  });

  test('rejects with the writer its refusal and takes no more', async () => {
    let taken = 0;
    const source = of(0, 1, 2, 9, 4, 5).pipe(
      map((seq) => {
        taken++;
        return { ...sampleRecords(1)[0], seq, cause: null } as StepRecord;
      }),
    );
    const writer = new LogWriter(new MemorySink(), ORIGIN);
    await expect(writeRecords(source, writer)).rejects.toThrow(/FL901.*9 instead of 3/);
    expect(taken).toBe(4);
    expect(writer.next).toBe(3);
  });

  test.each([
    ['at once', false],
    ['later', true],
  ])('rejects when the sink fails %s', async (_when, later) => {
    const failure = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    const sink: LogSink = {
      write: () => {
        if (!later) throw failure;
        return new Promise((_resolve, reject) => setImmediate(reject, failure));
      },
      close: () => undefined,
    };
    const writer = new LogWriter(sink, ORIGIN);
    await expect(writeRecords(from(sampleRecords(2000)), writer)).rejects.toThrow(/^FL401/);
    await expect(writer.close()).rejects.toThrow(/^FL401/);
  });

  test('a source too fast for a sink that takes time is stopped, not buffered', async () => {
    const sink: LogSink = {
      write: () => new Promise(setImmediate),
      close: () => undefined,
    };
    const writer = new LogWriter(sink, ORIGIN, { maxQueuedBytes: 1 << 20 });
    await expect(writeRecords(from(sampleRecords(20_000)), writer)).rejects.toThrow(/^FL405/);
  });
});
