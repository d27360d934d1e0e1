/** What every strategy keeps, whatever it does: one suite for all of them. */
import { peerSystem } from '../../../bench/peer/world.ts';
import {
  explore,
  STRATEGIES,
  type Strategy,
  type StrategyName,
} from '../../../streams/explore/explore.ts';
import { invariantJudge } from '../../../streams/explore/judge.ts';
import type { Limits } from '../../../streams/explore/result.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import type { Explored, WorldSystem } from '../../../streams/explore/world-system.ts';
import { wholeRun } from '../../rig/runs.ts';
import { scenarioOf } from '../../rig/scenarios.ts';
import { TINY } from '../../rig/tiny.ts';
import { atOnce } from '../../../streams/explore/at-once.ts';

const NAMES = Object.keys(STRATEGIES) as StrategyName[];
const ENOUGH: Limits = { executions: 300 };
const SWITCHES = { switches: 40 };

const tiny = (name: string, isJudged = false): WorldSystem => {
  const scenario = TINY[name];
  if (scenario === undefined) throw new RangeError(name);
  return scenarioSystem(scenario, isJudged ? { judge: invariantJudge() } : {});
};
/** Two clients that do the same to one VM. */
const alike = (): WorldSystem => {
  const bind = { bind: { vm: 'vm0', ops: [{ map: { addr: 0x1000, range: 0x1000, null: true } }] } };
  const scenario = scenarioOf({ vms: { vm0: {} }, clients: { a: [bind], b: [bind] } });
  return scenarioSystem(scenario, { interchangeable: [[['a'], ['b']]] });
};
const proves = (name: StrategyName): boolean => (STRATEGIES[name] as Strategy).proves;

describe.each(NAMES)('%s', (name) => {
  test('the same seed, the same result', () => {
    const once = (): unknown =>
      explore(peerSystem({ n: 3, bug: true }), name, ENOUGH, { seed: '0x7' });
    expect(once()).toEqual(once());
  });

  test('without a bug nothing is found; with one, a schedule that shows it', () => {
    const good = explore(peerSystem({ n: 2 }), name, ENOUGH, SWITCHES);
    expect([good.verdict, good.violation]).toEqual([proves(name) ? 'proved' : 'spent', null]);
    const bad = explore(peerSystem({ n: 2, bug: true }), name, { executions: 3_000 }, SWITCHES);
    expect(bad.verdict).toBe('violated');
    expect(bad.violation?.what).toContain('expected TLB flushed, got not flushed');
  });

  test('a budget ends it within a step, and then nothing is proved', () => {
    const { verdict, counts } = explore(peerSystem({ n: 5 }), name, { transitions: 100 }, SWITCHES);
    expect(verdict).toBe('spent');
    expect(counts.transitions).toBeGreaterThanOrEqual(100);
    // all that one process may do counts as a step
    expect(counts.transitions).toBeLessThan(110);
  });

  test('it asks whether to stop, and tells how far it is', () => {
    let asked = 0;
    const told: number[] = [];
    const limits: Limits = {
      executions: 1e9,
      shouldStop: () => ++asked === 2,
      progress: ({ transitions }) => told.push(transitions),
    };
    expect(explore(peerSystem({ n: 6 }), name, limits, SWITCHES).verdict).toBe('spent');
    // once it was told to stop it asks no more: this one would be told to go on
    expect(asked).toBe(2);
    // uniform asks for each state that it counts before its first run
    expect(told).toEqual(name === 'uniform' ? [] : [512, 1024]);
  });

  test('witnesses are counted', () => {
    const isDone = ({ world }: Explored): boolean => world.queues.length === 0;
    const witnesses = [
      { name: 'all done', holds: isDone },
      { name: 'never', holds: () => false },
    ];
    const found = explore(peerSystem({ n: 2 }), name, ENOUGH, { ...SWITCHES, witnesses });
    expect(found.witnesses['all done']).toBe(found.counts.executions);
    expect(found.witnesses['never']).toBe(0);
  });

  test('who waits for ever is reported, with the schedule', () => {
    const scenario = scenarioOf({
      vms: { vm0: {} },
      syncobjs: { never: {} },
      clients: { a: [{ wait: 'never' }], b: [{ sleep: { ns: 10 } }] },
    });
    const pending = {
      ...scenario,
      syncobjs: { never: { kind: 'binary' as const, pending: true } },
    };
    const system = scenarioSystem(pending, { interchangeable: [[['b']]] });
    const { stuck, stuckRuns, verdict } = explore(system, name, { executions: 3 }, SWITCHES);
    expect(stuckRuns).toBeGreaterThan(0);
    expect(stuck?.what).toContain('a');
    expect(stuck?.choices.length).toBeGreaterThan(1);
    expect(verdict).not.toBe('violated');
  });
});

