/** `fencelab explain` and `fencelab whatif`: the log of a known bug is told, repaired, and changed; bad input is refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, test } from '@jest/globals';
import { cli, NULL_BIND, put, type Ran, ROOT, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const LOG = at('bug.log');
const GOOD = at('good.log');
const SCENARIO = join(ROOT, 'scenarios/quirks/two-queues-unmap.yaml');
const SWAP = ['whatif', LOG, '--at', '28', '--do', 'first:32'];

async function json(argv: readonly string[]): Promise<Record<string, unknown>> {
  const { out } = await cli([...argv, '--json']);
  return JSON.parse(out) as Record<string, unknown>;
}

beforeAll(async () => {
  const bug = ['--quirk', 'H01', '--chooser', 'random', '--seed', '4', '--quiet'];
  const ran = await cli(['run', SCENARIO, ...bug, '--out', LOG]);
  expect(ran.out).toMatch(/^broken: I10 at record 34/m);
  await cli(['run', NULL_BIND, '--quiet', '--out', GOOD]);
});

describe('explain', () => {
  let told: Ran;
  beforeAll(async () => {
    told = await cli(['explain', LOG]);
  });

  it('tells what is wrong and where, and the story in arrows', () => {
    const lines = told.out.split('\n');
    expect(lines[0]).toBe('I10: gt0/invalidation:1 signals after seqno 2');
    expect(lines[1]).toBe('at record 34 of 38; 34 steps lead there, 33 of them are enough');
    expect(told.out).toMatch(/^ +seq sent +app +vm0 .* gt0 +gt0\/tlb$/m);
    expect(told.out).toMatch(/^ +30 +29 .*-+>\| +invalidation 1 acknowledged$/m);
    expect(told.out).toMatch(/^ .*X +I10: gt0\/invalidation:1 signals after seqno 2$/m);
    expect(told.status).toBe(0);
  });

  it('has the odds after each record, and the jumps', () => {
    expect(told.out).toContain('if the rest is drawn (summed up over all states):');
    expect(told.out).toMatch(/^ {2}start-16 0\.172 +#####$/m);
    expect(told.out).toMatch(/^ {2}28-34 +1\.000 +#{30} two>gt0\/tlb: /m);
    expect(told.out).toMatch(/^ {2}record 28 {2}0\.500 -> 1\.000 {2}two>gt0\/tlb: /m);
  });

  it('names the swap that repairs it, and the command that shows it', async () => {
    expect(told.out).toMatch(/^One swap makes it pass: record 32 .*, delivered first,$/m);
    const line = /see: fencelab (.*)$/m.exec(told.out)?.[1] ?? '';
    expect(line).toBe(`whatif ${LOG} --at 28 --do first:32`);
    expect((await cli(line.split(' '))).out).toMatch(/^wrong +I10 at 34: .* +nothing$/m);
  });

  it('writes the run that passes, which replays', async () => {
    const passes = at('passes.log');
    expect((await cli(['explain', LOG, '--out', passes])).out).toContain(`written: ${passes}`);
    expect((await cli(['replay', passes])).out).toMatch(/^identical: /);
    const again = await cli(['explain', passes]);
    expect([again.status, again.err]).toEqual([
      4,
      expect.stringContaining('FL312: nothing went wrong'),
    ]);
  });

  it('draws the diagram alone as mermaid or SVG', async () => {
    const mermaid = await cli(['explain', LOG, '--format', 'mermaid']);
    expect(mermaid.out).toMatch(
      /^---\ntitle: .*\n---\nsequenceDiagram\n {2}participant p0 as app\n/,
    );
    const svg = await cli(['explain', LOG, '--format', 'svg']);
    expect(svg.out).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('has all of it in --json', async () => {
    const all = await json(['explain', LOG]);
    expect(all).toMatchObject({
      ok: true,
      isAtOnce: true,
      isNumberedAsLog: true,
      slice: { isEnough: true },
      odds: { isExact: true },
      swap: { earlier: 28, later: 32, how: 'first', over: ['actor gt0/tlb'] },
    });
    const { after } = all['odds'] as { after: number[] };
    expect(after).toHaveLength(35);
  });

  it('that a signal ends tells what it knows by then', async () => {
    let asked = 0;
    // the reading of the log asks twice, the odds many times
    const stopped = () => (asked++ > 12 ? 'SIGINT' : undefined);
    const ran = await cli(['explain', LOG], { stopped });
    expect(ran.status).toBe(130);
    expect(ran.out).toMatch(/^ .*X +I10: gt0\/invalidation:1 signals after seqno 2$/m);
    expect(ran.out).toContain('\nstopped: what was not known by then is missing\n');
    expect(ran.out).toMatch(/^ {2}28-34 +1\.000 /m);
    expect(ran.out).toContain('summed up over all states, as far as that came');
    expect(ran.out).toContain('No swap of two deliveries was tried.');
    expect(ran.out).not.toMatch(/^ {2}start/m);
    expect(ran.out).not.toContain('One swap makes it pass');
  });

  it('says so where no order helps', async () => {
    const bug = [
      'run',
      join(ROOT, 'scenarios/quirks/repeat-split.yaml'),
      '--quirk',
      'R01',
      '--quiet',
    ];
    const log = at('certain.log');
    await cli([...bug, '--out', log]);
    const { out } = await cli(['explain', log, '--problem', 'opResult']);
    expect(out).toContain('Every schedule of the scenario shows opResult: no order');
    expect(out).not.toMatch(/How likely|swap/);
    const written = await cli(['explain', log, '--out', at('none.log')]);
    expect(written.err).toContain('FL312: no single change makes it pass');
  });
});

describe('whatif', () => {
  it('lists what is possible, with what it means', async () => {
    const { out, status } = await cli(['whatif', LOG, '--at', '18']);
    expect(out).toBe(
      'possible at record 18, where the log has vm0>app:\n' +
        '  one>gt0  job one#1: store entries, the last ones\n' +
        '  vm0>app  ioctl done\n',
    );
    expect(status).toBe(0);
    expect(await json(['whatif', LOG, '--at', '18'])).toMatchObject({
      taken: 'vm0>app',
      possible: [{ choice: 'one>gt0', type: 'copy.write' }, { choice: 'vm0>app' }],
    });
  });

  it('that a signal ends says nothing of one side alone', async () => {
    let asked = 0;
    const stopped = () => (asked++ > 1 ? 'SIGINT' : undefined);
    const ran = await cli(SWAP, { stopped });
    expect([ran.status, ran.out]).toEqual([130, '']);
  });

  it('has no difference for what only moved', async () => {
    const { out } = await cli(['whatif', LOG, '--at', '18', '--do', 'one>gt0']);
    expect(out).toMatch(/^\d+ steps are the same on both sides, \d+ of them at another place$/m);
    const same = await cli(['whatif', LOG, '--at', '18', '--do', 'vm0>app']);
    expect(same.out).toContain('21 steps are the same on both sides, 0 of them at another place');
    expect(same.out).toMatch(/^no difference$/m);
  });

  it('shows differences with their causes, and writes both sides', async () => {
    const [a, b] = [at('a.log'), at('b.log')];
    const change = ['whatif', LOG, '--at', '28', '--do', 'swap:32', '--out', b, '--log-out', a];
    const { out } = await cli(change);
    expect(out).toMatch(/^~ +32\/28 {2}one>gt0\/tlb: .* \(the change itself\)$/m);
    expect(out).toMatch(/^ +- tlb\.requested .* seqno=2 fence=gt0\/invalidation:1$/m);
    expect(out).toMatch(/^ +\+ tlb\.requested .* seqno=1 fence=gt0\/invalidation:1$/m);
    expect(out).toMatch(/^~ +28\/29 {2}.* \(from 28\)$/m);
    // everything but the name of the chooser in its header
    const records = (file: string): string =>
      readFileSync(file, 'utf8').split('\n').slice(1, -3).join('\n');
    expect(records(a)).toBe(records(LOG));
    expect((await cli(['replay', b])).out).toMatch(/^identical: /);
    expect((await cli(['explain', b])).status).toBe(4);
  });

  it('is one object in --json, also when a log cannot be written', async () => {
    const out = await json([...SWAP, '--out', join(folder, 'absent/b.log')]);
    expect(out).toMatchObject({ ok: false, exit: 6, errors: [{ code: 'FL403' }] });
  });

  it('makes a decision fail', async () => {
    const { sides } = (await json(['whatif', GOOD, '--at', '2', '--do', '!1'])) as {
      sides: { changed: { choices: string[] } };
    };
    expect(sides.changed.choices[1]).toBe('app>vm0!1');
  });

  it.each(['time', 'random:5'])('runs both under the policy %s', async (policy) => {
    const same = await cli(['whatif', LOG, '--at', '18', '--do', 'vm0>app', '--policy', policy]);
    expect(same.out).toContain('no difference');
    const other = await cli(['whatif', LOG, '--at', '18', '--do', 'one>gt0', '--policy', policy]);
    expect(other.status).toBe(0);
  });
});

describe('bad input', () => {
  const cut = at('cut.log');
  const bent = at('bent.log');
  beforeAll(() => {
    const text = readFileSync(LOG, 'utf8');
    put(folder, 'cut.log', text.slice(0, text.length >> 1));
    put(folder, 'bent.log', text.replace('"vm0>app"', '"vm0>bpp"'));
  });

  test.each<[string[], number, string]>([
    [['explain', at('none.log2')], 2, 'FL203: there is no such file'],
    [['explain', SCENARIO], 3, 'FL301: '],
    [['explain', bent], 3, 'FL303: '],
    [['explain', GOOD], 4, 'FL312: nothing went wrong in this run'],
    [['explain', LOG, '--problem', 'I11'], 4, 'FL312: this run does not show I11'],
    [
      ['explain', LOG, '--format', 'memaid'],
      2,
      "FL201: no format 'memaid'. Did you mean `mermaid`?",
    ],
    [['explain', LOG, '--steps', 'many'], 2, "FL201: 'many' is not a count"],
    [['explain', LOG, '--out', SCENARIO], 6, 'FL403: this file exists and is not a log'],
    [['explain', LOG, '--out', LOG], 2, 'FL201: --out is the log itself'],
    [[...SWAP, '--out', LOG], 2, 'FL201: --out is the log itself'],
    [[...SWAP, '--log-out', LOG], 2, 'FL201: --log-out is the log itself'],
    [
      [...SWAP, '--out', at('one.log'), '--log-out', at('./one.log')],
      2,
      'FL201: --log-out and --out are one file',
    ],
    [
      ['whatif', LOG, '--at', '28', '--out', at('one.log')],
      2,
      'FL201: --out without --do: nothing is changed',
    ],
    [['whatif', LOG], 2, 'FL201: no --at SEQ'],
    [['whatif', LOG, '--at', 'x'], 2, "FL307: 'x' is not a sequence number"],
    [['whatif', LOG, '--at', '0'], 2, 'FL307: record 0 makes the world'],
    [['whatif', LOG, '--at', '39'], 2, 'FL307: the log holds records 0 to 38, not 39'],
    [
      ['whatif', LOG, '--at', '18', '--do', 'x>y'],
      2,
      'FL313: x>y: it is not possible here; possible at record 18: one>gt0',
    ],
    [
      ['whatif', LOG, '--at', '18', '--do', '!9'],
      2,
      'FL313: vm0>app!9: its step does not decide that',
    ],
    [
      ['whatif', LOG, '--at', '18', '--do', '!x'],
      2,
      'FL313: vm0>app!x: its step does not decide that',
    ],
    [['whatif', LOG, '--at', '18', '--do', ''], 2, 'FL201: nothing to do'],
    [
      ['whatif', LOG, '--at', '18', '--do', 'swap:17'],
      2,
      "FL307: 'swap:17' needs a record from 19 to 38",
    ],
    [
      ['whatif', LOG, '--at', '18', '--do', 'first:99'],
      2,
      "FL307: 'first:99' needs a record from 19",
    ],
    [
      ['whatif', LOG, '--at', '18', '--do', 'first:38'],
      2,
      'FL313: what record 38 takes is not there yet',
    ],
    [
      ['whatif', LOG, '--at', '2', '--do', 'after:38'],
      2,
      'FL313: record 38 does not come to be without record 2',
    ],
    [['whatif', LOG, '--at', '2', '--do', 'after:38', '--policy', 'time'], 2, 'FL313: after: '],
    [
      ['whatif', LOG, '--at', '18', '--do', 'x', '--policy', 'tmie'],
      2,
      "FL201: there is no policy 'tmie'; did you mean time?",
    ],
    [
      ['whatif', LOG, '--at', '18', '--do', 'x', '--policy', 'random:x'],
      2,
      "FL202: 'x' is not a seed",
    ],
  ])('%j', async (argv, status, message) => {
    const ran = await cli(argv);
    expect(ran.err).toContain(message);
    expect(ran.status).toBe(status);
    if (status !== 6) expect(ran.out).toBe('');
  });

  it('goes as far as a torn log does, with a warning', async () => {
    const { out, err, status } = await cli(['whatif', cut, '--at', '3']);
    expect(err).toMatch(/^warning: FL302: /);
    expect(out).toContain('possible at record 3');
    expect(status).toBe(0);
  });
});
