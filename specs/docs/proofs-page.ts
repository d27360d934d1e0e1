/** docs/proofs.md, made of what was searched (specs/data/proofs.json) and drawn (specs/data/random-runs.json). */
import { largeIn, type Part, type Proofs } from '../../bench/proofs/data.ts';
import type { RandomData } from '../../bench/proofs/random-data.ts';
import { COMPARED, isTooLarge, MOST_STATES, MOST_STEPS, type Searched, verdictsOf } from '../../bench/proofs/search.ts';

const count = (value: number): string => value.toLocaleString('en-US');
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));

const isOutside = (found: Searched | undefined): boolean => found !== undefined && isTooLarge(found);

/** @param shown the count that says how much work it was */
function cell(found: Searched | undefined, shown: (found: Searched) => string): string {
  if (found === undefined) return 'refused';
  if (found.verdict !== 'spent') return shown(found);
  return isOutside(found)
    ? `more than ${count(MOST_STATES)} states`
    : `given up at ${count(found.steps)}`;
}

const statesAndSteps = ({ states, steps }: Searched): string => `${count(states)}, ${count(steps)}`;
const runsAndSteps = ({ ends, steps }: Searched): string => `${count(ends)}, ${count(steps)}`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function scenarioTable({ scenarios }: Proofs, random: RandomData): string {
  const rows = Object.entries(scenarios).map(([name, searches]) => {
    const { exhaustive, stateful, dpor } = searches;
    const runs = random[name]?.runs ?? 0;
    return [
      name,
      cell(exhaustive, statesAndSteps),
      exhaustive?.verdict === 'spent' ? '' : count(exhaustive?.ends ?? 0),
      cell(stateful, statesAndSteps),
      cell(dpor, runsAndSteps),
      runs === 0 ? '' : count(runs),
      verdictsOf(searches).join(', '),
    ];
  });
  const head = ['scenario', 'exhaustive: states, steps', 'ends', 'stateful: states, steps'];
  return table([...head, 'dpor: runs, steps', 'random schedules', 'verdict'], rows);
}

function quirkTable(rows: Proofs[Part]): string {
  return table(
    ['quirk', ...COMPARED.filter((each) => each !== 'symmetric').map((each) => `${each}: steps`), 'verdict'],
    Object.entries(rows).map(([id, searches]) => {
      const steps = ({ steps }: Searched): string => count(steps);
      const { exhaustive, stateful, dpor } = searches;
      const cells = [exhaustive, stateful, dpor].map((each) => cell(each, steps));
      return [id, ...cells, verdictsOf(searches).join(', ')];
    }),
  );
}

function twinTable({ twins }: Proofs): string {
  const off = Object.entries(twins).filter(([id]) => id.startsWith('map'));
  return table(
    ['each of the two', ...COMPARED],
    off.map(([id, searches]) => [
      id,
      ...COMPARED.map((each) =>
        cell(searches[each], each === 'dpor' ? runsAndSteps : statesAndSteps),
      ),
    ]),
  );
}

/** Of the quirks that are tried on twins: those that every search says break something there. */
const brokenTwins = ({ twins }: Proofs): readonly string[] =>
  Object.entries(twins).flatMap(([id, searches]) =>
    verdictsOf(searches).includes('violated') ? [id] : [],
  );

/** One row for each strategy: how many subjects it settled, how many it gave up, how many it cannot take. */
function agreement(proofs: Proofs): string {
  const all = Object.values(proofs).flatMap((rows) => Object.values(rows as Proofs[Part]));
  const rows = COMPARED.map((strategy) => {
    const found = all.flatMap((searches) => searches[strategy] ?? []);
    const settled = found.filter(({ verdict }) => verdict !== 'spent');
    const by = (verdict: string): string =>
      count(settled.filter((each) => each.verdict === verdict).length);
    return [
      strategy,
      by('proved'),
      by('violated'),
      count(found.length - settled.length),
      count(MOST_STEPS[strategy]),
    ];
  });
  return table(['strategy', 'proved', 'violated', 'given up', 'steps allowed'], rows);
}

