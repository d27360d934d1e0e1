/** docs/invariants.md says what the code says, and each of the thirty is there, in order, and fires. */
import { readFileSync, writeFileSync } from 'node:fs';
import { INVARIANTS } from '../../domain/invariants/list.ts';
import { invariantsPage, specsOf } from './invariants-page.ts';

const PAGE = new URL('../../docs/invariants.md', import.meta.url).pathname;

test('the page is the code’s', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, invariantsPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(invariantsPage());
});

test('the thirty are there, in order, then three more, and those of drivers whose ops take effect one by one', () => {
  const ids = INVARIANTS.map(({ id }) => id);
  const thirty = Array.from({ length: 30 }, (_, i) => `I${i + 1}`);
  const ofOps = ['opResult', 'opEntries', 'opRegion', 'opFlush', 'oops'];
  expect(ids).toEqual([...thirty, 'arrays', 'calls', 'refault', ...ofOps]);
});

test.each(INVARIANTS.map(({ id }) => id))('%s has a spec in which it fires', (id) => {
  expect(specsOf(id)).not.toEqual([]);
});
