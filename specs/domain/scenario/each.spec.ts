/** `each` of a map: one op for every so many bytes, and what is refused. */
import { expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { countOf, eachOp } from '../../../domain/scenario/each.ts';
import type { BindOp } from '../../../domain/scenario/schema.ts';
import { problemsOf, type StepInput } from './small.ts';

const hex = (value: number): string => `0x${value.toString(16)}`;

it('stands for adjacent ops of the same part of the BO, which fill the range', () => {
  const pages = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(fc.nat({ max: 100 }), pages, pages, (first, size, times) => {
      const each = hex(size * 0x1000);
      const range = hex(size * times * 0x1000);
      const op: BindOp = {
        map: { addr: hex(first * 0x1000), range, bo: 'bo0', offset: '0x2000', each },
      };
      const ops = eachOp([op, { unmap: { addr: '0x0', range: '0x1000' } }]);
      expect(countOf(op)).toBe(times);
      expect(ops.slice(0, -1)).toEqual(
        Array.from({ length: times }, (_, i) => ({
          map: { addr: hex((first + i * size) * 0x1000), range: each, bo: 'bo0', offset: '0x2000' },
        })),
      );
      expect(ops.at(-1)).toHaveProperty('unmap');
    }),
  );
});

const bind = (map: object, expect?: 'EINVAL'): StepInput =>
  ({ bind: { vm: 'vma', ops: [{ map }], ...(expect && { expect }) } }) as StepInput;

test('a range may be larger than its BO when each op is not', () => {
  expect(problemsOf([bind({ addr: 0, range: 0x8000, bo: 'bo0', each: 0x1000 })])).toEqual([]);
});

test('each op has to fit into the BO', () => {
  const problems = problemsOf([bind({ addr: 0, range: 0x10000, bo: 'bo0', each: 0x8000 })]);
  expect(problems).toEqual([expect.stringContaining('FL106 clients.app[0].bind.ops[0].map: ')]);
});

test('more ops than a call takes are counted', () => {
  const map = { addr: 0, range: 0x201000, bo: 'bo0', each: 0x1000 };
  expect(problemsOf([bind(map)])).toEqual([
    expect.stringContaining('a bind of 513 ops is refused'),
  ]);
  expect(problemsOf([bind(map, 'EINVAL')])).toEqual([]);
});

test.each([
  ['0x0', 0x4000],
  ['0x800', 0x4000],
  ['0x3000', 0x4000],
  ['0x8000', 0x4000],
  ['0x1000', 0],
  ['0x1000', 0x1000_0000_0000],
])('each %s of range %i is refused, whatever is expected', (each, range) => {
  const map = { addr: 0, range, bo: 'bo0', each };
  for (const expected of [undefined, 'EINVAL'] as const) {
    const problems = problemsOf([bind(map, expected)]);
    expect(problems).toContainEqual(
      expect.stringContaining('FL107 clients.app[0].bind.ops[0].map.each: '),
    );
  }
});
