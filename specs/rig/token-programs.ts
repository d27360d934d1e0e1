/** Small programs for specs of the explorer: drawn ones, and what every schedule of one comes to. */
import fc from 'fast-check';
import { endProblem } from '../../streams/explore/schedule/follow.ts';
import type { System } from '../../streams/explore/system.ts';
import type { Line, Program } from './token-system.ts';

const variable = fc.constantFrom('x', 'y');
const value = fc.nat({ max: 2 });
const line: fc.Arbitrary<Line> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ set: variable, to: value }) },
  { weight: 2, arbitrary: fc.record({ load: variable }) },
  { weight: 2, arbitrary: fc.record({ storePlusOne: variable }) },
  { weight: 1, arbitrary: fc.record({ await: variable, is: value }) },
  { weight: 2, arbitrary: fc.record({ assert: variable, is: value }) },
);
const lines = fc.array(line, { minLength: 1, maxLength: 3 });

/** Up to three threads of up to three lines. */
export const programs: fc.Arbitrary<Program> = fc.record(
  { a: lines, b: lines, c: lines },
  { requiredKeys: ['a', 'b'] },
);

/** Two that add one each, in two steps: the other's may get lost. */
export const LOST_UPDATE: Program = {
  a: [{ load: 'x' }, { storePlusOne: 'x' }],
  b: [{ load: 'x' }, { storePlusOne: 'x' }],
};
export const lostUpdate = ({ x }: Readonly<Record<string, number>>): string | null =>
  x === 2 ? null : `I0: x is ${x}`;

export interface Outcome {
  readonly choices: readonly string[];
  readonly problem: string | null;
  /** under a walk that takes each process that is ready as likely as another */
  readonly odds: number;
}

/** Every schedule to its end or its first problem, one after another. */
export function* everyRun<S>(
  system: System<S>,
  state: S = system.initial,
  choices: readonly string[] = [],
  odds = 1,
): Generator<Outcome> {
  const ready = system.ready(state);
  if (ready.length === 0) yield { choices, problem: endProblem(system, state), odds };
  for (const process of ready) {
    for (const move of system.moves(state, process)) {
      const way = [...choices, move.choice];
      const each = odds / ready.length;
      if (move.problem !== null) yield { choices: way, problem: move.problem, odds: each };
      else yield* everyRun(system, move.state, way, each);
    }
  }
}
