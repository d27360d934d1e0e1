/** docs/vm-bind.md has the table of the checks; it says what the code does, row for row. */
import { readFileSync } from 'node:fs';
import { errnoName } from '../../../domain/errno.ts';
import { BIND_RULES } from '../../../domain/ioctl/bind-check.ts';

const PAGE = new URL('../../../docs/vm-bind.md', import.meta.url).pathname;

test('every row of the code stands in the documentation, with its words and its errno', () => {
  const [, table = ''] = readFileSync(PAGE, 'utf8').split('<!-- rows:');
  const lines = table.split('\n').filter((line) => /^\| \d/.test(line));
  const documented = lines.map((line) =>
    line
      .split('|')
      .slice(1, 4)
      .map((cell) => cell.trim()),
  );
  const coded = BIND_RULES.map(({ row, what, error }) => [row, what, errnoName(error)]);
  expect(documented.slice(0, coded.length)).toEqual(coded);
});
