/**
 * What if, at one record of a log, something else had been delivered: the run forks there, both ways go on under one
 * policy to their ends, and are compared. The world has the latencies of the log, so one side is the log itself.
 */
import type { Decision } from '../../machines/contract/decisions.ts';
import { visitEnabled } from '../world/choice.ts';
import type { StepRecord } from '../world/record.ts';
import { tableExecutor } from '../world/run.ts';
import { startWorld } from '../world/start.ts';
import { step } from '../world/step.ts';
import type { World } from '../world/world.ts';
import { ended } from './ended.ts';
import type { LoggedRun } from './from-log.ts';
import { type Ran, running } from './ran.ts';
import { type Change, checkPutOff, NotPossible, withChange } from './schedule/change.ts';
import { type Differences, differencesOf, type Tail } from './schedule/difference.ts';
import { statesAlong } from './schedule/odds.ts';
import { goingOn, inOrderOf, type Policy } from './schedule/policy.ts';
import type { Move } from './system.ts';
import { type Explored, worldSystem, type WorldSystem } from './world-system.ts';

/** A thing that could be done at the fork. */
export interface Possible {
  readonly choice: string;
  /** as it would be recorded */
  readonly record: StepRecord;
  /** what the step decides, in the order in which it asks */
  readonly decisions: readonly Decision[];
}

/** How both sides go on. `log`: in the order of the log as far as they can, then in canonical order. */
export type TailPolicy =
  | { readonly kind: 'log' }
  | { readonly kind: 'time' }
  | { readonly kind: 'random'; readonly policy: Policy<unknown> };

export interface RunSide extends Ran {
  readonly choices: readonly string[];
  /** answers of the log that no step asked for any more */
  readonly unasked: number;
}

export interface WhatIf {
  readonly sides: readonly [RunSide, RunSide];
  readonly differences: Differences;
}

/** A log, forked before one of its steps. */
export class Fork {
  readonly #run: LoggedRun;
  readonly #step: number;
  readonly #system: WorldSystem;
  readonly #before: readonly Move<Explored>[];

  /** @param at the step, counted from 0. @throws RangeError when the choices are not possible */
  constructor(run: LoggedRun, at: number) {
    this.#run = run;
    this.#step = at;
    const { world, record } = startWorld(run.scenario, run.seed, tableExecutor);
    this.#system = worldSystem(world, { executor: tableExecutor, first: record });
    this.#before = statesAlong(this.#system, run.choices.slice(0, at));
  }

  get #state(): Explored {
    return this.#before.at(-1)?.state ?? this.#system.initial;
  }

  /** What can be done here, in canonical order. */
  possible(): Possible[] {
    const { world } = this.#state;
    const keys: string[] = [];
    visitEnabled(world, tableExecutor, (key) => keys.push(key));
    return keys.map((choice) => {
      const { record, decisions } = step(world, choice, tableExecutor);
      return { choice, record, decisions };
    });
  }

  /** @throws NotPossible */
  compare(change: Change, policy: TailPolicy): WhatIf {
    return ended(this.comparing(change, policy));
  }

  /** The same, step by step: yields how many were taken on a side. @throws NotPossible */
  *comparing(change: Change, policy: TailPolicy): Generator<number, WhatIf> {
    const log = this.#run.choices;
    const order = withChange(log, this.#step, change, this.#system, this.#state);
    // a change of order is seen in how the run goes on; any other one is this very step
    const [here, there] = [
      log[this.#step],
      change.kind === 'after' ? undefined : order[this.#step],
    ];
    const inLog = policy.kind === 'log';
    if (!inLog && change.kind === 'after') {
      throw new NotPossible('after: puts a record of the log off; another policy has none');
    }
    const sides = [
      yield* this.#goOn(here, inLog ? inOrderOf(log) : policyOf(policy)),
      yield* this.#goOn(there, inLog ? inOrderOf(order) : policyOf(policy)),
    ] as const;
    if (change.kind === 'after') checkPutOff(log, this.#step, change.step, sides[1].side.choices);
    return {
      sides: [sides[0].side, sides[1].side],
      differences: differencesOf(sides[0].tail, sides[1].tail),
    };
  }

  /** One side: maybe a first step that is given, then the policy. */
  *#goOn(
    first: string | undefined,
    policy: Policy<Explored>,
  ): Generator<number, { side: RunSide; tail: Tail }> {
    const { scenario, seed, choices: log } = this.#run;
    const before = this.#before.map(({ choice }) => choice);
    const most = 4 * log.length + 1000;
    const taken = first === undefined ? [] : [this.#take(first)];
    const from = taken[0]?.state ?? this.#state;
    const options = {
      before: [...before, ...taken.map(({ choice }) => choice)],
      most,
      stops: false,
    };
    const went = yield* goingOn(this.#system, from, policy, options);
    const moves = [...taken, ...went.moves];
    const choices = [...before, ...moves.map(({ choice }) => choice)];
    const ran = yield* running(scenario, seed, choices);
    const side = { ...ran, choices, unasked: went.unasked };
    const records = side.records.slice(before.length + 1);
    return { side, tail: { records, moves, from: before.length } };
  }

  #take(choice: string): Move<Explored> {
    const move = this.#system.take(this.#state, choice);
    if (move === undefined) throw new NotPossible(`${choice} is not possible here`);
    return move;
  }
}

const policyOf = (policy: TailPolicy): Policy<Explored> =>
  policy.kind === 'random' ? policy.policy : BY_TIME;

/** What the latency model has arrive first. */
const BY_TIME: Policy<Explored> = { rank: (process, _nth, { world }) => dueNsOf(world, process) };

function dueNsOf(world: World, process: string): number {
  let found = Infinity;
  visitEnabled(world, tableExecutor, (key, dueNs) => {
    if (key === process) found = dueNs;
  });
  return found;
}
