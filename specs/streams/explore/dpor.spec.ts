/**
 * DPOR against brute force, on random threads with locks and deadlocks: it ends in the same states, shows the same
 * violations, and takes each class of schedules exactly once.
 */
import fc from 'fast-check';
import { Classes } from '../../../streams/explore/classes.ts';
import { explore } from '../../../streams/explore/explore.ts';
import { expectations, silent } from '../../../streams/explore/judge.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import type { Move, System } from '../../../streams/explore/system.ts';
import { worldSystem } from '../../../streams/explore/world-system.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { scenarioOf } from '../../rig/scenarios.ts';
import { type Op, threadsSystem } from '../../rig/threads.ts';
import { TINY } from '../../rig/tiny.ts';

const at = fc.nat(1);
const plainOp: fc.Arbitrary<Op[]> = fc.oneof(
  fc.record({ op: fc.constant('store' as const), at, value: fc.nat(1) }).map((op) => [op]),
  fc.record({ op: fc.constant('load' as const), at }).map((op) => [op]),
  fc.record({ op: fc.constant('check' as const), at, value: fc.nat(1) }).map((op) => [op]),
);
/** Locks are taken and released in order, with something in between; two threads may deadlock. */
const section = fc
  .tuple(at, fc.array(plainOp, { maxLength: 1 }), fc.boolean())
  .map(([lock, inside, isNested]): Op[] => {
    const other = 1 - lock;
    const nested: Op[] = isNested
      ? [
          { op: 'lock', at: other },
          { op: 'unlock', at: other },
        ]
      : [];
    return [{ op: 'lock', at: lock }, ...inside.flat(), ...nested, { op: 'unlock', at: lock }];
  });
const program = fc
  .array(fc.oneof(plainOp, section), { maxLength: 2 })
  .map((parts) => parts.flat().slice(0, 5));
const programs = fc.array(program, { minLength: 2, maxLength: 3 });

function endOf<S>(system: System<S>, state: S): string {
  const { a, b } = system.key(state);
  return `${a} ${b}`;
}

/** Every schedule, one after another: what brute force sees. */
function everySchedule<S>(system: System<S>): {
  classes: number;
  ends: Set<string>;
  problems: Set<string>;
} {
  const classes = new Classes(system);
  const ends = new Set<string>();
  const problems = new Set<string>();
  const path: { state: S; process: string; move: Move<S> }[] = [];
  const visit = (state: S): void => {
    const ready = system.ready(state);
    if (ready.length === 0) {
      ends.add(endOf(system, state));
      classes.begin();
      for (const each of path) classes.step(each.state, each.process, each.move);
      classes.end();
      return;
    }
    for (const process of ready) {
      for (const move of system.moves(state, process)) {
        if (move.problem !== null) problems.add(move.problem);
        path.push({ state, process, move });
        visit(move.state);
        path.pop();
      }
    }
  };
  visit(system.initial);
  return { classes: classes.size, ends, problems };
}

/** The same system, and what DPOR sees of it. */
function watched<S>(system: System<S>): {
  system: System<S>;
  ends: Set<string>;
  problems: Set<string>;
} {
  const ends = new Set<string>();
  const problems = new Set<string>();
  return {
    ends,
    problems,
    system: {
      ...system,
      stuck: (state) => {
        ends.add(endOf(system, state));
        return system.stuck(state);
      },
      moves: (state, process) => {
        const moves = system.moves(state, process);
        for (const { problem } of moves) if (problem !== null) problems.add(problem);
        return moves;
      },
    },
  };
}

test('one run for each class, the same ends and the same violations as all schedules', () => {
  let deadlocks = 0;
  let violations = 0;
  const property = fc.property(programs, (given) => {
    const system = threadsSystem(given);
    const all = everySchedule(system);
    const reduced = watched(system);
    const found = explore(reduced.system, 'dpor', { isExhaustive: true });
    deadlocks += found.stuckRuns;
    violations += all.problems.size;
    expect(found.counts.executions).toBe(all.classes);
    expect([...reduced.ends].sort()).toEqual([...all.ends].sort());
    expect([...reduced.problems].sort()).toEqual([...all.problems].sort());
  });
  fc.assert(property, { numRuns: 400 });
  expect(deadlocks).toBeGreaterThan(5);
  expect(violations).toBeGreaterThan(50);
});

/** The system as its class has it, its methods bound: a spec wraps it. */
const opened = (name: keyof typeof TINY & string): System<never> => {
  const scenario = TINY[name];
  if (scenario === undefined) throw new RangeError(name);
  const system = scenarioSystem(scenario);
  return { ...system, unreducible: null } as unknown as System<never>;
};

test.each(['twoBinds', 'bindAndExec', 'twoVms', 'asyncUnbind'])(
  '%s: ends in the states in which the search over states ends',
  (name) => {
    const [all, reduced] = [watched(opened(name)), watched(opened(name))];
    expect(explore(all.system, 'exhaustive').verdict).toBe('proved');
    const found = explore(reduced.system, 'dpor');
    expect(found.verdict).toBe('proved');
    expect(found.counts.blocked).toBe(0);
    expect([...reduced.ends].sort()).toEqual([...all.ends].sort());
  },
);

