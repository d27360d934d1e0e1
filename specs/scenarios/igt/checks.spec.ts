/** That the checks of a row's run can fail: each looks at what it says. */
import { unmap } from '../../../domain/scenario/builder.ts';
import { mmapRows } from '../../rig/igt/mmap.ts';
import { munmapRows } from '../../rig/igt/munmap.ts';
import { factVa } from '../../rig/igt/op-text.ts';
import type { BindExpectation, IgtRow } from '../../rig/igt/row.ts';
import { runRow, scenarioOfRow } from '../../rig/igt/run-row.ts';
import { MMAP, MUNMAP, MUNMAP_2023 } from '../../rig/igt/table.ts';
import { wholeRun } from '../../rig/runs.ts';
import { schedules } from '../../rig/scenarios.ts';

const named = (rows: readonly IgtRow[], name: string): IgtRow => {
  const row = rows.find((each) => each.name === name);
  if (row === undefined) throw new RangeError(name);
  return row;
};
const partial = named(munmapRows, 'munmap-style-unbind-one-partial');
const withExpected = (changes: Partial<BindExpectation>): IgtRow => ({
  ...partial,
  expected: partial.expected.map((each) => ({ ...each, ...changes })),
});
const faults = (row: IgtRow, seeds = 0): string => runRow(row, schedules(seeds)).faults.join('\n');

test.each<[string, Partial<BindExpectation>, string]>([
  ['another op list', { ops: ['UNMAP [0,4)'] }, 'ops of list 1: wanted UNMAP [0,4), got REMAP'],
  ['another mapping', { mappings: ['[0,1) bo0+0'] }, 'mappings of list 1: wanted [0,1) bo0+0, got'],
  ['another base', { base: 0x1a01 }, 'ops of list 1'],
  ['a list too many', { list: 9 }, 'there is no op list 9'],
])('%s is told', (_what, changes, told) => {
  expect(faults(withExpected(changes))).toContain(told);
});

test('a userptr reads as its area, whether it is told by name or by its page in the process', () => {
  const piece = { addr: 0x1a01, range: 2, obj: null, offset: 0x1a03, null: false, readOnly: false };
  const areas = [{ name: 'u0', from: 0x1a02, to: 0x1a06 }];
  expect(factVa(piece, { base: 0x1a00, areas })).toBe('[1,3) u0+1');
  expect(factVa({ ...piece, obj: 'u0', offset: 1 }, { base: 0x1a00, areas })).toBe('[1,3) u0+1');
});

test.each([MUNMAP, MUNMAP_2023, MMAP])('the columns of table %# agree with each other', ({ rows }) => {
  for (const { name, op_counts, expected_ops_no_merge: ops } of rows) {
    const counts = { MAP: 0, REMAP: 0, UNMAP: 0 };
    for (const { op } of ops) counts[op]++;
    expect([name, counts]).toEqual([name, op_counts]);
  }
});

const hammers = [...munmapRows, ...mmapRows].filter(({ name }) => name.endsWith('-hammer'));

test.each(hammers)('the hammer hits while the hole is being cut: $name', (row) => {
  const hits = schedules(3).map((schedule) => {
    const { records } = wholeRun({ scenario: scenarioOfRow(row), ...schedule });
    const facts = records.flatMap((record) => record.facts);
    const lists = facts.flatMap((fact, at) => (fact.type === 'ops.created' ? [at] : []));
    const looked = facts.findIndex((fact) => fact.type === 'expect.passed' && fact.what === 'mappings');
    return facts
      .slice(lists.at(row.expected[0]?.list ?? 0), looked)
      .filter((fact) => fact.type === 'access.done' && fact.client === 'q1').length;
  });
  expect(Math.max(...hits)).toBeGreaterThan(0);
});

test('a fault of a store is told', () => {
  const draft: IgtRow['draft'] = () => {
    const made = partial.draft();
    made.written.clients['app']?.splice(1, 0, {
      bind: { vm: 'vm0', ops: [unmap({ addr: 0x1a00000, range: 0x1000 })], out: ['bound'] },
    });
    return made;
  };
  expect(faults({ ...partial, draft })).toMatch(/failed[^]*batch item 1: expected ok, got fault/);
});

/** A remap takes the old mapping away whole, so only jobs, which the VM's reservation object orders, never see that. */
describe('a hammer of bare accesses, which no fence holds back', () => {
  const remaps = ({ expected }: IgtRow): boolean =>
    expected.some(({ ops }) => ops?.some((op) => op.startsWith('REMAP')));

  /** The row with the hammer's jobs as bare accesses. */
  const bare = (row: IgtRow): IgtRow => ({
    ...row,
    draft: () => {
      const made = row.draft();
      const steps = made.written.clients['hammer'] ?? [];
      const naked = steps.flatMap((step): typeof steps => {
        if ('wait' in step && step.wait === 'hit') return [];
        if (!('exec' in step)) return [step];
        return (step.exec.batch ?? []).flatMap((item) =>
          'spin' in item ? [] : [{ gpu: { vm: 'vm0', ...item } }],
        );
      });
      steps.splice(0, steps.length, ...naked);
      return made;
    },
  });

  test('is in ten rows, of which one does not remap', () => {
    expect(hammers).toHaveLength(10);
    expect(hammers.filter((row) => !remaps(row)).map(({ name }) => name)).toEqual([
      'munmap-style-unbind-many-either-side-partial-hammer',
    ]);
  });

  test.each(hammers.filter(remaps).map(bare))('faults in $name', (row) => {
    expect(faults(row, 30)).toMatch(/hammer, step \d+: GPU access: expected ok, got fault/);
  });
});
