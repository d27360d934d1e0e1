/** docs/detection.md, made of what was measured (specs/data/detection.json). */
import { type Cell, MAX_SECONDS, MAX_TRANSITIONS } from '../../bench/detection/cell.ts';
import { type Column, COLUMNS, DEPTHS, pctColumn } from '../../bench/detection/columns.ts';
import type { Detection, QuirkCells } from '../../bench/detection/data.ts';
import { pctChecks } from '../../bench/detection/pct-check.ts';
import { type Median, medianOf, wilson } from '../../bench/detection/statistics.ts';
import { QUIRKS } from '../../domain/quirks/quirks.ts';

const count = (value: number): string => value.toLocaleString('en-US');
const listed = (ids: readonly string[]): string => (ids.length === 0 ? '-' : ids.join(', '));
const foundIn = ({ schedules }: Cell): number => schedules.filter((each) => each !== null).length;
const medianIn = ({ schedules }: Cell): Median =>
  medianOf(schedules.map((each) => each ?? Infinity));

/** Whether this cell shows its bug at all. */
export const isFound = (cell: Cell): boolean =>
  cell.steps === undefined ? foundIn(cell) > 0 : cell.steps !== null;

const percent = (share: number): string => String(Math.round(share * 100));

function cellText(cell: Cell, cap: number): string {
  const { schedules, steps, refused } = cell;
  if (refused !== undefined) return 'refused';
  if (steps !== undefined) return steps === null ? 'none' : count(steps);
  const found = foundIn(cell);
  if (found === 0) return 'none';
  const { median, low, high } = medianIn(cell);
  const within = (value: number): string => (value > cap ? `>${count(cap)}` : count(value));
  const text = low === high ? within(median) : `${within(median)} [${within(low)}..${within(high)}]`;
  if (found === schedules.length) return text;
  const [least, most] = wilson(found, schedules.length);
  return `${text}, found ${found} [${percent(least)}..${percent(most)}]`;
}

/** PCT of actors has a table of its own. */
const SHOWN = COLUMNS.filter(({ threads }) => threads === undefined);

/** The strategy that has it first, by the clock. */
export function fastest({ cells }: QuirkCells): { readonly name: string; readonly ms: number } {
  const [first = ['nobody', Infinity] as const] = Object.entries(cells)
    .map(([name, { ms }]) => [name, ms ?? Infinity] as const)
    .sort(([, a], [, b]) => a - b);
  return { name: first[0], ms: first[1] };
}

function table({ quirks, cap }: Detection): string {
  const names = SHOWN.map(({ name, kind }) => (kind === 'once' ? `${name}, steps` : name));
  const rows = QUIRKS.map(({ id }) => {
    const { cells } = quirks[id] as QuirkCells;
    const texts = SHOWN.map(({ name }) => cellText(cells[name] as Cell, cap));
    return `| ${[id, ...texts].join(' | ')} |`;
  });
  const head = ['quirk', ...names];
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n');
}

/** Two strategies differ on a quirk when the intervals of their medians do not touch. */
function against(quirks: Detection['quirks'], one: string, other: string): string[] {
  return Object.entries(quirks).flatMap(([id, { cells }]) => {
    const [a, b] = [cells[one], cells[other]];
    if (a === undefined || b === undefined || a.schedules.length === 0) return [];
    return medianIn(a).high < medianIn(b).low ? [id] : [];
  });
}

function summaryRow({ quirks, cap }: Detection, { name, kind }: Column): string {
  const cells = Object.values(quirks).flatMap((each) => each.cells[name] ?? []);
  const [always, never] = [
    cells.filter((cell) => isFound(cell) && foundIn(cell) === cell.schedules.length),
    cells.filter((cell) => !isFound(cell)),
  ];
  const numbers = cells
    .filter(({ refused }) => refused === undefined)
    .map((cell) =>
      kind === 'once' ? (cell.steps ?? Infinity) : medianIn(cell).median,
    );
  const { median } = medianOf(numbers);
  const limit = kind === 'once' ? MAX_TRANSITIONS : cap;
  const most = Math.max(...numbers);
  const unit = kind === 'once' ? ' steps' : '';
  const worst = most > limit ? `>${count(limit)}` : count(most);
  const found = [always.length, cells.length - always.length - never.length, never.length];
  return `| ${[name, ...found, `${count(median)}${unit}`, `${worst}${unit}`].join(' | ')} |`;
}

function summary(data: Detection): string {
  return [
    '| strategy | by every seed | by some | by none | median of medians | largest median |',
    '| --- | --- | --- | --- | --- | --- |',
    ...COLUMNS.map((column) => summaryRow(data, column)),
  ].join('\n');
}