describe('strategies that prove agree', () => {
  const PROVING = NAMES.filter((name) => proves(name) && name !== 'symmetric');

  test.each(Object.keys(TINY))('about %s', (name) => {
    const verdicts = PROVING.map((each) => explore(tiny(name), each, {}, SWITCHES).verdict);
    expect(new Set(verdicts)).toEqual(new Set([name === 'racyRead' ? 'violated' : 'proved']));
  });

  test('about two clients that are alike, the symmetric one with fewer states', () => {
    const [all, orbits, reduced] = (['exhaustive', 'symmetric', 'dpor'] as const).map((each) =>
      explore(alike(), each),
    );
    expect([all, orbits, reduced].map((each) => each?.verdict)).toEqual([
      'proved',
      'proved',
      'proved',
    ]);
    expect(orbits?.counts.states).toBeLessThan((all?.counts.states ?? 0) * 0.7);
    expect(reduced?.counts.transitions).toBeLessThan(all?.counts.transitions ?? 0);
  });

  test('about every invariant in small scenarios: no schedule breaks one', () => {
    for (const name of ['twoBinds', 'bindAndExec', 'twoVms', 'asyncUnbind']) {
      const { verdict, violation, stuck } = explore(tiny(name, true), 'exhaustive');
      expect([name, verdict, violation, stuck]).toEqual([name, 'proved', null, null]);
    }
    for (const name of ['twoBinds', 'twoVms']) {
      expect(explore(tiny(name, true), 'dpor').verdict).toBe('proved');
    }
  });
});

test('who is not alike is refused', () => {
  const scenario = scenarioOf({
    vms: { vm0: {} },
    clients: { a: [{ sleep: { ns: 1 } }], b: [{ sleep: { ns: 2 } }] },
  });
  expect(() => scenarioSystem(scenario, { interchangeable: [[['a'], ['b']]] })).toThrow(
    'a and b are not interchangeable',
  );
  expect(() => explore(tiny('twoBinds'), 'symmetric')).toThrow('nobody is interchangeable');
});

test('random runs never meet a class that DPOR did not take', () => {
  for (const name of ['twoBinds', 'twoVms', 'bindAndExec']) {
    const classes = explore(tiny(name), 'dpor').counts.executions;
    const { notes } = explore(tiny(name), 'random', { executions: 2_000 }, { classes: true });
    const seen = Number(/(\d+) classes seen/.exec(notes.join())?.[1]);
    expect(seen).toBeLessThanOrEqual(classes);
    expect(seen).toBeGreaterThan(classes * 0.6);
  }
});

test('what is found is a schedule that a run takes', () => {
  const { violation } = explore(tiny('racyRead'), 'dpor');
  const scenario = atOnce(TINY['racyRead'] as never);
  const choices = violation?.choices ?? [];
  const { end } = wholeRun({ scenario, seed: '0x0', chooser: { choices } });
  expect(end.verdict).toBe('failed');
  expect(end.reasons).toContain(violation?.what);
});

test('every answer to a decision is explored when it is asked for', () => {
  const scenario = TINY['twoBinds'] as never;
  const [without, with_] = [[], ['fault' as const]].map((decisions) =>
    explore(scenarioSystem(scenario, { decisions }), 'dpor', {
      isExhaustive: true,
      transitions: 50_000,
    }),
  );
  expect(without?.violation).toBeNull();
  // what fails makes an ioctl fail, and the scenario expects it not to
  expect(with_?.violation?.what).toMatch(/VM_BIND: expected ok, got E/);
  expect(with_?.violation?.choices.some((choice) => choice.includes('!'))).toBe(true);
});
