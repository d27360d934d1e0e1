/** The state identity: keys are equal exactly where worlds are, however they were reached. */
import fc from 'fast-check';
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
import { KeyMap } from '../../../domain/invariants/key-map.ts';
import { OrderedMap } from '../../../domain/ordered-map.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { type GemLists, NO_GEM_LISTS } from '../../../domain/va/gem-lists.ts';
import type { Mapping } from '../../../domain/va/mapping.ts';
import { NOTHING_SHARED, type Shared } from '../../../machines/shared/shared.ts';
import type { VmContext } from '../../../machines/vm/context.ts';
import { Actors } from '../../../streams/world/actors.ts';
import { explore } from '../../../streams/explore/explore.ts';
import { Explored } from '../../../streams/explore/explored.ts';
import { Keys } from '../../../streams/explore/state-key.ts';
import { StateSum } from '../../../streams/explore/state-sum.ts';
import { canonical } from '../../../streams/explore/state-text.ts';
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

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ maxLength: 3 }),
    fc.integer(),
    fc.maxSafeNat(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 2 }), tie('value'), { maxKeys: 6 }),
  ),
})).value;

test('values: equal keys exactly for equal texts, whatever the order of members', () => {
  const keys = new Keys();
  const property = fc.property(plain, plain, (one, other) => {
    const [x, y] = [keys.value(one), keys.value(other)];
    expect(x.a === y.a && x.b === y.b).toBe(canonical(one) === canonical(other));
    const copy: unknown = JSON.parse(JSON.stringify(one));
    expect(new Keys().value(copy)).toEqual(x);
    if (one === null || typeof one !== 'object' || Array.isArray(one)) return;
    expect(keys.value(Object.fromEntries(Object.entries(one).reverse()))).toEqual(x);
  });
  fc.assert(property, { numRuns: 500 });
});

/** What a state is made of: plain values, and the two kinds of map. */
const part = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('', 'a', null, undefined, true),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'toString'), tie('value')),
    fc.array(fc.tuple(fc.nat(120), tie('value'))).map((all) => OrderedMap.from(all)),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'x1', 'x2', 'x3'), tie('value')))
      .map((all) => all.reduce((map, [key, value]) => map.set(key, value), KeyMap.empty())),
  ),
})).value;

test('values: what is followed from another value is what it is by itself', () => {
  const property = fc.property(part, part, (one, other) => {
    const followed = new StateSum();
    followed.change(undefined, one, 3, 5);
    followed.change(one, other, 3, 5);
    const fresh = new StateSum();
    fresh.change(undefined, other, 3, 5);
    expect(followed.end()).toEqual(fresh.end());
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('maps: the same entries are the same map, whatever tree holds them', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.nat(500), fc.nat(9)), {
    selector: ([key]) => key,
    maxLength: 200,
  });
  const property = fc.property(entries, fc.nat(500), (given, extra) => {
    const there = new Set(given.map(([key]) => key));
    let back = OrderedMap.empty<number>().set(extra, 1);
    for (const [key, value] of [...given].reverse()) back = back.set(key, value);
    if (!there.has(extra)) back = back.delete(extra);
    expect(new Keys().value(back)).toEqual(new Keys().value(OrderedMap.from(given)));
  });
  fc.assert(property);
});

test('lists of mappings: equal keys exactly for the same mappings in the same order, followed or not', () => {
  const step = fc.record({ id: fc.integer({ min: 1, max: 6 }), obj: fc.constantFrom('a', 'b') });
  const after = (lists: GemLists, steps: readonly { id: number; obj: string }[]): GemLists =>
    steps.reduce((list, { id, obj }) => {
      const isLinked = [...list.linked(obj)].some((each) => each.id === id);
      const mapping = { id, obj } as Mapping;
      return isLinked ? list.unlink(mapping) : list.link(mapping);
    }, lists);
  let unsorted = 0;
  const steps = fc.array(step, { maxLength: 12 });
  const property = fc.property(steps, steps, steps, (first, one, other) => {
    const start = after(NO_GEM_LISTS, first);
    const [x, y] = [after(start, one), after(NO_GEM_LISTS, other)];
    const keys = new Keys();
    const kx = keys.value(x);
    // other mappings, or the same with the first at the end
    const [head] = x.linked('a');
    for (const each of head === undefined ? [y] : [y, x.unlink(head).link(head)]) {
      const { a, b } = keys.value(each);
      expect(kx.a === a && kx.b === b).toBe(canonical(x) === canonical(each));
    }
    // the same lists by the shortest way
    const listed = Object.entries(x.toJSON());
    const again = listed.flatMap(([obj, ids]) => ids.map((id) => ({ id, obj })));
    expect(keys.value(after(NO_GEM_LISTS, again))).toEqual(kx);
    if (listed.some(([, ids]) => ids.some((id, i) => id < (ids[i - 1] ?? 0)))) unsorted += 1;
    const followed = new StateSum();
    for (const [i, is] of [start, x, y, start].entries()) {
      followed.change([undefined, start, x, y][i], is, 0, 0);
    }
    expect(followed.end()).toEqual(keys.value(start));
    followed.change(start, undefined, 0, 0);
    expect(followed.end()).toEqual(new StateSum().end());
  });
  fc.assert(property, { numRuns: 3_000 });
  expect(unsorted).toBeGreaterThan(300);
});

test('what is no value has no identity', () => {
  expect(() => new Keys().value(new Map())).toThrow('a Map has no state identity');
  expect(() => canonical(new WeakMap())).toThrow('a WeakMap has no state identity');
  expect(() => new Keys().value(() => 1)).toThrow('has no state identity');
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
