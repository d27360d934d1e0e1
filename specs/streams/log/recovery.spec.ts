/**
 * The recovery table is total and disjoint: each combination of the observations matches exactly
 * one row. And no row is idle: an input exists that ends in it.
 */
import {
  decide,
  OBSERVATIONS,
  type Observed,
  RECOVERY,
  rowMatches,
} from '../../../streams/log/recovery.ts';
import type { FencelabError } from '../../../domain/errors.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { framed } from '../../../streams/log/frame.ts';
import { sampleLog } from './sample-log.ts';

function combination(bits: number): Observed {
  const entries = OBSERVATIONS.map((name, i) => [name, (bits & (1 << i)) !== 0] as const);
  return Object.fromEntries(entries) as Record<(typeof OBSERVATIONS)[number], boolean>;
}

describe('the recovery table', () => {
  const all = Array.from({ length: 2 ** OBSERVATIONS.length }, (_, bits) => combination(bits));

  it('has exactly one row for each of the 256 combinations', () => {
    expect(all).toHaveLength(256);
    for (const observed of all) {
      const rows = RECOVERY.filter((row) => rowMatches(row, observed)).map(({ id }) => id);
      expect({ observed, rows }).toEqual({ observed, rows: [decide(observed).id] });
    }
  });

  it('never calls a log with a rest sealed or open', () => {
    for (const observed of all.filter(({ rest }) => rest)) {
      expect(['sealed', 'open']).not.toContain(
        observed.header && !observed.empty ? decide(observed).result : '',
      );
    }
  });

  it('is used up: every row ends some reading', async () => {
    const { bytes, lineEnds } = await sampleLog(5, { block: 4 });
    const [header = 0, first = 0] = lineEnds;
    const flipped = (at: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 4;
      return copy;
    };
    const inputs: Record<string, Buffer> = {
      A: Buffer.alloc(0),
      B: Buffer.from(framed('{"log":"fencelab","v":9,"minReader":9')),
      C: bytes.subarray(header),
      D: flipped(30),
      E: bytes.subarray(0, 30),
      F: Buffer.from('something else\n'),
      G: bytes,
      H: bytes.subarray(0, first),
      I: Buffer.concat([bytes, Buffer.from('\n')]),
      J: Buffer.concat([bytes.subarray(0, first), bytes.subarray(header)]),
      K: flipped(header + 30),
      L: bytes.subarray(0, first + 30),
    };
    const codes: Record<string, string> = {};
    for (const [row, input] of Object.entries(inputs)) {
      try {
        codes[row] = decodeLog(input).end.row;
      } catch (error) {
        codes[row] = (error as FencelabError).code;
      }
    }
    expect(codes).toEqual({
      ...Object.fromEntries(RECOVERY.map(({ id }) => [id, id])),
      ...{ A: 'FL301', B: 'FL304', F: 'FL301' },
    });
  });
});
