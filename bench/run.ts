/**
 * Whole runs: steps a second of the world on the table executor, without a log and with every record made into its
 * line, and how that grows with the length of the run. One client binds pages one by one and waits now and then.
 */
import type { ScenarioInput } from '../domain/scenario/schema.ts';
import { parseScenario } from '../domain/scenario/parse.ts';
import { lineOfRecord } from '../streams/log/wire.ts';
import { runScenario } from '../streams/world/run.ts';
import { type Figure, isMain, line, measure } from './measure.ts';

type Steps = ScenarioInput['clients'][string];

function scenarioOf(binds: number): ScenarioInput {
  const steps: Steps = [];
  for (let i = 0; i < binds; i++) {
    const map = { addr: i * 0x2000, range: 0x1000, null: true };
    steps.push({ bind: { vm: 'vm0', ops: [{ map }], out: ['done'] } });
    if (i % 4 === 3) steps.push({ wait: 'done' });
  }
  return {
    fencelab: 1,
    name: `binds-${binds}`,
    vms: { vm0: { async: true } },
    syncobjs: { done: {} },
    clients: { app: steps },
  };
}

/** Steps a second of one run. */
function rate(binds: number, withLines: boolean): number {
  const parsed = parseScenario(scenarioOf(binds));
  if (!('scenario' in parsed)) throw new RangeError('the bench scenario is not valid');
  const { scenario } = parsed;
  const start = performance.now();
  const run = runScenario({ scenario, seed: '0x1', chooser: 'time' });
  let steps = 0;
  for (let next = run.next(); next.done !== true; next = run.next()) {
    if (withLines) lineOfRecord(next.value);
    steps++;
  }
  return (steps * 1000) / (performance.now() - start);
}

/** About 9 steps a bind. */
export function run(sizes: readonly number[] = [30, 300, 3_000]): Figure[] {
  return sizes.flatMap((binds) => [
    measure(`run of ${binds} binds, steps`, () => rate(binds, false)),
    measure(`run of ${binds} binds with log lines, steps`, () => rate(binds, true)),
  ]);
}

if (isMain(import.meta.url)) process.stdout.write(`${run().map(line).join('\n')}\n`);
