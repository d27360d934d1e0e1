/** "Did you mean": near names are found, far ones are not, and the distance is a distance. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { didYouMean, editDistance, nearest } from '../../../domain/scenario/suggest.ts';

describe('suggestions', () => {
  it.each([
    ['vm1', ['vm0', 'bo0'], 'vm0'],
    ['dnoe', ['done', 'gate'], 'done'],
    ['rnage', ['addr', 'range'], 'range'],
    ['zzzzz', ['addr', 'range'], undefined],
    ['x', [], undefined],
    ['Syncobj', ['syncobj'], 'syncobj'],
  ])('%s among %j is %s', (typed, known, wanted) => {
    expect(nearest(typed, known)).toBe(wanted);
  });

  it('are sentences', () => {
    expect(didYouMean('vm1', ['vm0'])).toBe('Did you mean `vm0`?');
    expect(didYouMean('something', ['vm0'])).toBeUndefined();
  });

  it('rest on a symmetric distance that is 0 exactly for equal words', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
