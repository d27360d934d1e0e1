/**
 * `explain` of a log of about 200 steps: the library call and its parts, and the whole command. CPU seconds, since other
 * work on the machine stretches any clock. The log is one of H01 with five clients that bind beside it: too many
 * states for a sum over all of them, so most odds are drawn.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuUsage } from 'node:process';
import { openLogWriter } from '../cli/log-target.ts';
import { watchOf } from '../domain/invariants/watch.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import type { U64 } from '../domain/units.ts';
import { explain } from '../streams/explore/explain.ts';
import { fromLog, type LoggedRun, shownBy } from '../streams/explore/from-log.ts';
import { runScenario } from '../streams/world/run.ts';
import { isMain, RUNS } from './measure.ts';
import { noisy } from './noisy.ts';
import { timedCommand } from './timed-command.ts';

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

const secondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6;

function print(name: string, seconds: number[], says: string): void {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (i: number): string => (sorted.at(i) ?? NaN).toFixed(2);
  process.stdout.write(`${name.padEnd(24)} ${at(RUNS >> 1)} s  [${at(0)}..${at(-1)}]  ${says}\n`);
}

async function main(): Promise<void> {
  const run = failingRun(noisy('H01', OTHERS));
  process.stdout.write(`explain of a log of ${run.choices.length} steps, CPU seconds\n`);
  const library: number[] = [];
  let says = '';
  for (let i = 0; i <= RUNS; i++) {
    const start = cpuUsage();
    const { problems, decisions } = shownBy(run);
    const from = fromLog(run, problems[0] ?? '', decisions);
    const { enough, odds, search } = explain(from, { ...LIMITS, besides: problems });
    const exact = odds.after.filter((o, k) => !Number.isNaN(o) && odds.error[k] === 0).length;
    // the first one warms up
    if (i > 0) library.push(secondsOf(cpuUsage(start)));
    const swap = search.swap === null ? 'no swap' : 'a swap';
    says =
      `${enough.steps.length} steps are enough; odds of ${exact} prefixes exact, ` +
      `${odds.draws} draws for each other; ${swap} in ${search.tries} tries`;
  }
  print('the library call', library, says);
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  try {
    const log = join(folder, 'long.log');
    await writeLog(log, run);
    const command = Array.from({ length: RUNS }, () => timedCommand(['explain', log], folder).cpu);
    print('the whole command', command, 'target 2 s');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
