/** The catalogue, run: each quirk with the scenario that can show it. */
import { join } from 'node:path';
import { loadScenario } from '../../cli/scenario-file.ts';
import { watchOf } from '../../domain/invariants/watch.ts';
import type { QuirkId, QuirkRow } from '../../domain/quirks/quirks.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { seed32 } from '../../hw/latency.ts';
import { randomFaults, randomHardware } from '../../streams/world/decide.ts';
import { runScenario } from '../../streams/world/run.ts';
import { seedOf } from './scenarios.ts';

const FOLDER = new URL('../../scenarios/quirks', import.meta.url).pathname;

/** The scenario of a quirk, with it on or off. */
export function scenarioOfQuirk({ scenario, id }: QuirkRow, isOn: boolean): Scenario {
  const loaded = loadScenario(join(FOLDER, `${scenario}.yaml`));
  const quirks = isOn ? [id as QuirkId] : [];
  return { ...loaded, device: { ...loaded.device, quirks } };
}

/**
 * What a run breaks: ids of invariants, `expect` for what the scenario expects, `stuck` for a run that cannot go on. Not
 * `expect` where something is made to fail: a scenario expects that nothing does.
 * @param wanted the run is left as soon as it breaks this: some go on for long
 */
export function brokenBy(
  scenario: Scenario,
  n: number,
  needsFault: boolean,
  wanted?: string,
): ReadonlySet<string> {
  const seed = seedOf(n);
  const hardware = randomHardware(seed32(seed));
  const decider = needsFault ? randomFaults(seed32(seed), 6, hardware) : hardware;
  const run = runScenario({ scenario, seed, chooser: 'random', decider });
  const { start, at, end } = watchOf();
  const broken = new Set<string>();
  let watched = start;
  for (let next = run.next(); ; next = run.next()) {
    if (next.done === true) {
      const { verdict } = next.value;
      if (verdict === 'stuck') broken.add('stuck');
      if (verdict === 'failed' && !needsFault) broken.add('expect');
      if (verdict !== 'stuck') for (const { id } of end(watched)) broken.add(id);
      return broken;
    }
    const judged = at(watched, next.value);
    for (const { id } of judged.breaches) broken.add(id);
    if (wanted !== undefined && broken.has(wanted)) return broken;
    ({ watched } = judged);
  }
}

/** The number of random schedules until one breaks what the quirk breaks; null when none of so many does. */
export function schedulesUntil(row: QuirkRow, most: number): number | null {
  const scenario = scenarioOfQuirk(row, true);
  for (let n = 1; n <= most; n++) {
    if (brokenBy(scenario, n, row.needsFault === true, row.breaks).has(row.breaks)) return n;
  }
  return null;
}
