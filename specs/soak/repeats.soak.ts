/** Repeated mappings against counting, over the full count of random sequences. */
import fc from 'fast-check';
import { longestOf, REPEATERS, sequences, wrongAfter } from '../domain/va/repeat-model.ts';
import { keep, timed } from './keep.ts';

const SEQUENCES = 100_000;

test('100,000 random sequences of requests around repeated mappings', async () => {
  const finding = await timed(() => {
    let requests = 0;
    for (const semantics of REPEATERS) {
      fc.assert(
        fc.property(sequences(longestOf(semantics)), (sequence) => {
          requests += sequence.length;
          return wrongAfter(semantics, sequence) === '';
        }),
        { numRuns: SEQUENCES / REPEATERS.length, seed: 7 },
      );
    }
    return `${SEQUENCES} sequences, ${requests} requests: every page shows what counting says`;
  });
  keep('repeated mappings', finding);
});
