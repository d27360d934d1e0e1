/** What the invariants of domain/invariants say about records, as text: for specs of runs. */
import { INVARIANTS } from '../../domain/invariants/list.ts';
import type { RunRecord } from '../../domain/invariants/record.ts';
import { watchAll } from '../../domain/invariants/watch.ts';

/** Every breach in a run, each with the invariant's id and the record. */
export function breaches(records: readonly RunRecord[]): string[] {
  return watchAll(records, INVARIANTS).map(({ id, seq, what }) =>
    seq === null ? `${id} at the end: ${what}` : `${id} at record ${seq}: ${what}`,
  );
}

/** The ids of the invariants that these records break. */
export const broken = (records: readonly RunRecord[]): string[] => [
  ...new Set(watchAll(records, INVARIANTS).map(({ id }) => id)),
];
