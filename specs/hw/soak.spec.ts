/** A part of the 10^5 sequences that issue 4 asks for; `soakPageTables(100_000, seed)` is the whole. */
import { soakPageTables } from './soak.ts';

/** What a soak has to come to, and that often: every kind of leaf and table, and every way to be done with one. */
const KINDS = `48-bit|57-bit|scratch|4K leaf|2M leaf|1G leaf|64K leaf|compact|ips|called off|zapped
  |NULL 0x203|NULL 0x303|NULL 0x283|NULL 0x201|NULL 0x301|NULL 0x281`
  .split('|')
  .map((kind) => kind.trim());

test('3500 sequences on every flavour, 48 and 57 bits, with and without scratch pages', () => {
  const { steps, refusals, written } = soakPageTables(3500, 1);
  expect(steps).toBeGreaterThan(22_000);
  expect(refusals).toBeGreaterThan(400);
  expect(KINDS.filter((kind) => (written[kind] ?? 0) < 50)).toEqual([]);
});
