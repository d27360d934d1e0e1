/** The published JSON Schema says what the running check says, as far as a JSON Schema can. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { type JsonSchema, scenarioJsonSchema } from '../../../domain/scenario/json-schema.ts';

const schema = scenarioJsonSchema();
const validate = new Ajv2020({ strict: false }).compile(schema);

const small = (step: unknown): unknown => ({
  fencelab: 1,
  name: 'x',
  vms: { vm0: {} },
  clients: { app: [step] },
});

describe('the JSON Schema of a scenario', () => {
  it('accepts every scenario that comes with the project', () => {
    const folder = new URL('../../../scenarios/', import.meta.url);
    for (const name of readdirSync(folder).filter((each) => /\.(ya?ml|json)$/.test(each))) {
      const value: unknown = parse(readFileSync(new URL(name, folder), 'utf8'), {
        stringKeys: true,
      });
      expect([name, validate(value), validate.errors]).toEqual([name, true, null]);
    }
  });

  it.each([
    [{ bind: { vm: 'vm0', ops: [{ map: { addr: '0x0', range: 4096, null: true } }] } }, true],
    [
      {
        bind: { vm: 'vm0', ops: [{ map: { addr: 0xffffffffffff, range: '0xfffffffffffff000' } }] },
      },
      true,
    ],
    [{ bind: { vm: 'vm0', ops: [{ map: { addr: -1, range: 4096 } }] } }, false],
    [{ bind: { vm: 'vm0', ops: [{ map: { addr: {}, range: 4096 } }] } }, false],
    [{ bind: { vm: 'vm0', ops: [{ map: { addr: 'zero', range: 4096 } }] } }, false],
    [{ bind: { vm: 'vm0', ops: [{ map: { addr: 1.5, range: 4096 } }] } }, false],
    [{ bind: { vm: 'vm0', ops: [{ map: { adr: 1, range: 4096 } }] } }, false],
    [{ bind: { vm: 'VM', ops: [] } }, false],
    [{ wait: 'done' }, true],
    [{ wait: { syncobj: 'done', point: 3 } }, true],
    [{ wait: 3 }, false],
    [{ close: 'vm0', create: 'vm0' }, false],
    [{ exec: { queue: 'q0', batch: [{ read: 8 }, { spin: { ns: 1 } }] } }, true],
    [{ exec: { queue: 'q0', batch: [{ spin: { ns: 0 } }] } }, false],
    [{ bind: { vm: 'vm0', ops: [{ restart: {} }], out: [{ userFence: 8, value: 1 }] } }, true],
    [{ bind: { vm: 'vm0', ops: [{ raw: { op: '0x20006' } }], in: [{ dmaBuf: true }] } }, true],
    [{ bind: { vm: 'vm0', ops: [], in: [{ dmaBuf: false }] } }, false],
    [{ bind: { vm: 'vm0', ops: [{ mapUserptr: { addr: 0, range: 4096 } }] } }, false],
    [{ waitUserFence: { addr: 8, op: 'ge' } }, false],
    [{ evict: { bo: 'bo0' } }, true],
    [{ invalidate: { userptr: 'heap', gone: true } }, true],
    [{ reset: { gt: 4 } }, false],
    [{ create: { name: 'vm0', expect: 'EINVAL' } }, true],
    [{ close: { name: 'vm0' } }, false],
    [{}, false],
  ])('judges the step %j: %s', (step, good) => {
    expect(validate(small(step))).toBe(good);
  });

  it('has no place where anything goes', () => {
    const loose: string[] = [];
    const visit = (node: JsonSchema, path: string): void => {
      const says = Object.keys(node).filter(
        (key) => !['description', 'default', 'title'].includes(key),
      );
      if (says.length === 0) loose.push(path);
      const parts: [string, JsonSchema][] = [
        ...Object.entries(node.properties ?? {}),
        ...Object.entries(node.$defs ?? {}),
        ...(node.anyOf ?? []).map((each, i): [string, JsonSchema] => [`anyOf${i}`, each]),
        ...(node.items === undefined ? [] : [['items', node.items] as [string, JsonSchema]]),
      ];
      for (const [key, part] of parts) visit(part, `${path}/${key}`);
      if (typeof node.additionalProperties === 'object')
        visit(node.additionalProperties, `${path}/*`);
      else if (node.type === 'object' && node.additionalProperties !== false) loose.push(path);
    };
    visit(schema, '');
    expect(loose).toEqual([]);
  });
});
