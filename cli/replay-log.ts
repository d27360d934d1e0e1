/**
 * Replays a log file: its own scenario, its choices, every record compared; what came out, as a value and as text.
 */
import { FencelabError } from '../domain/errors.ts';
import { parseScenario } from '../domain/scenario/parse.ts';
import { pathText } from '../domain/scenario/problem.ts';
import type { Scenario } from '../domain/scenario/schema.ts';
import { firstDifference, type MemberDifference } from '../streams/export/difference.ts';
import { LOG_VERSION } from '../streams/log/format.ts';
import type { BlockLine, HeaderLine } from '../streams/log/lines.schema.ts';
import { type Difference, Replayer } from '../streams/replay/replay.ts';
import { tableExecutor } from '../streams/world/run.ts';
import type { CommandCall } from './command-spec.ts';
import { InputProblems } from './input-problems.ts';
import { openLogFile, readRecords, tellLogEnd } from './log-file.ts';
import { packageVersion } from './version.ts';

export interface ReplayOutcome {
  readonly identical: boolean;
  /** records that came out the same */
  readonly events: number;
  /** the hash over the whole log, from its seal; null when it has none */
  readonly sha256: string | null;
  /** of the state after the last record; null when the log is different */
  readonly stateHash: string | null;
  /** how often the log states the key of the state and it was the same; null when that was not compared */
  readonly stateKeys: number | null;
  /** version of the engine that wrote the log, if it is another: its state keys are none of ours; null otherwise */
  readonly otherEngine: string | null;
  /** format version of a log that an older build wrote: the state hash in its seal is none of today's; null otherwise */
  readonly olderVersion: number | null;
  readonly difference: (Difference & { readonly member: MemberDifference | null }) | null;
}

/** Who wrote a log, as far as it is not this build. */
type Origin = Pick<ReplayOutcome, 'olderVersion' | 'otherEngine'>;
const HERE: Origin = { olderVersion: null, otherEngine: null };

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
    const nothing = { sha256: null, stateHash: null, stateKeys: null, ...HERE };
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
  if (what !== 'fold' && what !== 'stateHash' && what !== 'stateKey') return outcome;
  // only the state differs: a second reading finds the record after which the machines are not what their facts say
  const located = await replayOnce(file, call, check, true);
  return located?.difference?.what === 'state' ? located : outcome;
}

async function replayOnce(
  file: string,
  call: CommandCall,
  check: (scenario: Scenario) => void,
  everyState: boolean,
): Promise<ReplayOutcome | undefined> {
  const blocks: BlockLine[] = [];
  const log = await openLogFile(file, (block) => {
    blocks.push(block);
  });
  const { v, engine } = log.header;
  const from: Origin = {
    olderVersion: v < LOG_VERSION ? v : null,
    otherEngine: engine === packageVersion() ? null : engine,
  };
  const isComparable = from.olderVersion === null && from.otherEngine === null;
  let found: Difference | null = null;
  let events = 0;
  try {
    const scenario = scenarioOfHeader(log.header, file);
    check(scenario);
    const replayer = new Replayer(scenario, log.header.seed, tableExecutor, everyState);
    const tellBlocks = (): void => {
      if (blocks.length === 0) return;
      for (const { to, stateKey } of blocks.splice(0)) {
        if (stateKey !== undefined && isComparable) replayer.expect({ to, stateKey });
      }
    };
    const end = await readRecords(
      log,
      (record) => {
        tellBlocks();
        found = replayer.check(record);
        if (found === null) events += 1;
        return found === null;
      },
      call,
    );
    if (found !== null) return different(found, events, v, file);
    if (end === undefined) return undefined;
    tellBlocks();
    if (end.result !== 'sealed') {
      tellLogEnd(end, file, call);
      const atCut = replayer.checkFold();
      if (atCut !== null) return different(atCut, events, v, file);
      return same(replayer, events, null, from);
    }
    const { verdict, stateHash, stateKey, sha256 } = end.seal;
    const atEnd = replayer.checkEnd({
      verdict,
      stateHash: from.olderVersion === null ? stateHash : null,
      stateKey: isComparable ? stateKey : undefined,
    });
    if (atEnd !== null) return different(atEnd, events, v, file);
    return same(replayer, events, sha256, from);
  } finally {
    await log.close();
  }
}

function same(
  replayer: Replayer,
  events: number,
  sha256: string | null,
  from: Origin,
): ReplayOutcome {
  const { stateHash, agreedKeys } = replayer;
  const isCompared = from.olderVersion === null && from.otherEngine === null;
  const stateKeys = isCompared ? agreedKeys : null;
  return { identical: true, events, sha256, stateHash, stateKeys, ...from, difference: null };
}

const WHAT: Readonly<Record<Difference['what'], string>> = {
  record: 'the record differs',
  choice: 'this choice is not possible here',
  thrown: 'the machines fail at it',
  verdict: 'the verdict differs',
  state: 'the state after it is not what its facts say',
  stateHash: 'the state at the end differs',
  stateKey: 'the state after them differs, though the records do not',
  fold: "the fold of the log's facts is not the state after the last record",
};

/** What could not be compared. */
function originText({ olderVersion, otherEngine }: Origin): string {
  if (olderVersion !== null) {
    return ` (format version ${olderVersion}: its state hash is not one of version ${LOG_VERSION} and was not compared)`;
  }
  return otherEngine === null
    ? ''
    : ` (by fencelab ${otherEngine}: its state keys are not those of ${packageVersion()} and were not compared)`;
}

/** Where in a line, of whom: `facts[2].addr of vm0, va.mapped`. */
function placeText({ path, actor, fact }: MemberDifference): string {
  return `${path}${actor === null ? '' : ` of ${actor}`}${fact === null ? '' : `, ${fact}`}`;
}

/** One line: identical, or where not. */
export function replayLine(outcome: ReplayOutcome): string {
  const { identical, events, sha256, stateHash, difference } = outcome;
  if (difference !== null) {
    const { from, seq, what } = difference;
    const place = from === undefined ? `at record ${seq}` : `within records ${from} to ${seq}`;
    return `different ${place}: ${WHAT[what]}`;
  }
  if (!identical) return 'different';
  return sha256 === null
    ? `identical so far: ${events} records, state ${stateHash?.slice(0, 12) ?? ''} (the log has no seal)${originText(outcome)}`
    : `identical: ${events} records, sha256 ${sha256}${originText(outcome)}`;
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
