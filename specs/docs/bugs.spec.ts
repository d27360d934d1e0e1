/** docs/bugs: each known bug has a page, and its schedule shows what the page says. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kindOf } from '../../streams/explore/schedule/follow.ts';
import { readKept, updateKept } from './bugs/kept.ts';
import { BUG_ROWS, bugIndex, bugPage, bugRun } from './bugs/page.ts';
import { partingOf } from './bugs/parting.ts';

const FOLDER = new URL('../../docs/bugs', import.meta.url).pathname;
const isUpdate = process.env['UPDATE_DOCS'] === '1';
if (isUpdate) {
  if (!existsSync(FOLDER)) mkdirSync(FOLDER);
  updateKept();
  writeFileSync(join(FOLDER, 'README.md'), bugIndex());
}
const kept = readKept();

test.each(BUG_ROWS.map((row) => [row.id, row] as const))('%s: as its page says', (id, row) => {
  const entry = kept[id];
  if (entry === undefined) throw new RangeError(`${id} has no schedule`);
  const run = bugRun(row, entry);
  if (row.breaks.match(/^(expect|stuck)$/) === null) expect(kindOf(run.problem)).toBe(row.breaks);
  // a driver without the bug does something else in one of these steps
  expect(partingOf(row, run.choices)).not.toBeNull();
  const file = join(FOLDER, `${id}.md`);
  if (isUpdate) writeFileSync(file, bugPage(run));
  expect(readFileSync(file, 'utf8')).toBe(bugPage(run));
});

test('every bug has its page, and no page is left over', () => {
  const names = [...BUG_ROWS.map(({ id }) => `${id}.md`), 'README.md'];
  expect(readdirSync(FOLDER).sort()).toEqual(names.sort());
  expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toBe(bugIndex());
});
