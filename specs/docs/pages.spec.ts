/** Runs every command that the README and the guide show, in order, in an empty folder, and compares the output. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputMatches, partsOfPage } from './console.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const BIN = join(ROOT, 'cli/bin.js');

const PAGES = [
  'README.md',
  'docs/guide/first-scenario.md',
  'docs/guide/exploring.md',
  'docs/guide/explain.md',
];

describe.each(PAGES)('%s', (page) => {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-docs-'));
  symlinkSync(join(ROOT, 'scenarios'), join(folder, 'scenarios'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  let status = 0;
  const parts = partsOfPage(readFileSync(join(ROOT, page), 'utf8'));
  const commands = parts.filter((part) => part.kind === 'command');

  test('has commands', () => {
    expect(commands.length).toBeGreaterThan(1);
  });

  test('each command prints what the page says', () => {
    for (const part of parts) {
      if (part.kind === 'file') writeFileSync(join(folder, part.name), part.text);
      else if (part.kind === 'edit') {
        const path = join(folder, part.name);
        const text = readFileSync(path, 'utf8');
        expect(text).toContain(part.from);
        writeFileSync(path, text.replace(part.from, part.to));
      } else if (part.command === 'echo $?') expect([String(status)]).toEqual(part.output);
      else {
        expect(part.command).toMatch(/^npx fencelab /);
        const args = part.command.split(' ').slice(2);
        const run = spawnSync('node', [BIN, ...args], { cwd: folder, encoding: 'utf8' });
        status = run.status ?? -1;
        const matches = outputMatches(part.output, run.stdout);
        expect([part.command, matches ? 'as shown' : run.stdout + run.stderr]).toEqual([
          part.command,
          'as shown',
        ]);
      }
    }
  });
});

describe('the comparison', () => {
  test.each([
    [['a', 'b'], 'a\nb\n', true],
    [['a', 'b'], 'a\nc\n', false],
    [['a'], 'a\nb\n', false],
    [['...', 'b'], 'a\na\nb\n', true],
    [['a', '...', 'd'], 'a\nd\n', true],
    [['x ... z'], 'x y z\n', true],
    [['x.y'], 'xzy\n', false],
  ])('%j against %j is %s', (expected, actual, matches) => {
    expect(outputMatches(expected, actual)).toBe(matches);
  });
});
