/** `fencelab run`: a scenario under one schedule, told as a story, kept as a log if wanted. */
import { join } from 'node:path';
import { EXIT, FencelabError } from '../../domain/errors.ts';
import type { Breach } from '../../domain/invariants/watch.ts';
import { tell, tellEnd, verdictOf } from '../../streams/export/story.ts';
import { NO_STORY, type Story } from '../../streams/export/story-state.ts';
import type { RunEnd } from '../../streams/world/run.ts';
import { paintFor } from '../colour.ts';
import { type CommandCall, type CommandSpec, printJson, textOption } from '../command-spec.ts';
import { type FaultReport, faultLine } from '../fault.ts';
import { problemLine } from '../input-problems.ts';
import { failureLogName, TemporaryFolder } from '../log-target.ts';
import { parseChance, parseChooser, seedFor } from '../options.ts';
import { Progress } from '../progress.ts';
import { checkOutputs } from '../output-paths.ts';
import { withQuirks } from '../quirk-option.ts';
import { recordRun, type RunPlan } from '../record-run.ts';
import { replayLine, replayLogFile, type ReplayOutcome } from '../replay-log.ts';
import { loadScenario } from '../scenario-file.ts';
import { asExplored } from '../schedule-text.ts';
import { StoryPrinter } from '../story-printer.ts';
import { shellWord } from '../words.ts';

function planOf(call: CommandCall, folder: TemporaryFolder | undefined): RunPlan {
  const file = call.args[0] ?? '';
  const out = textOption(call.options, 'out');
  checkOutputs({ what: 'the scenario', path: file }, [{ flag: '--out', path: out }]);
  const asked = parseChooser(textOption(call.options, 'chooser'));
  const seed = seedFor(textOption(call.options, 'seed'), asked.kind);
  const chance = textOption(call.options, 'fail');
  const fail = chance === undefined ? undefined : parseChance(chance);
  const given = withQuirks(loadScenario(file), textOption(call.options, 'quirk'));
  const { scenario, chooser } = asExplored(given, asked);
  return { scenario, seed, chooser, fail, log: out ?? folder?.file('run.log') };
}

/** The command that does this run again. */
function againLine(call: CommandCall, { seed, chooser, fail }: RunPlan): string {
  const how = chooser.kind === 'time' ? '' : ` --chooser ${shellWord(chooser.text)}`;
  const quirk = textOption(call.options, 'quirk');
  const bugs = quirk === undefined ? '' : ` --quirk ${shellWord(quirk)}`;
  const fault = fail === undefined ? '' : ` --fail ${fail}`;
  return `fencelab run ${shellWord(call.args[0] ?? '')} --seed ${seed}${how}${bugs}${fault}`;
}

/**
 * Keeps the log of a failed run that nobody asked to keep: the same run once more, into a file. Where that cannot be
 * written there is a warning and no log; the run can still be repeated from its seed.
 */
async function keepFailure(call: CommandCall, plan: RunPlan): Promise<string | undefined> {
  const name = failureLogName(plan.scenario, plan.seed);
  const log = join(call.io.cwd, name);
  const progress = new Progress(call.io, 'writing the log', call.quiet);
  try {
    await recordRun({ ...plan, log }, { io: call.io, progress, onRecord: () => undefined });
    return name;
  } catch (error) {
    if (!(error instanceof FencelabError)) throw error;
    if (!call.quiet) call.io.err(`warning: ${problemLine(error)}\n`);
    return undefined;
  }
}

interface Finished {
  readonly plan: RunPlan;
  readonly story: Story;
  readonly lines: readonly string[];
  readonly end: RunEnd;
  readonly fault: FaultReport | null;
  readonly breaches: readonly Breach[];
  /** the log that the user has in the end */
  readonly log: string | undefined;
  readonly replay: ReplayOutcome | undefined;
}

function printEnd(call: CommandCall, done: Finished): void {
  const { plan, story, end, fault, breaches, log, replay } = done;
  const paint = paintFor(call.io.env, call.io.outIsTty);
  const printer = new StoryPrinter(call.io);
  printer.print(tellEnd(story, end, breaches));
  call.io.out(`seed: ${plan.seed}  chooser: ${plan.chooser.text}\n`);
  if (fault !== null) call.io.out(`${faultLine(fault)}\n`);
  if (log !== undefined) call.io.out(`log: ${log}\n`);
  if (replay !== undefined) {
    call.io.out(
      `${paint(replay.identical ? 'green' : 'red', `replayed: ${replayLine(replay)}`)}\n`,
    );
  }
  if (verdictOf(end.verdict, breaches) !== 'ok') {
    const replayed = log === undefined ? '' : `fencelab replay ${shellWord(log)}   (or: `;
    call.io.out(`replay: ${replayed}${againLine(call, plan)}${log === undefined ? '' : ')'}\n`);
  }
}

function printObject(
  call: CommandCall,
  { plan, lines, end, fault, breaches, log, replay }: Finished,
): void {
  const { events, stateHash, reasons, cycle } = end;
  const verdict = verdictOf(end.verdict, breaches);
  printJson(call.io, 'run', {
    ok: verdict === 'ok' && replay?.identical !== false,
    verdict,
    scenario: plan.scenario.name,
    seed: plan.seed,
    chooser: plan.chooser.text,
    events,
    stateHash,
    reasons,
    cycle,
    fault,
    breaches,
    log: log ?? null,
    replay: replay ?? null,
    again: againLine(call, plan),
    story: lines,
  });
}

