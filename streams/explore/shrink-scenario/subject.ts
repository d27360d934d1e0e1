/**
 * A scenario that gets smaller: cuts into its tree, each giving a scenario that may run or nothing. Which steps of a
 * client are left is remembered by their first numbers, so that an expectation can be recognised when steps before it
 * have gone.
 */
import { canonicalScenario } from '../../../domain/scenario/canonical.ts';
import { scenarioOrNull } from '../../../domain/scenario/parse.ts';
import type { Path } from '../../../domain/scenario/problem.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';

export interface Subject {
  readonly scenario: Scenario;
  /** the scenario as text, in canonical order */
  readonly text: string;
  /** of each client: the numbers that its steps had at first */
  readonly origins: Readonly<Record<string, readonly number[]>>;
}

export function subjectOf(scenario: Scenario): Subject {
  const origins = Object.entries(scenario.clients).map(([client, steps]) => [
    client,
    steps.map((_, index) => index),
  ]);
  return {
    scenario,
    text: canonicalScenario(scenario),
    origins: Object.fromEntries(origins) as Subject['origins'],
  };
}

/** What lies at a place of a tree; undefined when there is no such place. */
export function at(tree: unknown, path: Path): unknown {
  let here = tree;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Readonly<Record<string | number, unknown>>)[key];
  }
  return here;
}

/** The tree with something else at a place. */
function changed(tree: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(tree);
  if (Array.isArray(tree)) {
    return tree.map((each: unknown, i) => (i === key ? changed(each, rest, change) : each));
  }
  const record = tree as Readonly<Record<string, unknown>>;
  return { ...record, [key]: changed(record[key], rest, change) };
}

/** The tree as a scenario, unless it is none or the same as before. */
function checked(tree: unknown, { text: before, origins }: Subject): Subject | null {
  const scenario = scenarioOrNull(tree);
  if (scenario === null) return null;
  const text = canonicalScenario(scenario);
  return text === before ? null : { scenario, text, origins };
}

const isIn = (index: number, from: number, count: number): boolean =>
  index >= from && index < from + count;

/** Without `count` elements of a list. */
export function withoutElements(
  subject: Subject,
  path: Path,
  from: number,
  count: number,
): Subject | null {
  const rest = <T>(list: readonly T[]): T[] => list.filter((_, i) => !isIn(i, from, count));
  const tree = changed(subject.scenario, path, (list) => rest(list as unknown[]));
  const cut = checked(tree, subject);
  const [section, client] = path;
  if (cut === null || section !== 'clients' || path.length !== 2) return cut;
  const left = rest(subject.origins[String(client)] ?? []);
  return { ...cut, origins: { ...cut.origins, [String(client)]: left } };
}

/** Without some members of a record. */
export function withoutMembers(
  subject: Subject,
  path: Path,
  names: readonly string[],
): Subject | null {
  const tree = changed(subject.scenario, path, (record) =>
    Object.fromEntries(Object.entries(record as object).filter(([name]) => !names.includes(name))),
  );
  return checked(tree, subject);
}

export function withValue(subject: Subject, path: Path, value: unknown): Subject | null {
  return checked(
    changed(subject.scenario, path, () => value),
    subject,
  );
}
