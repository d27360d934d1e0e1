/** Page tables against the mappings they were made for, over the full count of random sequences. */
import { soakPageTables } from '../hw/soak.ts';
import { keep, timed } from './keep.ts';

const SEQUENCES = 100_000;

test('100,000 random sequences of binds and unbinds', async () => {
  const finding = await timed(() => {
    const { steps } = soakPageTables(SEQUENCES, 7);
    return `${SEQUENCES} sequences, ${steps} steps: tables and mappings agree after each`;
  });
  keep('page tables', finding);
});