async function runPlan(call: CommandCall, plan: RunPlan): Promise<number> {
  const printer = new StoryPrinter(call.io);
  const progress = new Progress(call.io, 'records', call.quiet || call.io.outIsTty);
  const lines: string[] = [];
  let story = NO_STORY;
  const recorded = await recordRun(plan, {
    io: call.io,
    progress,
    onRecord: (record) => {
      const told = tell(story, record);
      story = told.story;
      if (call.json) lines.push(...told.lines.map(({ text }) => text));
      else if (!call.quiet) printer.print(told.lines);
    },
  });
  if (recorded === undefined) return EXIT.found;
  const { end, fault, breaches } = recorded;
  const out = textOption(call.options, 'out');
  const wantsReplay = call.options['replay'] === true && plan.log !== undefined;
  const replay = wantsReplay ? await replayLogFile(plan.log ?? '', call) : undefined;
  const failed = verdictOf(end.verdict, breaches) !== 'ok';
  const log = out ?? (failed ? await keepFailure(call, plan) : undefined);
  const done = { plan, story, lines, end, fault, breaches, log, replay };
  if (call.json) printObject(call, done);
  else printEnd(call, done);
  return failed || replay?.identical === false ? EXIT.found : EXIT.ok;
}

export const runCommand: CommandSpec = {
  name: 'run',
  summary: 'Run a scenario and tell what happened.',
  about: [
    'Prints a short story: each bind with its op lists, the address space after it, what every access saw, and the ' +
      'verdict: ok, violated (an invariant is broken), failed (an expectation did not hold), stuck (somebody waits and ' +
      'nothing can happen) or cut (the list of choices ended first). The same scenario, seed and chooser give the same log, byte for byte.',
    'A run that is stuck says who waits for what: the shortest cycle of waits, or the chain from each client to what ' +
      'never happens, such as a software fence that nobody signals. In --json they are `reasons`, and what is on the ' +
      'cycle is `cycle`.',
    'A run that is not ok keeps its log: in --out, or else as fencelab-NAME-SEED.log in the current folder. Ctrl-C ' +
      'flushes what is written; such a log is open, not sealed. --out replaces an older log and no other file. ' +
      'With --quiet the story is left out: only how the run ended is printed.',
    'With --fail N the N-th chance to fail fails: an allocation, a lock, an acknowledgement that gets lost. The end says ' +
      'what it was and how many chances there were; when N is beyond the last, nothing fails and it says that. N = 1, 2, ' +
      '... until then tries every single failure. The log holds what failed, so it replays like any other.',
    'Every record is held against the invariants (docs/invariants.md). One that is broken is printed at the end, with the ' +
      'record, also below another verdict; without --quirk that is a bug of fencelab.',
  ],
  args: [{ name: '<scenario>', help: 'a YAML or JSON file, see docs/scenarios.md' }],
  options: [
    {
      flags: '--seed <n>',
      help: 'decimal or 0x hex, 64 bits: draws latencies, and choices with --chooser random (default: 0x1, or a fresh one for random)',
    },
    {
      flags: '--chooser <how>',
      help: 'who decides what happens next: time (in order of virtual time, default), random, or choices:FILE (one choice a line, as in the records of a log, with answers to what a step decides: `vm0>vm0!2` has its second decision fail, see docs/log-format.md), or schedule:TEXT (a schedule that `fencelab explore` printed: everything is delivered at once, as it was explored)',
    },
    {
      flags: '--fail <n>',
      help: 'the n-th chance to fail of this run fails, counted from 1; choices with answers of their own are taken as they are and count none',
    },
    {
      flags: '--quirk <ids>',
      help: 'known kernel bugs that the driver shall have, as `fencelab quirks` lists them, comma between them',
    },
    { flags: '--out <log>', help: 'write the event log to this file' },
    {
      flags: '--replay',
      help: 'replay the log that was written (to a temporary file without --out) and say whether it is identical',
    },
  ],
  examples: [
    { line: 'run scenarios/null-bind.yaml', does: 'the story' },
    {
      line: 'run scenarios/null-bind.yaml --chooser random --seed 7 --out run.log',
      does: 'another schedule, kept',
    },
    {
      line: 'run scenarios/null-bind.yaml --fail 3 --out run.log',
      does: 'what if the third thing that may fail fails',
    },
    {
      line: 'run scenarios/null-bind.yaml --replay',
      does: 'prove that the run can be repeated byte for byte',
    },
  ],
  exits: [
    [EXIT.ok, 'the verdict is ok'],
    [EXIT.found, 'violated, failed, stuck or cut; or the replay differs'],
    [EXIT.usage, 'usage, or the scenario cannot be read'],
    [EXIT.invalid, 'the scenario is not valid'],
    [EXIT.version, 'the scenario is of another version'],
    [EXIT.output, 'the log could not be written; what was written stays'],
  ],
  run: async (call) => {
    const wantsTemporary = call.options['replay'] === true && call.options['out'] === undefined;
    const folder = wantsTemporary ? new TemporaryFolder() : undefined;
    try {
      return await runPlan(call, planOf(call, folder));
    } finally {
      folder?.remove();
    }
  },
};
