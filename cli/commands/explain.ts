/** `fencelab explain`: why a log goes wrong: the steps that are enough, the odds after each, the change that repairs it. */
import { INVARIANTS } from '../../domain/invariants/list.ts';
import { EXIT, FencelabError } from '../../domain/errors.ts';
import type { FactType } from '../../domain/facts/schema.ts';
import { didYouMean } from '../../domain/scenario/suggest.ts';
import { explain, type Explanation } from '../../streams/explore/explain.ts';
import { type FromLog, type LoggedRun, shownBy } from '../../streams/explore/from-log.ts';
import { kindOf } from '../../streams/explore/schedule/follow.ts';
import { jumps } from '../../streams/explore/schedule/odds.ts';
import { Fork, runOf } from '../../streams/explore/whatif.ts';
import { chanceText, deliveryText, oddsLines } from '../../streams/export/odds-text.ts';
import { sequenceMermaid } from '../../streams/export/sequence-mermaid.ts';
import { type Sequence, sequenceOf } from '../../streams/export/sequence.ts';
import { sequenceSvg } from '../../streams/export/sequence-svg.ts';
import { sequenceLines } from '../../streams/export/sequence-text.ts';
import type { StepRecord } from '../../streams/world/record.ts';
import { paintFor } from '../colour.ts';
import { type CommandCall, type CommandSpec, printJson, textOption } from '../command-spec.ts';
import { parseCount } from '../options.ts';
import { checkOutputs } from '../output-paths.ts';
import { problemOf, readRun } from '../problem-log.ts';
import { shellWord } from '../words.ts';
import { writeRun } from '../write-run.ts';

const FORMATS = ['text', 'mermaid', 'svg'] as const;
type Format = (typeof FORMATS)[number];

/** Enough for an exact answer on small scenarios, and for an answer within two seconds on any. */
const STATES = 100_000;
const STEPS = 2000;

function formatOf({ options }: CommandCall): Format {
  const given = textOption(options, 'format') ?? 'text';
  const format = FORMATS.find((name) => name === given);
  if (format !== undefined) return format;
  const hint = didYouMean(given, FORMATS) ?? `There are ${FORMATS.join(', ')}.`;
  throw new FencelabError('FL201', `no format '${given}'. ${hint}`, '--format');
}

interface Explained {
  readonly file: string;
  readonly run: LoggedRun;
  readonly from: FromLog;
  readonly explanation: Explanation;
  /** of the explained run, up to where the problem shows */
  readonly records: readonly StepRecord[];
  readonly sequence: Sequence;
  /** the records have the numbers that they have in the log */
  readonly isNumberedAsLog: boolean;
}

/** What the rule that is broken looks at. */
function mattersTo(problem: string): ReadonlySet<FactType> {
  const rule = INVARIANTS.find((each) => each.id === kindOf(problem))?.rule;
  return new Set(Object.keys(rule?.on ?? {}) as FactType[]);
}

function explained(call: CommandCall, file: string, run: LoggedRun): Explained {
  const from = problemOf(run, file, textOption(call.options, 'problem'));
  const besides = shownBy(run).problems.map(kindOf);
  const maxSteps = parseCount(textOption(call.options, 'steps'), '--steps') ?? STEPS;
  const explanation = explain(from, { besides, maxStates: STATES, maxSteps });
  const { records } = runOf(from.scenario, from.seed, from.choices);
  const quirks = from.scenario.device.quirks ?? [];
  const title = `${from.scenario.name}${quirks.length === 0 ? '' : ` with ${quirks.join(', ')}`}`;
  const seq = explanation.isAtEnd ? null : from.choices.length;
  const sequence = sequenceOf(
    records,
    explanation.enough.steps.map((step) => step + 1),
    { title, problem: { text: from.problem, seq }, matters: mattersTo(from.problem) },
  );
  const isNumberedAsLog = from.choices.every((choice, i) => choice === run.choices[i]);
  return { file, run, from, explanation, records, sequence, isNumberedAsLog };
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
    const kind = kindOf(from.problem);
    const { end, breaches } = sides[1];
    const wrong = [...breaches.map(({ id }) => id), ...end.reasons.map(kindOf), end.verdict];
    if (wrong.includes(kind)) return undefined;
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
  const tried = search.isSpent ? `none of the ${search.tries} tried` : `none of ${search.tries}`;
  const none = `No swap of two deliveries makes it pass (${tried}).`;
  if (answer !== null) {
    const without = `It passes without decision ${answer.decision} of ${name(answer.step)}.`;
    return search.tries === 0 ? [without] : [none, without];
  }
  return odds.isExact && odds.after[0] === 1 ? [] : [none];
}

