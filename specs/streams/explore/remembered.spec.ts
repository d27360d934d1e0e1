/** Remembering changes how long a search takes and nothing else. */
import { peerSystem } from '../../../bench/peer/world.ts';
import { loadScenario } from '../../../cli/scenario-file.ts';
import { explore, type StrategyName, strategyOf } from '../../../streams/explore/explore.ts';
import { invariantJudge } from '../../../streams/explore/judge.ts';
import { remembering } from '../../../streams/explore/remembered.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import type { Explored, WorldSystem } from '../../../streams/explore/world-system.ts';
import { showing, WITNESS_NAMES, witnessesOf } from '../../../streams/explore/witnesses.ts';
import { TINY } from '../../rig/tiny.ts';

const scenario = (name: string, decisions: readonly ('fault' | 'hardware')[]): WorldSystem =>
  scenarioSystem(TINY[name] as never, { judge: invariantJudge(), decisions });

const SYSTEMS: readonly (readonly [string, () => WorldSystem])[] = [
  ['the peer model', () => peerSystem({ n: 3, bug: true })],
  ['two binds', () => scenario('twoBinds', [])],
  ['two binds and faults', () => scenario('twoBinds', ['fault'])],
  ['a race', () => scenario('racyRead', ['hardware'])],
];
const SAMPLERS: readonly StrategyName[] = ['random', 'uniform', 'pct', 'pos'];
const LIMITS = { executions: 60, isExhaustive: true };

describe.each(SYSTEMS)('%s', (_name, system) => {
  test.each(SAMPLERS)('%s has the same runs', (strategy) => {
    const options = { seed: '0x5', maxStates: 0 } as const;
    const plain = explore(system(), strategy, LIMITS, options);
    // few states: most are computed again
    for (const most of [0, 7, 10_000]) {
      expect(explore(remembering(system(), most), strategy, LIMITS, options)).toEqual(plain);
    }
  });

  test('a search over states finds the same', () => {
    const limits = { transitions: 2_000, isExhaustive: true };
    expect(explore(remembering(system(), 50), 'exhaustive', limits)).toEqual(
      explore(system(), 'exhaustive', limits),
    );
  });
});

const ROOT = new URL('../../../', import.meta.url).pathname;
/** Errors, faults and a close, user pages, compute queues, another driver, timeouts, and quirks that break something. */
const WHOLE = [
  'async-error',
  'fault-mode',
  'userptr',
  'compute-mode',
  'panthor-async',
  'quirks/tlb-send',
  'quirks/order-last-fault',
];

describe.each(WHOLE)('%s', (name) => {
  const full = loadScenario(`${ROOT}scenarios/${name}.yaml`);
  test.each([[[]], [['fault', 'hardware']]] as const)(
    'coverage, witnesses and verdicts are the same, decisions %p',
    (decisions) => {
      const judge = showing({
        ...invariantJudge(undefined, decisions.length === 0),
        hears: () => undefined,
      });
      const plain = scenarioSystem(full, { judge, decisions });
      const memory = remembering(plain);
      for (const [i, strategy] of (['random', 'pct', 'pos'] as const).entries()) {
        const options = {
          seed: `0x${i + 1}`,
          classes: true,
          witnesses: witnessesOf(WITNESS_NAMES),
        } as const;
        const limits = { executions: 8, isExhaustive: true };
        expect(strategyOf(strategy).sample?.(memory, limits, options)).toEqual(
          strategyOf(strategy).sample?.(plain, limits, options),
        );
      }
    },
  );
});

test('a step is computed once, whatever goes on elsewhere', () => {
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
  const { counts } = explore(remembering(counting), 'random', { executions: 500 });
  expect(counts.transitions).toBeGreaterThan(5_000);
  // the peer model of this size has 368 transitions
  expect(taken).toBeLessThanOrEqual(100);
});

test('what a step came from is not remembered, so nothing is reduced', () => {
  expect(() => explore(remembering(peerSystem({ n: 2 })), 'dpor')).toThrow(
    'without the way to them',
  );
});
