/** The table of quirks: ids that can be told apart, invariants that exist, and a word for a wrong id. */
import { INVARIANTS } from '../../../domain/invariants/list.ts';
import { findQuirk, NO_QUIRKS, QUIRKS } from '../../../domain/quirks/quirks.ts';

test('every quirk has its own id and breaks an invariant that there is', () => {
  const ids = QUIRKS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const known = [...INVARIANTS.map(({ id }) => id), 'expect', 'stuck'];
  for (const { breaks } of QUIRKS) expect(known).toContain(breaks);
});

test('none is on by default', () => {
  expect(NO_QUIRKS).toEqual([]);
});

test('an id is found; one that is misspelt gets the nearest; one that is far off gets them all', () => {
  for (const row of QUIRKS) expect(findQuirk(row.id)).toBe(row);
  expect(findQuirk('R1')).toEqual({ hint: 'Did you mean `R01`?' });
  const all = QUIRKS.map(({ id }) => id).join(', ');
  expect(findQuirk('timeout')).toEqual({ hint: `Quirks are: ${all}.` });
});
