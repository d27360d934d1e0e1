/** The form of the table: one row for each unordered pair of contexts. */
import type { ContextId } from './contexts.ts';
import type { Sight } from './sightings.ts';
import type { WorldId } from './worlds.ts';

export interface Row {
  readonly pair: readonly [ContextId, ContextId];
  /** what both touch */
  readonly shares: string;
  /** the lock, fence or queue that orders them */
  readonly ordered: string;
  /**
   * `interleaves`: one may act in the middle of the other. `excluded`: a lock keeps them apart; what is left is that
   * one waits for the other. `independent`: both act at once and touch nothing in common.
   */
  readonly kind: 'interleaves' | 'excluded' | 'independent';
  /** where they still meet */
  readonly where: string;
  /** the world, and what its runs show sooner or later; null for what cannot meet */
  readonly reach: readonly [WorldId, Sight] | null;
  /** what no run of any world of one VM may show */
  readonly never: readonly Sight[];
}

/** Without the pair's first: other context, kind, shares, ordered, where, reach, never. */
export type Line = readonly [
  other: ContextId,
  kind: Row['kind'],
  shares: string,
  ordered: string,
  where: string,
  reach: Row['reach'],
  ...never: readonly Sight[],
];

export const rowsOf = (first: ContextId, lines: readonly Line[]): readonly Row[] =>
  lines.map(([other, kind, shares, ordered, where, reach, ...never]) => ({
    pair: [first, other],
    shares,
    ordered,
    kind,
    where,
    reach,
    never,
  }));
