/** A part of the 10^5 sequences that issue 4 asks for; `soakPageTables(100_000, seed)` is the whole. */
import { soakPageTables } from './soak.ts';

test('3500 sequences on every flavour, 48 and 57 bits, with and without scratch pages', () => {
  const { steps, refusals } = soakPageTables(3500, 1);
  expect(steps).toBeGreaterThan(22_000);
  expect(refusals).toBeGreaterThan(400);
});
