/** `fencelab whatif`: forks a log at a record, changes one choice, runs both tails, and shows how they differ. */
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { nearest } from '../../domain/scenario/suggest.ts';
import type { LoggedRun } from '../../streams/explore/from-log.ts';
import { NotPossible } from '../../streams/explore/schedule/change.ts';
import { randomOrder } from '../../streams/explore/schedule/policy.ts';
import { Fork, type RunSide, type TailPolicy, type WhatIf } from '../../streams/explore/whatif.ts';
import { parseChange } from '../change.ts';
import { type CommandCall, type CommandSpec, textOption } from '../command-spec.ts';
import { parseSeed, parseSeq } from '../options.ts';
import { checkOutputs, type Output } from '../output-paths.ts';
import { readRun } from '../problem-log.ts';
import { type Doing, watched } from '../watched.ts';
import { decisionsText, printObject, printPossible, printText } from '../whatif/print.ts';
import { writeRun } from '../write-run.ts';

function policyOf(text = 'log'): TailPolicy {
  if (text === 'log' || text === 'time') return { kind: text };
  const seed = /^random:(.+)$/.exec(text)?.[1];
  if (seed !== undefined)
    return { kind: 'random', policy: randomOrder(parseSeed(seed, '--policy')) };
  const guess = nearest(text, ['log', 'time', 'random:SEED']);
  const hint = guess === undefined ? '' : `; did you mean ${guess}?`;
  throw new FencelabError('FL201', `there is no policy '${text}'${hint}`, '--policy');
}

function recordOf(call: CommandCall, { choices }: LoggedRun): number {
  const text = textOption(call.options, 'at');
  if (text === undefined) throw new FencelabError('FL201', 'no --at SEQ', 'fencelab whatif');
  const at = parseSeq(text);
  if (at === 0) throw new FencelabError('FL307', 'record 0 makes the world', '--at');
  if (at <= choices.length) return at;
  const what = `the log holds records 0 to ${choices.length}, not ${at}`;
  throw new FencelabError('FL307', what, call.args[0]);
}

/** What is to be written, in the order of the sides. */
const outputsOf = ({ options }: CommandCall): readonly [Output, Output] => [
  { flag: '--log-out', path: textOption(options, 'logOut') },
  { flag: '--out', path: textOption(options, 'out') },
];

/** What was written. */
async function writeSides(call: CommandCall, run: LoggedRun, { sides }: WhatIf): Promise<string[]> {
  const written: string[] = [];
  for (const [i, { path }] of outputsOf(call).entries()) {
    if (path === undefined) continue;
    await writeRun(path, run, (sides[i] as RunSide).choices, call);
    written.push(path);
  }
  return written;
}

/** @throws FencelabError FL201 for what would cost the log, or write what nothing was changed for */
function checkOptions(call: CommandCall): void {
  const outputs = outputsOf(call);
  checkOutputs({ what: 'the log', path: call.args[0] ?? '' }, outputs);
  const idle = outputs.find(({ path }) => path !== undefined);
  if (idle === undefined || textOption(call.options, 'do') !== undefined) return;
  throw new FencelabError('FL201', `${idle.flag} without --do: nothing is changed`, idle.path);
}

function* doing<T>(work: Generator<number, T>): Generator<Doing, T> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    yield { what: 'records of a side', count: value };
  }
}

/** Undefined when a signal came: one side alone is no comparison. @throws FencelabError FL313 with what is possible instead */
async function compared(
  call: CommandCall,
  fork: Fork,
  at: number,
  change: Parameters<Fork['compare']>[0],
  policy: TailPolicy,
): Promise<WhatIf | undefined> {
  try {
    return await watched(doing(fork.comparing(change, policy)), call, { every: 16 });
  } catch (error) {
    if (!(error instanceof NotPossible)) throw error;
    const possible = fork.possible().map((each) => {
      const decides = decisionsText(each);
      return `${each.choice}${decides === '' ? '' : ` (decides ${decides})`}`;
    });
    const what = `${error.message}; possible at record ${at}: ${possible.join(', ')}`;
    throw new FencelabError('FL313', what, '--do');
  }
}

export const whatifCommand: CommandSpec = {
  name: 'whatif',
  summary: 'Change one choice of a log and show what comes of it.',
  about: [
    'Forks the run before a record, does something else there, lets both sides go on under one policy to their ends, and ' +
      'compares them by what happened, not by place: steps are the same if the same queue or timer delivers the same ' +
      'message, the n-th such, and it leads to the same facts. What came earlier or later only is no difference. ' +
      'For each difference it names the records that it comes from.',
    'Changes: a choice, such as `vm0>gt0` or `timer:gt0/tlb/1`, instead of the one in the log; `!2` for the same delivery ' +
      'with its second decision answered 1 (as a rule: it fails), `!2:3` with answer 3, `!` with no answers; ' +
      '`first:SEQ` (or `swap:SEQ`) for the delivery of that later record first; `after:SEQ` to put this one off until that ' +
      'later record. Without --do it lists what is possible.',
    'Policies: `log` follows the order of the log as far as it can, then canonical order; `time` what the latencies have ' +
      'arrive first; `random:SEED` draws a place for each delivery, the same on both sides.',
  ],
  args: [{ name: '<log>', help: 'a log that `fencelab run --out` wrote' }],
  options: [
    { flags: '--at <seq>', help: 'the record to replace, from 1' },
    { flags: '--do <change>', help: 'what to do there; without it: list what is possible' },
    { flags: '--policy <name>', help: 'log (default), time or random:SEED' },
    { flags: '--out <file>', help: 'write the changed run as a log' },
    { flags: '--log-out <file>', help: 'write the other side as a log' },
  ],
  examples: [
    { line: 'whatif run.log --at 12', does: 'what is possible there' },
    { line: "whatif run.log --at 12 --do 'app>vm0'", does: 'deliver that instead' },
    { line: "whatif run.log --at 12 --do '!2'", does: 'the second decision of the step fails' },
    { line: 'whatif run.log --at 12 --do swap:15 --out other.log', does: 'record 15 first' },
  ],
  exits: [
    [EXIT.ok, 'compared, or listed'],
    [EXIT.usage, 'usage, no such record, a change that is not possible, or an unreadable file'],
    [EXIT.damaged, 'not a log, or damaged before its end'],
    [EXIT.invalid, 'the scenario in the log is not valid'],
    [EXIT.version, 'the log is of another format, or this build does not repeat it'],
    [EXIT.output, 'a log could not be written'],
  ],
  run: async (call) => {
    const policy = policyOf(textOption(call.options, 'policy'));
    checkOptions(call);
    const run = await readRun(call.args[0] ?? '', call);
    if (run === undefined) return EXIT.found;
    const at = recordOf(call, run);
    const fork = new Fork(run, at - 1);
    const text = textOption(call.options, 'do');
    if (text === undefined) return printPossible(call, at, fork, run.choices[at - 1] ?? '');
    const change = parseChange(text, at, run.choices);
    const what = await compared(call, fork, at, change, policy);
    if (what === undefined) return EXIT.found;
    if (call.json) {
      // one object, also when a log cannot be written
      await writeSides(call, run, what);
      printObject(call, at, what);
      return EXIT.ok;
    }
    printText(call, at, what);
    for (const path of await writeSides(call, run, what)) call.io.out(`written: ${path}\n`);
    return EXIT.ok;
  },
};
