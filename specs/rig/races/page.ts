/** docs/races.md from the table, with the number of schedules after which each line was reached. */
import { CONTEXT_IDS, CONTEXTS, type ContextId } from './contexts.ts';
import { LIFTS } from './lifts.ts';
import { type Lift, outcomeOf } from './lifts/lifted.ts';
import { MOMENTS, type MomentId } from './moments.ts';
import { type PhaseId, PHASES } from './phases.ts';
import type { Row } from './row.ts';
import type { Sight } from './sightings.ts';
import { ROWS } from './table.ts';
import { type WorldId, WORLDS } from './worlds.ts';

/** A sight in words. */
export function sightText(sight: Sight): string {
  const [moment, how, phase] = sight.split(' ') as [MomentId, 'in' | 'after' | 'across', PhaseId];
  const { says: during } = PHASES[phase];
  const { says: then } = MOMENTS[moment];
  return how === 'after' ? `${then}, having waited while ${during}` : `${then} while ${during}`;
}

/** By world and sight: the schedules. */
export type Counts = (world: WorldId, sight: Sight) => number;

/** What is lifted, and what comes of it. */
function liftText({ name, then }: Lift): string {
  const { breaks, shows, because } = outcomeOf(then);
  if (breaks !== null) return `*${name}*: ${breaks}`;
  const meets = shows === null ? 'the runs stay the same' : `${sightText(shows)}; nothing breaks`;
  return `*${name}*: ${meets}, because ${because ?? ''}`;
}

const liftsOf = ({ pair: [a, b] }: Row): string =>
  LIFTS.filter(({ pair }) => pair[0] === a && pair[1] === b)
    .map((lift) => liftText(lift))
    .join('; ');

function witness(row: Row, counts: Counts): readonly [string, string] {
  if (row.reach === null) return ['-', '-'];
  const [world, sight] = row.reach;
  return [`\`${world}\`: ${sightText(sight)}`, String(counts(world, sight))];
}

function lineOf(row: Row, counts: Counts): string {
  const [, b] = row.pair;
  const [shown, schedules] = witness(row, counts);
  const never = row.never.map((sight) => sightText(sight)).join('; ');
  const cells = [
    CONTEXTS[b],
    row.kind,
    row.shares,
    row.ordered,
    row.where,
    shown,
    schedules,
    never,
    liftsOf(row),
  ];
  return `| ${cells.join(' | ')} |`;
}

const HEAD = [
  '| with | kind | both touch | ordered by | where they still meet | seen in a run | schedules | never seen | *lifted* |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];

function section(first: ContextId, counts: Counts): string {
  const lines = ROWS.filter(({ pair }) => pair[0] === first).map((row) => lineOf(row, counts));
  return [`## ${CONTEXTS[first]}`, '', ...HEAD, ...lines, ''].join('\n');
}

const INTRO = `# Races

Every pair of contexts that can meet in the driver, and on the hardware below it. The table is data
(\`specs/rig/races\`); this page is made of it.

- **interleaves**: one may act in the middle of the other.
- **excluded**: a lock, a queue or a mode keeps them apart; what is left is that one waits for the other.
- **independent**: both act at once and touch nothing in common.

*Seen in a run* names a world, a small busy scenario of \`specs/rig/races/worlds.ts\`, and what its records show;
*schedules* is how many random schedules, with seeds 1, 2, 3, ..., it took until one of them showed it.
\`specs/streams/world/races/reach.spec.ts\` runs them again. What stands under *never seen* is looked for in all of
these runs.

Under *lifted*, names in italics are exclusions that \`specs/streams/world/races/lifted.spec.ts\` takes away, one at a
time, in random schedules of small worlds (\`specs/rig/races/lifts\`). Each excluded pair has at least one. What follows
the name is what comes of it:

- an invariant of [invariants.md](invariants.md) breaks; or \`failed\`: a client sees what it must not; \`stuck\`: somebody
  waits for ever; \`throws\`: a machine finds nonsense. None of it happens with the exclusion.
- something that is never seen with the exclusion is seen, and nothing breaks. So the exclusion is what keeps the two
  apart, but in this model, where a context reads and writes what it shares in one step, it protects nothing.
- the runs stay the same: neither of the two is ever in the middle of something.
`;

export function racesPage(counts: Counts): string {
  const worlds = Object.keys(WORLDS)
    .map((world) => `\`${world}\``)
    .join(', ');
  const sections = CONTEXT_IDS.map((id) => section(id, counts));
  return `${[INTRO, `The worlds: ${worlds}.\n`, ...sections].join('\n').trimEnd()}\n`;
}

/** The numbers that a page gives, in the order of the rows that have one. */
export function countsOf(page: string): readonly number[] {
  return [...page.matchAll(/^\|.* \| (\d+) \| [^|]*\| [^|]*\|$/gm)].map(([, digits]) =>
    Number(digits),
  );
}
