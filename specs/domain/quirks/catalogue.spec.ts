/**
 * Every known bug: with it on, a random schedule of its scenario breaks the invariant that the catalogue names; with it
 * off, none of the same schedules breaks anything.
 */
import { QUIRKS, type QuirkRow } from '../../../domain/quirks/quirks.ts';
import { brokenBy, scenarioOfQuirk, schedulesUntil } from '../../rig/quirks.ts';

/** Enough for each; the rarest takes about a third. */
const MOST = 600;
const CLEAN = 60;

const rows: readonly QuirkRow[] = QUIRKS;

describe.each(rows.map((row) => [row.id, row] as const))('%s', (_id, row) => {
  test('on, is found', () => {
    expect(schedulesUntil(row, MOST)).not.toBeNull();
  });

  test('off, nothing is', () => {
    const scenario = scenarioOfQuirk(row, false);
    for (let n = 1; n <= CLEAN; n++) {
      expect([n, ...brokenBy(scenario, n, row.needsFault === true)]).toEqual([n]);
    }
  });
});
