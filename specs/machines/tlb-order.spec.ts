/**
 * The driver and the GT together, under random schedules with random faults: whatever gets lost, fails or is reset, each
 * fence signals once and in order, and no table is freed before the GT has forgotten it. Both executors agree.
 */
import fc from 'fast-check';
import type { Fact } from '../../domain/facts/schema.ts';
import type { Latency } from '../../domain/scenario/schema.ts';
import { send } from '../../machines/contract/effects.ts';
import { newGt } from '../../machines/gt/context.ts';
import { newTlb } from '../../machines/tlb/context.ts';
import { randomChooser } from '../../streams/world/chooser.ts';
import { NO_DECIDER, randomFaults } from '../../streams/world/decide.ts';
import { SmallWorld, vmFacts } from '../rig/small-world.ts';

const TABLE = 0x9000;
const MAX = 0xfffff;

/** What goes wrong in the order of the facts, for requests 1 .. count. */
function wrongs(facts: readonly Fact[], count: number): string[] {
  const wrong: string[] = [];
  const forgotten = new Map<number, boolean>();
  let next = 1;
  for (const fact of facts) {
    if (fact.type === 'tlb.requested' || fact.type === 'tlb.sendFailed') {
      forgotten.set(Number(fact.fence.slice(2)), false);
    }
    if (fact.type === 'tlb.invalidated') forgotten.set(fact.addr / 16, true);
    if (fact.type === 'gt.resumed') for (const n of forgotten.keys()) forgotten.set(n, true);
    if (fact.type === 'fence.signaled') {
      const n = Number(fact.fence.slice(2));
      if (n !== next++) wrong.push(`${n} signals out of order`);
      if (fact.error === 0 && forgotten.get(n) !== true) wrong.push(`${n} signals unflushed`);
    }
    if (fact.type === 'table.freed' && forgotten.get(fact.table - TABLE) !== true) {
      wrong.push(`table of ${fact.table - TABLE} is freed while it is cached`);
    }
  }
  if (next !== count + 1) wrong.push(`${count + 1 - next} fences never signal`);
  return wrong;
}

type Action = 'flush' | 'reset' | 'step';

interface Case {
  readonly seed: number;
  /** the number given out last */
  readonly first: number;
  readonly latency: Latency;
}

function runOf({ seed, first, latency }: Case, plan: readonly Action[]): string[] {
  const count = plan.filter((each) => each === 'flush').length;
  const objects = Array.from({ length: count }, (_, i): Fact[] => [
    { type: 'fence.created', fence: `f:${i + 1}`, kind: 'invalidation', parts: [] },
    { type: 'table.allocated', gt: 'gt0', vm: 'vm0', table: TABLE + i + 1, level: 0, runs: [] },
  ]);
  const tlb = { ...newTlb('gt0/tlb', 'gt0'), seqno: first };
  const world = new SmallWorld(
    { gt0: ['gt', newGt('gt0')], 'gt0/tlb': ['tlb', tlb] },
    [...vmFacts('vm0', 'dma-fence'), ...objects.flat()],
    latency,
  );
  const { choose } = randomChooser(`0x${seed.toString(16)}`);
  const decider = randomFaults({ high: seed, low: 1 }, 4);
  let n = 0;
  for (const each of plan) {
    if (each === 'flush') {
      n += 1;
      const flush = { addr: 16 * n, range: 1, fence: `f:${n}`, freed: [{ table: TABLE + n }] };
      world.inject(send('gt0/tlb', 'tlb.invalidate', { vm: 'vm0', flush }));
    } else if (each === 'reset') world.inject(send('gt0', 'gt.reset', {}));
    else world.step(choose, decider);
  }
  world.settle(choose, decider);
  const wrong = wrongs(world.facts, count);
  // what timed out is set free by the next reset
  world.inject(send('gt0', 'gt.reset', {}));
  world.settle(choose, NO_DECIDER);
  const freed = new Set(
    world.facts.flatMap((fact) => (fact.type === 'table.freed' ? [fact.table] : [])),
  );
  if (freed.size !== count) wrong.push(`${count - freed.size} tables are never freed`);
  return [...wrong, ...world.executor.differences];
}

test('each fence signals once and in order, and tables are freed once the GT has forgotten them', () => {
  const action = fc.constantFrom(
    'flush',
    'flush',
    'step',
    'step',
    'step',
    'reset',
  ) as fc.Arbitrary<Action>;
  const plan = fc.array(action, { minLength: 1, maxLength: 40 });
  // a GT that takes longer than the driver waits
  const slow = { tlbNs: 150_000_000 };
  const cases: fc.Arbitrary<Case> = fc.record({
    seed: fc.nat(),
    first: fc.constantFrom(0, 41, MAX - 3),
    latency: fc.constantFrom<Latency>({}, slow),
  });
  fc.assert(
    fc.property(cases, plan, (each, actions) => {
      expect(runOf(each, actions)).toEqual([]);
    }),
    { numRuns: 400 },
  );
});
