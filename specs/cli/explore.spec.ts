/** `fencelab explore`: verdicts, what it keeps, the same answer from any number of threads, and an end when it is asked for. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { BIN, cli, put, type Ran, ROOT, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const empty = temporaryFolder();
const at = (name: string): string => join(ROOT, 'scenarios', `${name}.yaml`);
const QUIRKY = at('quirks/order-joins-evicted');
const explore = (...argv: string[]): Promise<Ran> => cli(['explore', ...argv], { cwd: folder });
const json = (text: string): Record<string, never> => JSON.parse(text) as Record<string, never>;
const logOf = ({ out }: Ran): string => /^log: (\S+)$/m.exec(out)?.[1] ?? '';
const scheduleOf = ({ out }: Ran): string => /schedule:(\S+)$/m.exec(out)?.[1] ?? '';

const STUCK = put(
  folder,
  'stuck.yaml',
  `fencelab: 1
name: stuck
vms: { vm0: { async: true } }
syncobjs: { gate: { pending: true }, done: {} }
clients:
  app:
    - bind: { vm: vm0, ops: [{ map: { addr: 0x1000, range: 0x1000, null: true } }], in: [gate], out: [done] }
    - wait: done
    - signal: gate
`,
);

describe('a proof', () => {
  it('goes everywhere, and says what it saw', async () => {
    const ran = await explore(at('async-error'));
    expect([ran.status, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(
      /^size: (\d+) states, ([\d,]+) steps between them \(counted\)\n[^]*counts: \1 states, \2 steps, /,
    );
    expect(ran.out).toContain('strategy: exhaustive (every state), because it is small enough\n');
    expect(ran.out).toContain('verdict: proved for this scenario\n');
    expect(ran.out).toContain('coverage: all: every schedule there is\n');
    expect(ran.out).toMatch(/^witness: a bind failed after it was let in in \d+ of [\d,]+ steps$/m);
    expect(ran.out).toMatch(/^never seen, so it cannot happen here: rebind-exec, /m);
  });

  it('by DPOR is one run for each class', async () => {
    const ran = await explore(
      at('refusals'),
      '--strategy',
      'dpor',
      '--invariant',
      'none',
      '--json',
    );
    expect(json(ran.out)).toMatchObject({
      schemaVersion: 1,
      command: 'explore',
      ok: true,
      verdict: 'proved',
      ended: 'done',
      strategy: 'dpor',
      size: null,
      counts: { executions: 8 },
      found: null,
    });
  });

  it('by symmetry has fewer states', async () => {
    const alike = put(
      folder,
      'alike.yaml',
      `fencelab: 1
name: alike
vms: { vm0: {} }
clients:
${['a', 'b'].map((name) => `  ${name}:\n    - sleep: { ns: 10 }\n    - sleep: { ns: 10 }\n`).join('')}`,
    );
    const counts = async (...how: string[]): Promise<{ states: number }> => {
      const ran = await explore(alike, '--json', '--strategy', ...how);
      expect(json(ran.out)).toMatchObject({ verdict: 'proved' });
      return json(ran.out)['counts'] as never;
    };
    const [all, orbits] = [
      await counts('exhaustive'),
      await counts('symmetric', '--interchangeable', 'a,b'),
    ];
    expect(orbits.states).toBeLessThan(all.states);
  });
});

describe('a violation', () => {
  it('is made short, kept, and can be run again in three ways', async () => {
    const ran = await explore(QUIRKY, '--quirk', 'M04');
    expect(ran.status).toBe(1);
    expect(ran.out).toContain('verdict: violated\n');
    expect(ran.out).toMatch(/^broken: I19: .*was freed$/m);
    expect(ran.out).toMatch(
      /^shown in: 24 steps, \d+ switches between actors: the shortest there is$/m,
    );
    const log = logOf(ran);
    expect(log).toMatch(/^fencelab-order-joins-evicted-[0-9a-z]{6}\.log$/);
    expect(ran.out).toContain(`replay: fencelab replay ${log}\n`);
    const replayed = await cli(['replay', join(folder, log)]);
    expect(replayed.out).toMatch(/^identical: 25 records, sha256 /);
    const chooser = ['--chooser', `schedule:${scheduleOf(ran)}`];
    const again = await cli(['run', QUIRKY, '--quirk', 'M04', ...chooser], { cwd: folder });
    expect([again.status, /^broken: I19 at record 24: /m.test(again.out)]).toEqual([1, true]);
    const other = await cli(['run', QUIRKY, ...chooser], { cwd: folder });
    expect([other.status, other.err]).toEqual([2, expect.stringMatching(/^FL215: .*other quirks/)]);
  });

  it.each(['random', 'pct', 'pos', 'uniform', 'switches'])('is found by %s, too', async (name) => {
    const out = join(folder, `${name}.log`);
    const how = ['--strategy', name, '--budget', '3000', '--switches', '40', '--out', out];
    const ran = await explore(QUIRKY, '--quirk', 'M04', ...how, '--json', '--seed', '5');
    const object = json(ran.out) as Record<string, Record<string, unknown>>;
    expect([ran.status, object['verdict'], object['found']?.['log']]).toEqual([1, 'violated', out]);
    // however it was found, what is told is the shortest
    expect((object['found']?.['choices'] as string[]).length).toBe(24);
    expect(existsSync(out)).toBe(true);
  });

  it('of nothing but waiting for ever names the cycle of waits', async () => {
    const ran = await explore(STUCK, '--invariant', 'none');
    expect(ran.status).toBe(1);
    expect(ran.out).toContain('verdict: violated\n');
    expect(ran.out).toMatch(
      /^stuck: app, step 2 \(wait done\) waits for fence .* which comes after app, step 2/m,
    );
    expect(ran.out).toMatch(/^cycle: .* -> app, step 2 \(wait done\)$/m);
    expect(ran.out).toMatch(/^waiting for ever at the end: 1 of 1 end$/m);
    expect((await cli(['replay', join(folder, logOf(ran))])).status).toBe(0);
    const object = json((await explore(STUCK, '--json')).out);
    expect(object).toMatchObject({ ok: false, verdict: 'violated', stuckRuns: 1 });
    expect(object['found']).toMatchObject({ reasons: [expect.stringContaining('waits for')] });
  });

  it('that cannot be written is still told', async () => {
    const ran = await cli(['explore', STUCK], { cwd: join(folder, 'nowhere') });
    expect([ran.status, ran.err.startsWith('warning: FL403: ')]).toEqual([1, true]);
    expect(ran.out).toMatch(/^replay: fencelab run .*stuck\.yaml --chooser schedule:f1\./m);
    const refused = await explore(STUCK, '--out', join(folder, 'nowhere/x.log'));
    expect([refused.status, refused.err.startsWith('FL403: ')]).toEqual([6, true]);
  });
});

describe('a budget', () => {
  it('too short for an estimate proves nothing, and the size is a bound from below', async () => {
    const ran = await explore(at('evict'), '--budget', '1ms');
    expect(ran.out).toMatch(/^size: at least about .* \(the estimate was broken off\)$/m);
    expect(ran.out).toContain('because how large it is was not known in time\n');
    expect(ran.out).toContain('verdict: not proved: budget spent\n');
  });

  it('of runs is spent to the run, and proves nothing', async () => {
    const ran = await explore(at('create-steps'), '--strategy', 'random', '--budget', '300');
    expect(ran.status).toBe(0);
    expect(ran.out).toContain('verdict: not proved: budget spent\n');
    expect(ran.out).toMatch(/^counts: [\d,]+ steps, 300 runs, 0 blocked$/m);
    expect(ran.out).toMatch(
      /^coverage: \d+ classes of schedules seen, of 204 that there are: [\d.]+%$/m,
    );
    expect(ran.out).toMatch(/^witness: .* in \d+ of 300 runs$/m);
  });

  it('of steps ends a search within a step, and says before that it is too large', async () => {
    const ran = await explore(at('null-bind'), '--strategy', 'exhaustive', '--budget', '2000');
    expect(ran.status).toBe(0);
    const lines = ran.out.split('\n');
    expect(lines[0]).toMatch(/^size: about [\d,]+ states, [\d,]+ steps between them \(estimated/);
    expect(lines[2]).toMatch(/^too large: .* use --strategy random, or pct, pos$/);
    expect(lines[3]).toBe('verdict: not proved: budget spent');
    expect(ran.out).toMatch(/^counts: [\d,]+ states, 2,0\d\d steps/m);
    expect(ran.out).toMatch(/^coverage: [\d,]+ states of about [\d,]+ or more$/m);
  });

  it('chooses random runs where it does not suffice for all states', async () => {
    const ran = await explore(at('null-bind'), '--budget', '60');
    expect(ran.out).toContain('strategy: random (anybody who is ready), because it is too large');
    expect(ran.out).toMatch(/no two runs alike: with 95% confidence there are at least \d+$/m);
  });

  it('of time ends it soon after', async () => {
    const began = performance.now();
    const ran = await explore(at('evict'), '--strategy', 'pos', '--budget', '500ms', '--json');
    expect(performance.now() - began).toBeLessThan(30_000);
    expect([ran.status, json(ran.out)['ended']]).toEqual([0, 'budget']);
  });
});

describe('threads', () => {
  const cases = [
    [at('create-steps'), '--strategy', 'random', '--budget', '700'],
    [at('create-steps'), '--strategy', 'pct', '--budget', '600', '--json'],
    [QUIRKY, '--quirk', 'M04', '--strategy', 'random', '--budget', '2000', '--seed', '9'],
    [at('async-error'), '--json'],
  ];
  it.each(cases)('one or four of them give the same bytes: %s %s %s %s', async (...argv) => {
    const [one, four] = [
      await explore(...argv, '--workers', '1'),
      await explore(...argv, '--workers', '4'),
    ];
    expect(four).toEqual(one);
    expect(one.out).not.toBe('');
  });

  it('another seed draws other runs', async () => {
    const draw = (seed: string): Promise<Ran> =>
      explore(at('async-error'), '--strategy', 'random', '--budget', '50', '--seed', seed);
    expect((await draw('1')).out).toBe((await draw('0x1')).out);
    expect((await draw('2')).out).not.toBe((await draw('1')).out);
  });
});

describe('a signal', () => {
  it('ends it with the result so far', async () => {
    const ended = performance.now() + 2500;
    const ran = await cli(['explore', at('evict'), '--strategy', 'exhaustive', '--budget', '1h'], {
      cwd: folder,
      stopped: () => (performance.now() > ended ? 'SIGINT' : undefined),
    });
    expect(ran.status).toBe(130);
    expect(ran.out).toContain('verdict: not proved: stopped\n');
    expect(performance.now() - ended).toBeLessThan(30_000);
  });

  it('does so to a real process', async () => {
    const argv = [BIN, 'explore', at('evict'), '--strategy', 'random', '--budget', '1h'];
    const child = spawn(process.execPath, argv, { cwd: folder });
    let out = '';
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString();
      if (!child.killed) setTimeout(() => child.kill('SIGINT'), 1500);
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect([status, /^verdict: not proved: stopped$/m.test(out)]).toEqual([130, true]);
    expect(out).toMatch(/^counts: [\d,]+ steps, \d+ runs?, 0 blocked$/m);
  });
});

it('draws a bar on a terminal, and wipes it', async () => {
  const how = ['--strategy', 'random', '--budget', '2500ms', '--witness', 'none'];
  const ran = await cli(['explore', at('evict'), ...how], { cwd: folder, errIsTty: true });
  expect(ran.err).toMatch(/runs \[=+ *\] \d+% \([\d,]+\)/);
  expect(ran.err.endsWith('\r\u001b[K')).toBe(true);
  expect(ran.out).not.toContain('witness');
});

it('leaves no log of what is right', async () => {
  await cli(['explore', at('async-error')], { cwd: empty });
  expect(readdirSync(empty)).toEqual([]);
});
