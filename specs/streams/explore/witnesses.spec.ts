/** Each witness is seen where its scenario is about that, and not where it cannot happen. */
import { loadScenario } from '../../../cli/scenario-file.ts';
import type { DecisionKind } from '../../../machines/contract/decisions.ts';
import { explore } from '../../../streams/explore/explore.ts';
import { expectations } from '../../../streams/explore/judge.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import { showing, WITNESS_NAMES, witnessesOf } from '../../../streams/explore/witnesses.ts';
import { TINY } from '../../rig/tiny.ts';

const FAULTS: readonly DecisionKind[] = ['fault', 'hardware'];

/** Where it is seen, where it is not, and what may fail there. */
const CASES: Readonly<
  Record<string, readonly [seen: string, not: string, decisions?: readonly DecisionKind[]]>
> = {
  'rebind-exec': ['evict', 'async-error'],
  'bind-failed': ['async-error', 'null-bind'],
  'move-under-job': ['prefetch', 'exec'],
  'queue-overtakes': ['bind-queues', 'async-error'],
  'range-wait': ['bind-queues', 'evict'],
  'tlb-overlap': ['huge-pages', 'async-error'],
  'tlb-timeout': ['cpu-bind', 'refusals', FAULTS],
  'reset-in-flight': ['gt-reset', 'async-error'],
  'userptr-retry': ['userptr', 'evict'],
  'notifier-bound': ['compute-mode', 'null-bind'],
  preempted: ['compute-mode', 'evict'],
  'rebind-retry': ['compute-mode', 'evict'],
  'close-in-flight': ['close-pending', 'async-error'],
  'gpu-fault': ['null-bind', 'scratch'],
  'lock-slept': ['evict', 'async-error'],
  'job-timeout': ['evict', 'null-bind', FAULTS],
};

function counted(file: string, decisions: readonly DecisionKind[]): ReturnType<typeof explore> {
  const path = new URL(`../../../scenarios/${file}.yaml`, import.meta.url).pathname;
  const system = scenarioSystem(loadScenario(path), { judge: showing(expectations), decisions });
  const limits = { executions: 120, transitions: 9_000, isExhaustive: true };
  return explore(system, 'random', limits, { seed: '0x3', witnesses: witnessesOf(WITNESS_NAMES) });
}

const known = new Map<string, ReturnType<typeof explore>>();
function witnessesIn(
  file: string,
  decisions: readonly DecisionKind[] = [],
): ReturnType<typeof explore> {
  const name = `${file} ${decisions.join()}`;
  const found = known.get(name) ?? counted(file, decisions);
  known.set(name, found);
  return found;
}

test('every witness has a case', () => {
  expect(Object.keys(CASES).sort()).toEqual([...WITNESS_NAMES].sort());
});

test.each(Object.entries(CASES))('%s', (name, [seen, not, decisions]) => {
  const { witnesses, counts } = witnessesIn(seen, decisions);
  expect(witnesses[name]).toBeGreaterThan(0);
  expect(witnesses[name]).toBeLessThanOrEqual(counts.executions);
  expect(witnessesIn(not, decisions).witnesses[name]).toBe(0);
});

test('a search over states counts each step once, and remembering facts makes no more states', () => {
  const plain = explore(scenarioSystem(TINY['bindAndExec'] as never), 'exhaustive');
  const system = scenarioSystem(TINY['bindAndExec'] as never, { judge: showing(expectations) });
  const anyFact = { name: 'any', isOfStep: true, holds: () => true };
  const found = explore(system, 'exhaustive', {}, { witnesses: [anyFact] });
  expect(found.counts).toEqual(plain.counts);
  expect(found.witnesses['any']).toBe(found.counts.transitions);
});
