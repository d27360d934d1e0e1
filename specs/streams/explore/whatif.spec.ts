/** Forks of logs: the same choice makes no difference, another one makes differences that come from it. */
import { describe, expect, it, test } from '@jest/globals';
import { QUIRKS, type QuirkRow } from '../../../domain/quirks/quirks.ts';
import { expectations } from '../../../streams/explore/judge.ts';
import type { LoggedRun } from '../../../streams/explore/from-log.ts';
import { NotPossible } from '../../../streams/explore/schedule/change.ts';
import { CANONICAL, goOn, randomOrder } from '../../../streams/explore/schedule/policy.ts';
import type { Different } from '../../../streams/explore/schedule/difference.ts';
import { statesAlong } from '../../../streams/explore/schedule/odds.ts';
import { runOf } from '../../../streams/explore/ran.ts';
import { Fork, type TailPolicy } from '../../../streams/explore/whatif.ts';
import { dependent } from '../../../streams/explore/touches.ts';
import { worldSystem } from '../../../streams/explore/world-system.ts';
import { processOf } from '../../../streams/world/choice.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { failingLog } from '../../rig/failing-log.ts';

const rowOf = (id: string): QuirkRow => QUIRKS.find((row) => row.id === id) as QuirkRow;
const LOGS: readonly (readonly [string, LoggedRun])[] = ['H01', 'M01', 'S46'].map((id) => [
  id,
  failingLog(rowOf(id)),
]);
const POLICIES: readonly TailPolicy[] = [
  { kind: 'log' },
  { kind: 'time' },
  { kind: 'random', policy: randomOrder('0x9') },
];

const systemOf = ({ scenario, seed }: LoggedRun): ReturnType<typeof worldSystem> => {
  const { world, record } = startWorld(scenario, seed, tableExecutor);
  return worldSystem(world, { executor: tableExecutor, first: record, judge: expectations });
};

describe.each(LOGS)('a log of %s', (_id, run) => {
  const places = run.choices.map((_, i) => i);

  it('makes no difference when the same is chosen again, under every policy', () => {
    for (const at of places.filter((i) => i % 6 === 0)) {
      for (const policy of POLICIES) {
        const choice = run.choices[at] ?? '';
        const { sides, differences } = new Fork(run, at).compare(
          { kind: 'deliver', choice },
          policy,
        );
        expect([at, policy.kind, differences.all.length, differences.moved]).toEqual([
          at,
          policy.kind,
          0,
          0,
        ]);
        expect(sides[1].choices).toEqual(sides[0].choices);
      }
    }
  });

  it('is one of the sides, record by record, in the order of the log', () => {
    const at = run.choices.length >> 1;
    const [other] = new Fork(run, at).possible();
    const { sides } = new Fork(run, at).compare(
      { kind: 'deliver', choice: other?.choice ?? '' },
      { kind: 'log' },
    );
    expect(sides[0].choices).toEqual(run.choices);
    expect(sides[0].records).toEqual(runOf(run.scenario, run.seed, run.choices).records);
  });

  it('differs after another choice in what comes of it: causes lead back to the fork', () => {
    let differing = 0;
    for (const at of places.filter((i) => i % 4 === 1)) {
      const fork = new Fork(run, at);
      for (const { choice } of fork.possible()) {
        if (choice === processOf(run.choices[at] ?? '')) continue;
        const { sides, differences } = fork.compare({ kind: 'deliver', choice }, { kind: 'log' });
        const after = sides.map(({ choices }) => stepsAfter(run, choices, at));
        const isGrounded = grounds(differences.all, after);
        for (const each of differences.all) {
          differing += 1;
          const { steps, causes } = each;
          expect([choice, at, steps, isGrounded(each)]).toEqual([choice, at, steps, true]);
          // the change itself is the first step of its side; everything else comes of something
          const isChange = steps.some((step) => step === 0);
          const why = isChange || causes().length > 0;
          expect([choice, at, steps, why]).toEqual([choice, at, steps, true]);
        }
      }
    }
    expect(differing).toBeGreaterThan(0);
  });
});

