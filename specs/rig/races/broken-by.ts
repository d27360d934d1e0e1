/** What a run breaks: the ids of invariants, `failed` for an expectation, `throws` for a machine that finds nonsense. */
import { watchOf } from '../../../domain/invariants/watch.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import type { Executor } from '../../../machines/execute/executor.ts';
import { runScenario } from '../../../streams/world/run.ts';
import { seedOf } from '../scenarios.ts';

export function brokenBy(scenario: Scenario, seed: number, executor?: Executor): Set<string> {
  const broken = new Set<string>();
  const with_ = executor === undefined ? {} : { executor };
  const run = runScenario({ scenario, chooser: 'random', seed: seedOf(seed), ...with_ });
  const { start, at, end } = watchOf();
  let watched = start;
  try {
    for (let next = run.next(); ; next = run.next()) {
      if (next.done === true) {
        if (next.value.verdict === 'failed') broken.add('failed');
        for (const { id } of end(watched)) broken.add(id);
        return broken;
      }
      const seen = at(watched, next.value);
      watched = seen.watched;
      for (const { id } of seen.breaches) broken.add(id);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return broken.add('throws');
  }
}
