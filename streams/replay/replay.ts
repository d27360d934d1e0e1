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
import { firstDifference } from './same.ts';
import { emptyViews, foldRecord, type Views, viewsOfWorld } from './views.ts';

export interface Difference {
  /** the record that differs; the number of records when the seal does */
  readonly seq: number;
  readonly what: 'record' | 'choice' | 'thrown' | 'state' | 'verdict' | 'stateHash' | 'fold';
  readonly recorded: string;
  readonly replayed: string;
}

/** What a log's seal promises about its end. */
export interface SealedEnd {
  readonly verdict: string;
  /** null when it is of another version, which hashes other things */
  readonly stateHash: string | null;
}

export class Replayer {
  readonly #executor: Executor;
  readonly #everyState: boolean;
  #next: StepRecord | null;
  #world: World;
  #views: Views = emptyViews();
  readonly #failures: string[] = [];

  /** @param everyState hold the machines' state against the facts after each record, not at the end alone: slower */
  constructor(
    scenario: Scenario,
    seed: U64,
    executor: Executor = tableExecutor,
    everyState = false,
  ) {
    this.#executor = executor;
    this.#everyState = everyState;
    const { world, record } = startWorld(scenario, seed, executor);
    this.#world = world;
    this.#next = record;
  }

  /** Replays one record of the log; null when it comes out the same. */
  check(recorded: StepRecord): Difference | null {
    const { seq } = recorded;
    let replayed = this.#next;
    this.#next = null;
    const before = replayed === null ? this.#world : null;
    if (replayed === null) {
      const choices = enabled(this.#world, this.#executor).map(({ key }) => key);
      const next = this.#step(recorded.choice, choices);
      if (typeof next === 'string') {
        return { seq, what: 'choice', recorded: recorded.choice, replayed: next };
      }
      if (next instanceof Error) {
        const { message } = next;
        return { seq, what: 'thrown', recorded: lineOfRecord(recorded), replayed: message };
      }
      this.#world = next.world;
      replayed = next.record;
    }
    this.#failures.push(...failuresIn(replayed));
    const lines = { recorded: lineOfRecord(recorded), replayed: lineOfRecord(replayed) };
    if (lines.recorded !== lines.replayed) return { seq, what: 'record', ...lines };
    this.#views = foldRecord(this.#views, recorded);
    return this.#everyState && before !== null ? this.#stateAfter(before, recorded) : null;
  }

  /** From the views before, which were the same: comparing then costs what the record changed. */
  #stateAfter(before: World, recorded: StepRecord): Difference | null {
    const folded = foldRecord(viewsOfWorld(before), recorded);
    const path = firstDifference(folded, viewsOfWorld(this.#world))?.replace(/^\./, '');
    if (path === undefined) return null;
    const { seq } = recorded;
    return {
      seq,
      what: 'state',
      recorded: `${path} by its facts`,
      replayed: `${path} of the machines`,
    };
  }

  /** The step of a choice, or why there is none; an error when the machines could not end it. */
  #step(choice: string, possible: readonly string[]): Step | string | Error {
    try {
      if (possible.includes(parseChoice(choice).key)) {
        return step(this.#world, choice, this.#executor);
      }
      return possible.length === 0 ? 'nothing is possible' : possible.join(', ');
    } catch (error) {
      if (error instanceof ChoiceError) return error.message;
      if (error instanceof Error) return error;
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
    if (stateHash !== null && end.stateHash !== stateHash) {
      return { seq, what: 'stateHash', recorded: stateHash, replayed: end.stateHash };
    }
    return this.checkFold();
  }

  /** Holds the state that the machines have come to against the fold of the log's facts; of a log without a seal, too. */
  checkFold(): Difference | null {
    const { stateHash } = this;
    const folded = digestOf(this.#views);
    const seq = this.#world.seq;
    return folded === stateHash
      ? null
      : { seq, what: 'fold', recorded: stateHash, replayed: folded };
  }

  /** Of the state as replayed so far. */
  get stateHash(): string {
    return digestOf(viewsOfWorld(this.#world));
  }
}
