/** The state identity: keys are equal exactly where worlds are, however they were reached. */
import { scenarioNamed } from '../../../bench/proofs/subjects.ts';
import { peerSystem } from '../../../bench/peer/world.ts';
import {
  addFence,
  addWaiter,
  type Fence,
  isSignaled,
  markSignaled,
  NO_FENCES,
} from '../../../domain/fence/fence-table.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { NOTHING_SHARED, type Shared } from '../../../machines/shared/shared.ts';
import type { VmContext } from '../../../machines/vm/context.ts';
import { Actors } from '../../../streams/world/actors.ts';
import { explore } from '../../../streams/explore/explore.ts';
import { Explored } from '../../../streams/explore/explored.ts';
import { Keys } from '../../../streams/explore/state-key.ts';
import { invariantJudge } from '../../../streams/explore/judge.ts';
import { Random } from '../../../streams/explore/random.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import type { WorldSystem } from '../../../streams/explore/world-system.ts';
import type { World } from '../../../streams/world/world.ts';
import { SCENARIOS, seedOf } from '../../rig/scenarios.ts';
import { TINY } from '../../rig/tiny.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;

/** Both identities of many worlds, side by side. */
class Pairs {
  met = 0;
  readonly #byText = new Map<string, string>();
  readonly #byKey = new Map<string, string>();