/** Whether step `at` happens before each step from there on, by cause or by what both touch; itself, too. */
function stepsAfter(run: LoggedRun, choices: readonly string[], at: number): boolean[] {
  const moves = statesAlong(systemOf(run), choices);
  const touches = moves.map((move) => move.touches());
  const is = moves.map((_, i) => i === at);
  moves.forEach(({ cause }, i) => {
    if (i <= at) return;
    is[i] = is[cause] === true;
    for (let j = at; j < i && is[i] !== true; j++)
      is[i] = is[j] === true && dependent(touches[j] ?? [], touches[i] ?? []);
  });
  return is.slice(at);
}

/** A difference is grounded if it happens after the fork on one side, or comes of one that is. */
function grounds(
  all: readonly Different[],
  after: readonly (readonly boolean[])[],
): (each: Different) => boolean {
  const bySide = [0, 1].map((side) => new Map(all.map((each) => [each.steps[side] ?? -1, each])));
  const seen = new Map<Different, boolean>();
  const isGrounded = (each: Different): boolean => {
    const known = seen.get(each);
    if (known !== undefined) return known;
    seen.set(each, false);
    const [a, b] = each.steps;
    const side = b === null ? 0 : 1;
    const is =
      (a !== null && after[0]?.[a] === true) ||
      (b !== null && after[1]?.[b] === true) ||
      each.causes().some(({ step, differs }) => {
        const from = bySide[side]?.get(step);
        return after[side]?.[step] === true || (differs && from !== undefined && isGrounded(from));
      });
    seen.set(each, is);
    return is;
  };
  return isGrounded;
}

test('a step that only moved is no difference', () => {
  const [, run] = LOGS[0] as (typeof LOGS)[number];
  let moved = 0;
  run.choices.forEach((_, at) => {
    for (const { choice } of new Fork(run, at).possible()) {
      const { differences } = new Fork(run, at).compare(
        { kind: 'deliver', choice },
        { kind: 'log' },
      );
      if (differences.all.length === 0 && differences.moved > 0) moved += 1;
    }
  });
  expect(moved).toBeGreaterThan(0);
});

test('what cannot be done is refused', () => {
  const [, run] = LOGS[0] as (typeof LOGS)[number];
  const at = 3;
  const fork = new Fork(run, at);
  const log: TailPolicy = { kind: 'log' };
  expect(() => fork.compare({ kind: 'deliver', choice: 'nobody>vm0' }, log)).toThrow(NotPossible);
  const ready = fork.possible()[0]?.choice ?? '';
  expect(() => fork.compare({ kind: 'deliver', choice: `${ready}!99` }, log)).toThrow(
    /does not decide/,
  );
  const last = run.choices.length - 1;
  expect(() => fork.compare({ kind: 'first', step: last }, log)).toThrow(/not there yet/);
  expect(() => fork.compare({ kind: 'after', step: last }, log)).toThrow(NotPossible);
  expect(() => fork.compare({ kind: 'after', step: last }, { kind: 'time' })).toThrow(NotPossible);
});

test('a run that is cut goes on to its end on both sides', () => {
  const [, run] = LOGS[0] as (typeof LOGS)[number];
  const cut = { ...run, choices: run.choices.slice(0, 10) };
  const { sides } = new Fork(cut, 9).compare(
    { kind: 'deliver', choice: cut.choices[9] ?? '' },
    { kind: 'log' },
  );
  const system = systemOf(run);
  const from = statesAlong(system, cut.choices).at(-1)?.state ?? system.initial;
  const rest = goOn(system, from, CANONICAL, { before: cut.choices, most: 1000, stops: false });
  expect(rest.isOver).toBe(true);
  for (const { choices, end } of sides) {
    expect(choices).toEqual([...cut.choices, ...rest.moves.map(({ choice }) => choice)]);
    expect(end.verdict).not.toBe('cut');
  }
});
