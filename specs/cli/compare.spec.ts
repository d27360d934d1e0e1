/** `fencelab compare sparse` on good input and on bad. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from '@jest/globals';
import { BACKING_NAMES } from '../../domain/scenario/sparse-backings.ts';
import type { Tried } from '../../streams/compare/sparse.ts';
import { cli, put, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const SMALL = ['compare', 'sparse', '--size', '256K', '--tiles', '2x16K'];

it('prints a column for each backing, and says what each is', async () => {
  const { out, status } = await cli(SMALL);
  expect(status).toBe(0);
  expect(out).toMatch(/^A sparse resource of 262,144 bytes in pages of 4 KiB, 2 tiles of 16 KiB\n/);
  for (const backing of BACKING_NAMES) expect(out).toMatch(new RegExp(`^${backing}: `, 'm'));
  expect(out).not.toContain('initialise');
});

it('prints a table for each phase, too', async () => {
  const { out } = await cli([...SMALL, '--phases']);
  const titles = ['initialise', 'look', 'bind tiles', 'unbind tiles', 'destroy'];
  for (const title of titles) expect(out).toContain(`\n${title}\n`);
});

it('prints the same as JSON, the figures as numbers', async () => {
  const { out } = await cli([...SMALL, '--json', '--backing', 'null']);
  const { ok, tried } = JSON.parse(out) as { ok: boolean; tried: Tried[] };
  expect(ok).toBe(true);
  expect(tried).toHaveLength(1);
  expect(tried[0]?.phases.initialise).toMatchObject({ ioctls: 1, ops: 1, mappings: 1 });
});

it('writes the same chart each time', async () => {
  const charts: string[] = [];
  for (const name of ['a.svg', 'b.svg']) {
    const { status } = await cli([...SMALL, '--svg', name], { cwd: folder });
    expect(status).toBe(0);
    charts.push(readFileSync(join(folder, name), 'utf8'));
  }
  expect(charts[0]).toBe(charts[1]);
  expect(charts[0]).toMatch(/^<svg [^>]*>\n<title>A sparse resource of 262,144 bytes/);
  for (const backing of BACKING_NAMES) expect(charts[0]).toContain(`>${backing}<`);
});

it('leaves out what would take too many operations, and says so', async () => {
  const { out, status } = await cli(['compare', 'sparse', '--size', '1T']);
  expect(status).toBe(0);
  expect(out).toContain('left out: per-page takes 268,435,456 operations\n');
  expect(out).toContain('left out: repeat fills 524,288 page tables\n');
  expect(out).toMatch(/^ +null$/m);
});

test.each([
  [['compare', 'dense'], "FL201: there is nothing to compare called 'dense', only sparse"],
  [[...SMALL, '--backing', 'nul'], "FL201: no backing 'nul'. Did you mean `null`?"],
  [['compare', 'sparse', '--size', '0'], "FL201: '0' is not a size"],
  [['compare', 'sparse', '--size', '9e30'], "FL201: '9e30' is not a size"],
  [['compare', 'sparse', '--pages', '6000'], 'FL201: a page of 6000 bytes is not a multiple of 4K'],
  [['compare', 'sparse', '--tiles', 'x'], "FL201: 'x' is not COUNTxSIZE"],
  [['compare', 'sparse', '--size', '64K', '--tiles', '2x64K'], 'FL201: the tiles are larger than'],
  [['compare', 'sparse', '--tiles', '1x6K'], 'FL201: a tile is not a whole number of pages'],
  [
    ['compare', 'sparse', '--size', '1T', '--backing', 'per-page'],
    'FL201: per-page takes 268,435,456 operations: too much for one run',
  ],
])('%j is refused', async (args, message) => {
  const { err, out, status } = await cli(args);
  expect(err).toContain(message);
  expect([out, status]).toEqual(['', 2]);
});

test('a chart that cannot be written', async () => {
  const scenario = put(folder, 'mine.yaml', 'fencelab: 1\n');
  const refused = await cli([...SMALL, '--svg', scenario]);
  expect([refused.status, refused.out]).toEqual([6, '']);
  expect(refused.err).toMatch(/^FL403: this file exists and is not a chart \(/);
  expect(readFileSync(scenario, 'utf8')).toBe('fencelab: 1\n');
  const again = put(folder, 'again.svg', '<svg old/>');
  expect((await cli([...SMALL, '--svg', again])).status).toBe(0);
  expect(readFileSync(again, 'utf8')).not.toContain('old');
  const { err, status } = await cli([...SMALL, '--svg', '/nowhere/x.svg']);
  expect(err).toMatch(/^FL403: cannot write: ENOENT \(\/nowhere\/x\.svg\)/);
  expect(status).toBe(6);
});