  add(system: WorldSystem, state: WorldSystem['initial']): void {
    const { a, b } = system.key(state);
    const [key, text] = [`${a} ${b}`, system.text(state)];
    if (this.#byText.has(text)) this.met += 1;
    const [oldKey, oldText] = [this.#byText.get(text) ?? key, this.#byKey.get(key) ?? text];
    if (oldKey !== key || oldText !== text) throw new Error(`the two identities differ at ${key}`);
    this.#byText.set(text, key);
    this.#byKey.set(key, text);
  }

  get different(): number {
    return this.#byText.size;
  }
}

function walk(system: WorldSystem, seed: number, pairs: Pairs): void {
  const random = new Random(seedOf(seed));
  let state = system.initial;
  for (let steps = 0; steps < 300; steps++) {
    pairs.add(system, state);
    const ready = system.ready(state);
    const process = ready[random.int(ready.length)];
    if (process === undefined) return;
    const moves = system.moves(state, process);
    state = moves[random.int(moves.length)]?.state ?? state;
  }
}

const SYSTEMS: readonly (readonly [string, () => WorldSystem])[] = [
  ...Object.entries(TINY).map(([name, each]) => [name, () => scenarioSystem(each)] as const),
  ['peer', () => peerSystem({ n: 4 })],
  ['with invariants', () => scenarioSystem(TINY['twoBinds'] as never, { judge: invariantJudge() })],
  ['with faults', () => scenarioSystem(TINY['asyncUnbind'] as never, { decisions: ['fault'] })],
];

test.each(SYSTEMS)('%s: equal keys, equal worlds', (_name, system) => {
  const pairs = new Pairs();
  // a fresh system each time: a key does not rest on what was hashed before
  for (let seed = 1; seed <= 25; seed++) walk(system(), seed, pairs);
  expect(pairs.met).toBeGreaterThan(20);
  expect(pairs.different).toBeGreaterThan(5);
});

test('in every scenario', () => {
  for (const { scenario } of SCENARIOS) {
    const pairs = new Pairs();
    for (let seed = 1; seed <= 2; seed++) walk(scenarioSystem(scenario), seed, pairs);
    expect(pairs.different).toBeGreaterThan(2);
  }
});

test('a key that followed every step is the key of the world as it is', () => {
  for (const { scenario } of SCENARIOS) {
    const system = scenarioSystem(scenario, { judge: invariantJudge() });
    const random = new Random(seedOf(3));
    let state = system.initial;
    for (let steps = 0; steps < 400; steps++) {
      const followed = system.key(state);
      expect(system.key(new Explored(state.world, state.judged, null))).toEqual(followed);
      const ready = system.ready(state);
      const process = ready[random.int(ready.length)];
      if (process === undefined) break;
      const moves = system.moves(state, process);
      state = moves[random.int(moves.length)]?.state ?? state;
    }
  }
});

/** Worlds that differ from a given one in one thing that decides what is to come. */
const CHANGES: Readonly<Record<string, (world: World) => World | null>> = {
  'a message': (world) => {
    const [first, ...others] = world.queues;
    if (first === undefined) return null;
    const mail = first.mail.slice(0, -1);
    return { ...world, queues: mail.length === 0 ? others : [{ ...first, mail }, ...others] };
  },
  'a timer': (world) =>
    world.timers.length === 0 ? null : { ...world, timers: world.timers.slice(1) },
  'when a timer is due': (world) => {
    const [first, ...others] = world.timers;
    if (first === undefined) return null;
    const mail = { ...first.mail, dueNs: first.mail.dueNs + 1 };
    return { ...world, timers: [{ ...first, mail }, ...others] };
  },
  'the clock': (world) => ({ ...world, nowNs: world.nowNs + 1 }),
  'an error': (world) =>
    withFence(world, ({ result }) => (result === null ? null : result === 0 ? -5 : 0)),
  'whether a fence has signalled': (world) =>
    withFence(world, ({ result }) => (result === null ? 0 : null)),
  'a slot whose fence is pending': (world) => {
    const { resvs, fences } = world.shared;
    for (const [id, slots] of Object.entries(resvs)) {
      const pending = slots.findIndex(({ fence }) => !isSignaled(fences, fence));
      if (pending < 0) continue;
      const left = { ...resvs, [id]: slots.filter((_, i) => i !== pending) };
      return { ...world, shared: { ...world.shared, resvs: left } };
    }
    return null;
  },
  'a pending fence that a VM lists': (world) => withoutListed(world, 'inFlight'),
  'a range that a VM lists': (world) => withoutListed(world, 'ranges'),
  'what a VM waits for that closes': (world) => {
    for (const [id, state] of world.actors.entries()) {
      if (state.machine !== 'vm' || !state.value.startsWith('closing')) continue;
      const context = state.context as VmContext;
      if (context.inFlight.length === 0) continue;
      const left = { ...context, inFlight: context.inFlight.slice(1) };
      return { ...world, actors: world.actors.with(id, { ...state, context: left }) };
    }
    return null;
  },
  'the last number of a context': (world) => {
    const { fences } = world.shared;
    for (const [name, context] of Object.entries(fences)) {
      const last = context.last();
      if (last === undefined || last.value.result !== 0) continue;
      const changed = context.delete(last.key).set(last.key + 1, last.value);
      return { ...world, shared: { ...world.shared, fences: { ...fences, [name]: changed } } };
    }
    return null;
  },
};

/** With another result of the first fence that has one to give. */
function withFence(world: World, resultOf: (fence: Fence) => number | null): World | null {
  const { fences } = world.shared;
  for (const [name, context] of Object.entries(fences)) {
    const last = context.last();
    if (last === undefined || resultOf(last.value) === last.value.result) continue;
    const changed = context.set(last.key, { ...last.value, result: resultOf(last.value) });
    return { ...world, shared: { ...world.shared, fences: { ...fences, [name]: changed } } };
  }
  return null;
}

function withoutListed(world: World, list: 'inFlight' | 'ranges'): World | null {
  for (const [id, state] of world.actors.entries()) {
    if (state.machine !== 'vm' || state.value.startsWith('closing')) continue;
    const context = state.context as VmContext;
    const fenceOf = (each: VmContext['ranges'][number] | string): string =>
      typeof each === 'string' ? each : each.fence;
    const pending = context[list].findIndex(
      (each) => !isSignaled(world.shared.fences, fenceOf(each)),
    );
    if (pending < 0) continue;
    const left = { ...context, [list]: [...context[list]].filter((_, i) => i !== pending) };
    return { ...world, actors: world.actors.with(id, { ...state, context: left }) };
  }
  return null;
}

test('whatever decides what is to come is part of the key', () => {
  const met = new Map<string, number>();
  for (const { scenario } of SCENARIOS) {
    const system = scenarioSystem(scenario, { judge: invariantJudge(), decisions: ['hardware'] });
    const random = new Random(seedOf(7));
    let state = system.initial;
    for (let steps = 0; steps < 200; steps++) {
      const ready = system.ready(state);
      const process = ready[random.int(ready.length)];
      if (process === undefined) break;
      const moves = system.moves(state, process);
      state = moves[random.int(moves.length)]?.state ?? state;
      if (steps % 3 > 0) continue;
      const { a, b } = system.key(state);
      const unjudged = system.key(new Explored(state.world, system.initial.judged, null));
      if (steps > 10) expect(unjudged).not.toEqual({ a, b });
      for (const [what, change] of Object.entries(CHANGES)) {
        const world = change(state.world);
        if (world === null) continue;
        met.set(what, (met.get(what) ?? 0) + 1);
        const other = system.key(new Explored(world, state.judged, null));
        expect([what, other]).not.toEqual([what, { a, b }]);
      }
    }
  }
  expect([...met.keys()].sort()).toEqual(Object.keys(CHANGES).sort());
});

test('fences: who waits counts, and not who came first; a slot as long as its fence is pending', () => {
  const made = addFence(NO_FENCES, { fence: 'a:1', kind: 's', parts: [] });
  const waited = (...waiters: string[]) =>
    waiters.reduce((fences, waiter) => addWaiter(fences, 'a:1', waiter), made);
  const over = markSignaled(made, 'a:1', 0);
  const slots = { vm0: [{ fence: 'a:1', usage: 'kernel' as const }] };
  const keyOf = (shared: Partial<Shared>): string => {
    const world = { actors: Actors.from({}), queues: [], timers: [], nowNs: 0 };
    const keys = new Keys();
    const { a, b } = keys.end(
      keys.sum({ world: { ...world, shared: { ...NOTHING_SHARED, ...shared } }, view: null }),
    );
    return `${a} ${b}`;
  };
  expect(keyOf({ fences: waited('x', 'y') })).toBe(keyOf({ fences: waited('y', 'x') }));
  expect(keyOf({ fences: waited('x', 'y') })).not.toBe(keyOf({ fences: waited('x', 'z') }));
  expect(keyOf({ fences: waited('x') })).not.toBe(keyOf({ fences: waited('x', 'x') }));
  expect(keyOf({ fences: over, resvs: slots })).toBe(keyOf({ fences: over }));
  expect(keyOf({ fences: made, resvs: slots })).not.toBe(keyOf({ fences: made }));
});

/**
 * What a key leaves out must not come back: the first states of a scenario, and those after some steps at random, each
 * time that they are met again.
 */
function metAgain(scenario: Scenario, steps: number, most: number): number {
  const system = scenarioSystem(scenario, { judge: invariantJudge(), decisions: ['hardware'] });
  const nextOf = (state: WorldSystem['initial']) =>
    system.ready(state).flatMap((process) => system.moves(state, process));
  const said = (state: WorldSystem['initial']): string[] =>
    nextOf(state).map((move) => {
      const { a, b } = system.key(move.state);
      return `${move.choice} ${a} ${b} ${move.problem ?? ''}`;
    });
  const random = new Random(seedOf(steps));
  let first = system.initial;
  for (let i = 0; i < steps; i++) {
    const moves = nextOf(first);
    if (moves.length > 0) first = moves[random.int(moves.length)]?.state ?? first;
  }
  const known = new Map<string, string[]>();
  const next = [first];
  let met = 0;
  for (let i = 0; i < most && i < next.length; i++) {
    for (const { state } of nextOf(next[i] as WorldSystem['initial'])) {
      const { a, b } = system.key(state);
      const before = known.get(`${a} ${b}`);
      const now = said(state);
      if (before === undefined) {
        known.set(`${a} ${b}`, now);
        next.push(state);
      } else {
        met += 1;
        expect(now).toEqual(before);
      }
    }
  }
  return met;
}

test('worlds with one key have the same steps before them, and those lead to the same keys', () => {
  const met = SCENARIOS.reduce((sum, { scenario }) => sum + metAgain(scenario, 0, 150), 0);
  expect(met).toBeGreaterThan(1_000);
});

/** With fences that signal out of the order in which they were made, tables that go. */
test.each(['two-gts', 'bind-array'])('in %s, far from the beginning, too', (name) => {
  for (const steps of [30, 45]) {
    expect(metAgain(scenarioNamed(ROOT, name), steps, 150)).toBeGreaterThan(50);
  }
});

test('an access that faults again and again comes back to its states', () => {
  const system = scenarioSystem(scenarioNamed(ROOT, 'quirks/order-last-fault'), {
    judge: invariantJudge(),
    decisions: ['hardware'],
  });
  expect(explore(system, 'exhaustive', { transitions: 5_000 }).verdict).toBe('proved');
});
