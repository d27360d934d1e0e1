/**
 * Shrinking a long log: two bind queues whose unmaps end out of order (quirk H07) among three clients that have nothing to
 * do with it. The call alone, with a warm and with a cold compiler, and the whole command. CPU seconds, since other work on
 * the machine stretches any clock; the wall clock beside it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuUsage } from 'node:process';
import { openLogWriter } from '../cli/log-target.ts';
import { u64OfBigint } from '../domain/units.ts';
import { fromLog, type LoggedRun, shownBy } from '../streams/explore/from-log.ts';
import { kindOf } from '../streams/explore/schedule/follow.ts';
import { shrinkLog } from '../streams/explore/shrink-log.ts';
import type { StepRecord } from '../streams/world/record.ts';
import { runScenario } from '../streams/world/run.ts';
import { isMain, RUNS } from './measure.ts';
import { noisy } from './noisy.ts';
import { timedCommand, type Took } from './timed-command.ts';

const WANTED_STEPS = 200;
const OTHERS = 3;
const LIMITS = { maxStates: 5_000, maxTries: 10_000 };

/** The first random run that breaks I13 after so many steps. */
export function longLog(): { readonly run: LoggedRun; readonly records: readonly StepRecord[] } {
  const scenario = noisy('H07', OTHERS);
  for (let n = 1n; ; n++) {
    const seed = u64OfBigint(n);
    const records = [...runScenario({ scenario, seed, chooser: 'random' })];
    const choices = records.slice(1).map(({ choice }) => choice);
    const run = { scenario, seed, choices };
    const { problems, decisions } = shownBy(run);
    const problem = problems.find((each) => kindOf(each) === 'I13');
    if (problem === undefined) continue;
    if (fromLog(run, problem, decisions).choices.length >= WANTED_STEPS) return { run, records };
  }
}

async function write(file: string, { run, records }: ReturnType<typeof longLog>): Promise<void> {
  const writer = await openLogWriter(file, run.scenario, run.seed, 'random');
  for (const record of records) await writer.append(record);
  await writer.close();
}

function print(name: string, runs: readonly Took[], says: string): void {
  const seconds = (of: 'cpu' | 'wall'): string => {
    const sorted = runs.map((run) => run[of]).sort((a, b) => a - b);
    const at = (i: number): string => (sorted.at(i) ?? NaN).toFixed(2);
    return `${at(sorted.length >> 1)} s ${of} [${at(0)}..${at(-1)}]`;
  };
  process.stdout.write(`${name.padEnd(30)} ${seconds('cpu')}  ${seconds('wall')}  ${says}\n`);
}

function call(run: LoggedRun): Took & { readonly says: string } {
  const [start, clock] = [cpuUsage(), performance.now()];
  const { problems, decisions } = shownBy(run);
  const problem = problems.find((each) => kindOf(each) === 'I13') ?? '';
  const log = fromLog(run, problem, decisions);
  const small = shrinkLog(log, LIMITS);
  const { user, system } = cpuUsage(start);
  const says =
    `${log.choices.length} -> ${small.choices.length} steps, ${small.switches} switches, ` +
    `${small.isMinimal ? 'proved' : 'not proved'}, ${small.tried} tried`;
  return { cpu: (user + system) / 1e6, wall: (performance.now() - clock) / 1000, says };
}

const SHRINK = ['--problem', 'I13', '--out', 'small.log'];

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  try {
    const long = longLog();
    const first = call(long.run);
    print('the call, cold', [first], first.says);
    const calls = Array.from({ length: RUNS }, () => call(long.run));
    print('the call, warm', calls, first.says);
    const file = join(folder, 'long.log');
    await write(file, long);
    const commands = Array.from({ length: RUNS }, () =>
      timedCommand(['shrink', file, ...SHRINK], folder),
    );
    print('fencelab shrink', commands, '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
