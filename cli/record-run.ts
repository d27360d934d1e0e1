/**
 * Drives one run: pulls records from the world, writes them to a log, hands them to whoever tells the story. Lets
 * signals in now and then; when one comes, what is written is flushed and the log stays open.
 */
import { FencelabError } from '../domain/errors.ts';
import { type Breach, watchOf } from '../domain/invariants/watch.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import type { U64 } from '../domain/units.ts';
import { RunningKey } from '../streams/explore/running-key.ts';
import type { LogWriter } from '../streams/log/writer.ts';
import type { StepRecord } from '../streams/world/record.ts';
import { deciderOf, type RunEnd, type RunOptions, runScenario } from '../streams/world/run.ts';
import { placeInChoices } from './choices-file.ts';
import { type FaultReport, PlannedFault } from './fault.ts';
import { breathe, type Io } from './io.ts';
import { openLogWriter } from './log-target.ts';
import type { ChosenChooser } from './options.ts';
import type { Progress } from './progress.ts';

export interface RunPlan {
  readonly scenario: Scenario;
  readonly seed: U64;
  readonly chooser: ChosenChooser;
  /** the chance to fail that fails; undefined: none does */
  readonly fail: number | undefined;
  /** where the log goes; undefined: nowhere */
  readonly log: string | undefined;
}

export interface RunWatcher {
  readonly io: Io;
  readonly progress: Progress;
  readonly onRecord: (record: StepRecord) => void;
}

export interface Recorded {
  readonly end: RunEnd;
  /** null when nothing was to fail */
  readonly fault: FaultReport | null;
  /** invariants that the run broke, in order */
  readonly breaches: readonly Breach[];
}

/** How a run ended; undefined when a signal cut it short. */
export type RunResult = Recorded | undefined;

const BREATH = 256;

async function drive(
  plan: RunPlan,
  writer: LogWriter | undefined,
  key: RunningKey,
  watcher: RunWatcher,
): Promise<RunResult> {
  const { scenario, seed, chooser, fail } = plan;
  const how = (
    chooser.choices === undefined ? chooser.kind : { choices: chooser.choices.choices }
  ) as RunOptions['chooser'];
  const others = deciderOf({ chooser: how, seed });
  const planned = fail === undefined ? undefined : new PlannedFault(fail, others);
  const decider = planned?.decider ?? others;
  const run = runScenario({ scenario, seed, chooser: how, decider, onWorld: key.see });
  const { start, at, end } = watchOf();
  const breaches: Breach[] = [];
  let watched = start;
  for (let count = 1; ; count++) {
    const { done, value } = run.next();
    if (done === true) {
      // a run that was cut or cannot go on has not come to the end that they are about
      const isOver = value.verdict === 'ok' || value.verdict === 'failed';
      if (isOver) breaches.push(...end(watched));
      return { end: value, fault: planned?.report ?? null, breaches };
    }
    const judged = at(watched, value);
    ({ watched } = judged);
    breaches.push(...judged.breaches);
    planned?.seen(value);
    await writer?.append(value);
    watcher.onRecord(value);
    if (count % BREATH === 0) {
      watcher.progress.at(count);
      await breathe();
      if (watcher.io.stopped() !== undefined) return undefined;
    }
  }
}

/** Runs the plan. @throws FencelabError; the log then holds what was written before */
export async function recordRun(plan: RunPlan, watcher: RunWatcher): Promise<RunResult> {
  const { scenario, seed, chooser, log } = plan;
  const key = new RunningKey();
  const writer =
    log === undefined ? undefined : await openLogWriter(log, scenario, seed, chooser.kind, key);
  try {
    const recorded = await drive(plan, writer, key, watcher);
    if (recorded !== undefined) {
      const { verdict, stateHash } = recorded.end;
      await writer?.seal({ verdict, stateHash });
    }
    return recorded;
  } catch (error) {
    throw chooser.choices === undefined ? error : placeInChoices(error, chooser.choices);
  } finally {
    await closeQuietly(writer);
    watcher.progress.end();
  }
}

/** A failed output has already been told; closing it again must not hide what happened. */
async function closeQuietly(writer: LogWriter | undefined): Promise<void> {
  try {
    await writer?.close();
  } catch (error) {
    if (!(error instanceof FencelabError)) throw error;
  }
}
