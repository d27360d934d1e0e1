/** `fencelab explain`: why a log goes wrong: the steps that are enough, the odds after each, the change that repairs it. */
import { INVARIANTS } from '../../domain/invariants/list.ts';
import { EXIT, FencelabError } from '../../domain/errors.ts';
import type { FactType } from '../../domain/facts/schema.ts';
import { didYouMean } from '../../domain/scenario/suggest.ts';
import { explaining, type Explanation } from '../../streams/explore/explain.ts';
import type { LoggedRun } from '../../streams/explore/from-log.ts';
import { runOf } from '../../streams/explore/ran.ts';
import { kindOf } from '../../streams/explore/schedule/follow.ts';
import { sequenceMermaid } from '../../streams/export/sequence-mermaid.ts';
import { sequenceOf } from '../../streams/export/sequence.ts';
import { sequenceSvg } from '../../streams/export/sequence-svg.ts';
import { type CommandCall, type CommandSpec, textOption } from '../command-spec.ts';
import { type Explained, printObject, printText } from '../explain/print.ts';
import { parseCount } from '../options.ts';
import { checkOutputs } from '../output-paths.ts';
import { problemOf, readRun } from '../problem-log.ts';
import { type Doing, watched } from '../watched.ts';
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

/** What the rule that is broken looks at. */
function mattersTo(problem: string): ReadonlySet<FactType> {
  const rule = INVARIANTS.find((each) => each.id === kindOf(problem))?.rule;
  return new Set(Object.keys(rule?.on ?? {}) as FactType[]);
}

const DOING = {
  story: 'parts of the schedule',
  odds: 'odds of records',
  swaps: 'swaps',
} as const;
const WATCHING = { every: 4, endsItself: true };

function* doing(...[from, options]: Parameters<typeof explaining>): Generator<Doing, Explanation> {
  const work = explaining(from, options);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    yield { what: DOING[value.doing], count: value.count };
  }
}

async function explained(call: CommandCall, file: string, run: LoggedRun): Promise<Explained> {
  const { from, besides } = problemOf(run, file, textOption(call.options, 'problem'));
  const maxSteps = parseCount(textOption(call.options, 'steps'), '--steps') ?? STEPS;
  const isStopped = (): boolean => call.io.stopped() !== undefined;
  const options = { besides, maxStates: STATES, maxSteps, isStopped };
  const explanation = (await watched(doing(from, options), call, WATCHING)) as Explanation;
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
  const told = { file, run, from, explanation, records, sequence };
  return { ...told, isStopped: isStopped(), isNumberedAsLog };
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
      'the same answer anywhere. `fencelab shrink` first makes a long log short. Ctrl-C ends it with what is known by then.',
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
      help: `steps of runs to take at most, for the sum of odds, for draws and for swaps each (default: ${STEPS} steps)`,
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
    const told = await explained(call, file, run);
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
