/** `fencelab explore`: a scenario under many schedules, or under all. */
import { EXIT } from '../../domain/errors.ts';
import { STRATEGIES } from '../../streams/explore/explore.ts';
import { WITNESSES } from '../../streams/explore/witnesses.ts';
import { paintFor } from '../colour.ts';
import { type CommandCall, type CommandSpec, printJson, textOption } from '../command-spec.ts';
import { conduct, findingOf, type Outcome } from '../explore/conduct.ts';
import { Crew } from '../explore/crew.ts';
import { keep, type Kept } from '../explore/keep.ts';
import { type ExplorePlan, explorePlan } from '../explore/plan.ts';
import {
  countsLine,
  coverageLine,
  foundLines,
  startLines,
  verdictLine,
  verdictOf,
  witnessBase,
  witnessLines,
} from '../explore/report.ts';
import type { Start } from '../explore/start.ts';
import { shellWord } from '../words.ts';

/** The command that runs a schedule of this exploration, but for the schedule. */
function runLine({ args, options }: CommandCall): string {
  const quirk = textOption(options, 'quirk');
  const bugs = quirk === undefined ? '' : ` --quirk ${shellWord(quirk)}`;
  return `fencelab run ${shellWord(args[0] ?? '')}${bugs}`;
}

function printEnd(call: CommandCall, plan: ExplorePlan, outcome: Outcome, kept: Kept | null): void {
  const paint = paintFor(call.io.env, call.io.outIsTty);
  const coverage = coverageLine(outcome);
  const lines = [
    verdictLine(outcome, paint),
    ...(kept === null ? [] : foundLines(outcome, kept, runLine(call), paint)),
    countsLine(outcome),
    ...(coverage === null ? [] : [coverage]),
    ...witnessLines(outcome, plan.question.witnesses),
    ...outcome.explored.notes.map((note) => `note: ${note}`),
  ];
  call.io.out(`${lines.join('\n')}\n`);
}

function printObject(call: CommandCall, plan: ExplorePlan, outcome: Outcome, kept: Kept | null) {
  const { explored, size, strategy, chosen, isTooLarge, ended, coverage } = outcome;
  const { question, budget, seed } = plan;
  const verdict = verdictOf(outcome);
  const { of, what } = witnessBase(outcome);
  printJson(call.io, 'explore', {
    ok: verdict !== 'violated',
    verdict,
    ended,
    scenario: question.scenario.name,
    strategy,
    chosen,
    budget: budget.text,
    seed,
    size,
    isTooLarge,
    counts: explored.counts,
    coverage,
    witnesses: WITNESSES.filter(({ name }) => question.witnesses.includes(name)).map(
      ({ name, says }) => ({ name, says, seen: explored.witnesses[name] ?? 0, of, what }),
    ),
    stuckRuns: explored.stuckRuns,
    found:
      kept === null
        ? null
        : { ...kept, run: `${runLine(call)} --chooser schedule:${kept.schedule}` },
    notes: explored.notes,
  });
}

async function explorePlanned(call: CommandCall, plan: ExplorePlan): Promise<number> {
  const crew = new Crew(plan.question, plan.workers);
  try {
    const tell = (start: Start): void => {
      if (!call.json) call.io.out(`${startLines(start, plan).join('\n')}\n`);
    };
    const outcome = await conduct(plan, crew, call, tell);
    const finding = findingOf(outcome.explored);
    const { scenario } = plan.question;
    const kept =
      finding === null ? null : await keep(scenario, finding, outcome.shrunk, plan.out, call);
    (call.json ? printObject : printEnd)(call, plan, outcome, kept);
    return finding === null ? EXIT.ok : EXIT.found;
  } finally {
    await crew.close();
  }
}

const named = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([name, says]) => `${name}: ${says}`).join('; ');

