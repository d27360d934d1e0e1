/**
 * Reading older formats: for every fact type that has grown, upcast(old form) = new form, for whole logs too; and a
 * record that is not of the version which its log claims is damage.
 */
import fc from 'fast-check';
import { FACT_TYPES, type Fact, type FactOf } from '../../../domain/facts/schema.ts';
import { Chain } from '../../../streams/log/chain.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { LOG_VERSION } from '../../../streams/log/format.ts';
import { framed } from '../../../streams/log/frame.ts';
import { headerText } from '../../../streams/log/header.ts';
import { Problem } from '../../../streams/log/damage.ts';
import { OLD_VERSIONS, Upcaster, upcasterFor } from '../../../streams/log/upcast.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { factArbitraries } from './arbitrary-record.ts';
import {
  asV1MeantIt,
  CHANGED_IN_V2,
  lineOfRecordV1,
  type Members,
  wireFactOf,
  wireFactOfV1,
} from './downcast.ts';
import { ORIGIN, OUTCOME, sampleRecord, sampleRecords } from './sample-log.ts';

const v1 = OLD_VERSIONS[1] ?? { types: new Set<string>(), changed: {} };
const upcast = (facts: readonly Members[], upcaster = new Upcaster(1)): unknown =>
  upcaster.line({ v: 1, facts });
const arbitraryOf = (type: string): fc.Arbitrary<Fact> => {
  const known = factArbitraries.get(type);
  if (known === undefined) throw new RangeError(`no fact ${type}`);
  return known.map(asV1MeantIt);
};

describe('the table', () => {
  test('has a row for every older version, and each type in it is still a fact', () => {
    expect(Object.keys(OLD_VERSIONS).map(Number)).toEqual(
      Array.from({ length: LOG_VERSION - 1 }, (_, i) => i + 1),
    );
    for (const type of v1.types) expect(FACT_TYPES).toContain(type);
    expect(v1.types.size).toBe(39);
  });

  test('names the types that have grown since version 1', () => {
    expect(Object.keys(v1.changed).sort()).toEqual([...CHANGED_IN_V2].sort());
  });

  test('is not asked for a log of today', () => {
    expect(upcasterFor(LOG_VERSION)).toBeUndefined();
    expect(upcasterFor(LOG_VERSION + 1)).toBeUndefined();
    expect(upcasterFor(1)).toBeInstanceOf(Upcaster);
  });
});

describe('upcast(old form) = new form', () => {
  const stateless = CHANGED_IN_V2.filter((type) => type !== 'va.unmapped');

  test.each(stateless)('%s', (type) => {
    fc.assert(
      fc.property(arbitraryOf(type), (made) => {
        const fact = wireFactOf(made);
        const old = wireFactOfV1(fact);
        // an ops.created without ops has nothing to fill
        if (type !== 'ops.created') expect(Object.keys(old)).not.toEqual(Object.keys(fact));
        expect(upcast([old])).toEqual({ v: LOG_VERSION, facts: [fact] });
      }),
      { numRuns: 5000 },
    );
  });

  test('va.unmapped: what was behind the mapping, wherever in the log it was made', () => {
    const property = fc.property(
      arbitraryOf('va.mapped'),
      fc.nat(3),
      fc.nat(3),
      (made, before, between) => {
        const map = made as FactOf<'va.mapped'>;
        const { vm, va, addr, range, obj } = map;
        const unmap: Fact = { type: 'va.unmapped', vm, va, addr, range, obj };
        const other = (n: number): Fact => ({
          ...map,
          va: (va + 1 + n) % 2 ** 40,
          obj: `other${n}`,
        });
        const others = (count: number): Fact[] => Array.from({ length: count }, (_, n) => other(n));
        const records = [others(before), [map], others(between), [unmap]];
        const upcaster = new Upcaster(1);
        for (const facts of records) {
          const wire = facts.map(wireFactOf);
          const expected = { v: LOG_VERSION, facts: wire };
          expect(upcast(wire.map(wireFactOfV1), upcaster)).toEqual(expected);
        }
        // and once it is gone, nothing is known of it any more
        expect(upcast([wireFactOfV1(wireFactOf(unmap))], upcaster)).toEqual({
          v: LOG_VERSION,
          facts: [wireFactOf({ ...unmap, obj: null })],
        });
      },
    );
    fc.assert(property, { numRuns: 5000 });
  });

  test('every other type of version 1 stays as it is', () => {
    for (const type of [...v1.types].filter((each) => !CHANGED_IN_V2.includes(each))) {
      const property = fc.property(arbitraryOf(type), (made) => {
        const fact = wireFactOf(made);
        const expected = { v: LOG_VERSION, facts: [structuredClone(fact)] };
        expect(upcast([fact])).toEqual(expected);
      });
      fc.assert(property, { numRuns: 30 });
    }
  });
});

test('a fact of any type of version 2 is one of today as it stands; one of a later type is refused', () => {
  expect(OLD_VERSIONS[2]?.changed).toEqual({});
  for (const type of OLD_VERSIONS[2]?.types ?? []) {
    const property = fc.property(factArbitraries.get(type) ?? fc.constant(null), (made) => {
      const fact = wireFactOf(made as Fact);
      const line = new Upcaster(2).line({ v: 2, facts: [structuredClone(fact)] });
      expect(line).toEqual({ v: LOG_VERSION, facts: [fact] });
    });
    fc.assert(property, { numRuns: 20 });
  }
  expect(new Upcaster(2).line({ v: 2, facts: [{ type: 'vm.exploded' }] })).toBeInstanceOf(Problem);
  expect(new Upcaster(2).line({ v: 1, facts: [] })).toBeInstanceOf(Problem);
});

