/** What syncobjs hold, as facts tell: a binary one its fence, a timeline those of its points that may be pending. */
import type { FenceKey } from '../../fence/fence-table.ts';
import type { FactOf } from '../../facts/schema.ts';
import { type FencesSeen, isPending } from './fences.ts';

interface PointSeen {
  readonly point: bigint;
  /** the number of the point that was added before it, which is left out once it has signalled */
  readonly after: bigint;
  readonly fence: FenceKey;
}

/** By syncobj: its points, oldest first; a binary one has one. */
export type HeldSeen = Readonly<Record<string, readonly PointSeen[]>>;

export const NOTHING_HELD: HeldSeen = {};

export const replaced = (
  seen: HeldSeen,
  { syncobj, fence }: FactOf<'syncobj.replaced'>,
): HeldSeen => ({ ...seen, [syncobj]: [{ point: 0n, after: 0n, fence }] });

export function advanced(
  seen: HeldSeen,
  { syncobj, point, fence }: FactOf<'syncobj.advanced'>,
  fences: FencesSeen,
): HeldSeen {
  const old = seen[syncobj] ?? [];
  const after = old.at(-1)?.point ?? 0n;
  const wanted = BigInt(point);
  const added = { point: wanted < after ? after : wanted, after, fence };
  const live = old.filter((each) => isPending(fences, each.fence));
  return { ...seen, [syncobj]: [...live, added] };
}

/**
 * The fences that a point stands for; 0 is all of them. None for a point that is not there yet; what is at or below one
 * that was left out has signalled.
 */
export function capturedFrom(seen: HeldSeen, syncobj: string, point: bigint): FenceKey[] {
  const points = seen[syncobj] ?? [];
  const last = points.at(-1)?.point ?? 0n;
  if (point > last) return [];
  const index = point === 0n ? points.length - 1 : points.findLastIndex((p) => p.after < point);
  return points.slice(0, index + 1).map(({ fence }) => fence);
}
