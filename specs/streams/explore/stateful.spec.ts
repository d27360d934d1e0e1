/**
 * Reduction on the graph of states against the search over all of them: on random threads with locks, deadlocks and loops
 * that come back to a state, on every small scenario, and on the peer model.
 */
import fc from 'fast-check';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { type QuirkRow, QUIRKS } from '../../../domain/quirks/quirks.ts';
import { explore } from '../../../streams/explore/explore.ts';
import { expectations, invariantJudge } from '../../../streams/explore/judge.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import type { System } from '../../../streams/explore/system.ts';
import { movesOf } from '../../../streams/explore/strategies/states.ts';
import {
  type Explored,
  worldSystem,
  type WorldSystem,
} from '../../../streams/explore/world-system.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { peerSystem } from '../../../bench/peer/world.ts';
import { scenarioOfQuirk } from '../../rig/quirks.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';
import { type Op, threadsSystem } from '../../rig/threads.ts';
import { TINY } from '../../rig/tiny.ts';

const at = fc.nat(1);
const plain: fc.Arbitrary<Op[]> = fc.oneof(
  fc.record({ op: fc.constant('store' as const), at, value: fc.nat(1) }).map((op) => [op]),
  fc.record({ op: fc.constant('load' as const), at }).map((op) => [op]),
  fc.record({ op: fc.constant('check' as const), at, value: fc.nat(1) }).map((op) => [op]),
);
const section = fc
  .tuple(at, fc.array(plain, { maxLength: 1 }), fc.option(fc.nat(1)))
  .map(([lock, inside, other]): Op[] => {
    const nested: Op[] =
      other === null || other === lock
        ? []
        : [
            { op: 'lock', at: other },
            { op: 'unlock', at: other },
          ];
    return [{ op: 'lock', at: lock }, ...inside.flat(), ...nested, { op: 'unlock', at: lock }];
  });
/** Back to the beginning: a run may have no end, and states come again. */
const loop = fc
  .record({ op: fc.constant('restart' as const), at, value: fc.nat(1) })
  .map((op) => [op]);
const straight = fc.array(fc.oneof(plain, section), { maxLength: 3 });
const programsOf = (part: fc.Arbitrary<Op[][]>): fc.Arbitrary<Op[][]> =>
  fc.array(
    part.map((parts) => parts.flat().slice(0, 6)),
    { minLength: 2, maxLength: 3 },
  );
const looping = fc
  .tuple(fc.array(fc.oneof(plain, section), { maxLength: 2 }), fc.option(loop))
  .map(([parts, back]) => [...parts, back ?? []]);

interface Seen {
  readonly verdict: string;
  readonly ends: readonly string[];
  readonly stuckRuns: number;
  readonly states: number;
}

/** The verdict, the ends, and how many states it took. */
function seenBy<S>(given: System<S>, strategy: 'exhaustive' | 'stateful', limit = Infinity): Seen {
  const ends = new Set<string>();
  const system: System<S> = {
    ...given,
    unreducible: null,
    stuck: (state) => {
      ends.add(given.text(state));
      return given.stuck(state);
    },
  };
  const limits = { isExhaustive: true, transitions: limit };
  const { verdict, stuckRuns, counts } = explore(system, strategy, limits);
  return { verdict, stuckRuns, ends: [...ends].sort(), states: counts.states };
}

/** @returns states of the one and of the other */
function expectSame<S>(make: () => System<S>): readonly [number, number] {
  const { states: all, ...oracle } = seenBy(make(), 'exhaustive');
  const { states, ...reduced } = seenBy(make(), 'stateful');
  expect(reduced).toEqual(oracle);
  expect(states).toBeLessThanOrEqual(all);
  return [all, states];
}

describe('random threads', () => {
  const counts = { deadlocks: 0, violated: 0, all: 0, reduced: 0 };
  const check = (given: readonly (readonly Op[])[]): void => {
    const { stuckRuns, verdict } = seenBy(threadsSystem(given), 'exhaustive');
    const [all, reduced] = expectSame(() => threadsSystem(given));
    counts.deadlocks += stuckRuns;
    counts.violated += verdict === 'violated' ? 1 : 0;
    counts.all += all;
    counts.reduced += reduced;
  };

  test('with locks: the same verdict and the same ends', () => {
    fc.assert(fc.property(programsOf(straight), check), { numRuns: 1000 });
    expect(counts.deadlocks).toBeGreaterThan(20);
    expect(counts.violated).toBeGreaterThan(100);
    expect(counts.reduced).toBeLessThan(counts.all * 0.8);
  });

  test('that go round in circles: the same verdict and the same ends', () => {
    fc.assert(fc.property(programsOf(looping), check), { numRuns: 1000 });
  });
});

test('a loop that nobody has to leave puts nobody off', () => {
  const spins: Op[] = [
    { op: 'load', at: 0 },
    { op: 'restart', at: 0, value: 0 },
  ];
  const breaks: Op[] = [{ op: 'check', at: 1, value: 1 }];
  expect(seenBy(threadsSystem([spins, breaks]), 'stateful').verdict).toBe('violated');
});

