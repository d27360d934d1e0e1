/** Counting: each figure is the sum of what its facts say, and phases cut a run without losing or doubling anything. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fact } from '../../../domain/facts/schema.ts';
import { count, countOf, type Figures, NOTHING, total } from '../../../streams/compare/figures.ts';
import type { StepRecord } from '../../../streams/world/record.ts';

const at = (t: number, facts: readonly object[]): StepRecord => ({
  seq: 0,
  t,
  actor: 'a',
  type: 'x',
  cause: null,
  choice: '',
  data: {},
  state: '',
  facts: facts as readonly Fact[],
  sends: [],
});

const ended = { type: 'step.ended', client: 'app', step: 0, result: 0 };
const run = (count: number, pte: number): object => ({ index: 0, count, pte, stride: 0 });

/** A fact, and what it adds. */
const CASES: readonly (readonly [object, Partial<Figures>])[] = [
  [{ type: 'bind.accepted', ops: 7 }, { ioctls: 1 }],
  [
    { type: 'ops.created', ops: [{}, {}] },
    { ops: 1, steps: 2 },
  ],
  [
    { type: 'table.allocated', runs: [run(3, 0x203), run(509, 0)] },
    { tables: 1, entriesByCpu: 3 },
  ],
  [{ type: 'pte.written', by: 'gpu', runs: [run(2, 0), run(1, 5)] }, { entriesByGpu: 3 }],
  [{ type: 'pte.written', by: 'cpu', runs: [run(4, 0)] }, { entriesByCpu: 4 }],
  [
    { type: 'tlb.requested', range: 16 },
    { invalidations: 1, flushedBytes: 0x10000 },
  ],
  [
    { type: 'as.locked', range: 16 },
    { invalidations: 1, flushedBytes: 0x10000 },
  ],
  [{ type: 'fence.signaled' }, {}],
];

const sums = ({ mappings: _, tableBytes: __, timeNs: ___, ...rest }: Figures): object => rest;

describe('count', () => {
  it.each(CASES)('%j', (fact, more) => {
    const counted = count(countOf(['all']), at(0, [fact]), 'app', ['all']);
    expect(sums(counted.phases.all)).toEqual(sums({ ...NOTHING, ...more }));
  });

  it('keeps the most at once of mappings and tables', () => {
    const facts = [
      { type: 'va.mapped' },
      { type: 'va.mapped' },
      { type: 'va.unmapped' },
      { type: 'table.allocated', runs: [] },
      { type: 'table.freed' },
    ];
    const { all } = count(countOf(['all']), at(0, facts), 'app', ['all']).phases;
    expect(all).toMatchObject({ mappings: 2, tableBytes: 4096, tables: 1 });
  });

  it('carries what there is from one phase to the next', () => {
    const counted = [
      at(5, [{ type: 'va.mapped' }, ended]),
      at(9, [{ type: 'bind.accepted', ops: 1 }, ended]),
    ].reduce((all, record) => count(all, record, 'app', ['one', 'two']), countOf(['one', 'two']));
    expect(counted.phases).toMatchObject({
      one: { mappings: 1, timeNs: 5 },
      two: { mappings: 1, ioctls: 1, timeNs: 4 },
    });
  });

  it("takes no other client's step for the end of a phase", () => {
    const other = { ...ended, client: 'other' };
    const counted = count(countOf(['one', 'two']), at(5, [other]), 'app', ['one', 'two']);
    expect(counted.step).toBe(0);
  });

  it('loses and doubles nothing, wherever phases are cut', () => {
    const fact = fc.constantFrom<object>(...CASES.map(([each]) => each), ended);
    fc.assert(
      fc.property(
        fc.array(fc.array(fact, { maxLength: 5 }), { maxLength: 12 }),
        fc.array(fc.constantFrom('one', 'two', 'three'), { minLength: 61, maxLength: 61 }),
        (records, cuts) => {
          const phases = ['one', 'two', 'three'] as const;
          const cut = cuts as (typeof phases)[number][];
          const whole = cuts.map(() => 'one' as const);
          const fold = (phaseOf: readonly (typeof phases)[number][]): Figures => {
            const counted = records.reduce(
              (all, facts, t) => count(all, at(t * 10, facts), 'app', phaseOf),
              countOf(phases),
            );
            return total(phases.map((phase) => counted.phases[phase]));
          };
          expect(fold(cut)).toEqual(fold(whole));
        },
      ),
    );
  });
});