function printText(call: CommandCall, told: Explained): void {
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
  out(`\n${oddsText(told).join('\n')}\n`);
  const repair = repairText(told);
  if (repair.length > 0) out(`\n${repair.join('\n')}\n`);
}

function printObject(call: CommandCall, told: Explained, repaired: string | null): void {
  const { from, explanation, sequence, file, isNumberedAsLog } = told;
  const { enough, isAtEnd, odds, search, over, answer } = explanation;
  const record = (step: number): number => step + 1;
  printJson(call.io, 'explain', {
    ok: true,
    log: file,
    problem: from.problem,
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

/** Writes the run that passes. @throws FencelabError FL312 when there is none */
async function writeRepaired(log: string, told: Explained, call: CommandCall): Promise<void> {
  const { explanation, from, file } = told;
  const choices = explanation.search.swap?.choices ?? explanation.answer?.choices;
  if (choices === undefined) {
    throw new FencelabError('FL312', 'no single change makes it pass, so nothing is written', file);
  }
  await writeRun(log, from, choices, call);
}

export const explainCommand: CommandSpec = {
  name: 'explain',
  summary: 'Explain why the run of a log goes wrong.',
  about: [
    'Three answers. The story: the steps that are enough to show the problem, as a sequence diagram; `sent` is the record ' +
      'that sent the message. The odds: how likely the problem was after each record, if all that follows is drawn, ' +
      'each process and each answer as likely as another, and the records at which they jump. The repair: the two ' +
      'deliveries whose swap makes the run pass, and what they are about; where something was made to fail, the decision ' +
      'without which it passes.',
    'The choices of the log are followed with every message due at once, as exploration does; if they do not show the ' +
      'problem that way, with the latencies of the log. The work is bounded by counts, not by a clock: the same log gives ' +
      'the same answer anywhere. `fencelab shrink` first makes a long log short.',
    'The odds are exact from the end backwards as far as --steps goes; earlier ones are drawn and have a 95% interval.',
  ],
  args: [{ name: '<log>', help: 'a log of a run that went wrong' }],
  options: [
    {
      flags: '--problem <id>',
      help: "an invariant's id, `expect` or `stuck`, if the log shows several",
    },
    { flags: '--format <name>', help: 'text (default); mermaid or svg for the diagram alone' },
    { flags: '--out <file>', help: 'write the run that passes as a log' },
    {
      flags: '--steps <n>',
      help: `steps to look at for each of odds and swaps (default: ${STEPS})`,
    },
  ],
  examples: [
    { line: 'explain run.log', does: 'story, odds and repair' },
    { line: 'explain run.log --format mermaid', does: 'the diagram for an issue or a README' },
    {
      line: 'explain run.log --out passes.log --steps 100000',
      does: 'look further, keep the repair',
    },
  ],
  exits: [
    [EXIT.ok, 'explained'],
    [EXIT.usage, 'usage, or a file that cannot be read'],
    [EXIT.damaged, 'not a log, or damaged before its end'],
    [EXIT.invalid, 'nothing is wrong with the run, or nothing repairs it and --out was given'],
    [EXIT.version, 'the log is of another format, or this build does not repeat it'],
    [EXIT.output, 'the log could not be written'],
  ],
  run: async (call) => {
    const format = formatOf(call);
    const file = call.args[0] ?? '';
    const out = textOption(call.options, 'out');
    checkOutputs({ what: 'the log', path: file }, [{ flag: '--out', path: out }]);
    const run = await readRun(file, call);
    if (run === undefined) return EXIT.found;
    const told = explained(call, file, run);
    if (call.json) {
      if (out !== undefined) await writeRepaired(out, told, call);
      printObject(call, told, out ?? null);
      return EXIT.ok;
    }
    if (format === 'mermaid') call.io.out(sequenceMermaid(told.sequence));
    else if (format === 'svg') call.io.out(sequenceSvg(told.sequence));
    else printText(call, told);
    if (out === undefined) return EXIT.ok;
    await writeRepaired(out, told, call);
    if (format === 'text') call.io.out(`written: ${out}\n`);
    return EXIT.ok;
  },
};
