/**
 * Reading as a stream: the same records and verdict however the bytes arrive, and sources let go of
 * in time.
 */
import fc from 'fast-check';
import { FencelabError } from '../../../domain/errors.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { errorOfEnd } from '../../../streams/log/log-end.ts';
import { openLog } from '../../../streams/log/reader.ts';
import type { LogSource } from '../../../streams/log/source.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { sampleLog, type SampleLog, sampleRecord } from './sample-log.ts';

let log: SampleLog;
beforeAll(async () => {
  log = await sampleLog(14, { block: 4 });
});

async function recordsOf(source: LogSource): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for await (const record of await openLog(source)) records.push(record);
  return records;
}

/** A source that says whether it was let go of. */
function watched(chunks: readonly Uint8Array[]): {
  source: LogSource;
  state: { open: boolean; given: number };
} {
  const state = { open: false, given: 0 };
  async function* give(): AsyncGenerator<Uint8Array, void, undefined> {
    state.open = true;
    try {
      for (const chunk of chunks) {
        state.given++;
        yield await Promise.resolve(chunk);
      }
    } finally {
      state.open = false;
    }
  }
  return { source: give(), state };
}

test('records come back in memory form, with data as the line has it', async () => {
  const records = await recordsOf([log.bytes]);
  expect(records).toHaveLength(14);
  const [first] = records;
  expect(first).toEqual({
    ...sampleRecord(0),
    data: { call: 0, addr: '0x10000', note: 'größer "€"\n' },
  });
  expect(records.map(({ facts }) => facts)).toEqual(log.records.map(({ facts }) => facts));
});

test('any chunking gives the same records and the same verdict', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: log.bytes.length }), { maxLength: 40 }),
      fc.nat({ max: log.bytes.length - 1 }),
      async (places, at) => {
        const bytes = Buffer.from(log.bytes);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        const cuts = [0, ...places.sort((a, b) => a - b), bytes.length];
        const chunks = cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
        const whole = decodeLog(bytes);
        const opened = await openLog(chunks).catch((error: unknown) => error as FencelabError);
        if (opened instanceof FencelabError) {
          expect(opened.message).toBe(errorOfEnd(whole.end)?.message);
          return;
        }
        const records: StepRecord[] = [];
        for await (const batch of opened.batches()) records.push(...batch);
        expect(records).toEqual(whole.records);
        expect(await opened.end()).toEqual(whole.end);
      },
    ),
    { numRuns: 400 },
  );
});

test('a byte at a time works too', async () => {
  const bytes = [...log.bytes].map((byte) => Uint8Array.of(byte));
  const opened = await openLog(bytes);
  expect(opened.header.seed).toBe('0x2a');
  expect(await opened.end()).toMatchObject({ result: 'sealed', records: 14 });
});

test('records before the damage are delivered before the verdict', async () => {
  const bytes = Buffer.concat([
    log.bytes.subarray(0, log.lineEnds[6]),
    Buffer.from('x\n'),
    log.bytes,
  ]);
  const opened = await openLog([bytes]);
  const records: StepRecord[] = [];
  for await (const record of opened) records.push(record);
  expect(records.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
  const end = await opened.end();
  expect(end).toMatchObject({ result: 'corrupt', lastSeq: 4, provenSeq: 3 });
  expect(errorOfEnd(end)?.message).toBe(
    'FL303: a line does not match its checksum ' +
      `(byte ${log.lineEnds[6]}, line 8, last good record 4)`,
  );
});

test('the verdict can be asked for without going through the records', async () => {
  const end = await (await openLog([log.bytes])).end();
  expect(end).toMatchObject({
    result: 'sealed',
    records: 14,
    provenSeq: 13,
    goodBytes: log.bytes.length,
    seal: { events: 14, verdict: 'ok', stateHash: 'ab'.repeat(32) },
  });
  expect(errorOfEnd(end)).toBeUndefined();
});

test('a huge chunk is turned into records piece by piece', async () => {
  const { bytes } = await sampleLog(20_000);
  const sizes: number[] = [];
  for await (const batch of (await openLog([bytes])).batches()) sizes.push(batch.length);
  expect(sizes.reduce((a, b) => a + b, 0)).toBe(20_000);
  expect(Math.max(...sizes)).toBeLessThan(2000);
});

describe('the source', () => {
  const pieces = (): Buffer[] =>
    Array.from({ length: Math.ceil(log.bytes.length / 100) }, (_, i) =>
      log.bytes.subarray(i * 100, i * 100 + 100),
    );

  test('is let go of when the consumer stops, and then there is no verdict', async () => {
    const { source, state } = watched(pieces());
    const opened = await openLog(source);
    for await (const record of opened) if (record.seq === 2) break;
    expect(state.open).toBe(false);
    expect(state.given).toBeLessThan(pieces().length);
    await expect(opened.end()).rejects.toThrow(RangeError);
  });

  test('is read no further than the verdict needs', async () => {
    const bytes = Buffer.from(log.bytes);
    bytes[log.lineEnds[1] ?? 0] = 0;
    const chunks = Array.from({ length: 50 }, (_, i) => bytes.subarray(i * 100, i * 100 + 100));
    const { source, state } = watched(chunks);
    expect((await (await openLog(source)).end()).result).toBe('corrupt');
    expect(state).toEqual({ open: false, given: expect.any(Number) });
    expect(state.given).toBeLessThan(30);
  });

  test('is let go of when the header is refused', async () => {
    const { source, state } = watched([Buffer.from('no log\n')]);
    await expect(openLog(source)).rejects.toThrow(/^FL301: the input is not a fencelab log$/);
    expect(state.open).toBe(false);
  });

  test('that fails gives FL309 after the records before it', async () => {
    async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
      yield log.bytes.subarray(0, log.lineEnds[3]);
      await Promise.resolve();
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    }
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { seq } of await openLog(failing())) seen.push(seq);
    })();
    await expect(reading).rejects.toThrow(/^FL309: reading the log failed: Error: EIO/);
    expect(seen).toEqual([0, 1, 2]);
  });
});

test.each([
  ['empty input', '', /^FL301: the input is empty$/],
  ['a header cut off', '{"log":"fencelab","v":1', /^FL302: .*byte 0, line 1, no record is whole/],
  ['a damaged header with a log behind it', 'broken\n', /^FL303: .*byte 0, line 1/],
])('%s cannot be opened', async (_what, start, message) => {
  const rest = start.endsWith('\n') ? log.bytes.subarray(log.lineEnds[0]) : Buffer.alloc(0);
  await expect(openLog([Buffer.from(start), rest])).rejects.toThrow(message);
});
