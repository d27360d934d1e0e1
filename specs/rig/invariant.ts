/**
 * An invariant of a run as a reducer over its records: it sees nothing but records, so it holds for a log as well as
 * for a live run. `at` is asked after each record, `end` after the last.
 */
import type { StepRecord } from '../../streams/world/record.ts';

export interface Invariant<S> {
  /** the number in the list of thirty, `I13`, with a letter when only a part of it can be seen in records */
  readonly id: string;
  readonly says: string;
  readonly start: () => S;
  /** Folds one record into the state, which it may change; null, or what is wrong. */
  readonly at: (state: S, record: StepRecord) => string | null;
  readonly end?: (state: S) => string | null;
}

/** One with its state inside. */
export interface Watch {
  readonly id: string;
  readonly says: string;
  readonly at: (record: StepRecord) => string | null;
  readonly end: () => string | null;
}

export type Watcher = () => Watch;

export function watcher<S>({ id, says, start, at, end }: Invariant<S>): Watcher {
  return () => {
    const state = start();
    return { id, says, at: (record) => at(state, record), end: () => end?.(state) ?? null };
  };
}

/** Every breach in a run, each with the invariant's id and the record. */
export function breaches(watchers: readonly Watcher[], records: readonly StepRecord[]): string[] {
  const watches = watchers.map((make) => make());
  const found: string[] = [];
  for (const record of records) {
    for (const { id, at } of watches) {
      const what = at(record);
      if (what !== null) found.push(`${id} at record ${record.seq}: ${what}`);
    }
  }
  for (const { id, end } of watches) {
    const what = end();
    if (what !== null) found.push(`${id} at the end: ${what}`);
  }
  return found;
}
