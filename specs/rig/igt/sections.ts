/** Titles of what a generated client does: comments in its YAML form, no part of the scenario. */
import type { ClientBuilder } from '../../../domain/scenario/builder.ts';

const TITLES = new WeakMap<readonly unknown[], Map<number, string>>();

/** Begins a section: the title stands above the next step of this client. */
export function section({ steps }: ClientBuilder, title: string): void {
  const titles = TITLES.get(steps) ?? new Map<number, string>();
  TITLES.set(steps, titles.set(steps.length, title));
}

/** The titles of a client's list of steps, by the index of the step that they stand above. */
export const titlesOf = (steps: readonly unknown[]): ReadonlyMap<number, string> =>
  TITLES.get(steps) ?? new Map<number, string>();
