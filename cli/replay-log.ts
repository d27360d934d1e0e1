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
import type { CommandCall } from './command-spec.ts';
import { InputProblems } from './input-problems.ts';
import { openLogFile, readRecords, tellLogEnd } from './log-file.ts';

export interface ReplayOutcome {
  readonly identical: boolean;
  /** records that came out the same */
  readonly events: number;
  /** the hash over the whole log, from its seal; null when it has none */
  readonly sha256: string | null;
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

function different(difference: Difference, events: number): ReplayOutcome {
  const member = firstDifference(difference.recorded, difference.replayed);
  return { identical: false, events, sha256: null, difference: { ...difference, member } };
}

/**
 * The machines of today take other steps than those that wrote a log of an older format: a difference would say nothing
 * about the log.
 */
function checkVersion({ v }: HeaderLine, file: string): void {
  if (v >= LOG_VERSION) return;
  const what = `the log has format version ${v}; the machines of version ${LOG_VERSION} do not repeat its steps`;
  throw new FencelabError('FL310', what, file);
}

/**
 * Replays the log in `file`; undefined when a signal broke it off. `check` sees the header first.
 * @throws FencelabError for what cannot be read; InputProblems for a scenario that this build refuses
 */
export async function replayLogFile(
  file: string,
  call: CommandCall,
  check: (header: HeaderLine) => void = () => undefined,
): Promise<ReplayOutcome | undefined> {
  const log = await openLogFile(file);
  let found: Difference | null = null;
  let events = 0;
  try {
    checkVersion(log.header, file);
    check(log.header);
    const replayer = new Replayer(scenarioOfHeader(log.header, file), log.header.seed);
    const end = await readRecords(
      log,
      (record) => {
        found = replayer.check(record);
        if (found === null) events += 1;
        return found === null;
      },
      call,
    );
    if (found !== null) return different(found, events);
    if (end === undefined) return undefined;
    if (end.result !== 'sealed') {
      if (events === 0) throw new FencelabError('FL302', 'the log holds no whole record', file);
      tellLogEnd(end, file, call);
      return { identical: true, events, sha256: null, difference: null };
    }
    const atEnd = replayer.checkEnd(end.seal);
    if (atEnd !== null) return different(atEnd, events);
    return { identical: true, events, sha256: end.seal.sha256, difference: null };
  } finally {
    await log.close();
  }
}

const WHAT: Readonly<Record<Difference['what'], string>> = {
  record: 'the record differs',
  choice: 'this choice is not possible here',
  verdict: 'the verdict differs',
  stateHash: 'the state at the end differs',
  fold: "the fold of the log's facts is not the state at the end",
};

/** One line: identical, or where not. */
export function replayLine({ identical, events, sha256, difference }: ReplayOutcome): string {
  if (difference !== null) return `different at record ${difference.seq}: ${WHAT[difference.what]}`;
  if (!identical) return 'different';
  return sha256 === null
    ? `identical so far: ${events} records (the log has no seal)`
    : `identical: ${events} records, sha256 ${sha256}`;
}

/** Both sides of the first difference. */
export function differenceText({ difference }: ReplayOutcome): string {
  if (difference === null) return '';
  const { member, recorded, replayed } = difference;
  const place =
    member === null
      ? []
      : [
          `at ${member.path}:`,
          `  recorded  ${member.recorded}`,
          `  replayed  ${member.replayed}`,
          'in full:',
        ];
  const whole = [`  recorded  ${recorded.trimEnd()}`, `  replayed  ${replayed.trimEnd()}`];
  return `${[...place, ...whole].join('\n')}\n`;
}
