/**
 * Promise P11: old logs stay readable for ever. Each released format left logs behind; none of their bytes ever changes,
 * and every later build finds the same records in them, in today's shape.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packageVersion } from '../../../cli/version.ts';
import { memoryFact } from '../../../domain/facts/schema.ts';
import { parseScenario } from '../../../domain/scenario/parse.ts';
import { decodeLog } from '../../../streams/log/decoder.ts';
import { LOG_VERSION } from '../../../streams/log/format.ts';
import type { HeaderLine } from '../../../streams/log/lines.schema.ts';
import { OLD_VERSIONS } from '../../../streams/log/upcast.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { gpuvasText } from '../../../streams/export/gpuvas.ts';
import { memoryTables, queueTables } from '../../../streams/export/view-shared.ts';
import { tableText, type ViewTable } from '../../../streams/export/view-table.ts';
import {
  actorTables,
  pageTableTables,
  spaceTables,
  tlbTables,
} from '../../../streams/export/view-tables.ts';
import { digestOf } from '../../../streams/replay/digest.ts';
import { Replayer } from '../../../streams/replay/replay.ts';
import { emptyViews, foldRecord, type Views } from '../../../streams/replay/views.ts';
import { digestV1 } from './digest-v1.ts';
import { lineOfRecordV1 } from './downcast.ts';
import { objectsV1 } from './fences-v1.ts';
import { RAISE, RAISE_ENGINE } from './raise.ts';
import { sampleRecords } from './sample-log.ts';

const golden = (name: string): Buffer =>
  readFileSync(new URL(`golden/${name}.jsonl`, import.meta.url));

const TABLES: Readonly<Record<string, (views: Views) => readonly ViewTable[]>> = {
  vas: spaceTables,
  pt: pageTableTables,
  tlb: tlbTables,
  memory: memoryTables,
  queues: queueTables,
  actors: actorTables,
};

describe.each([
  ['v1', '27fd6ec34b9eb8464756dfc2b058cabb39d6322e7009d571b038910171b0ae4a'],
  ['v2', '726cad72aa4744f81fc3090d8a0421e0961414a74a9fe94a1162b26fa782307c'],
  ['v3', '7353deef752f65ce7f62e054d2025706b6745a863588f35e7d2823d60162e9d5'],
])('the sample log of %s', (name, sha256) => {
  const bytes = golden(name);

  test('has the bytes that were written then', () => {
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  });

  test('is sealed, says its version, and holds the records of today’s sample', () => {
    const { records, end } = decodeLog(bytes);
    const v = Number(name.slice(1));
    expect(end).toMatchObject({ result: 'sealed', records: 14, header: { v, minReader: v } });
    const expected = sampleRecords(14);
    expect(records.map(({ facts }) => facts)).toEqual(expected.map(({ facts }) => facts));
    expect(records.map(lineOfRecord)).toEqual(expected.map(lineOfRecord));
  });
});

test('there is a golden log of the format that is written now', () => {
  expect(decodeLog(golden(`v${LOG_VERSION}`)).end.header?.v).toBe(LOG_VERSION);
});

describe('a log of version 1 that is damaged', () => {
  const bytes = golden('v1');
  const { records } = decodeLog(bytes);

  test('is never taken for whole, whichever byte is another', () => {
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      let result = 'refused';
      try {
        result = decodeLog(changed).end.result;
      } catch (error) {
        expect((error as Error).message).toMatch(/^FL30[14]: /);
      }
      expect([at, result]).not.toEqual([at, 'sealed']);
    }
  });

  test('gives the whole records before a cut, wherever it is cut', () => {
    for (let cut = bytes.indexOf(10) + 1; cut < bytes.length; cut += 7) {
      const { records: read, end } = decodeLog(bytes.subarray(0, cut));
      expect(['open', 'torn']).toContain(end.result);
      expect(read.map(lineOfRecord)).toEqual(records.slice(0, read.length).map(lineOfRecord));
      const lines = bytes.subarray(0, cut).toString('latin1').split('\n').slice(0, -1);
      expect(read).toHaveLength(lines.filter((line) => line.startsWith('{"seq"')).length);
    }
  });
});

test('a fact of every type that version 1 had is read, and comes out as it was written', () => {
  const bytes = golden('v1-every-fact');
  const { records, end } = decodeLog(bytes);
  expect(end).toMatchObject({ result: 'sealed', records: 39 });
  const types = records.map(({ facts }) => facts[0]?.type ?? '');
  expect(types).toEqual([...(OLD_VERSIONS[1]?.types ?? [])].sort());
  const lines = bytes.toString().split('\n');
  for (const record of records) {
    expect(record.facts).toHaveLength(4);
    for (const fact of record.facts) expect(memoryFact.safeParse(fact).error).toBeUndefined();
    expect(lines).toContain(lineOfRecordV1(record).trimEnd());
  }
});

describe.each([
  ['v1-shared-bo', 105],
  ['v1-create-steps', 62],
])('the run %s, recorded by the engine of version 1', (name, count) => {
  const { records, end } = decodeLog(golden(name));

  test('is read whole', () => {
    expect(end).toMatchObject({ result: 'sealed', records: count, seal: { verdict: 'ok' } });
  });

  test('folds to the very state that its seal names', () => {
    const views = records.reduce(foldRecord, emptyViews());
    if (end.result !== 'sealed') throw new RangeError('not sealed');
    const objects = objectsV1(records.flatMap(({ facts }) => facts));
    expect(digestV1(views, objects)).toBe(end.seal.stateHash);
  });

  test('each mapping that goes away says what was behind it', () => {
    const objects = new Map<string, string | null>();
    const facts = records.flatMap((record) => record.facts);
    for (const fact of facts) {
      if (fact.type === 'va.mapped') objects.set(`${fact.vm} ${fact.va}`, fact.obj);
      if (fact.type === 'va.unmapped') {
        expect([fact, objects.get(`${fact.vm} ${fact.va}`)]).toEqual([fact, fact.obj]);
      }
    }
    expect(facts.some((fact) => fact.type === 'va.unmapped' && fact.obj !== null)).toBe(true);
  });
});

/** What the build that wrote the log showed of its last record; fences and locks are shown otherwise today. */
const SHOWN = ['vas', 'pt', 'tlb', 'memory', 'queues', 'actors'];