/** A log as version 1 wrote it: header, records, seal. */
function logOfV1(lines: readonly string[]): Buffer {
  const header = headerText(ORIGIN, 1000).replace('"v":3,"minReader":3', '"v":1,"minReader":1');
  const texts = [framed(header.slice(0, -19)), ...lines];
  const chain = new Chain();
  for (const text of texts) chain.add(Buffer.from(text));
  const seal = { seal: true, events: lines.length, ...OUTCOME, sha256: chain.close() };
  return Buffer.from(`${texts.join('')}${framed(JSON.stringify(seal).slice(0, -1))}`);
}

describe('a log of version 1', () => {
  const types = [...v1.types].filter((type) => type !== 'va.unmapped');
  const facts = fc.array(fc.oneof(...types.map(arbitraryOf)), { maxLength: 3 });

  test('gives the records that were written', () => {
    const property = fc.property(fc.array(facts, { maxLength: 6 }), (all) => {
      const records = all.map((each, i): StepRecord => ({ ...sampleRecord(i), facts: each }));
      const { records: read, end } = decodeLog(logOfV1(records.map(lineOfRecordV1)));
      expect(end).toMatchObject({ result: 'sealed', header: { v: 1 } });
      expect(read.map((record) => record.facts)).toEqual(all);
      expect(read.map(lineOfRecord)).toEqual(records.map(lineOfRecord));
    });
    fc.assert(property, { numRuns: 300 });
  });

  const good = lineOfRecordV1(sampleRecord(0));
  const withFact = (fact: Members): string =>
    framed(
      good.slice(0, -19).replace(/"facts":\[.*\],"sends"/, () => {
        return `"facts":[${JSON.stringify(fact)}],"sends"`;
      }),
    );
  const mapped = wireFactOf(asV1MeantIt(sampleRecord(0).facts[0] as Fact));
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['a record of version 3', lineOfRecord(sampleRecord(0)), /v: not 1, as the log$/],
    [
      'a fact type of later',
      withFact({ type: 'queue.destroyed', queue: 'q' }),
      /queue.* came later/,
    ],
    ['a fact type of nobody', withFact({ type: 'vm.exploded' }), /vm\.exploded came later/],
    ['a member of later', withFact(mapped), /: facts: userptr came later$/],
    [
      'a pattern',
      withFact({ ...wireFactOfV1(mapped), repeat: { range: '0x1000', phase: '0x0' } }),
      /: facts: repeat came later$/,
    ],
    ['a fact without a type', withFact({ vm: 'vm0' }), /shape/],
    ['a type that is no text', withFact({ type: 5 }), /shape/],
    ['a member of Object as a type', withFact({ type: 'constructor' }), /came later/],
    ['facts that are none', good.replace(/"facts":\[.*\],"sends"/, '"facts":{},"sends"'), /shape/],
    ['ops that are none', withFact({ type: 'ops.created', ops: [1, null, { map: 2 }] }), /shape/],
    ['a mapping without a number', withFact({ type: 'va.unmapped', vm: 'v', va: null }), /shape/],
    [
      'deep nesting',
      withFact({ type: 'va.mapped', vm: 'v' }).replace('"vm":"v"', `"vm":${deep}`),
      /shape/,
    ],
    ['an array', '[1', /shape/],
  ];
  test.each(wrong)('that holds %s is corrupt', (_what, line, message) => {
    const { records, end } = decodeLog(logOfV1([framed(line.replace(/,"crc":"\w{8}"}\n$/, ''))]));
    expect(records).toEqual([]);
    if (end.result !== 'corrupt' && end.result !== 'torn') throw new RangeError(end.result);
    expect(end.damage.what).toMatch(line === '[1' ? /checksum/ : message);
  });

  test('a log of today that holds a record of version 1 is corrupt', () => {
    const bytes = Buffer.from(headerText(ORIGIN, 8) + lineOfRecordV1(sampleRecord(0)));
    expect(decodeLog(bytes).end).toMatchObject({ result: 'corrupt', damage: { kind: 'schema' } });
  });

  test('keeps its bytes: lines of version 1 are not those of today', () => {
    const lines = sampleRecords(14).map(lineOfRecordV1);
    expect(lines.every((line) => line.includes('"v":1,'))).toBe(true);
    expect(lines.join('')).not.toContain('gtMask');
  });
});

test('whatever a line holds, the answer is a value', () => {
  const types = fc.constantFrom(...v1.types);
  const property = fc.property(types, fc.jsonValue(), fc.jsonValue(), (type, facts, more) => {
    const fact = { ...(more as object | null), type };
    const line = new Upcaster(1).line({ v: 1, facts: [facts, fact, { type, ops: [more] }] });
    expect(line instanceof Problem || typeof line === 'object').toBe(true);
    expect(new Upcaster(1).line(facts)).toBeDefined();
  });
  fc.assert(property, { numRuns: 2000 });
});
