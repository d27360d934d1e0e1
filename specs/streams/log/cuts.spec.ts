/**
 * Promises P2 and P3: a log cut at any byte gives exactly the whole records before the cut; a cut
 * is always seen.
 */
import { FencelabError } from '../../../domain/errors.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { Dice } from './mutate-log.ts';
import { sampleLog, type SampleLog } from './sample-log.ts';

/** The records whose lines, line feed included, lie before `cut`. */
function wholeRecordsBefore(log: SampleLog, cut: number): number {
  const starts = [0, ...log.lineEnds];
  const isRecord = (at: number): boolean => log.bytes.toString('latin1', at, at + 7) === '{"seq":';
  return log.lineEnds.filter((end, i) => end <= cut && isRecord(starts[i] ?? 0)).length;
}

function expectedResult(log: SampleLog, cut: number): string {
  if (cut === log.bytes.length) return 'sealed';
  return log.lineEnds.includes(cut) ? 'open' : 'torn';
}

describe('a log cut off', () => {
  let log: SampleLog;
  beforeAll(async () => {
    log = await sampleLog(14, { block: 4 });
  });

  it('gives exactly the whole records before the cut, at every byte', () => {
    const results = new Map<string, number>();
    for (let cut = 1; cut <= log.bytes.length; cut++) {
      const { records, end } = decodeLog(log.bytes.subarray(0, cut));
      const whole = wholeRecordsBefore(log, cut);
      const seen = {
        cut,
        result: end.result,
        count: end.records,
        lines: records.map(lineOfRecord),
      };
      const lines = log.lines.slice(0, whole);
      expect(seen).toEqual({ cut, result: expectedResult(log, cut), count: whole, lines });
      results.set(end.result, (results.get(end.result) ?? 0) + 1);
    }
    const lineCount = log.lineEnds.length;
    expect(Object.fromEntries(results)).toEqual({
      sealed: 1,
      open: lineCount - 1,
      torn: log.bytes.length - lineCount,
    });
  });

  it('gives the whole records before the cut in a long log with blocks of 256 too', async () => {
    const long = await sampleLog(700);
    const dice = new Dice(5);
    for (let run = 0; run < 300; run++) {
      const cut = 1 + dice.below(long.bytes.length - 1);
      const { records, end } = decodeLog(long.bytes.subarray(0, cut));
      const whole = wholeRecordsBefore(long, cut);
      const seen = { cut, result: end.result, count: end.records };
      expect(seen).toEqual({ cut, result: expectedResult(long, cut), count: whole });
      expect(records.map(lineOfRecord)).toEqual(long.lines.slice(0, whole));
    }
  });

  it('is not taken for sealed when only the last line feed is missing', () => {
    const { end } = decodeLog(log.bytes.subarray(0, -1));
    expect(end).toMatchObject({ result: 'torn', records: 14, damage: { kind: 'cut' } });
  });

  it('is no log when nothing is left', () => {
    expect(() => decodeLog(Buffer.alloc(0))).toThrow(FencelabError);
    expect(() => decodeLog(Buffer.alloc(0))).toThrow(/FL301/);
  });

  it('says where its good part ends, and that part reads as open', () => {
    for (let cut = log.lineEnds[0] ?? 0; cut < log.bytes.length; cut += 7) {
      const { records, end } = decodeLog(log.bytes.subarray(0, cut));
      const salvaged = decodeLog(log.bytes.subarray(0, end.goodBytes));
      expect(salvaged.end.result).toBe('open');
      expect(salvaged.records).toEqual(records);
    }
  });
});