export const exploreCommand: CommandSpec = {
  name: 'explore',
  summary: 'Run a scenario under many schedules, or prove it right under all.',
  about: [
    'The verdict is `proved for this scenario` (every schedule was covered), `violated` (one breaks an invariant or an ' +
      'expectation, or leaves somebody waiting for ever) or `not proved: budget spent`. Explored worlds deliver at once: no ' +
      'latency decides anything, and every order is possible (docs/exploration.md).',
    'What is found is made short before it is told (proved the shortest where few states suffice), and kept: a log in ' +
      '--out, or else as fencelab-NAME-MARK.log in the current folder, and a text to paste, which `run --chooser schedule:TEXT` ' +
      'takes. Exploration ends at the first violation.',
    'Without --strategy the states are estimated first: `exhaustive` if the budget suffices for all of them, else `random`. ' +
      'A strategy that cannot finish within its budget is said to be too large before it starts.',
    `Strategies. ${named(Object.entries(STRATEGIES).map(([name, { says }]) => [name, says]))}.`,
    `Witnesses. ${named(WITNESSES.map(({ name, says }) => [name, says]))}. Strategies that draw runs, and dpor, count runs; ` +
      'searches over states count steps, each once however many schedules have it.',
    'Coverage of drawn runs is in classes: schedules that differ only in the order of independent steps are one. The number of ' +
      'all classes is exact where DPOR finds them all in 40,000 steps. Otherwise it is a bound from below, from how many were ' +
      'met once and twice: what these runs hardly ever meet is not in it, so it looks finished sooner than it is.',
    'The same words give the same answer, byte for byte, with any number of workers; only with a budget of time the counts may ' +
      'differ from one run to the next. Ctrl-C ends it with the result so far.',
  ],
  args: [{ name: '<scenario>', help: 'a YAML or JSON file, see docs/scenarios.md' }],
  options: [
    { flags: '--strategy <name>', help: 'which schedules: auto (default), or one of the above' },
    {
      flags: '--budget <budget>',
      help: 'a time (500ms, 60s, 10m, 1h), or a number: of runs for strategies that draw them, of steps for those that search (default: 20s)',
    },
    {
      flags: '--quirk <ids>',
      help: 'known kernel bugs that the driver shall have, as `fencelab quirks` lists them, comma between them',
    },
    {
      flags: '--invariant <ids>',
      help: 'which invariants are checked (docs/invariants.md), comma between them, or none; what the scenario expects is checked besides, unless faults are explored (default: all)',
    },
    {
      flags: '--workers <n>',
      help: 'threads that draw runs; a search over states takes one (default: one for each core)',
    },
    {
      flags: '--seed <n>',
      help: 'decimal or 0x hex, 64 bits: of strategies that draw (default: 0x1)',
    },
    {
      flags: '--depth <n>',
      help: 'pct: how many ordering constraints a bug may need (default: 3)',
    },
    { flags: '--switches <n>', help: 'switches: how many a schedule may have (default: 8)' },
    {
      flags: '--decisions <kinds>',
      help: 'explore what steps decide, too: fault (what may fail fails or not), hardware (what the GPU may do), comma between them, or all (default: none)',
    },
    {
      flags: '--interchangeable <names>',
      help: 'symmetric: clients that can be swapped, each with what only it uses: a+a-bo,b+b-bo; several such lists with semicolons',
    },
    {
      flags: '--witness <names>',
      help: 'which witnesses are counted, comma between them, or none (default: all)',
    },
    { flags: '--out <log>', help: 'where the log of what is found goes' },
  ],
  examples: [
    { line: 'explore scenarios/async-error.yaml', does: 'all of it, if it is small enough' },
    {
      line: 'explore scenarios/evict.yaml --strategy random --budget 1000 --seed 7',
      does: 'a thousand random schedules',
    },
    {
      line: 'explore scenarios/quirks/order-joins-evicted.yaml --quirk M04 --budget 60s',
      does: 'find a known bug, keep its log, print a schedule to paste',
    },
    {
      line: 'explore scenarios/scratch.yaml --strategy dpor --invariant none --witness none',
      does: 'one run for each class of schedules; only what the scenario expects',
    },
  ],
  exits: [
    [EXIT.ok, 'proved, or nothing found within the budget'],
    [EXIT.found, 'violated'],
    [EXIT.usage, 'usage, or the scenario cannot be read'],
    [EXIT.invalid, 'the scenario is not valid'],
    [EXIT.version, 'the scenario is of another version'],
    [EXIT.output, '--out could not be written'],
  ],
  run: (call) => explorePlanned(call, explorePlan(call)),
};
