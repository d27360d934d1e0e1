/** What a generator makes of one row of an IGT table: a scenario, and what its run must show besides. */
import type { ScenarioBuilder } from '../../../domain/scenario/builder.ts';

export interface Area {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What one op of a VM_BIND call on vm0 must have done; texts as in op-text.ts. */
export interface BindExpectation {
  /** which op list of vm0, counted from 0 in the order in which they were made; -1 is the last */
  readonly list: number;
  /** what is relative to this address is in pages of 4 KiB */
  readonly base: number;
  /** userptr areas by their pages in the process */
  readonly areas?: readonly Area[];
  readonly ops?: readonly string[];
  /** all mappings of vm0 after it */
  readonly mappings?: readonly string[];
}

export interface IgtRow {
  /** the IGT subtest; the year in front when the row changed since */
  readonly name: string;
  /** the scenario as written, not checked yet */
  readonly draft: () => ScenarioBuilder;
  readonly expected: readonly BindExpectation[];
  /** the chance to fail that is taken: `alloc`, and which of that name, counted from 1 */
  readonly fails?: { readonly chance: string; readonly nth: number };
}
