/**
 * The kernel's sixteen drawn cases and nine more, in every column; and that the page draws them so.
 */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { DOCUMENTED_CASES, type DocumentedCase } from '../../../domain/va/documented-cases.ts';
import { caseOps, caseSpace, drawCases, drawTable, opText } from '../../../domain/va/draw-case.ts';
import { endOf, PLAIN, type Mapping, type MapRequest } from '../../../domain/va/mapping.ts';
import type { Op } from '../../../domain/va/ops.ts';

const file = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const numbered = DOCUMENTED_CASES.map((one, i) => [i + 1, one.title, one] as const);

describe('the documented cases', () => {
  test('are sixteen', () => {
    expect(DOCUMENTED_CASES).toHaveLength(16);
  });

  test.each(numbered)('%i, merging: %s', (_number, _title, one) => {
    expect(caseOps(one, 'merging').map(opText)).toEqual(one.merging);
  });

  test.each(numbered)('%i, splitting: %s', (_number, _title, one) => {
    expect(caseOps(one, 'splitting').map(opText)).toEqual(one.splitting);
  });

  test.each(numbered)('%i, splitting in 2023 keeps nothing: %s', (_number, _title, one) => {
    const withoutKeep = one.splitting.map((text) => text.replace(/ keep$/, ''));
    expect(caseOps(one, 'splitting without keep').map(opText)).toEqual(withoutKeep);
  });
});

describe('docs/split-merge.md', () => {
  const page = file('docs/split-merge.md');

  test('has the drawings just as they come out, and the table of rows', () => {
    expect(page).toContain(drawCases());
    expect(page).toContain(drawTable());
  });

  test('names no operation that the model does not give: the merges that are missed', () => {
    const rows: [readonly MapRequest[], MapRequest, string[]][] = [
      [
        [bar('a', 0, 2, 100), bar('a', 3, 4, 103)],
        bar('a', 1, 3, 101),
        ['UNMAP a[0,2)@n keep', 'MAP a[0,3)@n'],
      ],
      [
        [bar('a', 0, 1, 100), bar('b', 1, 2, 500)],
        bar('a', 1, 3, 101),
        ['UNMAP b[1,2)@m', 'MAP a[1,3)@n+1'],
      ],
      [
        [bar('b', 1, 2, 500), bar('a', 2, 3, 102)],
        bar('a', 0, 2, 100),
        ['UNMAP b[1,2)@m', 'MAP a[0,2)@n'],
      ],
    ];
    for (const [old, request, ops] of rows) {
      const one = { title: '', old, request, merging: [], splitting: [] };
      expect(caseOps(one, 'merging').map(opText)).toEqual(ops);
      expect(page).toContain(`${ops.map((op) => `\`${op}\``).join(', ')} |`);
    }
    const old = [bar('a', 0, 1, 100), bar('b', 2, 3, 500), bar('b', 4, 5, 500)];
    const last = { title: '', old, request: bar('a', 1, 6, 101), merging: [], splitting: [] };
    expect(caseOps(last, 'merging').map((op) => op.op)).toEqual(['unmap', 'unmap', 'map']);
    expect(opText(caseOps(last, 'merging')[2] as Op)).toBe('MAP a[1,6)@n+1');
  });
});

/** The format of specs/data/gpuva-cases.json, which see. */
interface JsonOp {
  readonly op: 'MAP' | 'UNMAP' | 'REMAP';
  readonly va?: readonly [number, number];
  readonly obj?: string | null;
  readonly offset?: number;
  readonly keep?: boolean;
  readonly unmap?: readonly [number, number];
  readonly prev?: readonly unknown[] | null;
  readonly next?: readonly unknown[] | null;
}
interface JsonCase {
  readonly case: number;
  readonly name: string;
  readonly existing: readonly (readonly [number, number, string | null, number])[];
  readonly request: Omit<MapRequest, 'attrs'>;
  readonly merge_regions_on: readonly [readonly JsonOp[], 'ok' | 'noop'];
  readonly no_merge_regions_off: readonly [readonly JsonOp[], 'ok' | 'noop'];
}

function bar(obj: string | null, addr: number, end: number, offset: number): MapRequest {
  return { addr, range: end - addr, obj, offset, attrs: PLAIN };
}

function toJson(op: Op): JsonOp {
  const ends = (m: Mapping): [number, number] => [m.addr, endOf(m)];
  const piece = (m: Mapping | null): unknown[] | null => m && [...ends(m), m.obj, m.offset];
  switch (op.op) {
    case 'map':
      return { op: 'MAP', va: ends(op.map), obj: op.map.obj, offset: op.map.offset };
    case 'unmap':
      return { op: 'UNMAP', va: ends(op.unmap), keep: op.keep };
    case 'remap':
      return { op: 'REMAP', unmap: ends(op.unmap), prev: piece(op.prev), next: piece(op.next) };
    case 'prefetch':
      throw new Error('no prefetch here');
  }
}

describe('the 25 cases of gpuva-cases.json', () => {
  const { cases } = JSON.parse(file('specs/data/gpuva-cases.json')) as { cases: JsonCase[] };
  const asCase = (one: JsonCase): DocumentedCase => ({
    title: one.name,
    old: one.existing.map(([addr, end, obj, offset]) => bar(obj, addr, end, offset)),
    request: { ...one.request, attrs: PLAIN },
    merging: [],
    splitting: [],
  });
  const rows = cases.map((one) => [one.case, one.name, one] as const);

  test('are 25, and the first sixteen are the documented ones', () => {
    expect(cases).toHaveLength(25);
    DOCUMENTED_CASES.forEach(({ old, request }, i) => {
      const one = asCase(cases[i] as JsonCase);
      expect({ old: one.old, request: one.request }).toEqual({ old, request });
    });
  });

  test.each(rows)('%i, regions on: %s', (_case, _name, one) => {
    const [ops, outcome] = one.merge_regions_on;
    expect(caseOps(asCase(one), 'merging').map(toJson)).toEqual(ops);
    expect(outcome).toBe(ops.length === 0 ? 'noop' : 'ok');
  });

  test.each(rows)('%i, regions off: %s', (_case, _name, one) => {
    const [ops, outcome] = one.no_merge_regions_off;
    expect(caseOps(asCase(one), 'splitting without keep').map(toJson)).toEqual(ops);
    expect(outcome).toBe('ok');
  });

  test('leave the space they were made from as it was', () => {
    for (const one of cases) {
      const space = caseSpace(asCase(one), 'merging');
      expect([...space.mappings.values()].map((m) => [m.addr, endOf(m), m.obj, m.offset])).toEqual(
        one.existing,
      );
    }
  });
});
