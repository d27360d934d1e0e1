/**
 * `explain` of a log of about 200 steps: the library call, and the whole command. CPU seconds, since other work on the
 * machine stretches any clock; the wall clock beside it. The log is one of H01 with five clients that bind beside it:
 * too many states for a sum over all of them, so most odds are drawn.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogWriter } from '../cli/log-target.ts';
import { watchOf } from '../domain/invariants/watch.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import type { U64 } from '../domain/units.ts';
import { explain } from '../streams/explore/explain.ts';
import { fromLog, type LoggedRun, shownBy } from '../streams/explore/from-log.ts';
import { runScenario } from '../streams/world/run.ts';
import { isMain, RUNS } from './measure.ts';
import { noisy } from './noisy.ts';
import { printTook, timedCall, timedCommand } from './timed-command.ts';

const OTHERS = 5;
const LIMITS = { maxStates: 100_000, maxSteps: 2000 };

/** The first random run that breaks I10 at about its 200th step. */
function failingRun(scenario: Scenario): LoggedRun {
  for (let n = 1; n < 1000; n++) {
    const seed: U64 = `0x${n.toString(16)}`;
    const run = runScenario({ scenario, seed, chooser: 'random' });
    const { start, at } = watchOf();
    const choices: string[] = [];
    let watched = start;
    for (let next = run.next(); next.done !== true; next = run.next()) {
      if (next.value.seq > 0) choices.push(next.value.choice);
      const judged = at(watched, next.value);
      ({ watched } = judged);
      if (judged.breaches.length === 0) continue;
      if (choices.length < 180 || choices.length > 220) break;
      return { scenario, seed, choices };
    }
  }
  throw new RangeError('no run of this length breaks it');
}

async function writeLog(file: string, { scenario, seed, choices }: LoggedRun): Promise<void> {
  const writer = await openLogWriter(file, scenario, seed, 'choices');
  const run = runScenario({ scenario, seed, chooser: { choices } });
  for (;;) {
    const { done, value } = run.next();
    if (done === true) {
      await writer.seal({ verdict: value.verdict, stateHash: value.stateHash });
      await writer.close();
      return;
    }
    await writer.append(value);
  }
}

function call(run: LoggedRun): ReturnType<typeof timedCall> {
  return timedCall(() => {
    const { problems, decisions } = shownBy(run);
    const from = fromLog(run, problems[0] ?? '', decisions);
    const { enough, odds, search } = explain(from, { ...LIMITS, besides: problems });
    const exact = odds.after.filter((o, k) => !Number.isNaN(o) && odds.error[k] === 0).length;
    const swap = search.swap === null ? 'no swap' : 'a swap';
    return (
      `${enough.steps.length} steps are enough; odds of ${exact} prefixes exact, ` +
      `${odds.draws} draws for each other; ${swap} in ${search.tries} tries`
    );
  });
}

async function main(): Promise<void> {
  const run = failingRun(noisy('H01', OTHERS));
  process.stdout.write(`explain of a log of ${run.choices.length} steps\n`);
  const first = call(run);
  printTook('the call, cold', [first], first.says);
  const calls = Array.from({ length: RUNS }, () => call(run));
  printTook('the call, warm', calls, first.says);
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  try {
    const log = join(folder, 'long.log');
    await writeLog(log, run);
    const commands = Array.from({ length: RUNS }, () => timedCommand(['explain', log], folder));
    printTook('fencelab explain', commands, 'target 2 s');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
