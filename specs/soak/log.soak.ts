/** The log reader against many more mutants and pairs of flipped bits than a test run can afford. */
import { sampleLog } from '../streams/log/sample-log.ts';
import { mutantSweep, twoBitSweep } from '../streams/log/soak.ts';
import { keep, timed } from './keep.ts';

const MUTANTS = 500_000;

test('500,000 mutants of a log', async () => {
  const log = await sampleLog(12, { block: 4 });
  const other = await sampleLog(12, { block: 4, variant: 'other' });
  const finding = await timed(() => {
    const { runs, faults } = mutantSweep(log, other, MUTANTS, 2026);
    expect(faults).toEqual([]);
    return `${runs} mutants: 0 silent`;
  });
  keep('log mutants', finding);
});

test('every pair of bits of one line', async () => {
  const log = await sampleLog(2, { block: 4 });
  const finding = await timed(() => {
    const { runs, faults } = twoBitSweep(log, 0, 60);
    expect(faults).toEqual([]);
    return `${runs} pairs of flipped bits: 0 silent`;
  });
  keep('log bit pairs', finding);
});
