/** The first random run of a quirk's scenario that shows what the quirk breaks, as a log to be shrunk. */
import type { QuirkRow } from '../../domain/quirks/quirks.ts';
import { seed32 } from '../../hw/latency.ts';
import { type FromLog, fromLog, type LoggedRun, shownBy } from '../../streams/explore/from-log.ts';
import { kindOf } from '../../streams/explore/schedule/follow.ts';
import { randomFaults, randomHardware } from '../../streams/world/decide.ts';
import { runScenario } from '../../streams/world/run.ts';
import { brokenBy, scenarioOfQuirk } from './quirks.ts';
import { seedOf } from './scenarios.ts';

const MOST = 600;
/** Some runs go on for long; what a quirk breaks shows before. */
const LONGEST = 2000;

function loggedRun(row: QuirkRow, n: number): LoggedRun {
  const scenario = scenarioOfQuirk(row, true);
  const seed = seedOf(n);
  const hardware = randomHardware(seed32(seed));
  const decider = row.needsFault === true ? randomFaults(seed32(seed), 6, hardware) : hardware;
  const choices: string[] = [];
  for (const { choice } of runScenario({ scenario, seed, chooser: 'random', decider })) {
    choices.push(choice);
    if (choices.length > LONGEST) break;
  }
  return { scenario, seed, choices: choices.slice(1) };
}

/** @throws RangeError when no run of so many shows it */
export function quirkLog(row: QuirkRow): FromLog {
  const scenario = scenarioOfQuirk(row, true);
  for (let n = 1; n <= MOST; n++) {
    if (!brokenBy(scenario, n, row.needsFault === true, row.breaks).has(row.breaks)) continue;
    const run = loggedRun(row, n);
    const { problems, decisions } = shownBy(run);
    const problem = problems.find((each) => {
      const kind = kindOf(each);
      return row.breaks === 'expect' ? !/^\w+$/.test(kind) : kind === row.breaks;
    });
    if (problem !== undefined) return fromLog(run, problem, decisions);
  }
  throw new RangeError(`no run shows ${row.breaks} of ${row.id}`);
}