describe.each([
  ['v2-shared-bo', 113],
  ['v2-async-error', 82],
  ['v2-fault-mode', 106],
])('the run %s, recorded by the first engine of version 2', (name, count) => {
  const { records, end } = decodeLog(golden(name));

  test('is read whole', () => {
    expect(end).toMatchObject({ result: 'sealed', records: count, seal: { verdict: 'ok' } });
    expect(end.header?.v).toBe(2);
  });

  test('folds to the state that was shown then', () => {
    const views = records.reduce(foldRecord, emptyViews());
    const last = records.at(-1);
    const shown = SHOWN.map((what) => {
      const tables = (TABLES[what]?.(views) ?? []).map(tableText).join('\n\n');
      const more = what === 'vas' ? `\n${gpuvasText(views)}` : '';
      return `== ${what}\nafter record ${last?.seq}, t = ${last?.t} ns\n\n${tables}\n${more}`;
    });
    const then = readFileSync(new URL(`golden/${name}.shown.txt`, import.meta.url), 'utf8');
    expect(shown.join('')).toBe(then);
  });
});

describe.each([
  ['v2-late-repeat-split', 2],
  ['v2-late-null-atomic', 2],
  ['v3-repeat-split', 3],
  ['v3-async-error', 3],
])('the run %s', (name, v) => {
  const { records, end } = decodeLog(golden(name));

  test('is read whole, and folds to the very state that its seal names', () => {
    if (end.result !== 'sealed') throw new RangeError('not sealed');
    expect([end.header?.v, records.length]).toEqual([v, end.seal.events]);
    const hash = digestOf(records.reduce(foldRecord, emptyViews()));
    if (hash !== end.seal.stateHash) throw new Error(`the state hash has changed. ${RAISE}`);
  });

  test('has the state key of today, if today’s machines repeat it and the engine says to be the same', () => {
    if (end.result !== 'sealed' || end.seal.stateKey === undefined) {
      expect(v).toBe(2);
      return;
    }
    const { engine, seed, scenario } = end.header as HeaderLine;
    const parsed = parseScenario(scenario.source);
    if (!parsed.ok) throw new RangeError('the scenario is refused');
    const replayer = new Replayer(parsed.scenario, seed);
    if (records.some((record) => replayer.check(record) !== null)) return;
    const found = replayer.checkEnd(end.seal);
    if (found?.what === 'stateKey' && engine === packageVersion()) {
      throw new Error(`the state key has changed. ${RAISE_ENGINE}`);
    }
    if (engine === packageVersion()) expect(found).toBeNull();
  });
});
