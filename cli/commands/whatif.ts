/** `fencelab whatif`: forks a log at a record, changes one choice, runs both tails, and shows how they differ. */
import { EXIT, FencelabError } from '../../domain/errors.ts';
import { nearest } from '../../domain/scenario/suggest.ts';
import type { LoggedRun } from '../../streams/explore/from-log.ts';
import { randomOrder } from '../../streams/explore/schedule/policy.ts';
import {
  Fork,
  NotPossible,
  type Possible,
  type RunSide,
  type TailPolicy,
  type WhatIf,
} from '../../streams/explore/whatif.ts';
import {
  differenceLines,
  type DifferenceShown,
  type SideShown,
  sidesTable,
} from '../../streams/export/difference-text.ts';
import { messageText } from '../../streams/export/message-text.ts';
import { deliveryText } from '../../streams/export/odds-text.ts';
import { verdictOf } from '../../streams/export/story.ts';
import { columns } from '../../streams/export/words.ts';
import { parseChange } from '../change.ts';
import { type CommandCall, type CommandSpec, printJson, textOption } from '../command-spec.ts';
import { parseSeed, parseSeq } from '../options.ts';
import { checkOutputs, type Output } from '../output-paths.ts';
import { readRun } from '../problem-log.ts';
import { StoryPrinter } from '../story-printer.ts';
import { type Doing, watched } from '../watched.ts';
import { writeRun } from '../write-run.ts';

/** More differences than this are counted; --json has all. */
const MAX_SHOWN = 40;

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

/** What a step decides, as it is to be written behind `!`. */
const decisionsText = ({ decisions }: Possible): string =>
  decisions
    .map(({ name, options }, i) => `!${i + 1}${options > 2 ? `:1..${options - 1}` : ''} ${name}`)
    .join(', ');

function possibleLines(possible: readonly Possible[]): string[] {
  return columns(
    possible.map((each) => {
      const decides = decisionsText(each);
      const what = messageText(each.record) ?? 'goes on';
      return ['', each.choice, `${what}${decides === '' ? '' : `   (decides ${decides})`}`];
    }),
  );
}

function printPossible(call: CommandCall, at: number, fork: Fork, taken: string): number {
  const possible = fork.possible();
  if (call.json) {
    const list = possible.map(({ choice, record, decisions }) => ({
      choice,
      type: record.type,
      says: deliveryText(record),
      decisions,
    }));
    printJson(call.io, 'whatif', { ok: true, log: call.args[0], at, taken, possible: list });
    return EXIT.ok;
  }
  call.io.out(`possible at record ${at}, where the log has ${taken}:\n`);
  call.io.out(`${possibleLines(possible).join('\n')}\n`);
  return EXIT.ok;
}

function sideShown({ end, records, breaches }: RunSide): SideShown {
  const [breach] = breaches;
  const verdict = verdictOf(end.verdict, breaches);
  const { reasons } = end;
  const broken =
    breach === undefined
      ? null
      : `${breach.id}${breach.seq === null ? ' at the end' : ` at ${breach.seq}`}: ${breach.what}`;
  return { verdict, records: records.length, wrong: broken ?? reasons[0] ?? null };
}

function shownDifferences({ sides, differences }: WhatIf, at: number): DifferenceShown[] {
  const record = (side: 0 | 1, step: number | null): RunSide['records'][number] | null =>
    step === null ? null : (sides[side].records[at + step] ?? null);
  return differences.all.map(({ steps: [a, b], facts, causes }) => ({
    log: record(0, a),
    changed: record(1, b),
    facts,
    get causes() {
      return causes().map(({ step, differs }) => ({ seq: at + step, differs }));
    },
  }));
}

function printText(call: CommandCall, at: number, what: WhatIf): void {
  const { sides, differences } = what;
  const printer = new StoryPrinter(call.io);
  const { out } = call.io;
  const deliveryOf = (side: 0 | 1): string => {
    const record = sides[side].records[at];
    return record === undefined ? 'nothing' : `${record.choice}   ${deliveryText(record)}`;
  };
  out(`record ${at}\n  log      ${deliveryOf(0)}\n  changed  ${deliveryOf(1)}\n\n`);
  out(`${sidesTable(sideShown(sides[0]), sideShown(sides[1])).join('\n')}\n\n`);
  const { all, same, moved } = differences;
  const unasked = sides[1].unasked;
  if (unasked > 0) out(`answers of the log that fit no step any more: ${unasked}\n`);
  out(`${same} steps are the same on both sides, ${moved} of them at another place\n`);
  if (all.length === 0) {
    const [a, b] = [sideShown(sides[0]).wrong, sideShown(sides[1]).wrong];
    out(a === b ? 'no difference\n' : 'no step differs: the order itself is what matters\n');
    return;
  }
  out(`${all.length} differ: - log only, + changed only, ~ led to something else\n`);
  for (const shown of shownDifferences(what, at).slice(0, MAX_SHOWN)) {
    printer.print(differenceLines(shown));
  }
  if (all.length > MAX_SHOWN) out(`... and ${all.length - MAX_SHOWN} more; --json has all\n`);
}

function printObject(call: CommandCall, at: number, what: WhatIf): void {
  const { sides, differences } = what;
  const side = (run: RunSide): unknown => ({
    verdict: verdictOf(run.end.verdict, run.breaches),
    records: run.records.length,
    reasons: run.end.reasons,
    breaches: run.breaches,
    choices: run.choices,
    unasked: run.unasked,
  });
  const list = shownDifferences(what, at).map(({ log, changed, facts, causes }) => ({
    log: log?.seq ?? null,
    changed: changed?.seq ?? null,
    says: deliveryText((changed ?? log) as RunSide['records'][number]),
    facts: { log: facts[0], changed: facts[1] },
    causes,
  }));
  printJson(call.io, 'whatif', {
    ok: true,
    log: call.args[0],
    at,
    sides: { log: side(sides[0]), changed: side(sides[1]) },
    same: differences.same,
    moved: differences.moved,
    differences: list,
  });
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
