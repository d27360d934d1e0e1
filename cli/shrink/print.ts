/** What `fencelab shrink` came to, as it is printed. */
import type { FromLog } from '../../streams/explore/from-log.ts';
import type { Schedule } from '../../streams/explore/schedule/size.ts';
import type { SmallLog } from '../../streams/explore/shrink-log.ts';
import { columns } from '../../streams/export/words.ts';
import { paintFor } from '../colour.ts';
import { type CommandCall, printJson } from '../command-spec.ts';
import { replayLine, type ReplayOutcome } from '../replay-log.ts';
import { StoryPrinter } from '../story-printer.ts';
import { shellWord } from '../words.ts';

export interface Plan {
  readonly file: string;
  readonly out: string;
  readonly scenarioOut: string | undefined;
  readonly maxStates: number;
  readonly maxTries: number;
  readonly keepsScenario: boolean;
  readonly problem: string | undefined;
}

export interface Done {
  readonly plan: Plan;
  readonly log: FromLog;
  readonly best: SmallLog;
  readonly before: Sizes;
  readonly after: Sizes;
  readonly doubt: string | null;
  readonly tried: number;
  readonly yaml: string;
  readonly replay: ReplayOutcome | undefined;
}

interface Sizes {
  readonly steps: number;
  readonly switches: number;
  readonly answers: number;
  readonly scenarioLines: number;
}

export function sizesOf({ choices, switches, answers }: Schedule, yaml: string): Sizes {
  const scenarioLines = yaml.trimEnd().split('\n').length;
  return { steps: choices.length, switches, answers, scenarioLines };
}

function verdictLine({ doubt, tried, log }: Done): string {
  const limit = log.maxAnswers === 0 ? '' : ', with as many faults at most as the log has';
  return doubt === null
    ? `proved: no schedule of this scenario shows it in fewer steps, or in as many with fewer switches${limit}`
    : `not proved to be the smallest (${doubt}); ${tried} tried`;
}

export function printText(
  call: CommandCall,
  done: Done,
  story: Parameters<StoryPrinter['print']>[0],
): void {
  const { plan, log, best, before, after, yaml, replay } = done;
  const { out } = call.io;
  const paint = paintFor(call.io.env, call.io.outIsTty);
  if (!call.quiet) {
    new StoryPrinter(call.io).print(story);
    out(`\n${yaml}\n`);
  }
  out(`${paint('red', best.problem)}\n`);
  const row = (what: string, key: keyof Sizes): string[] => {
    return [what, String(before[key]), String(after[key])];
  };
  const rows = [
    ['', 'before', 'after'],
    row('steps', 'steps'),
    row('switches', 'switches'),
    ...(before.answers === 0 ? [] : [row('faults and answers', 'answers')]),
    row('lines of scenario', 'scenarioLines'),
  ];
  out(`${columns(rows).join('\n')}\n`);
  out(`${verdictLine(done)}\n`);
  out(`messages: ${log.isAtOnce ? 'at once' : "with the log's latencies"}\n`);
  if (best.choices.length <= 60) out(`schedule: ${best.choices.join(' ')}\n`);
  out(`log: ${plan.out}\n`);
  if (plan.scenarioOut !== undefined) out(`scenario: ${plan.scenarioOut}\n`);
  if (replay !== undefined) {
    out(`${paint(replay.identical ? 'green' : 'red', `replayed: ${replayLine(replay)}`)}\n`);
  }
  out(`replay: fencelab replay ${shellWord(plan.out)}\n`);
}

export function printObject(call: CommandCall, done: Done): void {
  const { plan, log, best, before, after, doubt, tried, replay } = done;
  printJson(call.io, 'shrink', {
    ok: true,
    problem: best.problem,
    was: log.problem,
    before,
    after,
    isMinimal: doubt === null,
    doubt,
    tried,
    atOnce: log.isAtOnce,
    seed: log.seed,
    choices: best.choices,
    scenario: best.scenario,
    log: plan.out,
    scenarioFile: plan.scenarioOut ?? null,
    replay: replay ?? null,
  });
}
