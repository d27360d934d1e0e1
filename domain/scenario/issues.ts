/**
 * Turns what zod found into problems for people. zod reports a wrong step of a client as "invalid input" with one list
 * of complaints for each kind of step; this file picks the kind that was meant, so that a slip inside a bind is
 * reported at its own place and in the words of the schema.
 */
import type { z } from 'zod';
import { expectationAt, type JsonSchema, keysAt } from './json-schema.ts';
import { type Path, pathText, problem, type Problem } from './problem.ts';
import { TOO_WIDE } from './schema.ts';
import { didYouMean, nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** The value at a path of a plain document; undefined where there is none. */
export function valueAt(document: unknown, path: Path): unknown {
  let here = document;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Readonly<Record<string | number, unknown>>)[part];
  }
  return here;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  if (value === null) return 'nothing';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Low when an alternative of a union is near to what was written. */
function misfit(issues: readonly Issue[]): number {
  let points = 0;
  for (const issue of issues) {
    if (issue.path.length === 0) points += issue.code === 'unrecognized_keys' ? 10 : 1000;
    else points += issue.path.length === 1 && issue.code === 'invalid_type' ? 5 : 1;
  }
  return points;
}

/** The complaints of the alternative that was meant; undefined when the value is of no alternative's kind. */
function meant(issue: Issue & { code: 'invalid_union' }): readonly Issue[] | undefined {
  let best: readonly Issue[] | undefined;
  let bestPoints = 1000;
  for (const option of issue.errors) {
    const points = misfit(option);
    if (points < bestPoints) {
      best = option;
      bestPoints = points;
    }
  }
  if (best === undefined) return undefined;
  const strangers = best.filter((i) => i.code === 'unrecognized_keys' && i.path.length === 0);
  // Neither a known key nor the wanted one: only the strange key is worth a line.
  const lacks = best.some((i) => i.path.length === 1 && i.code !== 'unrecognized_keys');
  return strangers.length > 0 && lacks ? strangers : best;
}

class IssueReader {
  readonly #document: unknown;
  readonly #schema: JsonSchema;
  /** paths that a misspelt key was probably meant to be; what is missing there needs no line of its own */
  readonly guesses = new Set<string>();

  constructor(document: unknown, schema: JsonSchema) {
    this.#document = document;
    this.#schema = schema;
  }

  read(issue: Issue, base: Path): Problem[] {
    const path = [...base, ...(issue.path as (string | number)[])];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => this.#unknown(path, key));
    if (issue.code === 'invalid_key') {
      const key = String(path.at(-1));
      return [
        problem(
          'FL103',
          `${shown(key)} is not ${expectationAt(['clients', 'x', 0, 'close'], this.#schema)}`,
          path,
        ),
      ];
    }
    if (issue.code === 'invalid_union') {
      const inner = meant(issue);
      if (inner !== undefined) return inner.flatMap((one) => this.read(one, path));
    }
    return [this.#wrong(issue, path)];
  }

  #unknown(path: Path, key: string): Problem {
    const known = keysAt(path, this.#schema);
    const at = path.length === 0 ? 'a scenario' : `\`${pathText(path)}\``;
    const here = [...path, key];
    if (known.includes(key)) {
      const others = Object.keys(valueAt(this.#document, path) ?? {}).filter((k) => k !== key);
      const what = `\`${key}\` cannot stand beside \`${others.join('`, `')}\` in ${at}`;
      return problem('FL102', what, here, 'Give each its own element of the list.');
    }
    const guess = nearest(key, known);
    if (guess !== undefined) this.guesses.add(pathText([...path, guess]));
    const hint = didYouMean(key, known) ?? `Known here: ${known.join(', ')}.`;
    return problem('FL102', `unknown key \`${key}\` in ${at}`, here, hint);
  }

  #wrong(issue: Issue, path: Path): Problem {
    const value = valueAt(this.#document, path);
    const at = path.length === 0 ? 'a scenario' : `\`${pathText(path)}\``;
    if (issue.code === 'custom' && issue.message === TOO_WIDE) {
      return problem(
        'FL106',
        `${at} is ${shown(value)}, ${TOO_WIDE}`,
        path,
        'Write a value below 2^64.',
      );
    }
    if (issue.code === 'custom') {
      return problem(
        'FL103',
        `${at} ${issue.message}`,
        path,
        'docs/scenarios.md shows both forms.',
      );
    }
    const right = expectationAt(path, this.#schema);
    return value === undefined
      ? problem('FL103', `${at} is missing`, path, `Give ${right}.`)
      : problem('FL103', `${at} is ${shown(value)}`, path, `It must be ${right}.`);
  }
}

/** All problems behind a failed parse of `document`, in document order of zod. */
export function problemsOf(
  document: unknown,
  issues: readonly Issue[],
  schema: JsonSchema,
): Problem[] {
  const reader = new IssueReader(document, schema);
  const all = issues.flatMap((issue) => reader.read(issue, []));
  const missing = ({ path }: Problem): boolean => valueAt(document, path) === undefined;
  return all.filter((found) => !(reader.guesses.has(pathText(found.path)) && missing(found)));
}
