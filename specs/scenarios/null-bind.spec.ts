/**
 * The cover letter's example, point by point: the mappings, the op list, the page-table entries and what accesses see
 * after each of its four steps. The expectations are written here once more, apart from those in the scenario.
 */
import { loadScenario } from '../../cli/scenario-file.ts';
import type { Fact } from '../../domain/facts/schema.ts';
import { entriesOf } from '../../hw/page-tables.ts';
import { rootKey } from '../../machines/shared/shared.ts';
import { emptyViews, foldRecord, type Views } from '../../streams/replay/views.ts';
import { runScenario, type RunEnd, type RunOptions } from '../../streams/world/run.ts';

const scenario = loadScenario('scenarios/null-bind.yaml');

interface Observed {
  readonly facts: readonly Fact[];
  /** the views when the out-sync of bind 1, 2, 3 and 4 has signalled */
  readonly after: readonly Views[];
  readonly end: RunEnd;
}

function observe(options: Omit<RunOptions, 'scenario'>): Observed {
  const run = runScenario({ scenario, ...options });
  const facts: Fact[] = [];
  const after: Views[] = [];
  let views = emptyViews();
  for (;;) {
    const { done, value } = run.next();
    if (done === true) return { facts, after, end: value };
    views = foldRecord(views, value);
    facts.push(...value.facts);
    const waited = value.facts.some(
      (fact) =>
        fact.type === 'step.ended' && 'wait' in (scenario.clients['app']?.[fact.step] ?? {}),
    );
    if (waited) after.push(views);
  }
}

const page = (bytes: number): number => bytes / 0x1000;

function opLists(facts: readonly Fact[]): string[][] {
  const span = ({ addr, range }: { addr: number; range: number }): string =>
    `${addr.toString(16)}-${(addr + range).toString(16)}`;
  const created = facts.filter((fact) => fact.type === 'ops.created');
  return created.map(({ ops }) =>
    ops.map((op) => {
      if (op.op === 'map') return `MAP ${span(op.map)} ${op.map.obj ?? 'NULL'}`;
      if (op.op === 'unmap') return `UNMAP ${span(op.unmap)} keep=${op.keep}`;
      if (op.op !== 'remap') return op.op;
      const piece = (each: typeof op.prev): string => (each === null ? 'none' : span(each));
      return `REMAP ${span(op.unmap)} prev=${piece(op.prev)} next=${piece(op.next)}`;
    }),
  );
}

function mappingsIn(views: Views): string[] {
  return [...(views.spaces['vm0']?.mappings.values() ?? [])].map(
    ({ addr, range, obj, attrs }) =>
      `${addr.toString(16)}-${(addr + range).toString(16)} ${attrs.null ? 'NULL' : String(obj)}`,
  );
}

function leavesIn({ shared }: Views): Record<number, number> {
  const root = shared.roots[rootKey('gt0', 'vm0')] ?? 0;
  const leaves = [...entriesOf(shared.tables, root, 4)];
  return Object.fromEntries(leaves.map(({ addr, pte }) => [addr, pte]));
}

const NULL_4K = 0x203;
const nulls = (...pages: readonly number[]): Record<number, number> =>
  Object.fromEntries(pages.map((each) => [each, NULL_4K]));

const byTime = observe({ seed: '0x0', chooser: 'time' });

test('the op lists are those of the split rules', () => {
  expect(opLists(byTime.facts)).toEqual([
    ['MAP 0-8 NULL'],
    ['REMAP 0-8 prev=0-4 next=5-8', 'MAP 4-5 bo0'],
    ['REMAP 0-4 prev=0-3 next=none', 'UNMAP 4-5 keep=false', 'REMAP 5-8 prev=none next=6-8'],
    ['UNMAP 0-3 keep=false', 'UNMAP 6-8 keep=false'],
  ]);
});

test('the mappings are those of the cover letter', () => {
  expect(byTime.after.map(mappingsIn)).toEqual([
    ['0-8 NULL'],
    ['0-4 NULL', '4-5 bo0', '5-8 NULL'],
    ['0-3 NULL', '6-8 NULL'],
    [],
  ]);
});

test('the page tables hold NULL entries 0x203, the BO page, and nothing else', () => {
  const bo = byTime.after[1]?.shared.bos['bo0']?.phys ?? 0;
  // present, writable, local memory
  const boEntry = bo * 0x1000 + 0x803;
  expect(byTime.after.map(leavesIn)).toEqual([
    nulls(0, 1, 2, 3, 4, 5, 6, 7),
    { ...nulls(0, 1, 2, 3, 5, 6, 7), [page(0x4000)]: boEntry },
    nulls(0, 1, 2, 6, 7),
    {},
  ]);
});

/** What the GPU sees: N reads zero and drops writes, B is the BO, - faults; pages 0 to 8. */
const SEEN = ['NNNNNNNN-', 'NNNNBNNN-', 'NNN---NN-', '---------'];

test('accesses on both sides of every border see what the cover letter says', () => {
  const accesses = byTime.facts.filter((fact) => fact.type === 'access.done');
  const binds = byTime.facts.filter((fact) => fact.type === 'ops.created');
  const stepOf = (at: number): number =>
    binds.filter((bind) => byTime.facts.indexOf(bind) < at).length - 1;
  expect(accesses.length).toBeGreaterThan(30);
  for (const fact of accesses) {
    const backing = SEEN[stepOf(byTime.facts.indexOf(fact))]?.[fact.addr] ?? '-';
    const written = fact.access === 'write';
    const outcomes = { N: written ? 'dropped' : 'read', B: written ? 'written' : 'read' };
    const expected = backing === '-' ? 'fault' : outcomes[backing as 'N' | 'B'];
    expect({ addr: fact.addr, outcome: fact.outcome }).toEqual({
      addr: fact.addr,
      outcome: expected,
    });
    if (backing === 'N' && !written) expect(fact.value).toBe('0x0');
  }
});

test('every border of every step is touched from both sides', () => {
  const accesses = byTime.facts.filter((fact) => fact.type === 'access.done');
  const touched = new Set(accesses.map(({ addr, word }) => addr * 512 + word));
  const borders = [page(0x3000), page(0x4000), page(0x5000), page(0x6000), page(0x8000)];
  for (const border of borders) {
    expect([border, touched.has(border * 512)]).toEqual([border, true]);
    expect([border, touched.has(border * 512 - 1)]).toEqual([border, true]);
  }
});

test('no write to a NULL page changed any memory', () => {
  const stored = byTime.facts.filter((fact) => fact.type === 'memory.written');
  expect(stored.map(({ value }) => value)).toEqual(['0xb1', '0xb2']);
});

test('it holds under every schedule tried', () => {
  for (let seed = 0; seed < 100; seed++) {
    const { end, after } = observe({ seed: `0x${seed.toString(16)}`, chooser: 'random' });
    expect([seed, end.verdict, end.reasons]).toEqual([seed, 'ok', []]);
    expect(after.map(leavesIn)).toEqual(byTime.after.map(leavesIn));
  }
});
