/**
 * Reads the log of a run that went wrong: its choices, checked to repeat record by record on the machines of this build,
 * and what is to be explored about its problem.
 */
import { FencelabError } from '../domain/errors.ts';
import { nearest } from '../domain/scenario/suggest.ts';
import { type FromLog, fromLog, type LoggedRun, shownBy } from '../streams/explore/from-log.ts';
import { kindOf } from '../streams/explore/schedule/follow.ts';
import { LOG_VERSION } from '../streams/log/format.ts';
import { Replayer } from '../streams/replay/replay.ts';
import type { CommandCall } from './command-spec.ts';
import { openLogFile, readRecords, tellLogEnd } from './log-file.ts';
import { scenarioOfHeader } from './replay-log.ts';

/**
 * The run of a log; of one without an end as far as it goes, with a warning. Undefined when a signal broke it off.
 * @throws FencelabError for what cannot be read or is not repeated by this build
 */
export async function readRun(file: string, call: CommandCall): Promise<LoggedRun | undefined> {
  const log = await openLogFile(file);
  try {
    const scenario = scenarioOfHeader(log.header, file);
    const { seed } = log.header;
    const replayer = new Replayer(scenario, seed);
    const choices: string[] = [];
    let differs: number | null = null;
    const end = await readRecords(
      log,
      (record) => {
        if (replayer.check(record) !== null) differs = record.seq;
        choices.push(record.choice);
        return differs === null;
      },
      call,
    );
    if (differs !== null) {
      const code = log.header.v < LOG_VERSION ? 'FL310' : 'FL311';
      const what = `this build does not repeat record ${String(differs)}`;
      throw new FencelabError(code, what, file);
    }
    if (end === undefined) return undefined;
    tellLogEnd(end, file, call);
    return { scenario, seed, choices: choices.slice(1) };
  } finally {
    await log.close();
  }
}

export interface Problem {
  readonly from: FromLog;
  /** everything that the log shows, this one among it */
  readonly besides: readonly string[];
}

/**
 * What to explore about the problem of a run.
 * @param wanted an invariant's id, `expect` or `stuck`; otherwise the first that weighs most
 * @throws FencelabError FL312 when the run does not show it
 */
export function problemOf(run: LoggedRun, file: string, wanted?: string): Problem {
  const { problems, decisions } = shownBy(run);
  const kinds = [...new Set(problems.map(shortKind))];
  const problem =
    wanted === undefined ? problems[0] : problems.find((each) => shortKind(each) === wanted);
  if (problem !== undefined) {
    return { from: fromLog(run, problem, decisions), besides: problems };
  }
  if (wanted === undefined || kinds.length === 0) {
    throw new FencelabError('FL312', 'nothing went wrong in this run', file);
  }
  const guess = nearest(wanted, kinds);
  const hint = guess === undefined ? `it shows ${kinds.join(', ')}` : `did you mean ${guess}?`;
  throw new FencelabError('FL312', `this run does not show ${wanted}; ${hint}`, file);
}

/** An invariant's id, `stuck` or `expect`. */
function shortKind(problem: string): string {
  const kind = kindOf(problem);
  return /^\w+$/.test(kind) ? kind : 'expect';
}