export const differing = (proofs: Proofs): readonly string[] =>
  Object.entries(proofs).flatMap(([part, rows]) =>
    Object.entries(rows as Proofs[Part]).flatMap(([id, searches]) =>
      verdictsOf(searches).length > 1 ? [`${part} ${id}`] : [],
    ),
  );

export function proofsPage(proofs: Proofs, random: RandomData): string {
  const names = Object.keys(proofs.scenarios);
  const large = largeIn(proofs);
  const reduced = large.filter((name) => proofs.scenarios[name]?.stateful?.verdict === 'proved');
  const unproved = large.filter((name) => !reduced.includes(name));
  const outside = unproved.filter((name) => isOutside(proofs.scenarios[name]?.exhaustive));
  const open = unproved.filter((name) => !outside.includes(name));
  const drawn = Object.values(random);
  const wrong = Object.values(random).filter((runs) => runs.wrong !== null).length;
  const compared = Object.values(proofs).flatMap((rows) =>
    Object.values(rows as Proofs[Part]).filter(
      (searches) => Object.values(searches).filter(({ verdict }) => verdict !== 'spent').length > 1,
    ),
  ).length;
  const broken = brokenTwins(proofs);
  return `# No false alarm, and searches that agree

Two claims, and what there is to show for them. With every quirk off no schedule of any scenario breaks an invariant or what the scenario expects, and nobody waits for ever. And
the verdict is the same whatever search is used.

The figures are counts, the same on every machine. \`npm run build && npm run proofs\` searches what is missing in \`specs/data/proofs.json\`;
names of scenarios, quirks or strategies behind \`--\` are searched again. \`npm run proofs:random -- 1000000\` draws schedules until there are so many in \`specs/data/random-runs.json\`.
Both go on where they were stopped. Specs and the soak search again and compare.

## What is searched

- Every file of \`scenarios/\` and \`scenarios/quirks/\`, with no quirk, all invariants and all that it expects. The world delivers at once
  ([025](decisions/025-what-an-explored-state-is.md)); what hardware may do is explored, too.
- Every quirk, on, judged by what the catalogue says that it breaks. Quirks that need a failure besides have every combination of failures; these are
  also searched with the quirk off.
- Two clients that do the same, for symmetry: no scenario file has two of a kind. They are tried with no quirk and with each.

\`exhaustive\`, \`stateful\`, \`dpor\` and \`symmetric\` are told in [exploration](exploration.md). A search is given up after a number of steps, or at ${count(MOST_STATES)} states,
never after a time. \`dpor\` remembers no states, so it is given up where the others are not. A search that was given up says nothing about the verdict.

## No false alarm

${names.length} scenarios. ${names.length - large.length} are proved by going through every state, ${reduced.length} more by \`stateful\`${reduced.length === 0 ? '' : ` (${reduced.join(', ')})`}.
More than ${count(MOST_STATES)} states, which is outside of what is searched: ${listed(outside)}.${open.length === 0 ? '' : ` Given up after fewer: ${listed(open)}.`}
Random schedules of the ${drawn.length} largest: ${count(sum(drawn.map(({ runs }) => runs)))}, with ${count(sum(drawn.map(({ steps }) => steps)))} steps, of which
${wrong === 0 ? 'none shows anything wrong' : `some show something wrong, in ${wrong} scenarios`}. A third are random walks, a third POS, a third PCT with depth 3.

## Searches agree

${compared} subjects were settled by more than one search. The verdicts of ${differing(proofs).length === 0 ? 'none' : differing(proofs).join(', ')} differ.

${agreement(proofs)}

Independence claims are checked apart from this: every pair of co-enabled steps of every scenario along random runs is taken in both orders
([exploration](exploration.md#independence)).

## Scenarios, quirks off

\`ends\`: states in which a run is over. All verdicts are of quirks that are off.

${scenarioTable(proofs, random)}

## Quirks, on

${quirkTable(proofs.quirks)}

## Quirks that need a failure, off

Their scenarios with failures, judged by the same invariant.

${quirkTable(proofs.failures)}

## Two clients that do the same

${twinTable(proofs)}

With each of the ${Object.keys(proofs.quirks).length} quirks on, the two that map and wait break something with ${broken.length === 0 ? 'none' : broken.join(', ')}, says every search.
`;
}
