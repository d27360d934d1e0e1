/** What `fencelab explain` found, as it is printed. */
import type { Explanation } from '../../streams/explore/explain.ts';
import type { FromLog, LoggedRun } from '../../streams/explore/from-log.ts';
import { kindOf } from '../../streams/explore/schedule/follow.ts';
import { jumps } from '../../streams/explore/schedule/odds.ts';
import { namesIn, sameAs } from '../../streams/explore/schedule/same.ts';
import { Fork } from '../../streams/explore/whatif.ts';
import { chanceText, deliveryText, oddsLines } from '../../streams/export/odds-text.ts';
import type { Sequence } from '../../streams/export/sequence.ts';
import { sequenceLines } from '../../streams/export/sequence-text.ts';
import type { StepRecord } from '../../streams/world/record.ts';
import { paintFor } from '../colour.ts';
import { type CommandCall, printJson } from '../command-spec.ts';
import { shellWord } from '../words.ts';

export interface Explained {
  readonly file: string;
  readonly run: LoggedRun;
  readonly from: FromLog;
  readonly explanation: Explanation;
  /** of the explained run, up to where the problem shows */
  readonly records: readonly StepRecord[];
  readonly sequence: Sequence;
  /** a signal came before all was known */
  readonly isStopped: boolean;
  /** the records have the numbers that they have in the log */
  readonly isNumberedAsLog: boolean;
}

/** The swap as a change that `whatif` makes in the log itself; undefined if it does not repair that. */
function whatifOf({
  run,
  from,
  explanation,
  isNumberedAsLog,
  file,
}: Explained): string | undefined {
  const { swap } = explanation.search;
  if (swap === null || !isNumberedAsLog) return undefined;
  const { earlier, later, how } = swap;
  try {
    const { sides } = new Fork(run, earlier).compare({ kind: how, step: later }, { kind: 'log' });
    const { end, breaches } = sides[1];
    const broken = breaches.map(({ id, what }) => `${id}: ${what}`);
    const failed = end.reasons.map((each) => (end.verdict === 'stuck' ? `stuck: ${each}` : each));
    if ([...broken, ...failed].some(sameAs(from.problem, namesIn(from.scenario)))) return undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return `fencelab whatif ${shellWord(file)} --at ${earlier + 1} --do ${how}:${later + 1}`;
}

function oddsText({ explanation, records, from }: Explained): string[] {
  const { odds } = explanation;
  const kind = kindOf(from.problem);
  if (odds.isExact && odds.after[0] === 1) {
    return [`Every schedule of the scenario shows ${kind}: no order of deliveries avoids it.`];
  }
  const how = odds.isExact
    ? 'summed up over all states'
    : odds.draws === 0
      ? 'summed up over all states, as far as that came'
      : `where an interval stands, from ${odds.draws} draws or more each`;
  const named = jumps(odds).map(({ step, from: first }) => {
    const [before, after] = [odds.after[first] ?? 0, odds.after[step + 1] ?? 0];
    const record = records[step + 1];
    if (first < step) {
      const range = `records ${first + 1} to ${step + 1}`;
      return `  ${range}  ${chanceText(before)} -> ${chanceText(after)}`;
    }
    const what = record === undefined ? '' : deliveryText(record);
    return `  record ${step + 1}  ${chanceText(before)} -> ${chanceText(after)}  ${what}`;
  });
  return [
    `How likely ${kind} is after each record, if the rest is drawn (${how}):`,
    ...oddsLines(odds, records),
    ...(named.length === 0 ? [] : ['', 'The largest jumps:', ...named]),
  ];
}

/** What makes it pass, in words. */
function repairText(told: Explained): string[] {
  const { explanation, records } = told;
  const { search, over, answer, odds } = explanation;
  const name = (step: number): string => {
    const record = records[step + 1];
    return `record ${step + 1} (${record === undefined ? '' : deliveryText(record)})`;
  };
  if (search.swap !== null) {
    const { earlier, later, how } = search.swap;
    const line = whatifOf(told);
    const put = how === 'first' ? 'delivered first' : `which waits until that has been delivered`;
    const [a, b] = how === 'first' ? [later, earlier] : [earlier, later];
    const joint = how === 'first' ? 'before' : 'after';
    return [
      `One swap makes it pass: ${name(a)}, ${put},`,
      `  ${joint} ${name(b)}. Both touch ${over.join(', ')}.`,
      ...(line === undefined ? [] : [`  see: ${line}`]),
    ];
  }
  if (told.isStopped && search.tries === 0) return ['No swap of two deliveries was tried.'];
  const tried = search.isSpent ? `none of the ${search.tries} tried` : `none of ${search.tries}`;
  const none = `No swap of two deliveries makes it pass (${tried}).`;
  if (answer !== null) {
    const without = `It passes without decision ${answer.decision} of ${name(answer.step)}.`;
    return search.tries === 0 ? [without] : [none, without];
  }
  return odds.isExact && odds.after[0] === 1 ? [] : [none];
}

export function printText(call: CommandCall, told: Explained): void {
  const { from, explanation, run, sequence, isNumberedAsLog } = told;
  const { out, env, outIsTty } = call.io;
  const paint = paintFor(env, outIsTty);
  const { enough, isAtEnd } = explanation;
  const steps = from.choices.length;
  const where = isAtEnd ? 'at the end' : `at record ${steps}`;
  const part = enough.shows ? `${enough.steps.length} of them are enough` : 'all of them are shown';
  out(`${paint('red', from.problem)}\n`);
  out(`${where} of ${run.choices.length}; ${steps} steps lead there, ${part}\n`);
  if (!isNumberedAsLog) {
    out('numbered as the same choices come when every message is due at once\n');
  }
  const [title, ...lines] = sequenceLines(sequence);
  out(`\n${paint('bold', title?.text ?? '')}\n`);
  for (const { text, tone } of lines) {
    const style = { fail: 'red', bad: 'red', good: 'green', dim: 'dim', bold: 'bold' } as const;
    out(`${tone === 'plain' ? text : paint(style[tone], text)}\n`);
  }
  if (told.isStopped) out('\nstopped: what was not known by then is missing\n');
  out(`\n${oddsText(told).join('\n')}\n`);
  const repair = repairText(told);
  if (repair.length > 0) out(`\n${repair.join('\n')}\n`);
}

export function printObject(call: CommandCall, told: Explained, repaired: string | null): void {
  const { from, explanation, sequence, file, isNumberedAsLog } = told;
  const { enough, isAtEnd, odds, search, over, answer } = explanation;
  const record = (step: number): number => step + 1;
  printJson(call.io, 'explain', {
    ok: true,
    log: file,
    problem: from.problem,
    isStopped: told.isStopped,
    isAtOnce: from.isAtOnce,
    isNumberedAsLog,
    isAtEnd,
    choices: from.choices,
    slice: { records: enough.steps.map(record), isEnough: enough.shows },
    sequence,
    odds: {
      ...odds,
      jumps: jumps(odds).map(({ step, from: first, rise }) => ({
        records: [first + 1, record(step)],
        rise,
      })),
    },
    swap:
      search.swap === null
        ? null
        : {
            earlier: record(search.swap.earlier),
            later: record(search.swap.later),
            how: search.swap.how,
            over,
            choices: search.swap.choices,
            whatif: whatifOf(told) ?? null,
          },
    swapsTried: search.tries,
    withoutDecision:
      answer === null
        ? null
        : { record: record(answer.step), decision: answer.decision, choices: answer.choices },
    repaired,
  });
}
