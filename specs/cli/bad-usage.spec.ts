/** Wrong words on the command line, and files that are not there: always a code, a place, advice, an exit status. */
import { describe, expect, it } from '@jest/globals';
import { cli, NULL_BIND, put, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();
const choices = put(folder, 'choices.txt', '# a schedule\n\nworld>app\nnobody>nothing\n');
const empty = put(folder, 'empty.txt', '# nothing\n');

const LOG = put(folder, 'a.log', '{"log":"fencelab","v":3}\n');
const JSON_SCENARIO = put(folder, 'a.json', '{"fencelab":1,"name":"a"}');

const CASES: readonly (readonly [argv: readonly string[], status: number, says: RegExp])[] = [
  [['rum'], 2, /^FL201: unknown command 'rum'; did you mean run\? \(fencelab\)\. Run the command/],
  [['--nothing'], 2, /^FL201: unknown option '--nothing'/],
  [
    ['run', NULL_BIND, '--sead', '1'],
    2,
    /^FL201: unknown option '--sead'; did you mean --seed\? \(fencelab run\)/,
  ],
  [['run'], 2, /^FL201: missing required argument 'scenario' \(fencelab run\)/],
  [['run', 'a', 'b'], 2, /^FL201: too many arguments/],
  [['run', NULL_BIND, '--seed'], 2, /^FL201: option '--seed <n>' argument missing/],
  [
    ['run', NULL_BIND, '--seed', '-1'],
    2,
    /^FL202: '-1' is negative \(--seed\)\. A seed is a whole number/,
  ],
  [['run', NULL_BIND, '--seed=-1'], 2, /^FL202: '-1' is negative/],
  [['run', NULL_BIND, '--seed', '1.5'], 2, /^FL202: '1.5' is not a seed/],
  [['run', NULL_BIND, '--seed', '18446744073709551616'], 2, /^FL202: /],
  [
    ['run', NULL_BIND, '--seed', '1', '--seed=2'],
    2,
    /^FL201: --seed is given twice: 1 and 2 \(fencelab run\)/,
  ],
  [
    ['run', NULL_BIND, '--quirk', 'S06', '--quirk', 'S07'],
    2,
    /^FL201: --quirk is given twice; put a comma between them: --quirk S06,S07 \(/,
  ],
  [
    ['whatif', 'x', '--at', '1', '--policy', 'random:zz'],
    2,
    /^FL202: 'zz' is not a seed \(--policy\)/,
  ],
  [
    ['run', LOG],
    4,
    /^FL101: this is a log, not a scenario \(.*\)\. `fencelab replay LOG` repeats its run/,
  ],
  [['explore', LOG], 4, /^FL101: this is a log, not a scenario/],
  [['replay', NULL_BIND], 3, /^FL301: this is a scenario, not a log \(.*\)\. `fencelab run /],
  [['explain', JSON_SCENARIO], 3, /^FL301: this is a scenario, not a log/],
  [
    ['run', NULL_BIND, '--chooser', `choices:${LOG}`],
    2,
    /^FL204: this is a log, not a list of choices; `jq /,
  ],
  [['run', NULL_BIND, '--chooser', 'tyme'], 2, /^FL204: .*did you mean time\?/],
  [['run', NULL_BIND, '--chooser', 'choices:'], 2, /^FL204: /],
  [['run', NULL_BIND, '--chooser', `choices:${empty}`], 2, /^FL204: the file holds no choice/],
  [
    ['run', NULL_BIND, '--chooser', `choices:${choices}`],
    1,
    /^FL308: .*choices\.txt:[34]\)\. Each choice/,
  ],
  [
    ['run', NULL_BIND, '--chooser', 'choices:/nowhere'],
    2,
    /^FL203: there is no such file \(\/nowhere\)/,
  ],
  [
    ['run', '/nowhere.yaml'],
    2,
    /^FL203: there is no such file \(\/nowhere\.yaml\)\. Check the path/,
  ],
  [['run', folder], 2, /^FL203: this is a folder/],
  [['run', NULL_BIND, '--out', NULL_BIND], 2, /^FL201: --out is the scenario itself/],
  [
    ['run', NULL_BIND, '--out', choices],
    6,
    /^FL403: this file exists and is not a log \(.*choices\.txt\)/,
  ],
  [
    ['run', NULL_BIND, '--out', '/nowhere/x.log'],
    6,
    /^FL403: .*ENOENT \(\/nowhere\/x\.log\)\. Check the path/,
  ],
  [['replay', '/nowhere.log'], 2, /^FL203: /],
  [['show', '/nowhere.log'], 2, /^FL203: /],
  [['show', 'x', '--at', '-3'], 2, /^FL307: '-3' is not a sequence number/],
  [['show', 'x', '--what', 'fence'], 2, /^FL201: .*Did you mean `fences`\?/],
  [['diagram', 'vmm'], 2, /^FL201: no machine 'vmm'. Did you mean `vm`\?/],
  [['diagram', 'vm', '--format', 'png'], 2, /^FL201: no format 'png'/],
  [['diagram', '--format', 'svg'], 2, /^FL201: an SVG shows one machine/],
  [['schema', 'scenaro'], 2, /^FL201: .*Did you mean `scenario`\?/],
  [['conform', '/nowhere.jsonl'], 2, /^FL203: /],
  [['conform', choices], 4, /^FL501: not JSON: .*choices\.txt:1\)\. One JSON object a line/],
  [
    ['conform', put(folder, 'one.jsonl', '{"a":1}\n')],
    4,
    /^FL501: not a case: name: expected string[^;]*; [^;]*; [^;]*; and 3 more \(.*one\.jsonl:1\)/,
  ],
  [['conform', NULL_BIND], 4, /^FL501: this is a scenario, not a file of cases .*`fencelab run/],
  [
    ['conform', put(folder, 'esc.jsonl', '\u001b[31mred\u0007\u009b2J\n')],
    4,
    /^FL501: not JSON: [^\p{Cc}]*\n$/u,
  ],
  [['conform', '/dev/zero'], 4, /^FL501: a line of more than 16 MiB \(\/dev\/zero:1\)/],
  [['run', '/dev/zero'], 4, /^FL112: the file has more than 1048576 bytes \(\/dev\/zero\)/],
  [['validate', '/dev/full'], 4, /^FL112: /],
  [['run', '/proc/self/mem'], 2, /^FL203: cannot read the file: EIO/],
  [['run', put(folder, 'a.gz', Buffer.from('1f8b0800', 'hex'))], 4, /^FL101: .* gzip-compressed/],
  [
    ['run', put(folder, 'u16', Buffer.from('\ufefffencelab: 1', 'utf16le'))],
    4,
    /^FL101: .* UTF-16/,
  ],
  [['run', put(folder, 'latin', Buffer.from('name: \xff', 'latin1'))], 4, /^FL101: .*not UTF-8/],
  [
    ['run', NULL_BIND, '--chooser', `choices:${put(folder, 'long', 'a'.repeat(1e6))}`],
    1,
    /^FL308: choice 1 of the list, a{900,1000}\.\.\. \(/,
  ],
  [['conform', put(folder, 'none.jsonl', '\n')], 4, /^FL501: no case in the input/],
];

describe('wrong usage', () => {
  it.each(CASES)('%j ends with %d', async (argv, status, says) => {
    const ran = await cli(argv);
    expect(ran.err).toMatch(says);
    expect(ran.status).toBe(status);
    expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('leaves a refused --out file as it was', async () => {
    const precious = put(folder, 'precious.txt', 'mine');
    await cli(['run', NULL_BIND, '--out', precious]);
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(precious, 'utf8')).toBe('mine');
  });
});

describe('an internal error', () => {
  const broken = {
    out: (): never => {
      throw new TypeError('cannot read properties of a spec');
    },
  };

  it('has a code and exit 70, and no stack', async () => {
    const ran = await cli(['--help'], broken);
    expect(ran.status).toBe(70);
    expect(ran.err).toBe(
      'FL901: internal error: cannot read properties of a spec. ' +
        'This is a bug in fencelab. Please report it with the command and its input.\n',
    );
  });

  it('shows its stack when asked to', async () => {
    const ran = await cli(['--help'], { ...broken, env: { FENCELAB_DEBUG: '1' } });
    expect(ran.err).toMatch(/\n\s+at /);
  });
});
