/** `fencelab shrink`: the shortest story that shows what went wrong in a log. */
import { basename, join } from 'node:path';
import { EXIT } from '../../domain/errors.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { tell, tellEnd } from '../../streams/export/story.ts';
import { NO_STORY, type Story } from '../../streams/export/story-state.ts';
import type { FromLog } from '../../streams/explore/from-log.ts';
import { LogShrinker } from '../../streams/explore/shrink-log.ts';
import { type CommandCall, type CommandSpec, textOption } from '../command-spec.ts';
import { parseCount } from '../options.ts';
import { checkOutputs } from '../output-paths.ts';
import { problemOf, readRun } from '../problem-log.ts';
import { Progress } from '../progress.ts';
import { recordRun } from '../record-run.ts';
import { replayLogFile } from '../replay-log.ts';
import { scenarioYaml } from '../scenario-yaml.ts';
import { type Plan, printObject, printText, sizesOf } from '../shrink/print.ts';
import { type Doing, watched } from '../watched.ts';
import { checkTextTarget, writeText } from '../write-text.ts';

const STATES = 5_000;
const TRIES = 10_000;
/** Tries between two looks at whether somebody wants an end. */
const BREATH = 16;

function planOf({ args, options, io }: CommandCall): Plan {
  const file = args[0] ?? '';
  const stem = basename(file).replace(/\.\w+$/, '');
  const out = textOption(options, 'out') ?? join(io.cwd, `${stem}.small.log`);
  const scenarioOut = textOption(options, 'scenarioOut');
  checkOutputs({ what: 'the log', path: file }, [
    { flag: '--out', path: out },
    { flag: '--scenario-out', path: scenarioOut },
  ]);
  if (scenarioOut !== undefined) {
    checkTextTarget(scenarioOut, 'a scenario that fencelab wrote', io);
  }
  return {
    file,
    out,
    scenarioOut,
    maxStates: parseCount(textOption(options, 'states'), '--states') ?? STATES,
    maxTries: parseCount(textOption(options, 'tries'), '--tries') ?? TRIES,
    keepsScenario: options['keepScenario'] === true,
    problem: textOption(options, 'problem'),
  };
}

function* doing(shrinker: LogShrinker): Generator<Doing, void> {
  for (const { doing: what, count } of shrinker.run()) {
    yield { what: what === 'states' ? 'states' : 'tries', count };
  }
}

/** Why the result may not be the smallest. */
function doubtOf(log: FromLog, plan: Plan, shrinker: LogShrinker, isStopped: boolean): string {
  if (isStopped) return 'stopped';
  if (shrinker.isSpent) return `${shrinker.tried} tries are spent`;
  if (!log.isAtOnce) return 'what happens depends on latencies, of which states know nothing';
  return plan.maxStates === 0
    ? 'no search over states'
    : `more than ${plan.maxStates} states, counted or estimated`;
}

/** Writes the log of the shrunk schedule; its story, as lines. */
async function record(
  scenario: Scenario,
  { seed }: FromLog,
  choices: readonly string[],
  plan: Plan,
  call: CommandCall,
): Promise<ReturnType<typeof tell>['lines']> {
  let story: Story = NO_STORY;
  const lines: ReturnType<typeof tell>['lines'][number][] = [];
  const list = { file: plan.file, choices, lines: [] };
  // what was found is written even after a signal
  const io = { ...call.io, stopped: () => undefined };
  const recorded = await recordRun(
    {
      scenario,
      seed,
      chooser: { kind: 'choices', choices: list, text: '' },
      fail: undefined,
      log: plan.out,
    },
    {
      io,
      progress: new Progress(io, 'records', true),
      onRecord: (each) => {
        const told = tell(story, each);
        ({ story } = told);
        lines.push(...told.lines);
      },
    },
  );
  return recorded === undefined
    ? lines
    : [...lines, ...tellEnd(story, recorded.end, recorded.breaches)];
}

export const shrinkCommand: CommandSpec = {
  name: 'shrink',
  summary: 'Shrink a log to the shortest story with the same problem.',
  about: [
    'Takes a log of a run that broke an invariant, failed an expectation or got stuck, and looks for the fewest steps that ' +
      'show the same, and among those for the fewest switches between actors. Then for the smallest scenario: clients, ' +
      'steps, binds, syncs, objects, quirks and options go as long as the problem stays, and the schedule once more. ' +
      'docs/exploration.md says how, and what counts as the same problem.',
    'Where what is left has few enough states, the schedule is proved to be the smallest; the end says whether it is. ' +
      'What is printed is the story of the small run, its scenario, both sizes and the schedule. The log is written to ' +
      '--out, or as NAME.small.log in the current folder.',
    "The world of the small log delivers messages at once, as explored worlds do, unless the problem needs the log's own " +
      'latencies. Ctrl-C ends the search; what was found so far is written and told. A log whose end is missing is used as ' +
      'far as it goes.',
  ],
  args: [{ name: '<log>', help: 'a log that `fencelab run` wrote' }],
  options: [
    { flags: '--out <log>', help: 'write the small log to this file' },
    {
      flags: '--scenario-out <file>',
      help: 'write the small scenario as YAML; replaces only one that was written so',
    },
    { flags: '--keep-scenario', help: 'shrink the schedule only' },
    {
      flags: '--problem <id>',
      help: 'which one, if the log shows several: an invariant, `expect` or `stuck` (default: the first invariant that is broken, else the first of the others)',
    },
    {
      flags: '--states <n>',
      help: `states up to which the smallest schedule is searched for (default: ${STATES} states; 0: no search)`,
    },
    {
      flags: '--tries <n>',
      help: `schedules and scenarios tried at most, together (default: ${TRIES} tries)`,
    },
  ],
  examples: [
    { line: 'shrink run.log', does: 'the shortest story' },
    {
      line: 'shrink run.log --out small.log --scenario-out small.yaml',
      does: 'kept, as a log and as a scenario',
    },
    { line: 'shrink run.log --problem I9 --keep-scenario', does: 'only the schedule, for I9' },
  ],
  exits: [
    [EXIT.ok, 'shrunk, or nothing smaller found'],
    [EXIT.usage, 'usage, or a file that cannot be read'],
    [EXIT.damaged, 'not a log, or damaged before its end'],
    [EXIT.invalid, 'nothing went wrong in this run, or not what --problem names'],
    [EXIT.version, 'a log of another version, or one that this build does not repeat'],
    [EXIT.output, 'the log or the scenario could not be written'],
  ],
  run: async (call) => {
    const plan = planOf(call);
    const run = await readRun(plan.file, call);
    if (run === undefined) return EXIT.found;
    const { from: log } = problemOf(run, plan.file, plan.problem);
    const shrinker = new LogShrinker(log, plan);
    await watched(doing(shrinker), call, { every: BREATH });
    const isStopped = call.io.stopped() !== undefined;
    const { best, tried } = shrinker;
    const yaml = scenarioYaml(best.scenario);
    const story = await record(best.scenario, log, best.choices, plan, call);
    if (plan.scenarioOut !== undefined) writeText(plan.scenarioOut, yaml, call.io);
    const done = {
      ...{ plan, log, best, tried, yaml },
      before: sizesOf(shrinker.given, scenarioYaml(log.scenario)),
      after: sizesOf(best, yaml),
      doubt: best.isMinimal ? null : doubtOf(log, plan, shrinker, isStopped),
      replay: isStopped ? undefined : await replayLogFile(plan.out, call),
    };
    if (call.json) printObject(call, done);
    else printText(call, done, story);
    return EXIT.ok;
  },
};
