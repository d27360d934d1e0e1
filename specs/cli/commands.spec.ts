/** The commands on good input: what they print, as text and as JSON, and that they agree with each other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { MACHINES } from '../../machines/index.ts';
import { cli, NULL_BIND, put, ROOT, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const log = join(folder, 'nb.log');
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
let story = '';

beforeAll(async () => {
  story = (await cli(['run', NULL_BIND, '--out', log])).out;
});

describe('run', () => {
  it('tells the story with the address space after each of the four binds, and the verdict', () => {
    const tables = story.split(/^.* bind #\d.*$/m).slice(1);
    const spaces = tables.map((part) =>
      [...part.matchAll(/^ {12}(?:vm0| {3}) {2}(0x\w+) +(0x\w+) +(\S.*)$/gm)].map((m) =>
        m.slice(1),
      ),
    );
    expect(spaces).toEqual([
      [['0x0', '0x8000', 'NULL']],
      [
        ['0x0', '0x4000', 'NULL'],
        ['0x4000', '0x5000', 'bo0+0x0'],
        ['0x5000', '0x8000', 'NULL'],
      ],
      [
        ['0x0', '0x3000', 'NULL'],
        ['0x6000', '0x8000', 'NULL'],
      ],
      [],
    ]);
    expect(story).toContain('REMAP 0x0-0x8000 NULL -> prev 0x0-0x4000, next 0x5000-0x8000');
    expect(story).toContain('vm0: nothing mapped');
    expect(story).toMatch(
      /^verdict: ok {2}\(\d+ events, (\d+) of \1 expectations held, state \w{12}\)$/m,
    );
    expect(story).toMatch(/^seed: 0x1 {2}chooser: time$/m);
  });

  it('replays a temporary log, and leaves nothing behind', async () => {
    const ran = await cli(['run', NULL_BIND, '--replay', '--seed', '99'], { cwd: folder });
    expect(ran.out).toMatch(/\nreplayed: identical: \d+ records, sha256 [0-9a-f]{64}\n$/);
    expect(ran.out).not.toContain('log: ');
    expect(ran.status).toBe(0);
  });

  it('draws a fresh seed for the random chooser, and says which', async () => {
    const [one, two] = [
      await cli(['run', NULL_BIND, '--chooser', 'random']),
      await cli(['run', NULL_BIND, '--chooser', 'random']),
    ];
    const seed = /^seed: (0x[0-9a-f]+) {2}chooser: random$/m;
    expect(seed.exec(one.out)?.[1]).not.toBe(seed.exec(two.out)?.[1]);
  });

  it('repeats a run from the choices in its log', async () => {
    const lines = readFileSync(log, 'utf8').split('\n');
    const choices = lines.flatMap((line) => {
      const value = line === '' ? {} : json(line);
      return typeof value['choice'] === 'string' && value['seq'] !== 0 ? [value['choice']] : [];
    });
    const file = put(folder, 'choices.txt', `# all of them\n${choices.join('\n')}\n`);
    const again = join(folder, 'again.log');
    const ran = await cli(['run', NULL_BIND, '--chooser', `choices:${file}`, '--out', again]);
    expect(ran.status).toBe(0);
    const records = (text: string): string[] =>
      text.split('\n').filter((line) => line.startsWith('{"seq"'));
    expect(records(readFileSync(again, 'utf8'))).toEqual(records(readFileSync(log, 'utf8')));
    const short = put(folder, 'short.txt', choices.slice(0, 10).join('\n'));
    const cut = await cli(['run', NULL_BIND, '--chooser', `choices:${short}`], { cwd: folder });
    expect([cut.status, cut.out.includes('verdict: cut')]).toEqual([1, true]);
  });

  it('prints one object with --json', async () => {
    const ran = await cli(['run', NULL_BIND, '--json', '--replay']);
    expect(json(ran.out)).toMatchObject({
      schemaVersion: 1,
      command: 'run',
      ok: true,
      verdict: 'ok',
      scenario: 'null-bind',
      seed: '0x1',
      log: null,
      replay: { identical: true },
      again: `fencelab run ${NULL_BIND} --seed 0x1`,
    });
    expect(ran.err).toBe('');
  });

  it('prints only how it ended with --quiet', async () => {
    const ran = await cli(['run', NULL_BIND, '--quiet']);
    expect(ran.out).toMatch(/^verdict: ok .*\nseed: 0x1 {2}chooser: time\n$/);
  });

  it('replaces an older log', async () => {
    const before = readFileSync(log);
    expect((await cli(['run', NULL_BIND, '--out', log])).status).toBe(0);
    expect(readFileSync(log).equals(before)).toBe(true);
  });
});

describe('replay, validate', () => {
  it('say identical and valid', async () => {
    const replayed = await cli(['replay', log]);
    expect(replayed.out).toMatch(/^identical: \d+ records, sha256 [0-9a-f]{64}\n$/);
    const object = json((await cli(['replay', log, '--json'])).out);
    expect(object).toMatchObject({
      schemaVersion: 1,
      command: 'replay',
      ok: true,
      identical: true,
      difference: null,
    });
    expect((await cli(['validate', log])).out).toMatch(
      /: a sealed log of scenario null-bind, \d+ records, which ended ok,/,
    );
    expect((await cli(['validate', NULL_BIND])).out).toContain(
      'scenario null-bind is valid (1 VM, 1 BO, 1 syncobj, 1 client,',
    );
    expect(json((await cli(['validate', log, '--json'])).out)).toMatchObject({
      kind: 'log',
      ok: true,
    });
    expect(json((await cli(['validate', NULL_BIND, '--json'])).out)).toMatchObject({
      kind: 'scenario',
      vms: 1,
    });
  });
});

describe('show', () => {
  it('tells the very story that the run told', async () => {
    const shown = await cli(['show', log, '--what', 'story']);
    expect(story.startsWith(shown.out)).toBe(true);
    expect(shown.out).toContain('verdict: ok');
  });

  it.each(['vas', 'pt', 'tlb', 'fences', 'actors'])(
    '%s at any record, as text and as JSON',
    async (what) => {
      for (const at of ['0', '20', '100']) {
        const ran = await cli(['show', log, '--at', at, '--what', what]);
        expect([ran.status, ran.err]).toEqual([0, '']);
        expect(ran.out).toMatch(
          new RegExp(`^after record ${at}, t = \\d+ ns, state \\w{12}\\n\\n`),
        );
        const object = json((await cli(['show', log, '--at', at, '--what', what, '--json'])).out);
        expect(object).toMatchObject({ schemaVersion: 1, command: 'show', what, at: Number(at) });
      }
    },
  );

  it('shows the address space as debugfs does', async () => {
    const ran = await cli(['show', log, '--at', '60']);
    expect(ran.out).toContain('DRM GPU VA space (vm0)');
    expect(ran.out).toMatch(/object 0x[0-9a-f]{16} is bo0/);
  });
});

describe('conform', () => {
  it('finds the 1,200 cases without a mismatch', async () => {
    const ran = await cli(['conform', join(ROOT, 'specs/data/gpuva.jsonl')]);
    expect([ran.status, ran.out]).toEqual([0, '1200 cases, 0 mismatches\n']);
  });

  it('shows the first mismatch in full and exits with 1', async () => {
    const [first = ''] = readFileSync(join(ROOT, 'specs/data/gpuva.jsonl'), 'utf8').split('\n');
    const vectors = JSON.parse(first) as { name: string; steps: { ops?: unknown[] }[] };
    vectors.steps[1] = { ...vectors.steps[1], ops: [] };
    const file = put(folder, 'wrong.jsonl', `${first}\n${JSON.stringify(vectors)}\n`);
    const ran = await cli(['conform', file]);
    expect(ran.status).toBe(1);
    expect(ran.out).toMatch(/^2 cases, 1 mismatches\nfirst mismatch: .*wrong\.jsonl:2\), step 1\n/);
    expect(ran.out).toMatch(/\n {2}expected {2}\[\]\n {2}actual {4}\[\{"op":"map"/);
    expect(json((await cli(['conform', file, '--json'])).out)).toMatchObject({
      ok: false,
      cases: 2,
      mismatches: 1,
      first: { step: 1 },
    });
  });
});

describe('diagram', () => {
  it.each(Object.keys(MACHINES))('%s in all formats', async (name) => {
    const mermaid = await cli(['diagram', name]);
    expect(mermaid.out).toMatch(/^---\ntitle: .*\n---\nstateDiagram-v2\n/);
    const svg = await cli(['diagram', name, '--format', 'svg']);
    expect(svg.out).toMatch(/^<svg xmlns=[^]*<\/svg>\n$/);
    const graph = json((await cli(['diagram', name, '--format', 'json'])).out) as {
      top: { children: { key: string }[] };
    };
    for (const { key } of graph.top.children) {
      expect(svg.out).toContain(`>${key}</text>`);
      expect(mermaid.out).toContain(`"${key}"`);
    }
    expect(json((await cli(['diagram', name, '--json'])).out)).toMatchObject({
      schemaVersion: 1,
      command: 'diagram',
    });
  });

  it('of all machines at once', async () => {
    expect((await cli(['diagram'])).out.match(/stateDiagram-v2/g)).toHaveLength(
      Object.keys(MACHINES).length,
    );
  });
});

describe('schema', () => {
  it.each(['scenario', 'log'])('%s', async (name) => {
    const schema = json((await cli(['schema', name])).out);
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(json((await cli(['schema', name, '--json'])).out)).toMatchObject({
      ok: true,
      name,
      schema,
    });
  });
});

describe('colour', () => {
  const escape = '\u001b[';
  it.each([
    [{}, false, false],
    [{}, true, true],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('with %j on a terminal: %s, painted: %s', async (env, outIsTty, painted) => {
    const ran = await cli(['run', NULL_BIND], { env, outIsTty });
    expect(ran.out.includes(escape)).toBe(painted);
  });
});
