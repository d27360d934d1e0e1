/** Remembering changes how long a search takes and nothing else. */
import { peerSystem } from '../../../bench/peer/world.ts';
import { loadScenario } from '../../../cli/scenario-file.ts';
import { explore, type StrategyName } from '../../../streams/explore/explore.ts';
import { invariantJudge, type Judge, silent } from '../../../streams/explore/judge.ts';
import { Random } from '../../../streams/explore/random.ts';
import { remembering } from '../../../streams/explore/remembered/remembering.ts';
import type { Explored, WorldSystem } from '../../../streams/explore/world-system.ts';
import { sampledBoth, sampledSystem, searchedBoth, walkedBoth } from '../../rig/remembered.ts';
import { TINY } from '../../rig/tiny.ts';

const JUDGE = invariantJudge();

const SYSTEMS: readonly (readonly [string, () => WorldSystem])[] = [
  ['the peer model', () => peerSystem({ n: 3, bug: true }, { judge: JUDGE })],
  ['two binds', () => sampledSystem(TINY['twoBinds'] as never, [])],
  ['two binds and faults', () => sampledSystem(TINY['twoBinds'] as never, ['fault'])],
  ['a race', () => sampledSystem(TINY['racyRead'] as never, ['hardware'])],
];
const SAMPLERS: readonly StrategyName[] = ['random', 'uniform', 'pct', 'pos'];
const SEARCHES: readonly StrategyName[] = ['exhaustive', 'dpor', 'stateful', 'switches'];
const LIMITS = { executions: 60, isExhaustive: true };

describe.each(SYSTEMS)('%s', (_name, system) => {
  test.each(SAMPLERS)('%s has the same runs', (strategy) => {
    const options = { seed: '0x5', maxStates: 0 } as const;
    const plain = explore(system(), strategy, LIMITS, options);
    // few are kept: most steps are computed again, or none is looked up
    for (const most of [0, 7, 10_000]) {
      const memory = remembering(system(), most);
      expect(explore(memory, strategy, LIMITS, options)).toEqual(plain);
    }
  });

  test.each(SEARCHES)('%s finds the same', (strategy) => {
    const limits = { transitions: 2_000, isExhaustive: true };
    const plain = explore(system(), strategy, limits);
    for (const most of [50, 10_000]) {
      expect(explore(remembering(system(), most), strategy, limits)).toEqual(plain);
    }
  });
});

const ROOT = new URL('../../../', import.meta.url).pathname;
/**
 * Errors, faults and a close, user pages, compute queues, another driver, timeouts, quirks that break something, and
 * mail that counts how long it is under way; specs/soak/remembered.soak.ts has all of them.
 */
const WHOLE = [
  'async-error',
  'exec',
  'fault-mode',
  'userptr',
  'compute-mode',
  'panthor-async',
  'quirks/tlb-send',
  'quirks/tlb-timeout',
  'quirks/order-last-fault',
];

describe.each(WHOLE)('%s', (name) => {
  const scenario = loadScenario(`${ROOT}scenarios/${name}.yaml`);

  describe.each([[[]], [['fault', 'hardware']]] as const)('decisions %p', (decisions) => {
    const system = sampledSystem(scenario, decisions);

    test.each(SEARCHES)('%s finds the same', (strategy) => {
      const both = searchedBoth(system, strategy, 1_500);
      expect(both?.remembered).toEqual(both?.plain);
    });

    test('coverage, witnesses and verdicts are the same', () => {
      for (const { remembered, plain } of sampledBoth(system, 8)) expect(remembered).toEqual(plain);
    });

    test.each([undefined, 300])(
      'each step and each state are the same, of %p components',
      (most) => {
        for (const { remembered, plain } of walkedBoth(system, 6, most)) {
          const at = plain.findIndex((line, i) => line !== remembered[i]);
          expect([at, remembered.length]).toEqual([-1, plain.length]);
        }
      },
    );
  });
});

/** Steps that are computed in 500 random runs, and all that are taken. */
function computed(most?: number): { taken: number; transitions: number } {
  const system = peerSystem({ n: 2 });
  let taken = 0;
  const counting = {
    ...system,
    unreducible: null,
    usual: (state: Explored, process: string) => {
      taken += 1;
      return system.moves(state, process)[0] as never;
    },
  };
  const { counts } = explore(remembering(counting, most), 'random', { executions: 500 });
  return { taken, transitions: counts.transitions };
}

test('a step is computed once, whatever goes on elsewhere', () => {
  const { taken, transitions } = computed();
  expect(transitions).toBeGreaterThan(5_000);
  // the peer model of this size has 368 transitions
  expect(taken).toBeLessThanOrEqual(100);
});

test('what is more than may be kept is let go, also what the beginning leads to', () => {
  expect(computed(50).taken).toBeGreaterThan(9_000);
});

test('a judge hears of records in their order, wherever what it knows comes from', () => {
  const judge: Judge = {
    ...silent,
    start: -1,
    at: (last, { record: { seq } }) => ({
      next: seq,
      problem: seq > (last as number) ? null : `record ${seq} after ${String(last)}`,
    }),
  };
  const memory = remembering(peerSystem({ n: 4 }, { judge }));
  expect(explore(memory, 'random', { executions: 300 }).violation).toBeNull();
});

test('an end is that of its actors and its mail', () => {
  const system = peerSystem({ n: 3 });
  const stuck = (state: Explored): readonly string[] => [system.text(state)];
  const memory = remembering({ ...system, unreducible: null, stuck });
  const random = new Random('0x9');
  for (let run = 0; run < 40; run++) {
    for (let state = memory.initial; ;) {
      // asked in every state, as if each were an end
      expect(memory.stuck(state)).toEqual([memory.text(state)]);
      const ready = memory.ready(state);
      const process = ready[random.int(ready.length)];
      if (process === undefined) break;
      state = memory.moves(state, process)[0]?.state ?? state;
    }
  }
});
