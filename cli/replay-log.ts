/**
 * Replays a log file: its own scenario, its choices, every record compared; what came out, as a value and as text.
 */
import { FencelabError } from '../domain/errors.ts';
import { parseScenario } from '../domain/scenario/parse.ts';
import { pathText } from '../domain/scenario/problem.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import { firstDifference, type MemberDifference } from '../streams/export/difference.ts';
import { LOG_VERSION } from '../streams/log/format.ts';
import type { HeaderLine } from '../streams/log/lines.schema.ts';
import { type Difference, Replayer } from '../streams/replay/replay.ts';
import { tableExecutor } from '../streams/world/run.ts';
import type { CommandCall } from './command-spec.ts';
import { InputProblems } from './input-problems.ts';
import { openLogFile, readRecords, tellLogEnd } from './log-file.ts';

export interface ReplayOutcome {
  readonly identical: boolean;
  /** records that came out the same */
  readonly events: number;
  /** the hash over the whole log, from its seal; null when it has none */
  readonly sha256: string | null;
  /** of the state after the last record; null when the log is different */
  readonly stateHash: string | null;
  /** format version of a log that an older build wrote: the state hash in its seal is none of today's; null otherwise */
  readonly olderVersion: number | null;
  readonly difference: (Difference & { readonly member: MemberDifference | null }) | null;
}

/** The scenario inside a log. @throws InputProblems when this build would not run it */
export function scenarioOfHeader(header: HeaderLine, file: string): Scenario {
  const parsed = parseScenario(header.scenario.source);
  if (parsed.ok) return parsed.scenario;
  throw new InputProblems(
    parsed.problems.map(({ code, what, hint, path }) => {
      const place = path.length === 0 ? '' : `, ${pathText(path)}`;
      return { code, what, hint, where: `${file}: the scenario in its header${place}` };
    }),
  );
}

/**
 * The machines of today may take other steps than those that wrote a log of an older format: then a difference says
 * nothing about the log, and it is not called different.
 * @throws FencelabError FL310 for such a log
 */
function different(difference: Difference, events: number, v: number, file: string): ReplayOutcome {
  const member = firstDifference(difference.recorded, difference.replayed);
  if (v >= LOG_VERSION) {
    const nothing = { sha256: null, stateHash: null, olderVersion: null };
    return { identical: false, events, ...nothing, difference: { ...difference, member } };
  }
  const part = member === null ? WHAT[difference.what] : placeText(member);
  const what =
    `the log has format version ${v}; the machines of version ${LOG_VERSION} do not repeat its steps ` +
    `from record ${difference.seq} on: ${part}`;
  throw new FencelabError('FL310', what, file);
}

/**
 * Replays the log in `file`; undefined when a signal broke it off. `check` sees its scenario first.
 * @throws FencelabError for what cannot be read; InputProblems for a scenario that this build refuses
 */
export async function replayLogFile(
  file: string,
  call: CommandCall,
  check: (scenario: Scenario) => void = () => undefined,
): Promise<ReplayOutcome | undefined> {
  const outcome = await replayOnce(file, call, check, false);
  const what = outcome?.difference?.what;
  if (what !== 'fold' && what !== 'stateHash') return outcome;
  // only the end differs: a second reading finds the record after which the machines are not what their facts say
  const located = await replayOnce(file, call, check, true);
  return located?.difference?.what === 'state' ? located : outcome;
}

async function replayOnce(
  file: string,
  call: CommandCall,
  check: (scenario: Scenario) => void,
  everyState: boolean,
): Promise<ReplayOutcome | undefined> {
  const log = await openLogFile(file);
  const { v } = log.header;
  const olderVersion = v < LOG_VERSION ? v : null;
  let found: Difference | null = null;
  let events = 0;
  try {
    const scenario = scenarioOfHeader(log.header, file);
    check(scenario);
    const replayer = new Replayer(scenario, log.header.seed, tableExecutor, everyState);
    const end = await readRecords(
      log,
      (record) => {
        found = replayer.check(record);
        if (found === null) events += 1;
        return found === null;
      },
      call,
    );
    if (found !== null) return different(found, events, v, file);
    if (end === undefined) return undefined;
    if (end.result !== 'sealed') {
      tellLogEnd(end, file, call);
      const atCut = replayer.checkFold();
      if (atCut !== null) return different(atCut, events, v, file);
      const { stateHash } = replayer;
      return { identical: true, events, sha256: null, stateHash, olderVersion, difference: null };
    }
    const { verdict, stateHash, sha256 } = end.seal;
    const atEnd = replayer.checkEnd({
      verdict,
      stateHash: olderVersion === null ? stateHash : null,
    });
    if (atEnd !== null) return different(atEnd, events, v, file);
    const state = replayer.stateHash;
    return { identical: true, events, sha256, stateHash: state, olderVersion, difference: null };
  } finally {
    await log.close();
  }
}

const WHAT: Readonly<Record<Difference['what'], string>> = {
  record: 'the record differs',
  choice: 'this choice is not possible here',
  thrown: 'the machines fail at it',
  verdict: 'the verdict differs',
  state: 'the state after it is not what its facts say',
  stateHash: 'the state at the end differs',
  fold: "the fold of the log's facts is not the state after the last record",
};

/** What could not be compared. */
function olderText(version: number | null): string {
  return version === null
    ? ''
    : ` (format version ${version}: its state hash is not one of version ${LOG_VERSION} and was not compared)`;
}

/** Where in a line, of whom: `facts[2].addr of vm0, va.mapped`. */
function placeText({ path, actor, fact }: MemberDifference): string {
  return `${path}${actor === null ? '' : ` of ${actor}`}${fact === null ? '' : `, ${fact}`}`;
}

/** One line: identical, or where not. */
export function replayLine(outcome: ReplayOutcome): string {
  const { identical, events, sha256, stateHash, olderVersion, difference } = outcome;
  if (difference !== null) return `different at record ${difference.seq}: ${WHAT[difference.what]}`;
  if (!identical) return 'different';
  return sha256 === null
    ? `identical so far: ${events} records, state ${stateHash?.slice(0, 12) ?? ''} (the log has no seal)`
    : `identical: ${events} records, sha256 ${sha256}${olderText(olderVersion)}`;
}

/** Both sides of the first difference. */
export function differenceText({ difference }: ReplayOutcome): string {
  if (difference === null) return '';
  const { member, recorded, replayed } = difference;
  const place =
    member === null
      ? []
      : [
          `at ${placeText(member)}:`,
          `  recorded  ${member.recorded}`,
          `  replayed  ${member.replayed}`,
          'in full:',
        ];
  const whole = [`  recorded  ${recorded.trimEnd()}`, `  replayed  ${replayed.trimEnd()}`];
  return `${[...place, ...whole].join('\n')}\n`;
}
