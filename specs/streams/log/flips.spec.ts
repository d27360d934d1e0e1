/**
 * Promises P4 and P5: no flipped bit is silent, and damage before the last line is corruption, not
 * a torn tail.
 */
import { decodeLog } from '../../../streams/log/decoder.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { Dice } from './mutate-log.ts';
import { sampleLog, type SampleLog } from './sample-log.ts';

/**
 * What is wrong with the reading of a log in which bit `bit` of byte `at` was flipped; '' when
 * nothing is.
 */
function faultOf(log: SampleLog, bytes: Buffer, at: number, bit: number): string {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  const { records, end } = decodeLog(bytes);
  bytes[at] = log.bytes[at] ?? 0;
  const wanted = at < log.lastLineAt ? 'corrupt' : 'torn';
  if (end.result !== wanted) return `byte ${at} bit ${bit}: ${end.result}`;
  const same = records.every((record, i) => lineOfRecord(record) === log.lines[i]);
  return same ? '' : `byte ${at} bit ${bit}: other records`;
}

function sweep(log: SampleLog): { flips: number; faults: string[] } {
  const bytes = Buffer.from(log.bytes);
  const faults: string[] = [];
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const fault = faultOf(log, bytes, at, bit);
      if (fault !== '') faults.push(fault);
    }
  }
  return { flips: bytes.length * 8, faults };
}

describe('a log with one bit flipped', () => {
  let sealed: SampleLog;
  let open: SampleLog;
  beforeAll(async () => {
    sealed = await sampleLog(12, { block: 4 });
    open = await sampleLog(6, { block: 4, seal: false });
  });

  it('is found out at every bit of a sealed log', () => {
    const { flips, faults } = sweep(sealed);
    expect(faults).toEqual([]);
    expect(flips).toBe(sealed.bytes.length * 8);
  });

  it('is found out at every bit of an open log', () => {
    expect(sweep(open).faults).toEqual([]);
  });

  it('is found out in a long log with blocks of 256 too', async () => {
    const long = await sampleLog(700);
    const bytes = Buffer.from(long.bytes);
    const dice = new Dice(6);
    for (let run = 0; run < 300; run++) {
      expect(faultOf(long, bytes, dice.below(bytes.length), dice.below(8))).toBe('');
    }
  });

  it('names the damaged line, its offset and the last good record', () => {
    const bytes = Buffer.from(sealed.bytes);
    const line = 5;
    const at = sealed.lineEnds[line - 2] ?? 0;
    bytes[at + 20] = (bytes[at + 20] ?? 0) ^ 1;
    expect(decodeLog(bytes).end).toMatchObject({
      result: 'corrupt',
      lastSeq: 2,
      provenSeq: null,
      goodBytes: at,
      damage: { kind: 'checksum', offset: at, line },
    });
  });
});
