/** A part of the 10^5 sequences of the soak; `npm run soak` is for the whole. */
import { soakPageTables } from './soak.ts';

test('6000 sequences on every flavour, 48 and 57 bits, with and without scratch pages', () => {
  const { steps, refusals } = soakPageTables(6000, 1);
  expect(steps).toBeGreaterThan(38_000);
  expect(refusals).toBeGreaterThan(500);
});