test.each(Object.entries(TINY))('%s: as the search over states', (_name, scenario) => {
  expectSame(() => scenarioSystem(scenario));
});

test.each([2, 3, 4])('the peer model with %d workers', (n) => {
  const [all, reduced] = expectSame(() => peerSystem({ n }));
  expect(reduced).toBeLessThan(all / 4);
  expect(explore(peerSystem({ n, bug: true }), 'stateful').verdict).toBe('violated');
});

test.each([5, 6])('the peer model with %d workers, without the oracle', (n) => {
  const { verdict, counts, stuckRuns } = explore(peerSystem({ n }), 'stateful');
  expect([verdict, counts.executions, stuckRuns]).toEqual(['proved', 1, 0]);
  expect(explore(peerSystem({ n, bug: true }), 'stateful').verdict).toBe('violated');
});

/** As many as an exhaustive search may take here; the soak takes more. */
const SMALL = 1_000;

/** The verdicts agree, with what the scenario expects and with all invariants. @returns whether it was small enough */
function expectSameVerdict(scenario: Scenario, limit: number): boolean {
  for (const judge of [expectations, invariantJudge()]) {
    if (scenarioSystem(scenario, { judge }).unreducible !== null) return false;
    const limits = { isExhaustive: true, transitions: limit };
    const all = explore(scenarioSystem(scenario, { judge }), 'exhaustive', limits);
    if (all.counts.transitions >= limit) return false;
    const reduced = explore(scenarioSystem(scenario, { judge }), 'stateful', {
      isExhaustive: true,
    });
    expect([reduced.verdict, reduced.stuckRuns > 0]).toEqual([all.verdict, all.stuckRuns > 0]);
    expect(reduced.counts.states).toBeLessThanOrEqual(all.counts.states);
    if (judge === expectations) expect(reduced.counts.executions).toBe(all.counts.executions);
  }
  return true;
}

test('scenarios: as the search over states', () => {
  const small = SCENARIOS.filter(({ scenario }) => expectSameVerdict(scenario, SMALL));
  expect(small.length).toBeGreaterThan(4);
});

test('quirks, on and off: as the search over states', () => {
  const rows: readonly QuirkRow[] = QUIRKS;
  const small = rows.filter((row) =>
    [true, false].every((isOn) => expectSameVerdict(scenarioOfQuirk(row, isOn), SMALL / 4)),
  );
  expect(small.length).toBeGreaterThan(15);
});

/** Touches of every step that may be taken, as names. */
const touchesIn = (system: WorldSystem, state: Explored): Map<string, ReadonlySet<string>> =>
  new Map(
    system.ready(state).map((process) => {
      const [move] = system.moves(state, process);
      const names = (move?.mergedTouches() ?? []).map(
        (touch) => `${touch & 1 ? 'writes' : 'reads'} ${system.objects.nameOf(touch >>> 1)}`,
      );
      return [process, new Set(names)];
    }),
  );

/**
 * A summary is made on one way to a state and used on others, so touches have to follow from the key: but for looks at fences
 * that are over, which count as looks at the lists that they are in.
 */
test('states with one key: their steps touch the same, but for fences in the lists of a VM', () => {
  const apart = SCENARIOS.flatMap(({ scenario }) => differences(scenarioSystem(scenario)));
  expect(apart.length).toBeGreaterThan(0);
  for (const { touch, looksAtList } of apart) {
    expect([touch, looksAtList]).toEqual([expect.stringMatching(/^reads fence /), true]);
  }
});

interface Difference {
  readonly touch: string;
  readonly looksAtList: boolean;
}

/** What steps of two states with one key do not both touch, in the first states of a system. */
function differences(system: WorldSystem): Difference[] {
  const known = new Map<string, Map<string, ReadonlySet<string>>>();
  const next = [system.initial];
  const found: Difference[] = [];
  for (let i = 0; i < 150 && i < next.length; i++) {
    for (const { state } of movesOf(system, next[i] as Explored)) {
      const { a, b } = system.key(state);
      const before = known.get(`${a} ${b}`);
      const now = touchesIn(system, state);
      known.set(`${a} ${b}`, before ?? now);
      if (before === undefined) next.push(state);
      else found.push(...between(before, now));
    }
  }
  return found;
}

type ByProcess = ReadonlyMap<string, ReadonlySet<string>>;

const between = (before: ByProcess, now: ByProcess): Difference[] =>
  [...now].flatMap(([process, touches]) => {
    const others = before.get(process) ?? new Set<string>();
    const looksAtList = [...touches].some((each) => each.startsWith('reads listed '));
    return [...touches, ...others]
      .filter((touch) => !touches.has(touch) || !others.has(touch))
      .map((touch) => ({ touch, looksAtList }));
  });

test('a judge that does not say what it hears is refused', () => {
  const system = scenarioSystem(TINY['twoBinds'] as never);
  const deaf = worldSystem(system.initial.world, {
    executor: tableExecutor,
    judge: { ...expectations, hears: null },
  });
  expect(() => explore(deaf, 'stateful')).toThrow('does not say what it listens to');
});
