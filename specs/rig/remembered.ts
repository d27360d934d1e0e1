/** A world that remembers steps beside the plain one: whoever looks at both has to see the same. */
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import type { DecisionKind } from '../../machines/contract/decisions.ts';
import { explore, type StrategyName, strategyOf } from '../../streams/explore/explore.ts';
import { invariantJudge } from '../../streams/explore/judge.ts';
import { Random } from '../../streams/explore/random.ts';
import { remembering } from '../../streams/explore/remembered/remembering.ts';
import type { Exploration } from '../../streams/explore/result.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import { drawMove } from '../../streams/explore/strategies/draw.ts';
import type { Sampled } from '../../streams/explore/strategies/sample.ts';
import type { System } from '../../streams/explore/system.ts';
import type { WorldSystem } from '../../streams/explore/world-system.ts';
import { showing, WITNESS_NAMES, witnessesOf } from '../../streams/explore/witnesses.ts';
import { seedOf } from './scenarios.ts';

/** What is sampled of a scenario: every invariant, and what it expects unless things are made to fail. */
export function sampledSystem(scenario: Scenario, decisions: readonly DecisionKind[]): WorldSystem {
  const judge = invariantJudge(undefined, decisions.length === 0);
  return scenarioSystem(scenario, { judge: showing(judge), decisions });
}

/** What a search finds within so many steps; null where both refuse it. */
export function searchedBoth(
  plain: WorldSystem,
  strategy: StrategyName,
  transitions: number,
): Both<Exploration> | null {
  const limits = { transitions, isExhaustive: true };
  const options = { witnesses: witnessesOf(WITNESS_NAMES) };
  const memory = remembering(plain);
  expect(memory.unreducible).toBe(plain.unreducible);
  if (strategyOf(strategy).reduces && plain.unreducible !== null) return null;
  return {
    remembered: explore(memory, strategy, limits, options),
    plain: explore(plain, strategy, limits, options),
  };
}

export interface Both<T> {
  readonly remembered: T;
  readonly plain: T;
}

const SAMPLERS = ['random', 'pct', 'pos'] as const;

/** Runs of each sampler that remembers: what was found, which classes, which witnesses. */
export function sampledBoth(plain: WorldSystem, executions: number): Both<Sampled>[] {
  const memory = remembering(plain);
  const limits = { executions, isExhaustive: true };
  const witnesses = witnessesOf(WITNESS_NAMES);
  return SAMPLERS.map((name, i) => {
    const { sample } = strategyOf(name);
    if (sample === undefined) throw new RangeError(`${name} draws no runs`);
    const options = { seed: seedOf(i + 1), classes: true, witnesses };
    return {
      remembered: sample(memory, limits, options),
      plain: sample(plain, limits, options),
    };
  });
}

/** Runs of each, step by step: who is ready, which state it is, what each step says of itself. */
export function walkedBoth(plain: WorldSystem, runs: number, most?: number): Both<string[]>[] {
  const memory = remembering(plain, most);
  return Array.from({ length: runs }, (_, i) => {
    // a text is one of a whole world: half of the runs go without, so that steps and keys come from parts alone
    const isWhole = i % 2 === 1;
    return {
      remembered: walked(memory, seedOf(i + 1), isWhole),
      plain: walked(plain, seedOf(i + 1), isWhole),
    };
  });
}

const MOST_STEPS = 1_000;

function walked<S>(system: System<S>, seed: U64, isWhole: boolean): string[] {
  const random = new Random(seed);
  const lines: string[] = [];
  let state = system.initial;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    lines.push(JSON.stringify(system.key(state)));
    if (isWhole) lines.push(system.text(state));
    const ready = system.ready(state);
    lines.push(ready.join(' '));
    const process = ready[random.int(ready.length)];
    if (process === undefined) break;
    const move = drawMove(system, state, process, random);
    const { choice, cause, isLast, problem, asks } = move;
    lines.push(JSON.stringify([choice, cause, isLast, problem, asks]));
    for (const touches of [move.touches(), move.mergedTouches()]) {
      lines.push([...touches].sort((a, b) => a - b).join());
    }
    ({ state } = move);
  }
  lines.push(JSON.stringify([system.stuck(state), system.problemAtEnd(state)]));
  return lines;
}
