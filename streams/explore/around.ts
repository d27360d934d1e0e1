/** What the table of what facts change (written.ts) needs to know of the world before the step. */
import { type FenceKey, findFence, isSignaled } from '../../domain/fence/fence-table.ts';
import { fencesIn } from '../../domain/fence/syncobj.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import type { Around } from './written.ts';

/**
 * As states that share a key look: which fences that have signalled are still in the table, or in a slot, does not follow
 * from it, and nobody can tell.
 */
export function aroundOf({ device, resvs, syncobjs, fences }: Shared): Around {
  const counts = (fence: FenceKey): boolean => !isSignaled(fences, fence);
  return {
    gts: device.gts,
    slotsOf: (resv) => (resvs[resv] ?? []).map(({ fence }) => fence).filter(counts),
    resvsWith: (fence) =>
      Object.keys(resvs).filter((resv) => resvs[resv]?.some((slot) => slot.fence === fence)),
    heldIn: (syncobj) => {
      const known = syncobjs[syncobj];
      return known === undefined ? [] : fencesIn(known);
    },
    heldBy: (fence) => {
      const found = new Set<FenceKey>();
      const visit = (key: FenceKey): void => {
        if (!counts(key)) return;
        const { waits = [], parts = [] } = findFence(fences, key) ?? {};
        for (const each of [...waits, ...parts]) {
          if (found.has(each)) continue;
          found.add(each);
          visit(each);
        }
      };
      visit(fence);
      return [...found];
    },
  };
}