const sleep = (ns: number) => ({ sleep: { ns } });
const watch = {
  waitUserFence: { addr: '0x1000', value: '0x1', timeoutNs: 1500, expect: 'any' as const },
};

/** What keeps a timer waiting is the clock, not its actor: an earlier timer may fire before what its actor does besides. */
test.each([
  ['two sleep', { a: [sleep(1000)], b: [sleep(2000)] }],
  ['three sleep', { a: [sleep(1000)], b: [sleep(2000)], c: [sleep(3000)] }],
  ['twice, and one', { a: [sleep(1000), sleep(1000)], b: [sleep(2000)] }],
  ['twice, and a limit', { a: [sleep(1000), sleep(1000)], b: [watch] }],
])('timers, %s: one run for each class', (_name, clients) => {
  const given = scenarioSystem(scenarioOf({ vms: { vm0: {} }, clients }), { judge: silent });
  const system = { ...given, unreducible: null, key: given.key };
  const all = everySchedule(system);
  const reduced = watched(system);
  const found = explore(reduced.system, 'dpor', { isExhaustive: true });
  expect([found.verdict, found.counts.executions]).toEqual(['proved', all.classes]);
  expect([...reduced.ends].sort()).toEqual([...all.ends].sort());
});

const DUE_NS = fc.constantFrom(1000, 2000, 3000);
const timed = fc.oneof(
  DUE_NS.map(sleep),
  DUE_NS.map((ns) => ({ waitUserFence: { ...watch.waitUserFence, timeoutNs: ns - 500 } })),
);
/** What ends the wait before its time, which cancels a timer. */
const ends = {
  bind: {
    vm: 'vm0',
    ops: [{ map: { addr: 0x1000, range: 0x1000, null: true } }],
    out: [{ userFence: '0x1000', value: '0x1' }],
  },
};
const few = (most: number) => fc.array(timed, { minLength: 1, maxLength: most });
const waiting = (clients: object): System<never> => {
  const vms = { vm0: { mode: 'compute' } };
  const given = scenarioSystem(scenarioOf({ vms, clients } as never), { judge: silent });
  return { ...given, unreducible: null, key: given.key } as unknown as System<never>;
};

test('timers that fire: one run for each class, the same ends', () => {
  const property = fc.property(fc.record({ a: few(2), b: few(2) }), (clients) => {
    const system = waiting(clients);
    const all = everySchedule(system);
    const reduced = watched(system);
    const found = explore(reduced.system, 'dpor', { isExhaustive: true });
    expect([found.verdict, found.counts.executions]).toEqual(['proved', all.classes]);
    expect([...reduced.ends].sort()).toEqual([...all.ends].sort());
  });
  fc.assert(property, { numRuns: 30 });
});

test('timers that may be cancelled: the ends that a search over states sees', () => {
  let several = 0;
  const some = fc.record({ a: few(2), b: few(1), c: fc.constant([ends]) });
  const property = fc.property(some, (clients) => {
    const all = watched(waiting(clients));
    explore(all.system, 'exhaustive', { isExhaustive: true });
    if (all.ends.size > 1) several += 1;
    for (const strategy of ['dpor', 'stateful'] as const) {
      const reduced = watched(waiting(clients));
      const found = explore(reduced.system, strategy, { isExhaustive: true });
      expect([found.verdict, ...[...reduced.ends].sort()]).toEqual([
        'proved',
        ...[...all.ends].sort(),
      ]);
    }
  });
  fc.assert(property, { numRuns: 12 });
  expect(several).toBeGreaterThan(3);
});

test('a judge that does not say what it hears is refused', () => {
  const system = scenarioSystem(TINY['twoBinds'] as never);
  const deaf = worldSystem(system.initial.world, {
    executor: tableExecutor,
    judge: { ...expectations, hears: null },
  });
  expect(() => explore(deaf, 'dpor')).toThrow('does not say what it listens to');
  expect(explore(deaf, 'exhaustive').verdict).toBe('proved');
});

/** Which of two VMs was closed first is nobody's business but this judge's. */
test('a global judge is not lied to: steps that it hears are never taken for independent', () => {
  const scenario = TINY['twoVms'] as never;
  const order = (hears: boolean) => ({
    ...expectations,
    start: '',
    at: (judged: unknown, { facts }: { facts: readonly { type: string; vm?: string }[] }) => {
      const bound = facts.find(({ type }) => type === 'va.mapped')?.vm ?? '';
      const isSecond = judged === 'vm1' && bound === 'vm0';
      return { next: judged === '' ? bound : judged, problem: isSecond ? 'vm1 binds first' : null };
    },
    view: (judged: unknown) => judged,
    hears: (
      { step }: { step: { facts: readonly { type: string }[] } },
      note: (kind: string, key: string, write: boolean) => void,
    ) => {
      if (hears && step.facts.some(({ type }) => type === 'va.mapped'))
        note('judge', 'order', true);
    },
  });
  const verdict = (hears: boolean, strategy: 'exhaustive' | 'dpor'): string =>
    explore(scenarioSystem(scenario, { judge: order(hears) as never }), strategy).verdict;
  expect(verdict(true, 'exhaustive')).toBe('violated');
  expect(verdict(true, 'dpor')).toBe('violated');
});
