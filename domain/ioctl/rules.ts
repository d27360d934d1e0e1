/**
 * A table of argument checks: rows in the kernel's order, of which the first that refuses gives the errno. A stage looks
 * at one subject (the whole request, one op, one sync) after another, at each through all its rows, as a loop in the
 * kernel does; the next stage begins when the loop is over. Shared by the tables of all ioctls.
 */
import type { Errno } from '../errno.ts';

/** One line of a table, as docs/vm-bind.md and the log name it. */
export interface Rule {
  readonly row: string;
  readonly what: string;
  readonly error: Errno;
}

/** Why the kernel refuses a request. */
export type Refusal = Rule;

export interface Row<T, C> extends Rule {
  readonly refuses: (subject: T, context: C) => boolean;
}

export interface Stage<C> {
  readonly rows: readonly Rule[];
  readonly find: (context: C) => Rule | undefined;
}

/** Rows that look at several subjects, one after another. */
export function stageOf<T, C>(
  subjectsOf: (context: C) => readonly T[],
  rows: readonly Row<T, C>[],
): Stage<C> {
  const find = (context: C): Rule | undefined => {
    for (const subject of subjectsOf(context)) {
      const found = rows.find((row) => row.refuses(subject, context));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return { rows, find };
}

/** Rows that look at the request as a whole. */
export function wholeStage<C>(rows: readonly Row<C, C>[]): Stage<C> {
  return stageOf((context: C) => [context], rows);
}

/** All rows, in the order in which they count for one subject. */
export function rulesOf(stages: readonly { readonly rows: readonly Rule[] }[]): readonly Rule[] {
  return stages.flatMap(({ rows }) => rows.map(({ row, what, error }) => ({ row, what, error })));
}

/** The first row that refuses, or null. */
export function firstRefusal<C>(stages: readonly Stage<C>[], context: C): Refusal | null {
  for (const { find } of stages) {
    const found = find(context);
    if (found !== undefined) return { row: found.row, what: found.what, error: found.error };
  }
  return null;
}
