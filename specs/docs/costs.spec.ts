/** docs/costs.md says what the code says; each default has a source or is marked as assumed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { COSTS } from '../../hw/costs.ts';
import { scenarioSchema } from '../../domain/scenario/schema.ts';
import { costsPage } from './costs-page.ts';

const PAGE = new URL('../../docs/costs.md', import.meta.url).pathname;

test('the page is the code’s', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, costsPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(costsPage());
});

test.each(Object.entries(COSTS))('%s can be set, is a whole number, and has a source', (name, cost) => {
  expect(cost.defaultNs).toBeGreaterThan(0);
  expect(cost.source === 'assumed' || /\.c: |intel-xe/.test(cost.source)).toBe(true);
  const device = (ns: number) =>
    scenarioSchema.safeParse({
      ...{ fencelab: 1, name: 'x', device: { costs: { [name]: ns } } },
      ...{ vms: { vm0: {} }, clients: {} },
    }).success;
  expect([0, 1, 1e12, -1, 0.5, 1e13].map(device)).toEqual([true, true, true, false, false, false]);
});
