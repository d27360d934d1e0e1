/** Runs of a scenario under an executor: what they break, what they show, how they end. */
import { watchOf } from '../../../domain/invariants/watch.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import type { Executor } from '../../../machines/execute/executor.ts';
import { type RunEnd, runScenario } from '../../../streams/world/run.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { seedOf } from '../scenarios.ts';
import { Cast } from './cast.ts';
import { type MomentId, MOMENTS } from './moments.ts';
import type { Sightings } from './sightings.ts';

type Run = Generator<StepRecord, RunEnd, undefined>;

function runOf(scenario: Scenario, seed: number, executor?: Executor): Run {
  const with_ = executor === undefined ? {} : { executor };
  return runScenario({ scenario, chooser: 'random', seed: seedOf(seed), ...with_ });
}

/**
 * The ids of invariants, `failed` for an expectation, `stuck` for a run that cannot go on, `throws` for a machine that
 * finds nonsense.
 * @param sightings sees the records, too
 */
export function brokenBy(
  scenario: Scenario,
  seed: number,
  executor?: Executor,
  sightings?: Sightings,
): Set<string> {
  const broken = new Set<string>();
  const run = runOf(scenario, seed, executor);
  const { start, at, end } = watchOf();
  let watched = start;
  try {
    for (let next = run.next(); ; next = run.next()) {
      if (next.done === true) {
        const { verdict } = next.value;
        if (verdict !== 'ok') broken.add(verdict);
        for (const { id } of end(watched)) broken.add(id);
        return broken;
      }
      const seen = at(watched, next.value);
      watched = seen.watched;
      for (const { id } of seen.breaches) broken.add(id);
      sightings?.take(next.value);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return broken.add('throws');
  }
}

/** How a run ends, and which moments are in it. */
export function endOfRun(
  scenario: Scenario,
  seed: number,
  executor?: Executor,
): { readonly end: unknown; readonly moments: ReadonlySet<MomentId> } {
  const run = runOf(scenario, seed, executor);
  const cast = new Cast();
  const moments = new Set<MomentId>();
  for (let next = run.next(); ; next = run.next()) {
    if (next.done === true) {
      const { verdict, events, stateHash, reasons } = next.value;
      return { end: { verdict, events, stateHash, reasons }, moments };
    }
    for (const [moment, { at }] of Object.entries(MOMENTS) as [
      MomentId,
      (typeof MOMENTS)[MomentId],
    ][]) {
      if (at(next.value, cast)) moments.add(moment);
    }
    cast.note(next.value);
  }
}
