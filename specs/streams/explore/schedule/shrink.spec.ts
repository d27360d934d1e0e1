/** Shrinking against the optimum found by trying everything. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { follow, kindOf } from '../../../../streams/explore/schedule/follow.ts';
import { minimalSchedule, minimalSearch } from '../../../../streams/explore/schedule/minimal.ts';
import { shrink } from '../../../../streams/explore/schedule/shrink.ts';
import { everyRun, LOST_UPDATE, lostUpdate, programs } from '../../../rig/token-programs.ts';
import { type Program, tokenSystem } from '../../../rig/token-system.ts';

const ENOUGH = { maxStates: 100_000, maxTries: 10_000 };
const switches = (choices: readonly string[]): number =>
  choices.filter((choice, i) => i > 0 && choice !== choices[i - 1]).length;

/** Fewest steps, then fewest switches, of all schedules with a problem of this kind. */
function optimum(program: Program, kind: string): readonly [number, number] | null {
  const runs = [...everyRun(tokenSystem(program, lostUpdate))].filter(
    ({ problem }) => problem !== null && kindOf(problem) === kind,
  );
  const sizes = runs.map(({ choices }) => [choices.length, switches(choices)] as const);
  return sizes.sort((a, b) => a[0] - b[0] || a[1] - b[1])[0] ?? null;
}

const sampleOf = (program: Program, pick: number): readonly string[] | null => {
  const runs = [...everyRun(tokenSystem(program, lostUpdate))].filter(
    ({ problem }) => problem !== null,
  );
  return runs[pick % Math.max(1, runs.length)]?.choices ?? null;
};

describe('minimalSchedule', () => {
  it('has as few steps and switches as the best of all schedules, or finds that there is none', () => {
    fc.assert(
      fc.property(programs, fc.constantFrom('stuck', 'I0', 'a: x', 'b: y'), (program, kind) => {
        const isIt = (problem: string): boolean => kindOf(problem) === kind;
        const found = minimalSchedule(tokenSystem(program, lostUpdate), { isIt, maxStates: 1e5 });
        const best = optimum(program, kind);
        expect(found ? [found.choices.length, found.switches] : found).toEqual(best);
        if (found) expect(switches(found.choices)).toBe(found.switches);
      }),
      { numRuns: 300 },
    );
  });

  it('says that it does not know beyond its bound', () => {
    const system = tokenSystem(LOST_UPDATE, lostUpdate);
    expect(minimalSchedule(system, { isIt: () => false, maxStates: 3 })).toBeUndefined();
  });
});

describe('minimalSearch', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`t${i}`, [{ set: `x${i}`, to: 1 }]]),
  );
  const statesSeen = (maxStates: number): number => {
    const options = { isIt: () => false, maxStates, maxSteps: 12 };
    let most = 0;
    for (const seen of minimalSearch(tokenSystem(wide), options)) most = Math.max(most, seen);
    return most;
  };

  it('gives up long before the bound where the layers grow too fast, and not where they come to less', () => {
    // all 12 threads once: 4,096 states
    expect(statesSeen(4096)).toBeGreaterThan(4000);
    expect(statesSeen(600)).toBeLessThan(300);
  });
});

describe('shrink', () => {
  it('gives a schedule that shows the same kind of problem, the optimum where it says so', () => {
    fc.assert(
      fc.property(programs, fc.nat(), (program, pick) => {
        const given = sampleOf(program, pick);
        fc.pre(given !== null);
        const system = tokenSystem(program, lostUpdate);
        const { problem } = follow(system, given);
        const shrunk = shrink(system, given, ENOUGH);
        expect(kindOf(shrunk.problem)).toBe(kindOf(problem ?? ''));
        expect(follow(system, shrunk.choices).problem).toBe(shrunk.problem);
        expect(shrunk.isMinimal).toBe(true);
        expect([shrunk.choices.length, shrunk.switches]).toEqual(
          optimum(program, kindOf(problem ?? '')),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('without the search over states is never longer than what it was given, and shows the same', () => {
    fc.assert(
      fc.property(programs, fc.nat(), (program, pick) => {
        const given = sampleOf(program, pick);
        fc.pre(given !== null);
        const system = tokenSystem(program, lostUpdate);
        const shrunk = shrink(system, given, { maxStates: 0, maxTries: 1000 });
        const best = optimum(program, kindOf(shrunk.problem));
        expect(shrunk.choices.length).toBeLessThanOrEqual(given.length);
        expect(shrunk.choices.length).toBeGreaterThanOrEqual(best?.[0] ?? Infinity);
        expect(follow(system, shrunk.choices).problem).toBe(shrunk.problem);
        expect(shrunk.isMinimal).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves out threads that have nothing to do with it, from a long schedule', () => {
    const idle = Array.from({ length: 40 }, () => ({ load: 'z' }));
    const failing = [...(LOST_UPDATE['a'] ?? []), { assert: 'x', is: 2 }];
    const program = { ...LOST_UPDATE, a: failing, idle, other: idle };
    const system = tokenSystem(program);
    const mixed = [...Array(40)].flatMap(() => ['idle', 'other']);
    const given = ['b', ...mixed, 'a', 'b', 'a', 'a'];
    const shrunk = shrink(system, given, { maxStates: 0, maxTries: 5000 });
    expect([shrunk.choices, shrunk.switches]).toEqual([['a', 'a', 'a'], 0]);
  });

  it('stops when its tries are spent', () => {
    const system = tokenSystem(LOST_UPDATE, lostUpdate);
    const shrunk = shrink(system, ['a', 'b', 'a', 'b'], { maxStates: 0, maxTries: 1 });
    expect(shrunk.tried).toBe(1);
    expect(() => shrink(system, ['a', 'a', 'b', 'b'], ENOUGH)).toThrow(/shows no problem/);
  });
});
