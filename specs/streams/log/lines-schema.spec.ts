/**
 * Promise P14: the published JSON Schema accepts every line that is written and refuses wrong ones,
 * and it means the same as the quick check that readers run.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { LineCheck } from '../../../streams/log/line-check.ts';
import {
  blockLine,
  headerLine,
  jsonSchemaOfLine,
  recordLine,
  sealLine,
} from '../../../streams/log/lines.schema.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { json, stepRecord } from './arbitrary-record.ts';
import { sampleLog, sampleRecord } from './sample-log.ts';

type Members = Record<string, unknown>;

const validate = new Ajv2020({ allErrors: false }).compile(jsonSchemaOfLine());
const checks = [headerLine, recordLine, blockLine, sealLine].map(
  (schema) => new LineCheck<unknown>(schema),
);
const readerAccepts = (line: unknown): boolean => checks.some((check) => check.accepts(line));

const parse = (line: string): Members => JSON.parse(line) as Members;
const goodRecord = parse(lineOfRecord(sampleRecord(0)));

describe('the JSON Schema', () => {
  test('accepts every line of a log', async () => {
    const { bytes } = await sampleLog(14, { block: 4 });
    for (const line of bytes.toString().trimEnd().split('\n')) {
      expect({ line, ok: validate(JSON.parse(line)) }).toEqual({ line, ok: true });
    }
  });

  test('accepts every generated record, and so does the reader', () => {
    fc.assert(
      fc.property(stepRecord, (record) => {
        const line = parse(lineOfRecord(record));
        expect({ ok: validate(line), errors: validate.errors }).toEqual({ ok: true, errors: null });
        expect(readerAccepts(line)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  test('means the same as the check of the reader, for any value of any member', () => {
    const members = Object.keys(goodRecord);
    const odd: fc.Arbitrary<unknown> = fc.oneof(
      json,
      fc.double(),
      fc.constantFrom({ addr: 1 }, { a: [{ pte: 2 }] }, [], {}, '0x1000', -1, 2 ** 53, 1.5),
    );
    fc.assert(
      fc.property(fc.constantFrom(...members), odd, (member, value) => {
        const line = parse(JSON.stringify({ ...goodRecord, [member]: value }));
        expect({ line, ok: validate(line) }).toEqual({ line, ok: readerAccepts(line) });
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a wrong line is refused by schema and reader', () => {
  const block = { block: 0, from: 0, to: 3, sha256: 'a'.repeat(64), crc: '01234567' };
  const seal = { seal: true, events: 1, verdict: 'ok', stateHash: 'ab'.repeat(8) };
  const fact = { type: 'vm.closed', vm: 'vm0' };
  const without = (member: string): Members =>
    Object.fromEntries(Object.entries(goodRecord).filter(([name]) => name !== member));
  const wrong: Record<string, unknown> = {
    'not an object': 5,
    'an array': [goodRecord],
    'no crc': without('crc'),
    'no cause': without('cause'),
    'no facts': without('facts'),
    'a negative seq': { ...goodRecord, seq: -1 },
    'a fraction of time': { ...goodRecord, t: 0.5 },
    'a seq above 2^53': { ...goodRecord, seq: 2 ** 60 },
    'an empty actor': { ...goodRecord, actor: '' },
    'version 1, which is upcast before': { ...goodRecord, v: 1 },
    'version 4': { ...goodRecord, v: 4 },
    'a number as address in data': { ...goodRecord, data: { addr: 4096 } },
    'an array as data': { ...goodRecord, data: [] },
    'an unknown fact': { ...goodRecord, facts: [{ type: 'vm.exploded', vm: 'vm0' }] },
    'a fact with a member too many': { ...goodRecord, facts: [{ ...fact, extra: 1 }] },
    'a fact with a member too few': { ...goodRecord, facts: [{ type: 'vm.closed' }] },
    'a send of three parts': { ...goodRecord, sends: [['a', 'b', 'c']] },
    'a send of one part': { ...goodRecord, sends: [['a']] },
    'capitals in the crc': { ...goodRecord, crc: '0000000A' },
    'a short hash': { ...block, sha256: 'ab' },
    'a state key in capitals': { ...block, stateKey: '0123456789ABCDEF' },
    'a seal with a long state key': {
      ...seal,
      sha256: block.sha256,
      crc: block.crc,
      stateKey: '0'.repeat(17),
    },
    'a block without its end': { block: 0, from: 0, sha256: block.sha256, crc: block.crc },
    'a seal that is false': { ...seal, sha256: block.sha256, crc: block.crc, seal: false },
    'a verdict in capitals': { ...seal, sha256: block.sha256, crc: block.crc, verdict: 'OK' },
    'a header alone': { log: 'fencelab', crc: block.crc },
  };
  test.each(Object.entries(wrong))('%s', (_what, line) => {
    expect({ schema: validate(line), reader: readerAccepts(line) }).toEqual({
      schema: false,
      reader: false,
    });
  });

  test('but members of a later minor version are let through', () => {
    const line = { ...goodRecord, later: { any: 'thing' } };
    expect({ schema: validate(line), reader: readerAccepts(line) }).toEqual({
      schema: true,
      reader: true,
    });
  });
});

test('the schema is small enough to read and says what it is', () => {
  const schema = jsonSchemaOfLine();
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A line of a fencelab event log, format v3',
  });
  expect(schema.oneOf).toHaveLength(4);
  expect(JSON.stringify(schema).length).toBeLessThan(64 * 1024);
});
