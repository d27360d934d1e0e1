/**
 * Promises P8 and P9: the N-th operation of the file fails, for N = 1, 2, ... until a run
 * completes. Whatever fails and however often, what was acknowledged can be read, the error says
 * what happened, and the writer stays poisoned.
 */
import { FencelabError } from '../../../domain/errors.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { FileSink } from '../../../streams/log/file-sink.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { LogWriter } from '../../../streams/log/writer.ts';
import { type Fault, type FaultPlan, FAULTS, FaultyFile, inBackground } from './faulty-file.ts';
import { ORIGIN, OUTCOME, sampleRecord, sampleRecords } from './sample-log.ts';

const RECORDS = sampleRecords(40);
const LINES = RECORDS.map(lineOfRecord);
const CODES: Readonly<Record<Fault, string | undefined>> = {
  EIO: 'FL403',
  ENOSPC: 'FL401',
  EPIPE: 'FL402',
  short: undefined,
  full: 'FL401',
};

interface Setup {
  readonly durable: boolean;
  readonly background: boolean;
}

interface Run {
  readonly file: FaultyFile;
  /** records whose append had resolved */
  readonly acknowledged: number;
  readonly error: unknown;
  readonly writer: LogWriter;
}

async function run(plan: FaultPlan | undefined, { durable, background }: Setup): Promise<Run> {
  const file = new FaultyFile(plan);
  const sink = new FileSink(background ? inBackground(file) : file, 'test.jsonl');
  const writer = new LogWriter(sink, ORIGIN, { block: 8, durable });
  let acknowledged = 0;
  try {
    for (const record of RECORDS) {
      await writer.append(record);
      if (durable) expect(file.synced).toBe(file.content.length);
      // Without durable mode, make it as many operations by hand.
      if (!durable) await writer.flush();
      acknowledged++;
    }
    await writer.seal(OUTCOME);
    if (durable) expect(file.synced).toBe(file.content.length);
    return { file, acknowledged, error: undefined, writer };
  } catch (error) {
    return { file, acknowledged, error, writer };
  }
}

/** Everything that must hold after a run with a fault. */
async function judge({ file, acknowledged, error, writer }: Run, plan: FaultPlan): Promise<void> {
  const code = CODES[plan.fault];
  const where = JSON.stringify(plan);
  if (error !== undefined) {
    expect({ where, error }).toEqual({ where, error: expect.any(FencelabError) });
    expect({ where, code: (error as FencelabError).code }).toEqual({ where, code });
    // Poisoned: the file is fine again after a single fault, the writer is not.
    const next = { ...sampleRecord(0), seq: writer.next };
    expect(() => writer.append(next)).toThrow(error as FencelabError);
    await writer.close().catch((again: unknown) => {
      expect(again).toBe(error);
    });
    expect(file.closed).toBe(true);
  }
  if (file.content.length === 0) return;
  const { records, end } = decodeLog(file.content);
  expect({ where, result: end.result }).not.toEqual({ where, result: 'corrupt' });
  expect(records.map(lineOfRecord)).toEqual(LINES.slice(0, records.length));
  expect(records.length).toBeGreaterThanOrEqual(acknowledged);
  if (error === undefined)
    expect({ where, result: end.result }).toEqual({ where, result: 'sealed' });
}

const setups: readonly Setup[] = [
  { durable: true, background: false },
  { durable: true, background: true },
  { durable: false, background: false },
  { durable: false, background: true },
];

describe.each(setups)('with %p', (setup) => {
  const plans = FAULTS.flatMap((fault) => [false, true].map((forever) => ({ fault, forever })));
  test.each(plans)('every failure point of %p is survived', async ({ fault, forever }) => {
    const clean = await run(undefined, setup);
    expect(clean.error).toBeUndefined();
    let at = 1;
    for (; ; at++) {
      const plan = { fault, forever, at };
      const result = await run(plan, setup);
      if (!result.file.tripped) break;
      await judge(result, plan);
    }
    // The loop really reached the end: the last run met no fault and did the same as a clean one.
    expect(at).toBeGreaterThan(clean.file.operations);
    expect(at).toBeGreaterThan(RECORDS.length);
  });
});

test('a file that takes nothing is not tried for ever', async () => {
  const idle = { write: () => 0, sync: () => undefined, close: () => undefined };
  const writer = new LogWriter(new FileSink(idle, 'idle'), ORIGIN);
  await expect(writer.seal(OUTCOME)).rejects.toThrow(/^FL403: writing failed: no progress/);
});

test('a failed sync poisons the writer for good', async () => {
  const clean = await run(undefined, { durable: true, background: false });
  for (let at = 2; at < clean.file.operations; at += 2) {
    const { writer, error } = await run(
      { fault: 'EIO', forever: false, at },
      { durable: true, background: false },
    );
    expect(error).toMatchObject({ code: 'FL403' });
    const refusals = RECORDS.slice(0, 5).map((record) => (): unknown => writer.append(record));
    for (const refusal of refusals) expect(refusal).toThrow(error as FencelabError);
    expect(() => writer.flush()).toThrow(error as FencelabError);
    await expect(writer.seal(OUTCOME)).rejects.toThrow(error as FencelabError);
  }
});
