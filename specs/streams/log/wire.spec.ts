/**
 * The wire form: facts come back as they were, a record read and written again gives its own bytes,
 * and what JSON would bend is refused.
 */
import fc from 'fast-check';
import { FACT_TYPES, type Fact, wireFact } from '../../../domain/facts/schema.ts';
import { LOG_VERSION } from '../../../streams/log/format.ts';
import type { RecordLine } from '../../../streams/log/lines.schema.ts';
import {
  bodyOfRecord,
  factsOfLine,
  lineOfRecord,
  recordOfLine,
} from '../../../streams/log/wire.ts';
import type { Json } from '../../../streams/world/record.ts';
import { factArbitraries, stepRecord } from './arbitrary-record.ts';
import { sampleRecord } from './sample-log.ts';

const parse = (line: string): RecordLine => JSON.parse(line) as RecordLine;

describe('facts', () => {
  test('of every type are generated', () => {
    expect([...factArbitraries.keys()].sort()).toEqual([...FACT_TYPES].sort());
  });

  test.each([...factArbitraries])('%s goes to the wire and back', (_type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (fact) => {
        const line = parse(lineOfRecord({ ...sampleRecord(0), facts: [fact] }));
        expect(wireFact.safeParse(line.facts[0]).error).toBeUndefined();
        expect(factsOfLine(line.facts)).toEqual([fact]);
      }),
      { numRuns: 60 },
    );
  });

  test('hold addresses as bytes in hex and entries as they are', () => {
    const facts: Fact[] = [
      { type: 'bo.created', bo: 'b', range: 2 ** 52, phys: 0, placement: 'vram', vm: null },
      {
        ...{ type: 'pte.written', gt: 'g', vm: 'v', table: 1, level: 0, by: 'cpu' },
        runs: [{ index: 1, count: 2, pte: 0x1083, stride: 4096 }],
      },
    ];
    expect(parse(lineOfRecord({ ...sampleRecord(0), facts })).facts).toEqual([
      { ...facts[0], range: '0x10000000000000000', phys: '0x0' },
      {
        ...facts[1],
        table: '0x1000',
        runs: [{ index: 1, count: 2, pte: '0x1083', stride: '0x1000' }],
      },
    ]);
  });

  test.each([
    ['table', '0x100000000000000000'],
    ['pte', '0x20000000000001'],
    ['addr', '0x10'],
  ])('with an impossible %s are refused', (member, value) => {
    const facts = [{ type: 'x', [member]: value }] as unknown as RecordLine['facts'];
    expect(() => factsOfLine(facts)).toThrow(RangeError);
  });
});

describe('a record', () => {
  test('read and written again gives its own bytes', () => {
    fc.assert(
      fc.property(stepRecord, (record) => {
        const line = lineOfRecord(record);
        const back = recordOfLine(parse(line));
        expect(lineOfRecord(back)).toBe(line);
        expect(back.facts).toEqual(record.facts);
      }),
      { numRuns: 2000 },
    );
  });

  test('has the text that JSON.stringify would give it, but for the wire form', () => {
    fc.assert(
      fc.property(stepRecord, (record) => {
        const { seq, t, actor, type, cause, choice, data, state, sends } = record;
        const v = LOG_VERSION;
        const plain = { seq, t, actor, type, v, cause, choice, data, state, facts: [], sends };
        const text = bodyOfRecord({ ...record, facts: [] });
        if (!/"addr":\d/.test(JSON.stringify(data))) {
          expect(`${text}}`).toBe(JSON.stringify(plain));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('has canonical member order and hex in data too', () => {
    const record = { ...sampleRecord(1), data: { b: 1, addr: 16, a: { range: 4, addr: '0x0' } } };
    const text = lineOfRecord(record);
    expect(text).toContain('"data":{"b":1,"addr":"0x10000","a":{"range":"0x4000","addr":"0x0"}}');
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      ...['seq', 't', 'actor', 'type', 'v', 'cause', 'choice', 'data'],
      ...['state', 'facts', 'sends', 'crc'],
    ]);
  });

  test('keeps lone surrogates, quotes and control characters', () => {
    const note = '\ud800 " \\ \u0000 \u2028 €';
    const line = lineOfRecord({ ...sampleRecord(1), data: { note, [note]: note } });
    expect(parse(line).data).toEqual({ note, [note]: note });
  });
});

describe('what has no exact JSON form', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const bad: readonly (readonly [string, unknown])[] = [
    ['a fraction', 1.5],
    ['NaN', NaN],
    ['2^53', 2 ** 53],
    ['undefined', undefined],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
    ['a class instance', new URL('https://example.org')],
    ['__proto__', JSON.parse('{"__proto__":{"x":1}}')],
    ['a cycle', cyclic],
    ['a negative address', { addr: -1 }],
    ['an address above u64', { addr: 2 ** 52 + 1 }],
    ['half an address', { addr: 0.5 }],
  ];
  test.each(bad)('is refused: %s', (_what, value) => {
    const data = { member: value as Json };
    expect(() => bodyOfRecord({ ...sampleRecord(0), data })).toThrow(/^FL901: a record cannot/);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('is named by its member', () => {
    const data = { outer: [{ inner: 0.5 }] };
    expect(() => bodyOfRecord({ ...sampleRecord(0), data })).toThrow(/member inner/);
  });

  test('but members called like inherited ones are ordinary', () => {
    const data = { constructor: 1, toString: 2, hasOwnProperty: 3 };
    expect(parse(lineOfRecord({ ...sampleRecord(0), data })).data).toEqual(data);
  });
});
