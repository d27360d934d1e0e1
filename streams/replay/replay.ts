/**
 * Replay: the choices of a log are fed to the machines again and every record is compared with the line in the log, and
 * beside it the log's facts are folded without any machine. Where the log states the identity of the world, at the end of
 * each block, that is compared, too: machines may differ in what no record shows. The first difference ends it, with both
 * sides.
 */
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import { RunningKey } from '../explore/running-key.ts';
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
  readonly what:
    'record' | 'choice' | 'thrown' | 'state' | 'verdict' | 'stateHash' | 'stateKey' | 'fold';
  /** of a state key: the first record since the last one that agreed */
  readonly from?: number;
  readonly recorded: string;
  readonly replayed: string;
}

/** What a log's seal promises about its end. */
export interface SealedEnd {
  readonly verdict: string;
  /** null when it is of another version, which hashes other things */
  readonly stateHash: string | null;
  /** undefined when it has none */
  readonly stateKey?: string | undefined;
}

/** A state key that a log states: of the world after record `to`. */
export interface StatedKey {
  readonly to: number;
  readonly stateKey: string;
}

export class Replayer {
  readonly #executor: Executor;
  readonly #everyState: boolean;
  #next: StepRecord | null;
  #world: World;
  #views: Views = emptyViews();
  readonly #failures: string[] = [];
  readonly #key = new RunningKey();
  /** in order; the world has not come to them yet */
  readonly #stated: StatedKey[] = [];
  /** the first record after the last state key that agreed */
  #from = 0;
  #agreed = 0;

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

  /** State keys that were compared and agreed. */
  get agreedKeys(): number {
    return this.#agreed;
  }

  /** What the log states of the world after a record: tell it before the next record is checked. */
  expect(stated: StatedKey): void {
    this.#stated.push(stated);
  }

  /** Replays one record of the log; null when it comes out the same, and the state before it is the one stated. */
  check(recorded: StepRecord): Difference | null {
    return this.#checkStated() ?? this.#checkRecord(recorded);
  }

  #checkRecord(recorded: StepRecord): Difference | null {
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

  /** Compares the state key that is stated of the world as it is, if one is. */
  #checkStated(): Difference | null {
    const stated = this.#stated[0];
    const last = this.#world.seq - 1;
    if (stated?.to !== last || this.#next !== null) return null;
    this.#stated.shift();
    this.#key.see(this.#world);
    const [recorded, replayed, from] = [stated.stateKey, this.#key.hex(), this.#from];
    if (recorded !== replayed) return { seq: last, what: 'stateKey', from, recorded, replayed };
    this.#agreed += 1;
    this.#from = this.#world.seq;
    return null;
  }

  /** Holds the seal against the replayed end and against the fold of the log's facts. */
  checkEnd({ verdict, stateHash, stateKey }: SealedEnd): Difference | null {
    const atBlock = this.#checkStated();
    if (atBlock !== null) return atBlock;
    const end = this.end();
    const seq = end.events;
    if (end.verdict !== verdict) {
      return { seq, what: 'verdict', recorded: verdict, replayed: end.verdict };
    }
    if (stateHash !== null && end.stateHash !== stateHash) {
      return { seq, what: 'stateHash', recorded: stateHash, replayed: end.stateHash };
    }
    if (stateKey !== undefined) this.expect({ to: seq - 1, stateKey });
    return this.checkFold();
  }

  /** Holds the state that the machines have come to against the fold of the log's facts; of a log without a seal, too. */
  checkFold(): Difference | null {
    const atEnd = this.#checkStated();
    if (atEnd !== null) return atEnd;
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