function comparison({ quirks }: Detection): string {
  const rows = SHOWN.filter(({ name, kind }) => kind !== 'once' && name !== 'random').map(
    ({ name }) =>
      `| ${name} | ${listed(against(quirks, name, 'random'))} | ${listed(against(quirks, 'random', name))} |`,
  );
  return ['| strategy | needs fewer schedules | needs more |', '| --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function pctTable({ quirks, cap }: Detection): string {
  const checks = Object.entries(quirks).flatMap(([id, each]) =>
    pctChecks(each, cap).map((check) => ({ id, ...check })),
  );
  const depths = [...new Set(checks.map(({ depth }) => depth))];
  const rows = depths.map((depth) => {
    const here = checks.filter((check) => check.depth === depth);
    const ids = (verdict: string): string =>
      listed(here.filter((check) => check.verdict === verdict).map(({ id }) => id));
    const [closest] = here
      .filter(({ verdict }) => verdict === 'holds')
      .sort((a, b) => a.rate / a.bound - b.rate / b.bound);
    const margin =
      closest === undefined
        ? '-'
        : `${closest.id}: ${closest.rate.toPrecision(2)}, bound ${closest.bound.toPrecision(2)}`;
    const holds = here.filter(({ verdict }) => verdict === 'holds').length;
    return `| ${depth} | ${holds} | ${margin} | ${ids('deeper')} | ${ids('unknown')} | ${ids('below')} |`;
  });
  return [
    '| depth | bound kept | closest to its bound | too rare for the depth | never found, too few runs | wrong |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function slowest({ quirks }: Detection): string {
  const worst = Object.entries(quirks)
    .map(([id, each]) => ({ id, ...fastest(each) }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 3);
  return worst.map(({ id, name, ms }) => `${id} (${name}, ${count(ms)} ms)`).join(', ');
}

/** The median as text. */
const at = ({ quirks, cap }: Detection, id: string, name: string): string => {
  const cell = quirks[id]?.cells[name];
  if (cell === undefined || foundIn(cell) === 0) return 'none';
  const { median } = medianIn(cell);
  return median > cap ? `more than ${count(cap)}` : count(median);
};

/** Samplers whose threads are queues: those that are compared with one another. */
export const SAMPLERS = COLUMNS.filter(
  ({ kind, threads }) => kind === 'sampled' && threads === undefined,
).map(({ name }) => name);

/** Quirks that every sampler has by its first schedule, in the median. */
export const easy = ({ quirks }: Detection): string[] =>
  Object.entries(quirks).flatMap(([id, { cells }]) =>
    SAMPLERS.every((name) => medianIn(cells[name] as Cell).median === 1) ? [id] : [],
  );

/** Quirks that a column does not find with every seed, with how many it does; of a search that is run once, at all. */
const incomplete = ({ quirks }: Detection, name: string): string[] =>
  Object.entries(quirks).flatMap(([id, { cells }]) => {
    const cell = cells[name] as Cell;
    if (cell.refused !== undefined) return [];
    if (cell.steps !== undefined) return cell.steps === null ? [id] : [];
    const found = foundIn(cell);
    return found < cell.schedules.length ? [`${id} (${found})`] : [];
  });

function observations(data: Detection): string {
  const one = (id: string, name: string): string => at(data, id, name);
  const pair = (name: string): string => `${one('H13', name)} and ${one('H14', name)}`;
  const all = Object.keys(data.quirks).length;
  const ofActors = DEPTHS.map(
    (depth) => `| ${depth} | ${listed(incomplete(data, pctColumn(depth, true)))} |`,
  );
  return `**Most of the catalogue is easy.** Every sampler has ${easy(data).length} of ${all} quirks by its first schedule, in the median: they need a certain call, not a certain order.
No sampler whose threads are queues misses a quirk with any seed. The scenarios were made small for that; large ones are another matter.

**Priorities find what has to wait long.** H13 needs one actor to stand still while others go through many steps: a job that
does not run until the memory below it has moved. H14 is alike. A random walk would have to pass it over many times in a row, and needs ${pair('random')} schedules. One
priority that is low is enough: PCT(1) needs ${pair('PCT(1)')}, POS ${pair('POS')}.

**A random walk finds what has to alternate.** M01 and H07 never show with one fixed priority for each actor: somebody has to be interrupted, and again be
let go on. PCT(1) needs ${one('M01', 'PCT(1)')} and ${one('H07', 'PCT(1)')} schedules, a random walk ${one('M01', 'random')} and ${one('H07', 'random')}. POS
is never far behind the better of the two.

**What a thread is decides what PCT can find.** Here each mail queue has a priority, so even depth 1 puts many steps in order, and no quirk needs a change of
priorities. With one priority for each actor, as PCT was meant, depths tell: these are the quirks that not every seed finds, with how many do. The bound is about threads
with one next step, which an actor is not, so it is checked for queues only.

| depth | PCT of actors misses |
| --- | --- |
${ofActors.join('\n')}

**Where something has to fail, luck is all.** L32, S52, L12 and S48 need one thing to fail; the order hardly matters, and samplers with one seed need the same
number of schedules. S46 is the rarest quirk: a failure and an order, ${one('S46', 'POS')} schedules with POS, ${one('S46', 'random')} with a random walk.

**DPOR proves, it does not hunt.** It goes depth first: a beginning that cannot show the bug is gone through completely before another one is tried. Not every order of
processes finds these within the cap: ${listed(incomplete(data, 'DPOR'))}. Of H04 it is refused: there a time limit may pass before a request arrives, and a
watchdog that is cancelled has races that nobody sees.

**Breadth first needs small scenarios.** Within ${count(MAX_TRANSITIONS)} steps \`exhaustive\` misses: ${listed(incomplete(data, 'exhaustive'))}; \`switches\`: ${listed(incomplete(data, 'switches'))}. A step
that may fail in ten ways has a thousand moves for them. What they do find they find with a shortest schedule, or with fewest switches.`;
}

export function detectionPage(data: Detection): string {
  const { seeds, cap } = data;
  return `# Which strategy finds which bug

Every quirk of the catalogue (\`fencelab quirks\`), every strategy of [exploration](exploration.md), ${seeds} seeds. Each seed has at most
${count(cap)} schedules. What is counted is the number of the schedule that shows the bug first.

The figures are counts, so they are the same on every machine. \`npm run build && npm run detection\` measures what is missing in
\`specs/data/detection.json\`; with names of quirks or strategies behind \`--\` it measures those again. The file has the count of every seed.
A spec repeats some of them.

## How it is measured

- The world is an explored one: it delivers at once ([025](decisions/025-what-an-explored-state-is.md)). The quirk is on, and the
  judge looks for nothing but what the catalogue says that the quirk breaks.
- What hardware may do is drawn, each possibility as likely as another. Quirks that need a failure besides have failures: each thing that can fail fails
  once in six times. A search takes every combination of answers instead.
- Samplers draw from their seed. The same seed gives the same answers to the same questions, so strategies have the same luck with failures.
- DPOR draws nothing. Its seed shuffles the order in which it looks at processes. A search of it also ends at ${count(MAX_TRANSITIONS)} steps.
- \`switches\` and \`exhaustive\` are breadth first and run once. The figure is steps, of at most ${count(MAX_TRANSITIONS)}.
- \`uniform\` has weights from the run before. Counting schedules would take all combinations of answers for each step.

\`7 [4..9]\`: the median is 7 schedules, with its 95 % interval. \`found 42 [33..52]\`: so many of 100 seeds found it at all, with
Wilson's 95 % interval; no such text: all did. \`none\`: no seed did. A median above ${count(cap)} is only known to be that. All counts are censored at one cap, so the Kaplan-Meier estimate of the median
is the middle of the sorted counts, and the interval lies between the 40th and the 61st of 100, whatever their distribution.

## By strategy

${summary(data)}

A refused search counts as found by none. Each quirk is found by some strategy within ${MAX_SECONDS} s; the slowest, with the strategy that is fastest there:
${slowest(data)}. These times are of one run with nothing remembered, on a shared machine with two cores.

## Beside plain random

Quirks on which the intervals of the two medians do not touch.

${comparison(data)}

## What the table shows

${observations(data)}

## PCT and its bound

PCT with depth d promises a bug of depth d in each run with at least 1 / (n k^(d-1)), for n threads and k steps with a choice.
Both are measured, as the most of 300 random runs. Nobody has counted how many ordering constraints a quirk needs. A depth at which the upper end of the rate's
95 % interval does not reach the bound shows that the quirk needs more of them, or luck of another kind: the bound knows nothing of failures. Where a depth keeps its bound all deeper
ones have to, and depth 4 has to in any case; a spec checks it. That PCT would fail the check if it were broken, another one shows with the peer model, whose bug has depth 3.

${pctTable(data)}

## The table

${table(data)}
`;
}
