/** Every way in which a scenario file can be wrong: its code, its place, what to do, the exit status. */
import { describe, expect, it } from '@jest/globals';
import { cli, HEAD, put, temporaryFolder } from './harness.ts';

const folder = temporaryFolder();

interface Wrong {
  readonly name: string;
  /** steps of `app`, with § before the culprit */
  readonly step?: string;
  /** or a whole file */
  readonly text?: string;
  readonly code: string;
  readonly says: string;
  readonly exit?: number;
}

const bind = (ops: string, more = ''): string => `- bind: { vm: vm0, ops: [${ops}]${more} }`;
const small = (parts: string): string => `fencelab: 1\nname: x\n${parts}`;

const CASES: readonly Wrong[] = [
  { name: 'unknown key', text: small('§vmz: {}\n'), code: 'FL102', says: 'Did you mean `vms`?' },
  {
    name: 'unknown key in a step',
    step: '- bind: { vm: vm0, §opps: [] }',
    code: 'FL102',
    says: 'Did you mean `ops`?',
  },
  {
    name: 'unknown kind of step',
    step: '- §bnd: { vm: vm0, ops: [] }',
    code: 'FL102',
    says: 'Did you mean `bind`?',
  },
  {
    name: 'two steps in one',
    step: '- { create: vm0, §close: vm0 }',
    code: 'FL102',
    says: 'cannot stand beside `create`',
  },
  {
    name: 'a value of the wrong kind',
    step: '- sleep: §5',
    code: 'FL103',
    says: '`clients.app[0].sleep` is 5',
  },
  {
    name: 'an unknown errno',
    step: bind('', ', expect: §EINVALL'),
    code: 'FL103',
    says: '`ok`, the name of an errno',
  },
  {
    name: 'neither read nor write',
    step: '- gpu: §{ vm: vm0 }',
    code: 'FL103',
    says: 'needs either `read`',
  },
  {
    name: 'a bind of nothing',
    step: '- bind: { vm: vm0, ops: §[] }',
    code: 'FL103',
    says: 'without ops is refused',
  },
  { name: 'misspelt reference', step: '- close: §vm1', code: 'FL104', says: 'Did you mean `vm0`?' },
  {
    name: 'misspelt reference of a bind that shall fail',
    step: bind('{ map: { addr: 1, range: 0, bo: §boo } }', ', expect: EINVAL'),
    code: 'FL104',
    says: 'Did you mean `bo0`?',
  },
  {
    name: 'reference of another kind',
    step: '- wait: §bo0',
    code: 'FL104',
    says: '`bo0` is a BO, not a syncobj',
  },
  {
    name: 'unaligned address',
    step: bind('{ unmap: { addr: §0x4800, range: 0x1000 } }'),
    code: 'FL105',
    says: 'Use 0x4000 or 0x5000',
  },
  {
    name: 'unaligned access',
    step: '- gpu: { vm: vm0, read: §0x3ffc }',
    code: 'FL105',
    says: 'use 0x3ff8',
  },
  {
    name: 'unaligned size',
    text: small('vms: { v: {} }\nbos: { b: { size: §0x1001 } }\nclients: { c: [{ close: v }] }\n'),
    code: 'FL105',
    says: 'Use 0x2000',
  },
  {
    name: 'overflowing address',
    step: bind('{ unmap: { addr: §0xfffffffff000, range: 0x2000 } }'),
    code: 'FL106',
    says: "beyond the VM's end 0x1000000000000",
  },
  {
    name: 'overflow of u64',
    step: bind('{ unmap: { addr: §0xfffffffffffff000, range: 0x1000 } }'),
    code: 'FL106',
    says: '= 0x10000000000000000',
  },
  {
    name: 'more than u64',
    step: bind('{ unmap: { addr: §0x10000000000000000, range: 0x1000 } }'),
    code: 'FL106',
    says: 'more than 64 bits',
  },
  {
    name: 'beyond the BO',
    step: bind('{ map: §{ addr: 0, range: 0x2000, bo: bo0, offset: 0x3000 } }'),
    code: 'FL106',
    says: 'beyond the end of `bo0` (0x4000)',
  },
  {
    name: 'range 0',
    step: bind('{ unmap: { addr: 0, range: §0 } }'),
    code: 'FL107',
    says: '`range` is 0',
  },
  {
    name: 'used before it exists',
    step: '- close: §vm0\n    - create: vm0',
    code: 'FL108',
    says: 'before step 2 of `app` creates it',
  },
  { name: 'wrong version', text: 'fencelab: §2\n', code: 'FL109', says: 'of version 2', exit: 5 },
  { name: 'empty file', text: '§', code: 'FL110', says: 'the scenario is empty' },
  { name: 'only a comment', text: '§# nothing\n', code: 'FL110', says: 'the scenario is empty' },
  {
    name: 'no VM',
    text: small('vms: §{}\nclients: { a: [{ sleep: { ns: 1 } }] }\n'),
    code: 'FL110',
    says: 'declares no VM',
  },
  {
    name: 'a name twice',
    text: small('vms: { a: {} }\nbos: { a: §{ size: 0x1000 } }\nclients: { c: [{ close: a }] }\n'),
    code: 'FL111',
    says: '`a` is already the name of a VM',
  },
  {
    name: 'a name of ours',
    text: small('vms: { gt0: §{} }\nclients: { c: [{ close: gt0 }] }\n'),
    code: 'FL111',
    says: 'belongs to the simulator',
  },
  { name: 'a key twice', text: small('§name: y\n'), code: 'FL111', says: 'given twice' },
  {
    name: 'created twice',
    step: '- create: vm0\n    - create: §vm0',
    code: 'FL111',
    says: 'already created',
  },
  {
    name: 'larger than 1 MiB',
    text: `# ${'x'.repeat(1 << 20)}\n`,
    code: 'FL112',
    says: 'split it',
  },
  {
    name: 'no such GT',
    step: '- gpu: { vm: vm0, gt: §1, read: 0 }',
    code: 'FL113',
    says: 'the device has 1 GT',
  },
  {
    name: 'a mapping of nothing',
    step: bind('{ map: §{ addr: 0, range: 0x1000 } }'),
    code: 'FL114',
    says: '`bo: NAME` or `null: true`',
  },
  {
    name: 'a mapping of both',
    step: bind('{ map: §{ addr: 0, range: 0x1000, bo: bo0, null: true } }'),
    code: 'FL114',
    says: 'cannot be NULL as well',
  },
  {
    name: 'a point of a binary syncobj',
    step: '- wait: §{ syncobj: done, point: 1 }',
    code: 'FL115',
    says: 'is binary',
  },
  {
    name: 'a timeline without a point',
    step: '- wait: §tl',
    code: 'FL115',
    says: 'Write { syncobj: tl, point: 1 }',
  },
  {
    name: 'a call that is always refused',
    step: '- bind: §{ vm: vm0, ops: [{ unmapAll: { bo: bo0 } }] }',
    code: 'FL116',
    says: 'with EINVAL: UNMAP_ALL without ASYNC (check 4a)',
  },
  {
    name: 'overlapping areas of the process',
    text: small(
      'vms: { v: {} }\nuserptrs:\n  a: { addr: 0x10000, size: 0x2000 }\n' +
        '  b: §{ addr: 0x11000, size: 0x1000 }\nclients: { c: [{ close: v }] }\n',
    ),
    code: 'FL117',
    says: '`b` overlaps `a`',
  },
  {
    name: 'an access without a fence where memory moves',
    step: '- bind: { vm: vm0, ops: [{ map: { addr: 0, range: 0x1000, bo: bo0 } }] }\n    - evict: { bo: bo0 }\n    - gpu: §{ vm: vm0, read: 0 }',
    code: 'FL118',
    says: 'nothing holds back the eviction of `bo0`',
  },
  {
    name: 'a VM that the kernel does not make',
    text: small('vms: { v: §{ mode: fault, scratch: true } }\nclients: { c: [{ close: v }] }\n'),
    code: 'FL119',
    says: 'SCRATCH_PAGE with FAULT_MODE',
  },
  {
    name: 'a private BO elsewhere',
    text: small(
      'vms: { v: {}, w: {} }\nbos: { b: { size: 0x1000, vm: v } }\nclients:\n  c:\n' +
        '    - bind: { vm: w, ops: [{ map: { addr: 0, range: 0x1000, bo: §b } }] }\n',
    ),
    code: 'FL120',
    says: '`b` is private to `v`',
  },
  { name: 'not YAML', text: 'fencelab: [§', code: 'FL101', says: 'not YAML or JSON' },
  { name: 'tabs', text: 'fencelab: 1\nvms:\n§\tvm0: {}\n', code: 'FL101', says: 'by spaces only' },
  {
    name: 'two documents',
    text: 'fencelab: 1\n§---\nfencelab: 1\n',
    code: 'FL101',
    says: 'one scenario in a file',
  },
  { name: 'a list', text: '§- a\n', code: 'FL103', says: 'not a list' },
  {
    name: 'aliases that explode',
    text: `§${bomb()}`,
    code: 'FL101',
    says: 'aliases cannot be resolved',
  },
  {
    name: 'an alias that holds itself',
    text: '§a: &a [*a]\n',
    code: 'FL101',
    says: 'contains itself',
  },
  {
    name: 'deep nesting of flow lists',
    text: '['.repeat(20_000),
    code: 'FL101',
    says: 'nested too deeply',
  },
  {
    name: 'deep nesting of flow mappings',
    text: '{a: '.repeat(20_000),
    code: 'FL101',
    says: 'nested too deeply',
  },
  {
    name: 'deep nesting of block lists',
    text: '- '.repeat(20_000),
    code: 'FL101',
    says: 'nested too deeply',
  },
  {
    name: 'deep nesting of braces',
    text: '{'.repeat(20_000),
    code: 'FL101',
    says: 'nested too deeply',
  },
  {
    name: '__proto__ at the top',
    text: 'fencelab: 1\n§__proto__: { a: 1 }\n',
    code: 'FL102',
    says: 'unknown key `__proto__`',
  },
  {
    name: '__proto__ as a name',
    text: small('vms: { §__proto__: {} }\nclients: { c: [{ close: a }] }\n'),
    code: 'FL102',
    says: '__proto__',
  },
];

