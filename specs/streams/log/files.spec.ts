/**
 * Logs in real files, pipes and streams: what goes in comes out, and every refusal of the system
 * has its code.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import { openFileSink } from '../../../streams/log/file-sink.ts';
import { openLog } from '../../../streams/log/reader.ts';
import { fileSource } from '../../../streams/log/source.ts';
import { streamSink } from '../../../streams/log/stream-sink.ts';
import { LogWriter } from '../../../streams/log/writer.ts';
import {
  ORIGIN,
  OUTCOME,
  sampleKeys,
  sampleLog,
  type SampleLog,
  sampleRecords,
} from './sample-log.ts';

let folder: string;
let log: SampleLog;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fencelab-log-'));
  log = await sampleLog(300);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function write(writer: LogWriter): Promise<void> {
  for (const record of sampleRecords(300)) await writer.append(record);
  await writer.seal(OUTCOME);
}

describe('a file', () => {
  test.each([
    ['blocking', false, false],
    ['blocking-durable', false, true],
    ['background', true, false],
    ['background-durable', true, true],
  ])('written %s holds the log', async (name, background, durable) => {
    const path = join(folder, `${name}.jsonl`);
    const sink = await openFileSink(path, { background });
    await write(new LogWriter(sink, ORIGIN, { durable, stateKey: sampleKeys() }));
    expect(readFileSync(path).equals(log.bytes)).toBe(true);
    const opened = await openLog(fileSource(path));
    expect(await opened.end()).toMatchObject({ result: 'sealed', records: 300 });
  });

  test('that exists is not replaced, unless asked to', async () => {
    const path = join(folder, 'taken.jsonl');
    writeFileSync(path, 'precious');
    await expect(openFileSink(path)).rejects.toThrow(/^FL403: writing failed: EEXIST/);
    expect(readFileSync(path, 'utf8')).toBe('precious');
    await write(
      new LogWriter(await openFileSink(path, { replace: true }), ORIGIN, {
        stateKey: sampleKeys(),
      }),
    );
    expect(readFileSync(path).equals(log.bytes)).toBe(true);
  });

  test('is made by exactly one of many writers that race for it', async () => {
    const path = join(folder, 'race.jsonl');
    const tries = Array.from({ length: 20 }, (_, i) =>
      openFileSink(path, { background: i % 2 === 0 }),
    );
    const won = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled');
    expect(won).toHaveLength(1);
  });

  test.each([
    ['a missing folder', 'none/x.jsonl', /^FL403: writing failed: ENOENT/],
    ['a folder', '.', /^FL403: writing failed: (EEXIST|EISDIR)/],
  ])('in the place of %s cannot be made', async (_what, name, message) => {
    await expect(openFileSink(join(folder, name))).rejects.toThrow(message);
  });

  test.each([
    ['missing', 'nothing.jsonl', /^FL203: cannot read the log: ENOENT/],
    ['a folder', '.', /^FL203: cannot read the log: EISDIR/],
  ])('that is %s cannot be read', async (_what, name, message) => {
    await expect(openLog(fileSource(join(folder, name)))).rejects.toThrow(message);
  });

  test('can be read twice through one source', async () => {
    const path = join(folder, 'twice.jsonl');
    writeFileSync(path, log.bytes);
    const source = fileSource(path);
    for (let time = 0; time < 2; time++) {
      expect((await (await openLog(source)).end()).result).toBe('sealed');
    }
  });

  test('on a full disk gives FL401', async () => {
    const sink = await openFileSink('/dev/full', { replace: true });
    await expect(write(new LogWriter(sink, ORIGIN))).rejects.toThrow(/^FL401: .*ENOSPC.*dev\/full/);
  });
});

describe('a stream', () => {
  test('carries the log, and a slow one slows the writer', async () => {
    const chunks: Buffer[] = [];
    const slow = new Writable({
      highWaterMark: 1000,
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk);
        setImmediate(done);
      },
    });
    await write(new LogWriter(streamSink(slow, 'stdout'), ORIGIN, { stateKey: sampleKeys() }));
    expect(Buffer.concat(chunks).equals(log.bytes)).toBe(true);
    expect(slow.writableEnded).toBe(false);
  });

  test('whose reader has gone gives FL402', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const writer = new LogWriter(streamSink(broken, 'stdout'), ORIGIN);
    await expect(write(writer)).rejects.toThrow(/^FL402: writing failed: EPIPE \(stdout\)$/);
  });

  test('that fails between two writes keeps the reason', async () => {
    const stream = new PassThrough();
    const sink = streamSink(stream, 'stdout');
    await sink.write('first');
    stream.destroy(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    await new Promise(setImmediate);
    await expect(Promise.resolve(sink.write('second'))).rejects.toThrow(/^FL401.*ENOSPC/);
  });

  test('that was destroyed gives FL402', async () => {
    const gone = new PassThrough();
    gone.destroy();
    const writer = new LogWriter(streamSink(gone, 'stdout'), ORIGIN);
    await expect(write(writer)).rejects.toThrow(/^FL402/);
  });

  test('can be read through a decompressor', async () => {
    const gunzip = createGunzip();
    gunzip.end(gzipSync(log.bytes));
    const end = await (await openLog(gunzip)).end();
    expect(end).toMatchObject({ result: 'sealed', records: 300 });
  });
});
