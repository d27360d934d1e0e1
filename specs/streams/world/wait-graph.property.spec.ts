/** Random programs whose gates may stay shut: a run that is stuck says why, one that is not has nobody waiting. */
import fc from 'fast-check';
import type { Scenario, Step } from '../../../domain/scenario/schema.ts';
import { fenceOf } from '../../../domain/fence/fence-table.ts';
import { endOf, tableExecutor } from '../../../streams/world/run.ts';
import { waitGraph } from '../../../streams/world/wait-graph.ts';
import { blocked, shortestCycle, type WaitPath } from '../../../streams/world/wait-paths.ts';
import { randomScenario } from '../../rig/random-scenario.ts';
import { stepsOf } from '../../rig/runs.ts';
import { type Schedule, seedOf } from '../../rig/scenarios.ts';

const NUM_RUNS = Number(process.env['RANDOM_SCENARIOS'] ?? 200);

const schedule: fc.Arbitrary<Schedule> = fc.record({
  chooser: fc.constantFrom('time' as const, 'random' as const),
  seed: fc.nat(1_000_000).map(seedOf),
});

type Signaller = 'opener' | 'a' | 'b' | 'nobody';
const signaller = fc.constantFrom<Signaller>('opener', 'a', 'b', 'nobody');
const LAST: Readonly<Record<string, Step>> = {
  gate: { signal: { syncobj: 'gate' } },
  tl: { signal: { syncobj: 'tl', point: '0x1' } },
};

/** Who signals each software fence: `opener` in time, `a` or `b` when they have done all else, or nobody. */
function gated(scenario: Scenario, by: Readonly<Record<string, Signaller>>): Scenario {
  const late = (client: string): Step[] =>
    Object.entries(LAST).flatMap(([syncobj, step]) => (by[syncobj] === client ? [step] : []));
  const clients = Object.entries(scenario.clients).map(([id, program]): [string, Step[]] => [
    id,
    [...(id === 'opener' ? program.filter((each) => !('signal' in each)) : program), ...late(id)],
  ]);
  return { ...scenario, clients: Object.fromEntries(clients) };
}

const random = fc
  .tuple(randomScenario, fc.record({ gate: signaller, tl: signaller }), schedule)
  .map(([scenario, by, how]) => ({ scenario: gated(scenario, by), ...how }));

test('stuck: a cycle, or a software fence that nobody signals; ok: no waits at all', () => {
  const seen = { ok: 0, cycle: 0, chain: 0 };
  const property = fc.property(random, (options) => {
    const steps = stepsOf(options);
    let next = steps.next();
    while (next.done !== true) next = steps.next();
    const world = next.value;
    const graph = waitGraph(world, tableExecutor);
    const { verdict, reasons, cycle } = endOf(world, [], false);
    if (verdict === 'ok') {
      seen.ok += 1;
      expect([graph.size, reasons, cycle]).toEqual([0, [], null]);
      return;
    }
    expect(verdict).toBe('stuck');
    seen[cycle === null ? 'chain' : 'cycle'] += 1;
    if (cycle === null) expect(reasons[0]).toMatch(/ sw\/\w+:1, which nobody signals/);
    const roots = [...graph.values()].filter(({ waits }) => waits.length === 0);
    for (const { key } of roots) {
      const { kind, result } = fenceOf(world.shared.fences, key.replace('fence ', ''));
      expect([key, kind, result]).toEqual([key, 'software', null]);
    }
  });
  fc.assert(property, { numRuns: NUM_RUNS });
  expect(Math.min(seen.ok, seen.cycle, seen.chain)).toBeGreaterThan(NUM_RUNS / 50 - 1);
});

/** Whether a fence will be in reach of `signal tl@3` depends on what binds do until then. */
const plain = random.map(({ scenario, ...how }) => {
  const isFar = (each: Step): boolean =>
    'signal' in each && each.signal.point !== undefined && each.signal.point !== '0x1';
  const clients = Object.entries(scenario.clients).map(([id, program]): [string, Step[]] => [
    id,
    program.filter((each) => !isFar(each)),
  ]);
  return { ...how, scenario: { ...scenario, clients: Object.fromEntries(clients) } };
});

test('what is blocked stays blocked: in no world of a run that ends well is anything, and a cycle stays', () => {
  const property = fc.property(plain, (options) => {
    let cycle: WaitPath | null = null;
    let isBlocked = false;
    const steps = stepsOf(options);
    let next = steps.next();
    for (; next.done !== true; next = steps.next()) {
      const graph = waitGraph(next.value.world, tableExecutor);
      cycle ??= shortestCycle(graph);
      isBlocked ||= blocked(graph).size > 0;
    }
    const end = endOf(next.value, [], false);
    if (isBlocked) expect(end.verdict).toBe('stuck');
    if (cycle !== null) expect(end.cycle).not.toBeNull();
  });
  fc.assert(property, { numRuns: Math.ceil(NUM_RUNS / 4) });
});
