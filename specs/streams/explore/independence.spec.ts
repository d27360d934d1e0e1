/**
 * Reduction reorders what `dependent` calls independent, so that claim is checked by machine: every pair of steps that
 * could be taken in one world is taken in both orders, in all scenarios along random runs, and has to lead to one state,
 * which is that of the judge, too.
 */
import { INVARIANTS } from '../../../domain/invariants/list.ts';
import { QUIRKS, type QuirkRow } from '../../../domain/quirks/quirks.ts';
import { invariantJudge, type Judge } from '../../../streams/explore/judge.ts';
import { dependent } from '../../../streams/explore/touches.ts';
import type { Move } from '../../../streams/explore/system.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import type { Explored, WorldSystem } from '../../../streams/explore/world-system.ts';
import { Random } from '../../../streams/explore/random.ts';
import { peerSystem } from '../../../bench/peer/world.ts';
import { scenarioOfQuirk } from '../../rig/quirks.ts';
import { scenarioOf, SCENARIOS, seedOf } from '../../rig/scenarios.ts';
import { TINY } from '../../rig/tiny.ts';

interface Count {
  independent: number;
  dependent: number;
  /** claimed dependent, and both orders lead to one state all the same */
  tooCareful: number;
}

/** What one process does after another, by its default answers; null when it is not ready. */
function after(system: WorldSystem, state: Explored, process: string): Move<Explored> | null {
  return system.ready(state).includes(process) ? (system.moves(state, process)[0] ?? null) : null;
}

/** How the order of two matters, or null. */
function difference(
  system: WorldSystem,
  [a, b]: readonly [Move<Explored>, Move<Explored>],
): string | null {
  const ab = after(system, a.state, b.choice);
  const ba = after(system, b.state, a.choice);
  if (ab === null || ba === null) return 'one keeps the other from happening';
  const [x, y] = [system.key(ab.state), system.key(ba.state)];
  if (x.a !== y.a || x.b !== y.b) return 'states';
  // what one of them breaks it breaks behind the other, too
  if (ab.problem !== b.problem || ba.problem !== a.problem) {
    return [a, b, ab, ba].map(({ problem }) => problem ?? 'fine').join('; ');
  }
  return null;
}

type Pair = readonly [Move<Explored>, Move<Explored>];

const pairsOf = (moves: readonly Move<Explored>[]): Pair[] =>
  moves.flatMap((a, i) => moves.slice(i + 1).map((b): Pair => [a, b]));

function judge(label: string, system: WorldSystem, pair: Pair, count: Count): void {
  const [a, b] = pair;
  const found = difference(system, pair);
  if (dependent(a.touches(), b.touches()) || a.isLast || b.isLast) {
    count.dependent += 1;
    if (found === null) count.tooCareful += 1;
    return;
  }
  count.independent += 1;
  if (found === null) return;
  const names = pair.map((each) =>
    each.touches().map((touch) => system.objects.nameOf(touch >>> 1)),
  );
  expect([label, a.choice, b.choice, found, names]).toEqual([]);
}

/** Checks all pairs of each world on one random run. */
function check(
  label: string,
  system: WorldSystem,
  seed: string,
  count: Count,
  maxSteps = 400,
): void {
  // nothing is reduced where messages may be late for a watchdog: the clock is behind every step there
  if (system.unreducible !== null) return;
  const random = new Random(seed as `0x${string}`);
  let state = system.initial;
  for (let steps = 0; steps < maxSteps; steps++) {
    const ready = system.ready(state);
    if (ready.length === 0) return;
    const from = state;
    const moves = ready.map((process) => system.moves(from, process)[0] as Move<Explored>);
    for (const pair of pairsOf(moves)) judge(label, system, pair, count);
    ({ state } = moves[random.int(moves.length)] as Move<Explored>);
  }
}

const fresh = (): Count => ({ independent: 0, dependent: 0, tooCareful: 0 });

const everywhere = fresh();

test.each(SCENARIOS)('$name: independent steps commute', ({ name, scenario }) => {
  for (let seed = 1; seed <= 3; seed++) {
    check(name, scenarioSystem(scenario), seedOf(seed), everywhere);
  }
});

test('there were many pairs of both sorts', () => {
  expect(everywhere.independent).toBeGreaterThan(500);
  expect(everywhere.dependent).toBeGreaterThan(100);
});

test('in small scenarios, many runs', () => {
  const count = fresh();
  for (const [name, scenario] of Object.entries(TINY)) {
    for (let seed = 1; seed <= 40; seed++)
      check(name, scenarioSystem(scenario), seedOf(seed), count);
  }
  expect(count.independent).toBeGreaterThan(1000);
  expect(count.dependent).toBeGreaterThan(200);
});

const judged = fresh();

test.each(SCENARIOS)('$name, with all invariants', ({ name, scenario }) => {
  check(name, scenarioSystem(scenario, { judge: invariantJudge() }), seedOf(4), judged);
});

test('with all invariants most pairs of steps are independent still', () => {
  expect(judged.independent).toBeGreaterThan(2000);
  expect(judged.independent / (judged.independent + judged.dependent)).toBeGreaterThan(0.7);
});

/** The invariant that a quirk breaks, alone; all of them for what is no invariant. */
function judgeOf({ breaks }: QuirkRow): Judge {
  const broken = INVARIANTS.filter(({ id }) => id === breaks);
  return invariantJudge(broken.length === 0 ? INVARIANTS : broken);
}

test.each(QUIRKS as readonly QuirkRow[])('$id on, with what it breaks', (row) => {
  const system = scenarioSystem(scenarioOfQuirk(row, true), { judge: judgeOf(row) });
  check(row.id, system, seedOf(5), fresh(), 150);
});

test.each(INVARIANTS.map(({ id }, index) => ({ id, index })))(
  '$id alone, in small scenarios and in some others',
  ({ id, index }) => {
    const judge = invariantJudge(INVARIANTS.slice(index, index + 1));
    const some = SCENARIOS.filter((_, i) => i % 8 === index % 8);
    const all = [...Object.entries(TINY), ...some.map(({ name, scenario }) => [name, scenario])];
    for (const [name, scenario] of all as [string, never][]) {
      check(`${name}, ${id}`, scenarioSystem(scenario, { judge }), seedOf(6), fresh(), 150);
    }
  },
);

test('in the peer model, with and without its bug; most claims of dependence are true', () => {
  const count = fresh();
  for (let seed = 1; seed <= 30; seed++) {
    check('peer', peerSystem({ n: 5 }), seedOf(seed), count);
    check('peer, bug', peerSystem({ n: 5, bug: true }), seedOf(seed), count);
  }
  expect(count.independent).toBeGreaterThan(1000);
  expect(count.tooCareful / count.dependent).toBeLessThan(0.1);
});

test('who arms a timer is not independent of a timer that fires: it moves the clock', () => {
  const scenario = scenarioOf({
    vms: { vm0: {} },
    clients: { a: [{ sleep: { ns: 1000 } }], b: [{ sleep: { ns: 1100 } }] },
  });
  const system = scenarioSystem(scenario);
  const armed = after(system, system.initial, 'world>a');
  if (armed === null) throw new Error('a cannot begin');
  const [fires, arms] = ['timer:a/step0', 'world>b'].map((each) =>
    after(system, armed.state, each),
  );
  if (fires === null || arms === null || fires === undefined || arms === undefined) {
    throw new Error(`ready: ${system.ready(armed.state).join(' ')}`);
  }
  expect(dependent(fires.touches(), arms.touches())).toBe(true);
  expect(difference(system, [fires, arms])).not.toBeNull();
});
