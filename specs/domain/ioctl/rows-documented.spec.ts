/** docs/vm-bind.md and docs/panthor.md have the tables of the checks; they say what the code does, row for row. */
import { readFileSync } from 'node:fs';
import { errnoName } from '../../../domain/errno.ts';
import { ALL_RULES } from '../../../domain/ioctl/all-rules.ts';

const PAGES = ['vm-bind.md', 'panthor.md'].map(
  (page) => new URL(`../../../docs/${page}`, import.meta.url).pathname,
);
const MARK = '<!-- rows: ';

/** The lines of each marked table, as lists of cells, without its head. */
const documented = new Map(
  PAGES.map((page) => readFileSync(page, 'utf8'))
    .join('\n\n')
    .split(MARK)
    .slice(1)
    .map((part): [string, string[][]] => {
      const [name = '', rest = ''] = part.split(' -->\n\n', 2);
      const [table = ''] = rest.split('\n\n');
      const cells = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
      return [name, cells.slice(2).map((line) => line.slice(1, -1))];
    }),
);

test('every table of the code stands in the documentation, and no other', () => {
  expect([...documented.keys()]).toEqual(Object.keys(ALL_RULES));
});

test.each(Object.entries(ALL_RULES))('%s: each row, its words and its errno', (name, rules) => {
  const coded = rules.map(({ row, what, error }) => [
    row,
    what,
    error === null ? 'the stored one' : errnoName(error),
  ]);
  expect(documented.get(name)).toEqual(coded);
});

test('no name stands for two rows', () => {
  const rows = Object.values(ALL_RULES).flatMap((rules) => rules.map(({ row }) => row));
  expect(new Set(rows).size).toBe(rows.length);
});
