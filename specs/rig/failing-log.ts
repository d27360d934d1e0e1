/** A random run of a quirk's scenario that shows the quirk, as a log has it: its choices up to its end. */
import type { QuirkRow } from '../../domain/quirks/quirks.ts';
import { watchOf } from '../../domain/invariants/watch.ts';
import { seed32 } from '../../hw/latency.ts';
import type { LoggedRun } from '../../streams/explore/from-log.ts';
import { randomFaults, randomHardware } from '../../streams/world/decide.ts';
import { runScenario } from '../../streams/world/run.ts';
import { scenarioOfQuirk } from './quirks.ts';
import { seedOf } from './scenarios.ts';

/** Longer runs are passed over. */
const MOST_STEPS = 3000;

/** @throws RangeError when none of `most` runs shows what the quirk breaks */
export function failingLog(row: QuirkRow, most = 300): LoggedRun {
  const scenario = scenarioOfQuirk(row, true);
  for (let n = 1; n <= most; n++) {
    const seed = seedOf(n);
    const hardware = randomHardware(seed32(seed));
    const decider = row.needsFault === true ? randomFaults(seed32(seed), 6, hardware) : hardware;
    const run = runScenario({ scenario, seed, chooser: 'random', decider });
    const { start, at, end } = watchOf();
    const choices: string[] = [];
    const broken = new Set<string>();
    let watched = start;
    for (let next = run.next(); choices.length < MOST_STEPS; next = run.next()) {
      if (next.done === true) {
        const { verdict } = next.value;
        const atEnd = verdict === 'stuck' ? ['stuck'] : end(watched).map(({ id }) => id);
        atEnd.forEach((id) => broken.add(id));
        if (verdict === 'failed' && row.needsFault !== true) broken.add('expect');
        break;
      }
      if (next.value.seq > 0) choices.push(next.value.choice);
      const judged = at(watched, next.value);
      ({ watched } = judged);
      for (const { id } of judged.breaches) broken.add(id);
    }
    if (broken.has(row.breaks)) return { scenario, seed, choices };
  }
  throw new RangeError(`no run of ${row.id} shows ${row.breaks}`);
}
