/**
 * Small logs with every kind of line, for the specs of the log. Deterministic: sample record `i` of
 * a variant is always the same, so that a log, its bytes and its records can be compared from
 * anywhere.
 */
import type { Fact } from '../../../domain/facts/schema.ts';
import type { LogOrigin } from '../../../streams/log/header.ts';
import { MemorySink } from '../../../streams/log/sink.ts';
import { LogWriter, type WriterOptions } from '../../../streams/log/writer.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import type { StepRecord } from '../../../streams/world/record.ts';

export const ORIGIN: LogOrigin = {
  engine: '0.1.0',
  scenario: { name: 'null-bind', source: { fencelab: 1, vms: { vm0: {} } } },
  seed: '0x2a',
  chooser: 'random',
};
export const OUTCOME = { verdict: 'ok', stateHash: 'ab'.repeat(32) };

const PIECE = {
  obj: 'bo0',
  offset: 2,
  null: false,
  readOnly: false,
  userptr: false,
  gtMask: 0,
} as const;

function factsOf(i: number, variant: string): readonly Fact[] {
  const vm = `${variant}0`;
  const at = { vm, addr: 16 + i, range: 4 };
  switch (i % 6) {
    case 0:
      return [{ type: 'va.mapped', va: i, ...at, ...PIECE }];
    case 1: {
      const runs = [{ index: i, count: 4, pte: 0x100083 + i * 4096, stride: 4096 }];
      return [
        { type: 'pte.written', gt: 'gt0', vm, table: 2 ** 36 + i, level: 0, runs, by: 'gpu' },
      ];
    }
    case 2:
      return [];
    case 3: {
      const piece = { va: i, addr: 2 ** 40 + i, range: 1, ...PIECE };
      const ops = [{ op: 'remap' as const, prev: piece, next: null, unmap: piece, keep: true }];
      return [
        { type: 'ops.created', vm, call: i, bind: 0, ops },
        { type: 'fence.created', fence: `${vm}/bind0:${i}`, kind: 'bind', parts: [] },
      ];
    }
    case 4:
      return [{ type: 'tlb.requested', gt: 'gt0', ...at, seqno: i, fence: `gt0/tlb:${i}` }];
    default:
      return [
        { type: 'job.done', engine: `${vm}/bind0`, job: `job${i}` },
        { type: 'fence.signaled', fence: `${vm}/bind0:${i}`, error: i % 2 === 0 ? 0 : -125 },
      ];
  }
}

/** @param variant tells the records of two logs apart */
export function sampleRecord(i: number, variant = 'vm'): StepRecord {
  return {
    seq: i,
    t: i * 130,
    actor: i === 0 ? 'world' : `${variant}0`,
    type: i === 0 ? 'made' : 'bind.run',
    cause: i === 0 ? null : i - 1,
    choice: i % 4 === 1 ? `timer:app/${i}` : `app>${variant}0`,
    data: i % 3 === 0 ? { call: i, addr: 16 + i, note: 'größer "€"\n' } : { call: i },
    state: 'running.idle',
    facts: factsOf(i, variant),
    sends: i % 2 === 0 ? [] : [[`${variant}0/bind0`, 'job.start']],
  };
}

export function sampleRecords(count: number, variant = 'vm'): readonly StepRecord[] {
  return Array.from({ length: count }, (_, i) => sampleRecord(i, variant));
}

export interface SampleLog {
  readonly bytes: Buffer;
  readonly records: readonly StepRecord[];
  /** each record's line as the log holds it */
  readonly lines: readonly string[];
  /** the place after each line feed */
  readonly lineEnds: readonly number[];
  readonly lastLineAt: number;
}

function measured(bytes: Buffer, records: readonly StepRecord[]): SampleLog {
  const lineEnds: number[] = [];
  for (let at = bytes.indexOf(10) + 1; at > 0; at = bytes.indexOf(10, at) + 1) lineEnds.push(at);
  const lines = records.map(lineOfRecord);
  return { bytes, records, lines, lineEnds, lastLineAt: lineEnds.at(-2) ?? 0 };
}

/** State keys that say how many there were: no world is behind these records. */
export function sampleKeys(): () => string {
  let count = 0;
  return () => (count++).toString(16).padStart(16, '5');
}

/** A log in memory, sealed unless told otherwise. */
export async function sampleLog(
  count: number,
  options: WriterOptions & { readonly variant?: string; readonly seal?: boolean } = {},
): Promise<SampleLog> {
  const { variant = 'vm', seal = true, ...writerOptions } = options;
  const sink = new MemorySink();
  const writer = new LogWriter(sink, ORIGIN, { stateKey: sampleKeys(), ...writerOptions });
  const records = sampleRecords(count, variant);
  for (const record of records) await writer.append(record);
  await (seal ? writer.seal(OUTCOME) : writer.close());
  return measured(sink.bytes, records);
}
