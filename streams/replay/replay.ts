/**
 * Replay: the choices of a log are fed to the machines again and every record is compared with the line in the log, and
 * beside it the log's facts are folded without any machine. The first difference ends it, with both sides.
 */
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { ChoiceError } from '../../machines/contract/decisions.ts';
import { enabled, parseChoice } from '../world/choice.ts';
import type { StepRecord } from '../world/record.ts';
import { endOf, failuresIn, type RunEnd, tableExecutor } from '../world/run.ts';
import { startWorld } from '../world/start.ts';
import { type Step, step } from '../world/step.ts';
import type { World } from '../world/world.ts';
import { lineOfRecord } from '../log/wire.ts';
import { digestOf } from './digest.ts';
import { emptyViews, foldRecord, type Views } from './views.ts';

export interface Difference {
  /** the record that differs; the number of records when the seal does */
  readonly seq: number;
  readonly what: 'record' | 'choice' | 'verdict' | 'stateHash' | 'fold';
  readonly recorded: string;
  readonly replayed: string;
}

/** What a log's seal promises about its end. */
export interface SealedEnd {
  readonly verdict: string;
  readonly stateHash: string;
}

export class Replayer {
  readonly #executor: Executor;
  #next: StepRecord | null;
  #world: World;
  #views: Views = emptyViews();
  readonly #failures: string[] = [];

  constructor(scenario: Scenario, seed: U64, executor: Executor = tableExecutor) {
    this.#executor = executor;
    const { world, record } = startWorld(scenario, seed, executor);
    this.#world = world;
    this.#next = record;
  }

  /** Replays one record of the log; null when it comes out the same. */
  check(recorded: StepRecord): Difference | null {
    const { seq } = recorded;
    let replayed = this.#next;
    this.#next = null;
    if (replayed === null) {
      const choices = enabled(this.#world, this.#executor).map(({ key }) => key);
      const next = this.#step(recorded.choice, choices);
      if (typeof next === 'string') {
        return { seq, what: 'choice', recorded: recorded.choice, replayed: next };
      }
      this.#world = next.world;
      replayed = next.record;
    }
    this.#failures.push(...failuresIn(replayed));
    const lines = { recorded: lineOfRecord(recorded), replayed: lineOfRecord(replayed) };
    if (lines.recorded !== lines.replayed) return { seq, what: 'record', ...lines };
    this.#views = foldRecord(this.#views, recorded);
    return null;
  }

  /** The step of a choice, or why there is none. */
  #step(choice: string, possible: readonly string[]): Step | string {
    try {
      if (possible.includes(parseChoice(choice).key)) {
        return step(this.#world, choice, this.#executor);
      }
      return possible.length === 0 ? 'nothing is possible' : possible.join(', ');
    } catch (error) {
      if (error instanceof ChoiceError) return error.message;
      throw error;
    }
  }

  /** The end as replayed. */
  end(): RunEnd {
    const cut = enabled(this.#world, this.#executor).length > 0;
    return endOf(this.#world, this.#failures, cut);
  }

  /** Holds the seal against the replayed end and against the fold of the log's facts. */
  checkEnd({ verdict, stateHash }: SealedEnd): Difference | null {
    const end = this.end();
    const seq = end.events;
    if (end.verdict !== verdict) {
      return { seq, what: 'verdict', recorded: verdict, replayed: end.verdict };
    }
    if (end.stateHash !== stateHash) {
      return { seq, what: 'stateHash', recorded: stateHash, replayed: end.stateHash };
    }
    const folded = digestOf(this.#views);
    return folded === stateHash
      ? null
      : { seq, what: 'fold', recorded: stateHash, replayed: folded };
  }
}
