/** `fencelab quirks` and `run --quirk`: a known bug is found in the list, switched on, and what it breaks is told. */
import { join } from 'node:path';
import { describe, expect, it, test } from '@jest/globals';
import { QUIRKS } from '../../domain/quirks/quirks.ts';
import { cli, NULL_BIND, ROOT, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const quirk = (scenario: string): string => join(ROOT, 'scenarios', 'quirks', `${scenario}.yaml`);

describe('quirks', () => {
  it('lists all of them, a line each, and one in full', async () => {
    const all = await cli(['quirks']);
    for (const { id } of QUIRKS)
      expect(all.out).toMatch(new RegExp(`^${id} +\\S+ +\\S+ +\\S`, 'm'));
    const one = await cli(['quirks', 'R01']);
    expect(one.out).toMatch(/^R01: What is behind a split/);
    expect([all.status, one.status]).toEqual([0, 0]);
    // the command that it prints finds it
    const line = /^ +find it +fencelab (.+)$/m.exec(one.out)?.[1] ?? '';
    const found = await cli([...line.split(' '), '--out', join(folder, 'r01.log')], { cwd: ROOT });
    expect(found.out).toMatch(/^broken: opResult: /m);
  });

  it('prints the table as JSON', async () => {
    const { out } = await cli(['quirks', '--json']);
    const { quirks } = JSON.parse(out) as { quirks: { id: string }[] };
    expect(quirks.map(({ id }) => id)).toEqual(QUIRKS.map(({ id }) => id));
  });
});

describe('run --quirk', () => {
  const bug = ['run', quirk('repeat-split'), '--quirk', 'R01'];

  it('tells what is broken, keeps the log, and ends with the command that does it again', async () => {
    const { out, status } = await cli([...bug, '--quiet'], { cwd: folder });
    expect(out).toMatch(/^broken: opResult at record \d+: /m);
    expect(out).toMatch(
      /^replay: fencelab replay \S+\.log {3}\(or: fencelab run .* --quirk R01\)$/m,
    );
    expect(status).toBe(1);
    const log = /^log: (\S+)$/m.exec(out)?.[1] ?? '';
    expect((await cli(['replay', join(folder, log)])).out).toMatch(/^identical: /);
  });

  it('breaks nothing without it', async () => {
    const { out, status } = await cli(['run', quirk('repeat-split'), '--quiet']);
    expect(out).not.toContain('broken');
    expect(status).toBe(0);
  });

  it('has the breaches in --json', async () => {
    const { out } = await cli([...bug, '--json'], { cwd: folder });
    const { ok, breaches } = JSON.parse(out) as { ok: boolean; breaches: { id: string }[] };
    expect(ok).toBe(false);
    expect(breaches.map(({ id }) => id)).toContain('opResult');
  });
});

test.each([
  [['quirks', 'R1'], "FL206: there is no quirk 'R1'. Did you mean `R01`?"],
  [['run', NULL_BIND, '--quirk', 'S99'], "FL206: there is no quirk 'S99'. "],
  [['run', NULL_BIND, '--quirk', 'R01'], 'FL206: R01 does not fit this scenario: '],
])('%j is refused', async (args, message) => {
  const { err, out, status } = await cli(args);
  expect(err).toContain(message);
  expect([out, status]).toEqual(['', 2]);
});
