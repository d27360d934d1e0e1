/** Odds, slices and swaps against what trying everything gives. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ended } from '../../../../streams/explore/ended.ts';
import { follow, kindOf } from '../../../../streams/explore/schedule/follow.ts';
import { jumps, oddsAlong } from '../../../../streams/explore/schedule/odds.ts';
import { enoughToShow } from '../../../../streams/explore/schedule/enough.ts';
import { goOn, inOrderOf, randomOrder } from '../../../../streams/explore/schedule/policy.ts';
import { pastOf, sliceOf } from '../../../../streams/explore/schedule/slice.ts';
import { sameKind } from '../../../../streams/explore/schedule/same.ts';
import { repairingSwap } from '../../../../streams/explore/schedule/swap.ts';
import { everyRun, LOST_UPDATE, lostUpdate, programs } from '../../../rig/token-programs.ts';
import type { Move } from '../../../../streams/explore/system.ts';
import { dependent } from '../../../../streams/explore/touches.ts';
import { type Program, type Tokens, tokenSystem } from '../../../rig/token-system.ts';

const SEED = '0x12';
const failing = (program: Program): { choices: readonly string[]; problem: string }[] =>
  [...everyRun(tokenSystem(program, lostUpdate))].flatMap(({ choices, problem }) =>
    problem === null ? [] : [{ choices, problem }],
  );

describe('odds', () => {
  const draws = { maxSteps: 20_000, seed: SEED };

  it('are the sum over all schedules that go on from there', () => {
    fc.assert(
      fc.property(programs, fc.nat(), (program, pick) => {
        const runs = failing(program);
        const chosen = runs[pick % Math.max(1, runs.length)];
        fc.pre(chosen !== undefined);
        const { choices, problem } = chosen;
        const system = tokenSystem(program, lostUpdate);
        const isIt = sameKind(problem);
        const odds = ended(oddsAlong(system, choices, { isIt, maxStates: 1e5, ...draws }));
        expect(odds.isExact).toBe(true);
        const all = [...everyRun(system)];
        choices.forEach((_, k) => {
          const going = all.filter((run) =>
            choices.slice(0, k).every((c, i) => run.choices[i] === c),
          );
          const of = (runs: typeof all): number => runs.reduce((sum, run) => sum + run.odds, 0);
          const bad = going.filter((run) => run.problem && kindOf(run.problem) === kindOf(problem));
          expect(odds.after[k]).toBeCloseTo(of(bad) / of(going), 10);
        });
        expect(odds.after.at(-1)).toBe(1);
      }),
      { numRuns: 100 },
    );
  });

  it('drawn ones are near the exact ones, and say how near', () => {
    const system = tokenSystem(LOST_UPDATE, lostUpdate);
    const choices = ['a', 'b', 'a', 'b'];
    const options = { isIt: sameKind('I0: x is 1'), ...draws };
    const exact = ended(oddsAlong(system, choices, { ...options, maxStates: 1000 }));
    const drawn = ended(oddsAlong(system, choices, { ...options, maxStates: 0 }));
    expect([exact.isExact, drawn.isExact]).toEqual([true, false]);
    expect(exact.after).toEqual([0.5, 0.5, 1, 1, 1]);
    exact.after.forEach((odds, k) => {
      expect(Math.abs((drawn.after[k] ?? NaN) - odds)).toBeLessThanOrEqual(
        2 * (drawn.error[k] ?? 0),
      );
    });
  });

  it('jump where the second reads before the first has written', () => {
    const system = tokenSystem(LOST_UPDATE, lostUpdate);
    const options = { isIt: sameKind('I0'), maxStates: 1000, ...draws };
    expect(jumps(ended(oddsAlong(system, ['a', 'b', 'a', 'b'], options)))).toEqual([
      { step: 1, from: 1, rise: 0.5 },
    ]);
  });

  it('refuse a schedule that is not possible', () => {
    const options = { isIt: sameKind('I0'), maxStates: 1000, ...draws };
    const system = tokenSystem(LOST_UPDATE, lostUpdate);
    expect(() => ended(oddsAlong(system, ['a', 'a', 'a'], options))).toThrow(/a is not possible/);
  });
});

describe('a slice', () => {
  it('is enough to show the problem of a step', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const system = tokenSystem(program);
        for (const { choices, problem } of everyRun(system)) {
          const { moves } = follow(system, choices);
          if (moves.at(-1)?.problem == null) continue;
          const kept = sliceOf(moves).map((i) => choices[i] ?? '');
          expect(follow(system, kept).problem).toBe(problem);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('leaves out what has nothing to do with it', () => {
    const system = tokenSystem({
      a: [{ set: 'x', to: 1 }],
      b: [{ set: 'y', to: 1 }],
      c: [{ assert: 'x', is: 0 }],
    });
    expect(sliceOf(follow(system, ['b', 'a', 'c']).moves)).toEqual([1, 2]);
    expect(sliceOf([])).toEqual([]);
  });
});

describe('the past of steps', () => {
  it('is what happens before them, by dependence and cause, step by step', () => {
    fc.assert(
      fc.property(programs, fc.nat(), (program, pick) => {
        const [run] = [...everyRun(tokenSystem(program))].slice(pick % 5);
        fc.pre(run !== undefined && run.choices.length > 0);
        const { moves } = follow(tokenSystem(program), run.choices);
        const ends = [pick % moves.length, (pick >> 3) % moves.length];
        const isIn = moves.map((_, i) => ends.includes(i));
        for (let later = moves.length - 1; later >= 0; later--) {
          if (isIn[later] !== true) continue;
          const b = moves[later];
          for (let earlier = 0; earlier < later; earlier++) {
            const isCause = b?.cause === earlier;
            if (isCause || dependent(moves[earlier]?.touches() ?? [], b?.touches() ?? []))
              isIn[earlier] = true;
          }
        }
        expect(pastOf(moves, ends)).toEqual(isIn.flatMap((is, i) => (is ? [i] : [])));
      }),
      { numRuns: 200 },
    );
  });
});

describe('enough to show a problem', () => {
  const options = { isIt: sameKind('I0'), isAtEnd: false, maxTries: 100 };

  it('is the slice where that shows it, and the missing steps with it where not', () => {
    // the judge compares x and y, and no step touches both
    const program: Program = {
      a: [
        { set: 'x', to: 1 },
        { set: 'z', to: 1 },
      ],
      b: [
        { set: 'w', to: 1 },
        { set: 'y', to: 1 },
      ],
      c: [{ set: 'v', to: 1 }],
    };
    const base = tokenSystem(program);
    const judged = <M extends { readonly state: Tokens } | undefined>(move: M): M => {
      const { x, y } = move?.state.vars ?? {};
      return move === undefined
        ? move
        : { ...move, problem: x === 1 && y === 1 ? 'I0: both' : null };
    };
    const system = {
      ...base,
      moves: (state: Tokens, thread: string) => base.moves(state, thread).map(judged),
      take: (state: Tokens, thread: string) => judged(base.take(state, thread)),
    };
    const { moves } = follow(system, ['c', 'a', 'b', 'b']);
    expect(moves.at(-1)?.problem).toBe('I0: both');
    expect(sliceOf(moves)).toEqual([2, 3]);
    const ends = [moves.length - 1];
    expect(ended(enoughToShow(system, moves, { ...options, ends }))).toEqual({
      steps: [1, 2, 3],
      shows: true,
    });
    const none = ended(enoughToShow(system, moves, { ...options, ends, maxTries: 0 }));
    expect(none).toEqual({ steps: [0, 1, 2, 3], shows: false });
  });
});

describe('a swap', () => {
  const most = { maxSteps: 1e5 };

  it('makes the run come to its end without a problem, with the two the other way round', () => {
    let repaired = 0;
    fc.assert(
      fc.property(programs, (program) => {
        const system = tokenSystem(program, lostUpdate);
        for (const { choices } of failing(program).slice(0, 20)) {
          const { moves } = follow(system, choices);
          const { swap } = ended(repairingSwap(system, moves, most));
          if (swap === null) continue;
          repaired += 1;
          const ran = follow(system, swap.choices);
          expect([ran.isOver, ran.problem]).toEqual([true, null]);
          expect(swap.over.length).toBeGreaterThan(0);
          const places = (of: number): number => {
            const thread = choices[of] ?? '';
            let nth = choices.slice(0, of).filter((each) => each === thread).length;
            return swap.choices.findIndex((each) => each === thread && nth-- === 0);
          };
          expect(places(swap.later)).toBeLessThan(places(swap.earlier));
        }
      }),
      { numRuns: 100 },
    );
    expect(repaired).toBeGreaterThan(10);
  });

  it('is the write before the other read, for a lost update', () => {
    const system = tokenSystem(LOST_UPDATE, lostUpdate);
    const { moves } = follow(system, ['a', 'b', 'a', 'b']);
    const { swap } = ended(repairingSwap(system, moves, most));
    expect(swap).toMatchObject({
      earlier: 1,
      later: 2,
      how: 'first',
      choices: ['a', 'a', 'b', 'b'],
    });
    expect(ended(repairingSwap(system, moves, { maxSteps: 0 }))).toMatchObject({
      swap: null,
      isSpent: true,
    });
  });

  it('puts the earlier one off where the later one is not there yet', () => {
    // b may only write once c has; the read of a has to come after that
    const system = tokenSystem({
      a: [{ assert: 'x', is: 1 }],
      b: [
        { await: 'go', is: 1 },
        { set: 'x', to: 1 },
      ],
      c: [{ set: 'go', to: 1 }],
    });
    const { moves } = follow(system, ['a']);
    expect(ended(repairingSwap(system, moves, most)).swap).toBeNull();
    // with a late check of the same thing
    const late = tokenSystem(
      {
        a: [{ load: 'x' }, { storePlusOne: 'y' }],
        b: [
          { await: 'go', is: 1 },
          { set: 'x', to: 1 },
        ],
        c: [{ set: 'go', to: 1 }],
      },
      ({ y = 0 }) => (y === 2 ? null : 'I0: y is not 2'),
    );
    const run = follow(late, ['a', 'a', 'c', 'b', 'b']);
    expect(run.problem).toBe('I0: y is not 2');
    const { swap } = ended(repairingSwap(late, run.moves, most));
    expect(swap).toMatchObject({ earlier: 0, later: 4, how: 'after' });
    expect(swap?.choices).toEqual(['c', 'b', 'b', 'a', 'a']);
  });
});

describe('a swap that did not come about', () => {
  it('is none, though the run passes for another reason', () => {
    // b waits for c, so c cannot be put off until b has run; d then comes before c all the same, and that is enough
    const base = tokenSystem({
      b: [{ await: 'go', is: 1 }],
      c: [{ set: 'go', to: 1 }],
      d: [{ set: 'z', to: 1 }],
      f: [{ set: 'w', to: 1 }],
    });
    const judged = <M extends Move<Tokens> | undefined>(move: M): M => {
      if (move === undefined) return move;
      const { path } = move.state;
      const isLate = path.indexOf('c') >= 0 && path.indexOf('c') < path.indexOf('d');
      return { ...move, problem: path.at(-1) === 'f' && isLate ? 'I0: d after c' : null };
    };
    const system = {
      ...base,
      moves: (state: Tokens, thread: string) => base.moves(state, thread).map(judged),
      take: (state: Tokens, thread: string) => judged(base.take(state, thread)),
    };
    const { moves, problem } = follow(system, ['c', 'd', 'b', 'f']);
    expect(problem).toBe('I0: d after c');
    expect(follow(system, ['d', 'c', 'b', 'f']).problem).toBeNull();
    const { swap, tries } = ended(repairingSwap(system, moves, { maxSteps: 1e5 }));
    expect([swap, tries]).toEqual([null, 1]);
  });

  it('asks who knows more, of a run in which the system finds nothing', () => {
    const system = tokenSystem(LOST_UPDATE, lostUpdate);
    const { moves } = follow(system, ['a', 'b', 'a', 'b']);
    const asked: string[] = [];
    const passes = (choices: readonly string[]): boolean => {
      asked.push(choices.join(''));
      return false;
    };
    const { swap } = ended(repairingSwap(system, moves, { maxSteps: 1e5, passes }));
    expect(swap).toBeNull();
    expect(asked).toContain('aabb');
  });
});

describe('policies', () => {
  it('follow the order of a schedule as far as they can', () => {
    fc.assert(
      fc.property(programs, fc.nat(), (program, pick) => {
        const system = tokenSystem(program);
        const runs = [...everyRun(system)];
        const { choices } = runs[pick % runs.length] ?? { choices: [] };
        const options = { before: [], most: 100, stops: false };
        const ran = goOn(system, system.initial, inOrderOf(choices), options);
        expect(ran.moves.map(({ choice }) => choice).slice(0, choices.length)).toEqual(choices);
      }),
      { numRuns: 100 },
    );
  });

  it('draw the same places for the same steps, whatever comes between', () => {
    const [a, b] = [randomOrder('0x7'), randomOrder('0x7')];
    expect(b.rank('x>y', 3, null)).toBe(a.rank('x>y', 3, null));
    expect(randomOrder('0x8').rank('x>y', 3, null)).not.toBe(a.rank('x>y', 3, null));
  });
});

describe('odds that are exact at the end only', () => {
  it('are near the exact ones, and exact where they say so', () => {
    const program: Program = {
      a: [{ load: 'x' }, { storePlusOne: 'x' }, { set: 'p', to: 1 }, { set: 'q', to: 1 }],
      b: [{ load: 'x' }, { storePlusOne: 'x' }, { set: 'r', to: 1 }, { set: 's', to: 1 }],
    };
    const lost = ({ x = 0 }: Readonly<Record<string, number>>): string | null =>
      x === 2 ? null : 'I0: an update is lost';
    const system = tokenSystem(program, lost);
    const choices = ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'];
    const options = { isIt: sameKind('I0'), maxSteps: 20_000, seed: SEED } as const;
    const exact = ended(oddsAlong(system, choices, { ...options, maxStates: 1000 }));
    const mixed = ended(oddsAlong(system, choices, { ...options, maxStates: 12 }));
    expect([exact.isExact, mixed.isExact]).toEqual([true, false]);
    const known = mixed.error.filter((error) => error === 0).length;
    expect(known).toBeGreaterThan(1);
    expect(known).toBeLessThan(choices.length);
    mixed.after.forEach((odds, k) => {
      const error = mixed.error[k] ?? NaN;
      expect(Math.abs(odds - (exact.after[k] ?? NaN))).toBeLessThanOrEqual(2 * error);
    });
  });
});
