/**
 * From a log to something that can be explored: its scenario, its choices as far as they lead to the problem, and a judge
 * that looks for that one problem. The world delivers at once, as explored worlds do, if the log's choices then show the
 * problem, too; otherwise with the latencies of the log.
 */
import { type Breach, watchOf } from '../../domain/invariants/watch.ts';
import { INVARIANTS } from '../../domain/invariants/list.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import type { DecisionKind } from '../../machines/contract/decisions.ts';
import type { StepRecord } from '../world/record.ts';
import { endOf, failuresIn, tableExecutor } from '../world/run.ts';
import { parseChoice, visitEnabled } from '../world/choice.ts';
import { startWorld } from '../world/start.ts';
import { step } from '../world/step.ts';
import { atOnce } from './at-once.ts';
import { expectations, invariantJudge, type Judge, telling } from './judge.ts';
import { follow, kindOf } from './schedule/follow.ts';
import { namesIn, sameAs } from './schedule/same.ts';
import { answersIn } from './schedule/size.ts';
import type { Move } from './system.ts';
import { type Explored, worldSystem, type WorldSystem } from './world-system.ts';

export interface LoggedRun {
  readonly scenario: Scenario;
  readonly seed: U64;
  /** of every record but the first, which makes the world */
  readonly choices: readonly string[];
}

/** What a log shows. */
export interface Shown {
  /** in order of weight: invariants as they were broken, then expectations, then that somebody still waits */
  readonly problems: readonly string[];
  /** kinds of decisions that its choices answer differently from the defaults */
  readonly decisions: readonly DecisionKind[];
}

export interface FromLog {
  /** as a log of a schedule of `system` names it */
  readonly scenario: Scenario;
  readonly seed: U64;
  /** messages are due at once; otherwise as late as in the log, and what depends on that is not part of a state's key */
  readonly isAtOnce: boolean;
  readonly system: WorldSystem;
  /** the choices of the log, up to the problem */
  readonly choices: readonly string[];
  /** the steps that they are */
  readonly moves: readonly Move<Explored>[];
  readonly problem: string;
  /** kinds of decisions that `system` explores: those that the log's choices answer */
  readonly decisions: readonly DecisionKind[];
  /** as many answers of one step as the log has at most */
  readonly maxAnswers: number;
}

/** An explored world has no use for a seed: its latencies are 0. */
const NO_SEED: U64 = '0x0';

const textOf = ({ id, what }: Breach): string => `${id}: ${what}`;

/** Repeats the run of a log and looks for whatever is wrong. @throws RangeError when a choice is not possible */
export function shownBy({ scenario, seed, choices }: LoggedRun): Shown {
  const { start, at, end } = watchOf();
  const broken: string[] = [];
  const failed: string[] = [];
  const kinds = new Set<DecisionKind>();
  let { world, record }: { world: ReturnType<typeof startWorld>['world']; record: StepRecord } =
    startWorld(scenario, seed, tableExecutor);
  let { watched } = at(start, record);
  for (const choice of choices) {
    const taken = step(world, choice, tableExecutor);
    ({ world, record } = taken);
    for (const index of parseChoice(choice).answers.keys()) {
      const kind = taken.decisions[index - 1]?.kind;
      if (kind !== undefined) kinds.add(kind);
    }
    const judged = at(watched, record);
    ({ watched } = judged);
    broken.push(...judged.breaches.map(textOf));
    failed.push(...failuresIn(record));
  }
  let isCut = false;
  visitEnabled(world, tableExecutor, () => (isCut = true));
  const { verdict, reasons } = endOf(world, [], isCut);
  const isStuck = verdict === 'stuck';
  if (!isCut && !isStuck) broken.push(...end(watched).map(textOf));
  const waits = isStuck ? [`stuck: ${reasons[0] ?? ''}`] : [];
  return { problems: [...broken, ...failed, ...waits], decisions: [...kinds].sort() };
}

/** A judge that looks for one problem and for nothing else: others on the way are passed by. */
export function judgeOf(kind: string, isIt: (problem: string) => boolean): Judge {
  const invariant = INVARIANTS.find(({ rule }) => rule.id === kind);
  return telling(invariant === undefined ? expectations : invariantJudge([invariant]), isIt);
}

export interface Begun {
  readonly scenario: Scenario;
  readonly seed: U64;
  readonly judge: Judge;
  readonly decisions: readonly DecisionKind[];
  readonly maxAnswers: number;
}

/** A world that has just begun, as a system. */
export function begin({ scenario, seed, ...options }: Begun): WorldSystem {
  const { world, record } = startWorld(scenario, seed, tableExecutor);
  return worldSystem(world, { executor: tableExecutor, first: record, ...options });
}

/**
 * What is to be explored to find more schedules with a problem that the log shows.
 * @param problem one of what {@link shownBy} names
 * @throws RangeError when the choices do not show the problem
 */
export function fromLog(
  run: LoggedRun,
  problem: string,
  decisions: readonly DecisionKind[],
): FromLog {
  const isIt = sameAs(problem, namesIn(run.scenario));
  const judge = judgeOf(kindOf(problem), isIt);
  const maxAnswers = Math.max(0, ...run.choices.map(answersIn));
  const longest = run.choices.length + 1000;
  for (const isAtOnce of [true, false]) {
    const scenario = isAtOnce ? atOnce(run.scenario) : run.scenario;
    const seed = isAtOnce ? NO_SEED : run.seed;
    const system = begin({ scenario, seed, judge, decisions, maxAnswers });
    const found = follow(system, run.choices, { skip: true, thenUpTo: isAtOnce ? longest : 0 });
    if (found.problem === null || !isIt(found.problem)) continue;
    const { moves, problem: shows } = found;
    const choices = moves.map(({ choice }) => choice);
    const shown = { problem: shows, choices, moves, decisions, maxAnswers };
    return { scenario, seed, isAtOnce, system, ...shown };
  }
  throw new RangeError(`the choices do not show ${kindOf(problem)}`);
}
