/** Logs that are torn, corrupt, of a newer format, of another scenario, or no logs: what each command says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { commandsFor } from '../../cli/commands.ts';
import { Chain } from '../../streams/log/chain.ts';
import { framed } from '../../streams/log/frame.ts';
import { cli, HEAD, NULL_BIND, put, ROOT, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const COMMANDS = await commandsFor(undefined);
const sealed = join(folder, 'sealed.log');
let lines: string[] = [];

beforeAll(async () => {
  await cli(['run', NULL_BIND, '--out', sealed]);
  lines = readFileSync(sealed, 'utf8').split(/(?<=\n)/);
});

const torn = (): string => put(folder, 'torn.log', lines.slice(0, 51).join('').slice(0, -20));
const open = (): string => put(folder, 'open.log', lines.slice(0, 51).join(''));
const corrupt = (): string =>
  put(
    folder,
    'corrupt.log',
    lines.map((l, i) => (i === 50 ? l.replace('"t":', '"t":1') : l)).join(''),
  );
const newer = (): string => {
  const body = (lines[0] ?? '')
    .replace('"minReader":3', '"minReader":9')
    .replace(/,"crc".*\n$/, '');
  return put(folder, 'newer.log', framed(body) + lines.slice(1).join(''));
};

describe('a damaged log', () => {
  it('torn: validate refuses it, show and replay use its whole records and warn', async () => {
    const file = torn();
    const validated = await cli(['validate', file]);
    expect(validated.status).toBe(3);
    expect(validated.err).toMatch(
      /^FL302: .*torn\.log: byte \d+, line 51, last good record 48\)\. /,
    );
    const shown = await cli(['show', file, '--what', 'actors']);
    expect(shown.status).toBe(0);
    expect(shown.out).toMatch(/^after record 48,/);
    expect(shown.err).toMatch(/^warning: FL302: /);
    const replayed = await cli(['replay', file]);
    const state = /^after record 48, .*, state (\w{12})$/m.exec(shown.out)?.[1] ?? 'none';
    expect(replayed.out).toBe(
      `identical so far: 49 records, state ${state} (the log has no seal)\n`,
    );
    expect(replayed.status).toBe(0);
    expect((await cli(['replay', file, '--quiet'])).err).toBe('');
  });

  it('open: the same with FL306', async () => {
    expect((await cli(['validate', open()])).err).toMatch(/^FL306: /);
    expect((await cli(['validate', open()])).status).toBe(3);
    expect((await cli(['show', open()])).err).toMatch(/^warning: FL306: /);
  });

  it('corrupt: an error everywhere, but the records before the damage can be shown', async () => {
    for (const command of ['validate', 'show', 'replay']) {
      const ran = await cli([command, corrupt()]);
      expect(ran.status).toBe(3);
      expect(ran.err).toMatch(/^FL303: .*corrupt\.log: byte \d+, line 51, last good record 48\)/);
    }
    const before = await cli(['show', corrupt(), '--at', '48']);
    expect(before.status).toBe(0);
    expect(before.err).toBe('');
    expect((await cli(['show', corrupt(), '--at', '100'])).status).not.toBe(0);
  });

  it('that holds nothing but its header has no state', async () => {
    const ran = await cli(['show', put(folder, 'header.log', lines[0] ?? '')]);
    expect(ran.err).toMatch(/^FL307: the log holds no record/);
  });

  it('of a newer format: exit 5', async () => {
    for (const command of ['validate', 'show', 'replay']) {
      const ran = await cli([command, newer()]);
      expect(ran.err).toMatch(/^FL304: .*newer\.log/);
      expect(ran.status).toBe(5);
    }
  });

  it('empty, or no log at all: FL301', async () => {
    for (const [name, text] of [
      ['empty.log', ''],
      ['text.log', 'hello\n'.repeat(9)],
    ] as const) {
      for (const command of ['validate', 'show', 'replay']) {
        const ran = await cli([command, put(folder, name, text)]);
        expect([ran.status, ran.err.slice(0, 5)]).toEqual([
          3,
          name === 'empty.log' ? 'FL301' : ran.err.slice(0, 5),
        ]);
        expect(ran.err).toMatch(/^FL30[13]: /);
      }
    }
  });

  it('of another scenario: FL305', async () => {
    const other = put(folder, 'other.yaml', `${HEAD}    - close: vm0\n`);
    const ran = await cli(['replay', sealed, '--scenario', other]);
    expect(ran.status).toBe(4);
    expect(ran.err).toMatch(/^FL305: the log was recorded from another scenario, `null-bind` \(/);
    expect((await cli(['replay', sealed, '--scenario', NULL_BIND])).status).toBe(0);
  });

  it('does not reach the record asked for: FL307', async () => {
    const ran = await cli(['show', sealed, '--at', '99999']);
    expect(ran.err).toMatch(/^FL307: the log holds records 0 to \d+, not 99999 \(/);
    expect(ran.status).toBe(2);
  });
});

describe('a log that was changed with right checksums', () => {
  it('differs in the replay: both sides, exit 1', async () => {
    const changed = lines.map((line, i) => {
      if (i !== 30) return line;
      return framed(line.replace(/"t":(\d+)/, '"t":7$1').replace(/,"crc".*\n$/, ''));
    });
    const ran = await cli(['replay', put(folder, 'changed.log', changed.join(''))]);
    expect(ran.status).toBe(1);
    expect(ran.out).toMatch(
      /^different at record 29: the record differs\nat t of \S+:\n {2}recorded {2}7\d+\n {2}replayed {2}\d+\nin full:\n/,
    );
  });
});

describe('a log that calls a VM `constructor`', () => {
  it.each([
    ['a VM', /"vm":"vm0"/, '"vm":"constructor"'],
    ['the timeline of a fence', /"fence":"[^"]+:(\d+)"/, '"fence":"constructor:$1"'],
  ])('is refused for the name of %s, and no command looks it up', async (_, from, to) => {
    const at = lines.findIndex((line) => from.test(line) && line.includes('"facts"'));
    const body = (lines[at] ?? '').replace(from, to).replace(/,"crc".*\n$/, '');
    const file = put(folder, 'name.log', lines.with(at, framed(body)).join(''));
    for (const command of [['replay'], ['show'], ['explain']]) {
      const ran = await cli([...command, file]);
      expect([command, ran.status, ran.err]).toEqual([
        command,
        3,
        expect.stringMatching(/^FL\d+: /),
      ]);
      expect(ran.err).toContain('is the name of what every object has');
    }
  });
});

/** The sealed log in `file` as a build of version 2 would have written it: another state hash, too. */
function asVersion2(file: string, name: string): string {
  const chain = new Chain();
  const texts = readFileSync(file, 'utf8').split(/(?<=\n)/);
  const old = texts.map((text) => {
    const body = text
      .replace(/,"crc":"\w{8}"}\n$/, '')
      .replace('"v":3,"minReader":3', '"v":2,"minReader":2')
      .replace(/^(\{"seq":.*?,"type":"[^"]*","v":)3,/, '$12,');
    if (/^\{"(block|seal)"/.test(body)) {
      const hashed = body.replace(/"stateHash":"\w+"/, `"stateHash":"${'5'.repeat(64)}"`);
      return framed(hashed.replace(/"sha256":"\w{64}"/, `"sha256":"${chain.close()}"`));
    }
    const line = framed(body);
    chain.add(Buffer.from(line));
    return line;
  });
  return put(folder, name, old.join(''));
}

it('a log given as cases of conform is called a log', async () => {
  const { status, err } = await cli(['conform', sealed]);
  expect(status).toBe(4);
  expect(err).toMatch(/^FL501: this is a log, not a file of cases \(.*\)\. `fencelab replay LOG`/);
});

describe('a log whose seal names another state', () => {
  it('differs at its end, and no record before is to blame', async () => {
    const body = (lines.at(-1) ?? '').replace(/,"crc".*\n$/, '');
    const seal = framed(body.replace(/"stateHash":"\w+"/, `"stateHash":"${'5'.repeat(64)}"`));
    const file = put(folder, 'state.log', [...lines.slice(0, -1), seal].join(''));
    const ran = await cli(['replay', file]);
    expect(ran.status).toBe(1);
    expect(ran.out).toMatch(
      /^different at record \d+: the state at the end differs\n {2}recorded {2}5{64}\n/,
    );
  });
});

describe('a log of version 2', () => {
  it('whose steps are still taken is identical but for its state hash', async () => {
    const ran = await cli(['replay', asVersion2(sealed, 'v2.log')]);
    expect(ran.err).toBe('');
    expect(ran.out).toMatch(
      /^identical: \d+ records, sha256 \w{64} \(format version 2: its state hash is not one of version 3 and was not compared\)\n$/,
    );
    expect(ran.status).toBe(0);
    const { out } = await cli(['replay', join(folder, 'v2.log'), '--json']);
    expect(JSON.parse(out)).toMatchObject({ ok: true, identical: true, olderVersion: 2 });
    const today = await cli(['replay', sealed, '--json']);
    expect(JSON.parse(today.out)).toMatchObject({ ok: true, olderVersion: null });
  });

  it('whose steps are taken no more is not called different: FL310 says from where on', async () => {
    const old = join(ROOT, 'specs/streams/log/golden/v2-async-error.jsonl');
    const ran = await cli(['replay', old]);
    expect([ran.status, ran.out]).toEqual([5, '']);
    expect(ran.err).toMatch(
      /^FL310: the log has format version 2; the machines of version 3 do not repeat its steps from record \d+ on: facts\[\d+\]\.fence of \S+, [a-z.]+ \(.*v2-async-error\.jsonl\)\. /,
    );
    expect((await cli(['validate', old])).status).toBe(0);
    expect((await cli(['show', old, '--what', 'story'])).status).toBe(0);
  });
});

describe('whoever reads a log', () => {
  // a command that gets an argument of that name is held to this table, too
  const readers = COMMANDS.filter(({ args }) =>
    args.some(({ name }) => /^<(log|file)>$/.test(name)),
  );

  it('is one of these', () => {
    expect(readers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['replay', 'show', 'validate']),
    );
  });

  it.each(readers.map(({ name }) => name))('%s refuses one of a newer version', async (name) => {
    const ran = await cli([name, newer()]);
    expect([ran.status, ran.err.slice(0, 5)]).toEqual([5, 'FL304']);
  });
});

describe('a log of version 1', () => {
  const old = join(ROOT, 'specs/streams/log/golden/v1-shared-bo.jsonl');

  it('is replayed as far as its steps are still taken: FL310, exit 5, and what still works', async () => {
    for (const more of [[], ['--scenario', join(ROOT, 'scenarios/shared-bo.yaml')]]) {
      const ran = await cli(['replay', old, ...more]);
      expect([ran.status, ran.out]).toEqual([5, '']);
      expect(ran.err).toMatch(
        /^FL310: the log has format version 1; the machines of version 3 do not repeat its steps from record \d+ on: .* \(.*v1-shared-bo\.jsonl\)\. .*`fencelab show LOG`/,
      );
    }
    const { out } = await cli(['replay', old, '--json']);
    expect(JSON.parse(out)).toMatchObject({ ok: false, exit: 5, errors: [{ code: 'FL310' }] });
  });

  it('is valid', async () => {
    const ran = await cli(['validate', old]);
    expect([ran.status, ran.err]).toEqual([0, '']);
    expect(ran.out).toContain('a sealed log of scenario shared-bo, 105 records, which ended ok');
  });

  it.each(['vas', 'pt', 'tlb', 'fences', 'actors', 'story'])('can be shown: %s', async (what) => {
    for (const at of [[], ['--at', '0'], ['--at', '60']]) {
      const ran = await cli(['show', old, '--what', what, ...at]);
      expect([ran.status, ran.err]).toEqual([0, '']);
    }
    const told = await cli(['show', old, '--what', 'story']);
    expect(told.out).toMatch(/^verdict: ok .*26 of 26 expectations held/m);
  });
});
