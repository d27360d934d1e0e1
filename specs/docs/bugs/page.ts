/** docs/bugs/ID.md: a known bug as a story, a sequence diagram and the part of the machine where it is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INVARIANTS } from '../../../domain/invariants/list.ts';
import type { FactType } from '../../../domain/facts/schema.ts';
import { QUIRKS, type QuirkRow } from '../../../domain/quirks/quirks.ts';
import { MACHINES } from '../../../machines/index.ts';
import { atOnce } from '../../../streams/explore/at-once.ts';
import { aimAt } from '../../../bench/detection/aim.ts';
import { ended } from '../../../streams/explore/ended.ts';
import { enoughToShow } from '../../../streams/explore/schedule/enough.ts';
import { statesAlong } from '../../../streams/explore/schedule/odds.ts';
import { sameKind } from '../../../streams/explore/schedule/same.ts';
import { runOf } from '../../../streams/explore/ran.ts';
import { stateGraph } from '../../../streams/export/diagram.ts';
import { mermaidDiagram } from '../../../streams/export/diagram-mermaid.ts';
import { factText } from '../../../streams/export/fact-text.ts';
import { neighbourhood } from '../../../streams/export/neighbourhood.ts';
import { sequenceMermaid } from '../../../streams/export/sequence-mermaid.ts';
import { sequenceOf } from '../../../streams/export/sequence.ts';
import { tell } from '../../../streams/export/story.ts';
import { NO_STORY } from '../../../streams/export/story-state.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { scenarioOfQuirk } from '../../rig/quirks.ts';
import { choicesOf, type Kept } from './kept.ts';
import { type Parting, partingOf } from './parting.ts';

const SCENARIOS = new URL('../../../scenarios/quirks', import.meta.url).pathname;

export const BUG_ROWS: readonly QuirkRow[] = QUIRKS;

/** What happened and what is wrong with it. */
export interface BugRun {
  readonly row: QuirkRow;
  readonly kept: Kept;
  readonly choices: readonly string[];
  readonly records: readonly StepRecord[];
  readonly problem: string;
  readonly isAtEnd: boolean;
  /** numbers of the records that are enough to show it */
  readonly enough: readonly number[];
}

/** @throws RangeError when the schedule does not show what the quirk breaks */
export function bugRun(row: QuirkRow, kept: Kept): BugRun {
  const scenario = scenarioOfQuirk(row, true);
  const system = aimAt(row, scenario);
  const choices = choicesOf(row, kept);
  const moves = statesAlong(system, choices);
  const last = moves.at(-1);
  const atEnd = last === undefined ? null : system.problemAtEnd(last.state);
  const problem = last?.problem ?? atEnd;
  if (problem === null) throw new RangeError(`the schedule does not show ${row.id}`);
  const isAtEnd = last?.problem == null;
  const ends = [moves.length - 1];
  const enough = isAtEnd
    ? moves.map((_, i) => i)
    : ended(enoughToShow(system, moves, { isIt: sameKind(problem), ends, isAtEnd, maxTries: 200 })).steps;
  const { records } = runOf(atOnce(scenario), '0x0', choices);
  return { row, kept, choices, records, problem, isAtEnd, enough: enough.map((i) => i + 1) };
}

