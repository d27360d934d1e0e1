/** What the table of what facts change (written.ts) needs to know of the world before the step. */
import { type FenceKey, findFence } from '../../domain/fence/fence-table.ts';
import { fencesIn } from '../../domain/fence/syncobj.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import type { Around } from './written.ts';

export function aroundOf({ device, resvs, syncobjs, fences }: Shared): Around {
  return {
    gts: device.gts,
    slotsOf: (resv) => (resvs[resv] ?? []).map(({ fence }) => fence),
    heldIn: (syncobj) => {
      const known = syncobjs[syncobj];
      return known === undefined ? [] : fencesIn(known);
    },
    heldBy: (fence) => {
      const found = new Set<FenceKey>();
      const visit = (key: FenceKey): void => {
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
    isOver: (fence) => (findFence(fences, fence)?.result ?? null) !== null,
  };
}