/** The text without its mark, and the mark's line and column; nothing where the place is not checked. */
function marked(text: string): { readonly text: string; readonly at: string } {
  const offset = text.indexOf('§');
  if (offset < 0) return { text, at: '' };
  const lines = text.slice(0, offset).split('\n');
  return { text: text.replace('§', ''), at: `:${lines.length}:${(lines.at(-1) ?? '').length + 1}` };
}

function bomb(): string {
  const levels = 'abcdefghi'.split('');
  return levels
    .map(
      (name, i) =>
        `${name}: &${name} [${Array(9)
          .fill(i === 0 ? 'x' : `*${levels[i - 1]}`)
          .join(',')}]`,
    )
    .join('\n');
}

describe('a wrong scenario', () => {
  it.each(CASES)('$name: $code', async ({ name, step, text, code, says, exit = 4 }) => {
    const source = marked(text ?? `${HEAD}    ${step ?? ''}\n`);
    const file = put(folder, `${name.replace(/\W+/g, '-')}.yaml`, source.text);
    for (const command of ['run', 'validate']) {
      const ran = await cli([command, file]);
      expect({ out: ran.out, status: ran.status }).toEqual({ out: '', status: exit });
      const line = ran.err.split('\n').find((each) => each.startsWith(`${code}: `)) ?? ran.err;
      expect(line).toContain(`(${file}${source.at === '' ? '' : `${source.at})`}`);
      expect(line).toContain(says);
      expect(line).toMatch(/\)\. .+[.?]$/);
      expect(ran.err).not.toMatch(/^\s+at /m);
    }
  });

  it('lists all problems in the order of the file, at most 20', async () => {
    const steps = Array.from({ length: 25 }, (_, i) => `    - close: nobody${i}\n`).join('');
    const ran = await cli(['validate', put(folder, 'many.yaml', HEAD + steps)]);
    const lines = ran.err.trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines[0]).toContain('many.yaml:8:14');
    expect(lines[19]).toContain('many.yaml:27:14');
    expect(lines[20]).toBe('... and 5 more problems');
  });

  it('is told as one object with --json', async () => {
    const file = put(folder, 'json.yaml', `${HEAD}    - close: vm\n`);
    const { out, status } = await cli(['validate', file, '--json']);
    expect(status).toBe(4);
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      command: 'validate',
      ok: false,
      exit: 4,
      errors: [
        {
          code: 'FL104',
          what: 'there is no VM, BO or queue named `vm`',
          where: `${file}:8:14`,
          hint: 'Did you mean `vm0`?',
        },
      ],
    });
  });

  it('may hold wrong values where a bind expects an errno', async () => {
    const step = bind('{ map: { addr: 0x1, range: 0 } }', ', expect: EINVAL');
    expect(
      (await cli(['validate', put(folder, 'exempt.yaml', `${HEAD}    ${step}\n`)])).status,
    ).toBe(0);
  });

  it('is not changed by being JSON', async () => {
    const text =
      '{\n\t"fencelab": 1,\n\t"name": "x",\n\t"vms": { "vm0": {} },\n\t"clients": { "a": [{ "close": "vmo" }] }\n}\n';
    const ran = await cli(['validate', put(folder, 'a.json', text)]);
    expect(ran.err).toMatch(/^FL104: .*a\.json:5:32\)\. Did you mean `vm0`\?\n$/);
  });
});
