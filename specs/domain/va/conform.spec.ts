/**
 * All recorded answers of the kernel's C code; and that the comparison would notice a wrong one,
 * wherever in a case it is.
 */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { checkLine, runCase } from '../../../domain/va/conform.ts';
import {
  parseVectorLine,
  type VectorCase,
  type VectorMapping,
  type VectorOp,
} from '../../../domain/va/vector-line.ts';

const lines = readFileSync(new URL('../../data/gpuva.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

function parsed(line: string): VectorCase {
  const result = parseVectorLine(line);
  if ('malformed' in result) throw new Error(result.malformed);
  return result.case;
}

const cases = lines.map(parsed);

/** `found`, or a failing test: the vectors are expected to have one. */
function some<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('the vectors have no such thing');
  return found;
}

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };
const copyOf = (one: VectorCase): Mutable<VectorCase> => structuredClone(one);

test('1,200 cases, 0 mismatches', () => {
  const wrong = lines.map((line) => checkLine(line)).filter((verdict) => !verdict.ok);
  expect(lines).toHaveLength(1200);
  expect(wrong).toEqual([]);
});

describe('a wrong answer is reported', () => {
  const opKinds = ['map', 'unmap', 'remap'] as const;

  /** Every way to get one op wrong: a field of a mapping, a flag, a piece too many or too few. */
  function wrongOps(op: VectorOp): VectorOp[] {
    const shifted = (m: VectorMapping): VectorMapping[] => [
      { ...m, addr: m.addr + 1 },
      { ...m, range: m.range + 1 },
      { ...m, offset: m.offset + 1 },
      { ...m, obj: m.obj === null ? 1 : null },
    ];
    if (op.op === 'map') return shifted(op.map).map((map) => ({ ...op, map }));
    const others: VectorOp[] = [{ ...op, keep: !op.keep }];
    others.push(...shifted(op.unmap).map((unmap) => ({ ...op, unmap })));
    if (op.op === 'remap') {
      for (const side of ['prev', 'next'] as const) {
        const piece = op[side];
        const wrong = piece === null ? [op.unmap] : [null, ...shifted(piece)];
        others.push(...wrong.map((other) => ({ ...op, [side]: other })));
      }
    }
    return others;
  }

  test.each(opKinds)('in any field of the op %s', (kind) => {
    const index = cases.findIndex((one) =>
      one.steps.some((s) => s.ops?.some((o) => o.op === kind)),
    );
    const good = some(cases[index]);
    const at = good.steps.findIndex((s) => s.ops?.some((o) => o.op === kind));
    const ops = some(good.steps[at]?.ops);
    const place = ops.findIndex((o) => o.op === kind);
    for (const wrong of wrongOps(some(ops[place]))) {
      const bad = copyOf(good);
      some(bad.steps[at]).ops = ops.with(place, wrong);
      const verdict = runCase(bad);
      expect(verdict).toMatchObject({ ok: false, step: at, actual: ops });
    }
  });

  test('in the number of ops and in their order', () => {
    const good = some(cases.find((one) => one.steps.some((s) => (s.ops?.length ?? 0) > 1)));
    const at = good.steps.findIndex((s) => (s.ops?.length ?? 0) > 1);
    const ops = some(good.steps[at]?.ops);
    for (const wrong of [ops.slice(1), ops.toReversed(), [...ops, some(ops[0])], []]) {
      const bad = copyOf(good);
      some(bad.steps[at]).ops = wrong;
      expect(runCase(bad)).toMatchObject({ ok: false, step: at, expected: wrong, actual: ops });
    }
  });

  test('in an errno, and in whether there is one', () => {
    const good = some(cases.find((one) => one.steps.some((s) => s.error !== undefined)));
    const at = good.steps.findIndex((s) => s.error !== undefined);
    const other = copyOf(good);
    some(other.steps[at]).error = -17;
    expect(runCase(other)).toEqual({ ok: false, step: at, expected: -17, actual: -22 });
    const none = copyOf(good);
    delete some(none.steps[at]).error;
    some(none.steps[at]).ops = [];
    expect(runCase(none)).toEqual({ ok: false, step: at, expected: [], actual: -22 });
  });

  test('in the mappings that are there in the end', () => {
    const good = some(cases.find((one) => one.vas.length > 2));
    const bad = copyOf(good);
    some(bad.vas[1]).offset += 1;
    expect(runCase(bad)).toMatchObject({ ok: false, step: 'vas', actual: good.vas });
    bad.vas = good.vas.slice(1);
    expect(runCase(bad)).toMatchObject({ ok: false, step: 'vas' });
  });

  test('in one random place of every tenth case', () => {
    cases
      .filter((_, i) => i % 10 === 0)
      .forEach((good, i) => {
        const bad = copyOf(good);
        const at = bad.steps.findLastIndex((s) => (s.ops?.length ?? 0) > 0);
        if (at < 0) return;
        const ops = some(bad.steps[at]?.ops);
        const place = i % ops.length;
        const wrong = wrongOps(some(ops[place]));
        ops[place] = some(wrong[i % wrong.length]);
        expect(runCase(bad)).toMatchObject({ ok: false, step: at });
      });
  });

  test('and the order of the keys in the line is not looked at', () => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([k, v]) => [k, turned(v)]),
      );
    };
    for (const one of cases.slice(0, 20)) {
      expect(checkLine(JSON.stringify(turned(one)))).toEqual({ ok: true });
    }
  });
});

describe('a setup that the model refuses is reported', () => {
  test('regions that overlap', () => {
    const good = some(cases.find((one) => (one.vm.regions?.length ?? 0) > 1));
    const bad = copyOf(good);
    const regions = some(bad.vm.regions ?? undefined);
    regions.push(some(regions[0]));
    expect(runCase(bad)).toEqual({ ok: false, step: 'setup', expected: [], actual: -17 });
  });
});

describe('a malformed line is told from a wrong answer', () => {
  const good = some(lines[0]);
  test.each([
    ['', 'not JSON'],
    ['{"name":', 'not JSON'],
    ['[]', 'expected object'],
    [good.replace('gpuva-2023"', 'gpuva-2024"'), 'semantics'],
    [good.replace('"do":"map"', '"do":"remap"'), 'steps[0]'],
    [good.replace('"range":32', '"range":-1'), 'vm.range'],
    [good.replace('"range":32', '"range":1.5'), 'vm.range'],
    [good.replace('"vas":', '"vaz":'), 'vas'],
    [good.replace('"ops":', '"opz":'), 'opz'],
    [good.replace('"ops":', '"error":-22,"ops":'), 'either ops or error'],
  ])('%#', (line, hint) => {
    expect(checkLine(line)).toEqual({ ok: false, malformed: expect.stringContaining(hint) });
  });
});