/** The comment at the top of the scenario: what it is about, in words. */
function wordsOf({ scenario }: QuirkRow): string {
  const lines = readFileSync(join(SCENARIOS, `${scenario}.yaml`), 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^# ?/, ''))
    .join('\n');
}

function storyOf({ records, problem }: BugRun): string {
  let story = NO_STORY;
  const lines = records.flatMap((record) => {
    const told = tell(story, record);
    story = told.story;
    return told.lines.map(({ text }) => text.replace(/^\[ *[\d.]+us\] /, ''));
  });
  return [...lines, '', problem].join('\n');
}

const lookedAt = ({ breaks }: QuirkRow): ReadonlySet<FactType> =>
  new Set(
    Object.keys(INVARIANTS.find(({ id }) => id === breaks)?.rule.on ?? {}) as FactType[],
  );

function sequence(run: BugRun): string {
  const { row, records, enough, problem, isAtEnd, choices } = run;
  const model = sequenceOf(records, enough, {
    title: `${row.scenario} with ${row.id}`,
    problem: { text: problem, seq: isAtEnd ? null : choices.length },
    matters: lookedAt(row),
  });
  return sequenceMermaid(model).trimEnd();
}

const facts = ({ facts: all, sends, state }: StepRecord, other: StepRecord): string => {
  const known = new Set(other.facts.map((fact) => JSON.stringify(fact)));
  const own = all.filter((fact) => !known.has(JSON.stringify(fact)));
  const sent = sends.filter(
    (send) => !other.sends.some((each) => JSON.stringify(each) === JSON.stringify(send)),
  );
  const lines = [
    ...own.map((fact) => `- ${factText(fact)}`),
    ...sent.map(([to, type]) => `- sends \`${type}\` to ${to}`),
    ...(state === other.state ? [] : [`- goes to \`${state}\``]),
  ];
  return lines.length === 0 ? '- nothing but what both do' : lines.join('\n');
};

function whereOf({ choice, actor, machine, before, wrong, right }: Parting): string {
  const chart = MACHINES[machine];
  if (chart === undefined) throw new RangeError(`no machine ${machine}`);
  const graph = neighbourhood(stateGraph(chart), before, wrong.type);
  return `Until then both drivers do the same. In record ${wrong.seq}, \`${choice}\`, ${actor} (a \`${machine}\` in \`${before}\`) takes \`${wrong.type}\`.

With the bug:

${facts(wrong, right)}

Without it:

${facts(right, wrong)}

What this step of the machine can go through:

\`\`\`mermaid
${mermaidDiagram(graph, [before]).trimEnd()}
\`\`\``;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function bugPage(run: BugRun): string {
  const { row, kept, records, choices } = run;
  const { id, title, where, profile, right, breaks, scenario, needsFault = false } = row;
  const parting = partingOf(row, choices);
  const says = INVARIANTS.find((each) => each.id === breaks)?.says;
  const command = `npx fencelab run scenarios/quirks/${scenario}.yaml --quirk ${id} --chooser schedule:${kept.schedule}`;
  return `<!-- Generated: UPDATE_DOCS=1 npm test -- specs/docs/bugs. -->

# ${id}: ${title}

| | |
| --- | --- |
| in | ${cell(where)} |
| driver | \`${profile}\` |
| right | ${cell(right)} |
| breaks | ${breaks}${says === undefined ? '' : `: ${cell(says)}`} |
${needsFault ? '| needs | something that fails besides |\n' : ''}
${wordsOf(row)}

## What happens

${records.length - 1} steps, ${kept.isShortest ? 'the fewest that show it' : 'as few as were found'}:

\`\`\`text
${storyOf(run)}
\`\`\`

\`\`\`mermaid
${sequence(run)}
\`\`\`

## Where it goes wrong

${parting === null ? 'The step that differs is the one that shows it.' : whereOf(parting)}

## See it

\`\`\`sh
${command}
npx fencelab quirks ${id}
\`\`\`
`;
}

export function bugIndex(): string {
  const byId = [...BUG_ROWS].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rows = byId.map(
    ({ id, profile, breaks, title }) => `| [${id}](${id}.md) | ${profile} | ${breaks} | ${cell(title)} |`,
  );
  return `<!-- Generated: UPDATE_DOCS=1 npm test -- specs/docs/bugs. -->

# Known bugs

Each was in a real driver or in a posted series. \`--quirk ID\` switches one on; its page tells the shortest schedule that shows it, and
the step at which the driver parts from one that is right. S and L numbers are those of the fact sheet that the catalogue comes from, H
ones are of hardware and page tables, M ones of memory, R ones of repeated mappings.

| bug | driver | breaks | what goes wrong |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
