/** The figures of docs/proofs.md are what the code comes to: the smallest scenarios again, and some quirks. */
import { readProofs } from '../../bench/proofs/data.ts';
import { NO_RUNS, drawing, withChunk } from '../../bench/proofs/random-runs.ts';
import { COMPARED, searched, type Searches, verdictsOf } from '../../bench/proofs/search.ts';
import { allSubjects, type Subject } from '../../bench/proofs/subjects.ts';
import { interchangeableIn } from '../../bench/proofs/swaps.ts';
import { TWINS } from '../../bench/proofs/twins.ts';
import { scenarioOf } from '../rig/scenarios.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const proofs = readProofs(`${ROOT}specs/data/proofs.json`);
const SUBJECTS = allSubjects(ROOT);

/** Steps that all the searches of a subject take together. */
const workOf = ({ part, id }: Subject): number =>
  Object.values(proofs[part][id] ?? {}).reduce((sum, { steps }) => sum + steps, 0);
/** Of the scenarios that every search settles, with more to choose than a handful of steps. */
const smallest = SUBJECTS.filter(({ part }) => part === 'scenarios')
  .filter((each) => workOf(each) > 1_000)
  .sort((a, b) => workOf(a) - workOf(b))
  .slice(0, 10);
const QUIRKS = ['M02', 'H02', 'H14', 'S47', 'H04'];
const quirks = SUBJECTS.filter(({ part, id }) => part !== 'scenarios' && QUIRKS.includes(id));

const again = ({ part, id, system }: Subject): Searches =>
  Object.fromEntries(
    COMPARED.flatMap((strategy) => {
      const known = proofs[part][id]?.[strategy];
      // a search that was given up is not followed to where it was
      if (known?.verdict === 'spent') return [[strategy, known]];
      const found = searched(system(), strategy);
      return found === null ? [] : [[strategy, found]];
    }),
  );

test.each([...smallest, ...quirks].map((each) => [`${each.part} ${each.id}`, each] as const))(
  '%s: as the data has it, one verdict',
  (_name, subject) => {
    const found = again(subject);
    expect(found).toEqual(proofs[subject.part][subject.id]);
    expect(verdictsOf(found)).toHaveLength(1);
  },
);

test('a search is given up at so many states', () => {
  const subject = SUBJECTS.find(({ id }) => id === 'async-error') as Subject;
  const { states } = proofs.scenarios['async-error']?.exhaustive ?? { states: 0 };
  const spent = searched(subject.system(), 'exhaustive', Infinity, states - 300);
  expect(spent?.verdict).toBe('spent');
  expect(spent?.states).toBeLessThan(states);
  expect(searched(subject.system(), 'exhaustive', Infinity, states + 1)?.verdict).toBe('proved');
});

test('searches that differ say so; one that was given up says nothing', () => {
  const found = { states: 1, steps: 1, ends: 1, stuck: 0 };
  const proved = { ...found, verdict: 'proved' as const };
  const violated = { ...found, verdict: 'violated' as const };
  expect(verdictsOf({ exhaustive: proved, dpor: violated })).toEqual(['proved', 'violated']);
  expect(verdictsOf({ exhaustive: proved, dpor: { ...found, verdict: 'spent' } })).toEqual([
    'proved',
  ]);
  // all is as expected, but somebody waits for ever
  const stuck = { ...proved, stuck: 1 };
  expect(verdictsOf({ exhaustive: proved, stateful: stuck })).toEqual(['proved', 'stuck']);
});

test('who does the same is interchangeable, with what only it uses', () => {
  expect(interchangeableIn(TWINS['map, wait'] ?? scenarioOf({ vms: {}, clients: {} }))).toEqual([
    [
      ['a', 'donea'],
      ['b', 'doneb'],
    ],
  ]);
  const sleeps = (ns: number) => [{ sleep: { ns } }];
  const clients = { a: sleeps(1), b: sleeps(2), c: sleeps(1), d: sleeps(3) };
  expect(interchangeableIn(scenarioOf({ vms: {}, clients }))).toEqual([[['a'], ['c']]]);
});

test('a chunk is the same whoever drew others before, and what is wrong stays', () => {
  const [{ system }] = quirks as [Subject];
  const draw = drawing(system());
  const [zero, one] = [draw(0), draw(1)];
  expect(drawing(system())(1)).toEqual(one);
  const after = withChunk(withChunk(NO_RUNS, zero), one);
  expect(after.chunks).toBe(2);
  expect(after.runs).toBe(zero.counts.executions + one.counts.executions);
  expect(after.wrong).toEqual(zero.violation);
  expect(after.wrong).not.toBeNull();
});
