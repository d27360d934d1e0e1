/** What was found, kept: a sealed log of the shortest schedule known, and its text. */
import { join } from 'node:path';
import { FencelabError } from '../../domain/errors.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { Breach } from '../../domain/invariants/watch.ts';
import { atOnce } from '../../streams/explore/at-once.ts';
import type { Finding } from '../../streams/explore/result.ts';
import type { Shrunk } from '../../streams/explore/schedule/shrink.ts';
import type { CommandCall } from '../command-spec.ts';
import { problemLine } from '../input-problems.ts';
import { failureLogName } from '../log-target.ts';
import { Progress } from '../progress.ts';
import { recordRun } from '../record-run.ts';
import { chooserOf, textOf } from '../schedule-text.ts';

/** The seed of an explored world decides nothing. */
const SEED = '0x0';

export interface Kept {
  /** the problem, or why the run cannot go on */
  readonly what: string;
  readonly choices: readonly string[];
  /** null where it was not made short */
  readonly switches: number | null;
  /** no schedule with fewer steps shows it, nor one with as many and fewer switches */
  readonly isShortest: boolean;
  readonly schedule: string;
  /** null when it could not be written */
  readonly log: string | null;
  /** of a run that cannot go on: who waits for what, and the shortest cycle of them */
  readonly reasons: readonly string[];
  readonly cycle: readonly string[] | null;
  readonly breaches: readonly Breach[];
}

/** @throws FencelabError when --out cannot be written */
export async function keep(
  scenario: Scenario,
  finding: Finding,
  shrunk: Shrunk | null,
  out: string | undefined,
  call: CommandCall,
): Promise<Kept> {
  const choices = shrunk?.choices ?? finding.choices;
  const schedule = textOf(scenario, choices);
  const explored = atOnce(scenario);
  // the name says which schedule it is
  const name = failureLogName(scenario, schedule.slice(-6) as typeof SEED);
  const plan = {
    scenario: explored,
    seed: SEED,
    chooser: chooserOf(choices, `schedule:${schedule}`),
    fail: undefined,
  } as const;
  const run = (log: string | undefined): ReturnType<typeof recordRun> =>
    recordRun(
      { ...plan, log },
      {
        // what was found is printed whatever asked for the end
        io: { ...call.io, stopped: () => undefined },
        progress: new Progress(call.io, 'writing the log', call.quiet),
        onRecord: () => undefined,
      },
    );
  let log: string | null = out ?? name;
  let recorded;
  try {
    recorded = await run(out ?? join(call.io.cwd, name));
  } catch (error) {
    if (out !== undefined || !(error instanceof FencelabError)) throw error;
    if (!call.quiet) call.io.err(`warning: ${problemLine(error)}\n`);
    log = null;
    recorded = await run(undefined);
  }
  if (recorded === undefined) throw new RangeError('a run that nobody stops was stopped');
  const { end, breaches } = recorded;
  return {
    what: shrunk?.problem ?? finding.what,
    choices,
    switches: shrunk?.switches ?? null,
    isShortest: shrunk?.isMinimal ?? false,
    schedule,
    log,
    reasons: end.reasons,
    cycle: end.cycle,
    breaches,
  };
}
