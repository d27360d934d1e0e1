/**
 * Promise P6: lines deleted, doubled, swapped, inserted, spliced, and bytes flipped or cut: a log
 * is either sealed and exactly what was written, or the reading says clearly that it is not.
 */
import { decodeLog } from '../../../streams/log/decoder.ts';
import { Dice, MUTATORS } from './mutate-log.ts';
import { sampleLog, type SampleLog } from './sample-log.ts';
import { mutantSweep, twoBitSweep } from './soak.ts';

let log: SampleLog;
let other: SampleLog;
beforeAll(async () => {
  log = await sampleLog(12, { block: 4 });
  other = await sampleLog(12, { block: 4, variant: 'vn' });
});

test('50,000 mutants: none is silently different', () => {
  const { results, faults } = mutantSweep(log, other, 50_000, 20_240_611);
  expect(faults).toEqual([]);
  // Every kind of answer is among them, or the mutators have lost their teeth.
  for (const result of ['sealed', 'open', 'torn', 'corrupt', 'FL301']) {
    expect(results[result] ?? 0).toBeGreaterThan(10);
  }
});

test.each(Object.keys(MUTATORS))('%s alone is never silent', (name) => {
  const dice = new Dice(7);
  for (let run = 0; run < 300; run++) {
    const bytes = MUTATORS[name]?.(log.bytes, dice, other.bytes) ?? log.bytes;
    if (bytes.length === 0) continue;
    const intact = bytes.equals(log.bytes) || bytes.equals(other.bytes);
    expect(decodeLog(bytes).end.result === 'sealed').toBe(intact);
  }
});

test.each(['deleteLine', 'insertLine', 'doubleLine', 'splice', 'graft'])(
  '%s in a sealed log is corruption unless it hits the end',
  (name) => {
    const dice = new Dice(8);
    for (let run = 0; run < 300; run++) {
      const bytes = MUTATORS[name]?.(log.bytes, dice, other.bytes) ?? log.bytes;
      if (bytes.equals(log.bytes) || bytes.equals(other.bytes)) continue;
      const { result } = decodeLog(bytes).end;
      // Without its last line a log is open, as if the writer had stopped there.
      const headOnly = bytes.equals(log.bytes.subarray(0, log.lastLineAt));
      expect(result).toBe(headOnly ? 'open' : 'corrupt');
    }
  },
);

test('two flipped bits in a line are never silent: a sample', async () => {
  // Unsealed and shorter than a block: only the line's own checksum stands guard.
  const open = await sampleLog(1, { seal: false });
  const { faults, runs } = twoBitSweep(open, open.lastLineAt, open.lastLineAt + 30);
  expect(faults).toEqual([]);
  expect(runs).toBe((240 * 239) / 2);
});
