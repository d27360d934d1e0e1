/**
 * Shrinking a long log: two bind queues whose unmaps end out of order (quirk H07) among three clients that have nothing to
 * do with it. The call alone, with a warm and with a cold compiler, and the whole command. CPU seconds, since other work on
 * the machine stretches any clock; the wall clock beside it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogWriter } from '../cli/log-target.ts';
import { u64OfBigint } from '../domain/units.ts';
import { fromLog, type LoggedRun, shownBy } from '../streams/explore/from-log.ts';
import { kindOf } from '../streams/explore/schedule/follow.ts';
import { shrinkLog } from '../streams/explore/shrink-log.ts';
import type { StepRecord } from '../streams/world/record.ts';
import { runScenario } from '../streams/world/run.ts';
import { isMain, RUNS } from './measure.ts';
import { noisy } from './noisy.ts';
import { printTook, timedCall, timedCommand } from './timed-command.ts';

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

function call({ run }: ReturnType<typeof longLog>): ReturnType<typeof timedCall> {
  return timedCall(() => {
    const { problems, decisions } = shownBy(run);
    const problem = problems.find((each) => kindOf(each) === 'I13') ?? '';
    const log = fromLog(run, problem, decisions);
    const small = shrinkLog(log, LIMITS);
    return (
      `${log.choices.length} -> ${small.choices.length} steps, ${small.switches} switches, ` +
      `${small.isMinimal ? 'proved' : 'not proved'}, ${small.tried} tried`
    );
  });
}

const SHRINK = ['--problem', 'I13', '--out', 'small.log'];

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fencelab-bench-'));
  try {
    const long = longLog();
    const first = call(long);
    printTook('the call, cold', [first], first.says);
    const calls = Array.from({ length: RUNS }, () => call(long));
    printTook('the call, warm', calls, first.says);
    const file = join(folder, 'long.log');
    await write(file, long);
    const commands = Array.from({ length: RUNS }, () =>
      timedCommand(['shrink', file, ...SHRINK], folder),
    );
    printTook('fencelab shrink', commands, '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
