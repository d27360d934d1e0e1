/**
 * A schema as a quick yes or no, and the reason on demand. z.compile makes the check cost about
 * half of what JSON.parse costs, but itself takes some 30 ms for the facts; so it waits for the
 * first line that needs it, and a command that touches no log does not pay. Nothing is copied: the
 * checked value is the value.
 */
import { z } from 'zod';

export class LineCheck<T> {
  readonly #schema: z.ZodType<T>;
  #compiled: z.ZodType<T> | undefined;

  constructor(schema: z.ZodType<T>) {
    this.#schema = schema;
  }

  accepts(value: unknown): value is T {
    this.#compiled ??= z.compile(this.#schema);
    return z.validate(this.#compiled, value);
  }

  /** The first thing that the schema has against a value which it does not accept. */
  issue(value: unknown): string {
    const issue = this.#schema.safeParse(value).error?.issues[0];
    if (issue === undefined) return 'not accepted';
    const path = issue.path.map(String).join('.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  }
}
