/** `run --fail N`, and lists of choices that hold answers: what is said, what is kept, and that it replays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { faultLine } from '../../cli/fault.ts';
import { cli, NULL_BIND, put, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

interface Line {
  readonly seq?: number;
  readonly choice: string;
}
/** The choices of a log, record 0 left out. */
function choicesOf(log: string): string[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"seq":'))
    .map((line) => JSON.parse(line) as Line)
    .flatMap(({ seq, choice }) => (seq === 0 ? [] : [choice]));
}
const run = async (nth: number, ...more: string[]): ReturnType<typeof cli> =>
  cli(['run', NULL_BIND, '--fail', String(nth), '--quiet', ...more], { cwd: folder });

describe('run --fail', () => {
  it('says what failed, of how many chances, and where; and the log says it, too', async () => {
    const log = join(folder, 'first.log');
    const { out } = await run(1, '--out', log);
    const [, count, name, seq] =
      /^fault: chance 1 of (\d+) failed: ([\w.]+), in record (\d+)$/m.exec(out) ?? [];
    expect(Number(count)).toBeGreaterThan(1);
    expect(name).toMatch(/^\w/);
    const answered = choicesOf(log).flatMap((choice, i) => (choice.includes('!') ? [i + 1] : []));
    expect(answered).toEqual([Number(seq)]);
    const replayed = await cli(['replay', log]);
    expect([replayed.status, replayed.out.slice(0, 10)]).toEqual([0, 'identical:']);
  });

  it('tries every chance until N is beyond the last, and each log replays', async () => {
    const seen = new Set<string>();
    let nth = 1;
    for (; nth < 500; nth++) {
      const { out } = await run(nth, '--replay');
      expect(out).toMatch(/^replayed: identical: \d+ records/m);
      const failed = /^fault: chance (\d+) of \d+ failed: ([\w.]+), in record \d+$/m.exec(out);
      if (failed === null) break;
      expect(Number(failed[1])).toBe(nth);
      seen.add(failed[2] ?? '');
    }
    expect(nth).toBeGreaterThan(4);
    expect(seen.size).toBeGreaterThan(1);
    const { out } = await run(nth);
    expect(out).toContain(`\nfault: none, the run had only ${nth - 1} chances to fail\n`);
    const untouched = await cli(['run', NULL_BIND, '--quiet']);
    expect(out.replace(/^fault: .*\n/m, '')).toBe(untouched.out);
  });

  it('is in --json', async () => {
    const { out } = await cli(['run', NULL_BIND, '--fail', '1', '--json'], { cwd: folder });
    expect(json(out)).toMatchObject({
      fault: { nth: 1, failed: { name: expect.any(String), seq: expect.any(Number) } },
      again: `fencelab run ${NULL_BIND} --seed 0x1 --fail 1`,
    });
    const beyond = json((await cli(['run', NULL_BIND, '--fail', '9999', '--json'])).out);
    expect(beyond).toMatchObject({ ok: true, fault: { nth: 9999, failed: null } });
    expect(json((await cli(['run', NULL_BIND, '--json'])).out)).toMatchObject({ fault: null });
  });

  it('ends with a line that replays, and one that runs it again', async () => {
    for (let nth = 1; nth < 50; nth++) {
      const ran = await run(nth);
      if (ran.status === 0) continue;
      const [, log = '', again = ''] =
        /^replay: fencelab replay (\S+) {3}\(or: fencelab (.*)\)$/m.exec(ran.out) ?? [];
      expect((await cli(['replay', join(folder, log)])).status).toBe(0);
      const second = await cli([...again.split(' '), '--quiet'], { cwd: folder });
      expect(second.out).toBe(ran.out);
      return;
    }
    throw new RangeError('no single failure is noticed by the scenario');
  });

  it('works with a random schedule: the same seed, the same chance', async () => {
    const random = ['--chooser', 'random', '--seed', '7'];
    const [a, b] = [await run(5, ...random), await run(5, ...random)];
    expect(a.out).toBe(b.out);
    expect(a.out).toMatch(/^fault: chance 5 of \d+ failed/m);
  });

  it.each(['0', '-1', '1.5', 'x', '', '9999999999'])('refuses %j', async (text) => {
    const ran = await cli(['run', NULL_BIND, `--fail=${text}`]);
    expect(ran.status).toBe(2);
    expect(ran.err).toMatch(/^FL201: '.*' is not the number of a chance: 1, 2, \.\.\. \(--fail\)/);
  });

  it.each([
    [
      { nth: 3, chances: 17, failed: { name: 'alloc', seq: 42 } },
      'fault: chance 3 of 17 failed: alloc, in record 42',
    ],
    [{ nth: 3, chances: 2, failed: null }, 'fault: none, the run had only 2 chances to fail'],
    [{ nth: 3, chances: 1, failed: null }, 'fault: none, the run had only 1 chance to fail'],
    [{ nth: 3, chances: 0, failed: null }, 'fault: none, the run had no chance to fail'],
  ])('%j is told', (report, line) => {
    expect(faultLine(report)).toBe(line);
  });
});

describe('a list of choices with answers', () => {
  it('repeats a run in which something failed', async () => {
    const [log, again] = [join(folder, 'one.log'), join(folder, 'two.log')];
    await run(3, '--out', log);
    const choices = choicesOf(log);
    expect(choices.filter((choice) => choice.includes('!'))).toHaveLength(1);
    const file = put(folder, 'answers.txt', choices.join('\n'));
    await cli(['run', NULL_BIND, '--chooser', `choices:${file}`, '--out', again]);
    const records = (path: string): string[] =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{"seq"'));
    expect(records(again)).toEqual(records(log));
  });

  it.each([
    ['!99', 'answers what is not asked: this step decides \\d+ times'],
    ['!x', 'is not a choice: answers are !N or !N:ANSWER, N ascending'],
    ['!2!1', 'is not a choice: answers are !N or !N:ANSWER, N ascending'],
    ['!1:5', '(decision 1 \\([\\w.]+\\) has no answer 5|answers what is not asked.*)'],
  ])('that answers %s wrongly is FL308 with file and line', async (answers, message) => {
    const log = join(folder, 'good.log');
    await cli(['run', NULL_BIND, '--quiet', '--out', log]);
    const lines = choicesOf(log).map((choice, i) => (i === 4 ? `${choice}${answers}` : choice));
    const file = put(folder, 'bad.txt', `# a schedule\n\n${lines.join('\n')}\n`);
    const ran = await cli(['run', NULL_BIND, '--chooser', `choices:${file}`, '--quiet']);
    expect(ran.status).toBe(1);
    expect(ran.err).toMatch(
      new RegExp(`^FL308: choice 5 of the list: .*${message} \\(.*bad\\.txt:7\\)\\. Each choice`),
    );
  });
});
