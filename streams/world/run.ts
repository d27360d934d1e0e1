/**
 * A run: a scenario under a chooser, as a generator of records. The last value says how it ended.
 */
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { FencelabError } from '../../domain/errors.ts';
import { ChoiceError } from '../../machines/contract/decisions.ts';
import { seed32 } from '../../hw/latency.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { MACHINE_SET } from '../../machines/index.ts';
import { enabled } from './choice.ts';
import { type Decider, decidedStep, NO_DECIDER, randomHardware } from './decide.ts';
import { type Chooser, listChooser, randomChooser, timeChooser } from './chooser.ts';
import type { StepRecord } from './record.ts';
import { startWorld } from './start.ts';
import { digestOf } from '../replay/digest.ts';
import { viewsOfWorld } from '../replay/views.ts';
import { waitGraph } from './wait-graph.ts';
import { NO_WAITS, waitReport } from './wait-report.ts';
import type { World } from './world.ts';

export interface RunOptions {
  readonly scenario: Scenario;
  readonly seed: U64;
  readonly chooser: 'time' | 'random' | { readonly choices: readonly string[] };
  /** the table executor unless given */
  readonly executor?: Executor;
  /** who answers what steps decide; by default nothing fails, and only a random run has hardware do as it likes */
  readonly decider?: Decider;
  /** is shown the world that each record leads to, before the record is handed out */
  readonly onWorld?: (world: World) => void;
}

/** `stuck`: nothing can happen any more and somebody still waits; `cut`: a list of choices came to its end first. */
export type Verdict = 'ok' | 'failed' | 'stuck' | 'cut';

export interface RunEnd {
  readonly verdict: Verdict;
  /** records, record 0 included */
  readonly events: number;
  readonly stateHash: string;
  /** failed expectations; then, of a run that cannot go on, who waits for what, the cycle or the root cause first */
  readonly reasons: readonly string[];
  /** of a run that cannot go on: who waits on the shortest cycle, one for the next; null without a cycle */
  readonly cycle: readonly string[] | null;
  readonly world: World;
}

export const tableExecutor = new TableExecutor(MACHINE_SET);

export function chooserOf(options: Pick<RunOptions, 'chooser' | 'seed'>): Chooser {
  const { chooser, seed } = options;
  if (chooser === 'time') return timeChooser;
  return chooser === 'random' ? randomChooser(seed) : listChooser(chooser.choices);
}

/** A choice that answers what the step does not ask is the fault of who gave the list. @param number its place there */
function possible<T>(number: number, choose: () => T): T {
  try {
    return choose();
  } catch (error) {
    if (!(error instanceof ChoiceError)) throw error;
    throw new FencelabError('FL308', `choice ${number} of the list: ${error.message}`);
  }
}

/** Who decides when nobody else is asked to. */
export function deciderOf({ chooser, seed }: Pick<RunOptions, 'chooser' | 'seed'>): Decider {
  return chooser === 'random' ? randomHardware(seed32(seed)) : NO_DECIDER;
}

export function* runScenario(options: RunOptions): Generator<StepRecord, RunEnd, undefined> {
  const { scenario, seed, executor = tableExecutor, onWorld } = options;
  const chooser = chooserOf(options);
  const decider = options.decider ?? deciderOf(options);
  const started = startWorld(scenario, seed, executor);
  const failures: string[] = [];
  let { world } = started;
  onWorld?.(world);
  yield started.record;
  for (;;) {
    const choices = enabled(world, executor);
    const choice = choices.length === 0 ? null : possible(world.seq, () => chooser.choose(choices));
    if (choice === null) return endOf(world, failures, choices.length > 0);
    const before = world;
    const next = possible(before.seq, () => decidedStep(before, choice.key, executor, decider));
    world = next.world;
    onWorld?.(world);
    failures.push(...failuresIn(next.record));
    yield next.record;
  }
}

export function failuresIn({ facts }: StepRecord): string[] {
  return facts.flatMap((fact) =>
    fact.type === 'expect.failed'
      ? [
          `${fact.client}, step ${fact.step + 1}: ${fact.what}: ` +
            `expected ${fact.expected}, got ${fact.actual}`,
        ]
      : [],
  );
}

export function endOf(world: World, failures: readonly string[], cut: boolean): RunEnd {
  const waits = cut ? NO_WAITS : waitReport(world, waitGraph(world, tableExecutor));
  const isStuck = waits.lines.length > 0;
  const verdict = failures.length > 0 ? 'failed' : cut ? 'cut' : isStuck ? 'stuck' : 'ok';
  return {
    verdict,
    events: world.seq,
    stateHash: digestOf(viewsOfWorld(world)),
    reasons: [...failures, ...waits.lines],
    cycle: waits.cycle,
    world,
  };
}
