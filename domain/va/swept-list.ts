/**
 * Working many changes into one object's list in one sweep over it, where that is quicker than one
 * look-up for each: the list is not much longer than the changes are many.
 *
 * It does for plain lists only, whose link keys are the ids, and if what is linked comes in the
 * order of the ids, as it nearly always does. Comes to the same as drm_gpuva_link and
 * drm_gpuva_unlink one after the other.
 */
import { OrderedMap, type Owner } from '../ordered-map.ts';
import type { ObjectChanges } from './link-changes.ts';
import type { Mapping } from './mapping.ts';

/** A sweep passes this many entries in the time of one change made on its own. */
const ENTRIES_PER_CHANGE = 32;

/** What the changes come to: ids that go, ascending, and mappings that are new at the end. */
interface Net {
  readonly gone: number[];
  readonly ids: number[];
  readonly mappings: Mapping[];
}

/** null if something is linked that is not younger than all before it. */
function netOf({ ids, mappings, start, end }: ObjectChanges, last: number): Net | null {
  const net: Net = { gone: [], ids: [], mappings: [] };
  let youngest = last;
  for (let i = start; i < end; i += 1) {
    const id = ids[i] as number;
    if (id > 0) {
      if (id <= youngest) return null;
      youngest = id;
      net.ids.push(id);
      net.mappings.push(mappings[i] as Mapping);
    } else if (-id <= last) {
      net.gone.push(-id);
    } else {
      const at = net.ids.lastIndexOf(-id);
      if (at >= 0) {
        net.ids.splice(at, 1);
        net.mappings.splice(at, 1);
      }
    }
  }
  if (net.gone.length > 1) net.gone.sort((a, b) => a - b);
  return net;
}

/** The list after the changes; null if a sweep would be slow or is not possible. */
export function sweptList(
  vas: OrderedMap<Mapping>,
  changes: ObjectChanges,
  owner: Owner,
): OrderedMap<Mapping> | null {
  if (vas.size > (changes.end - changes.start) * ENTRIES_PER_CHANGE) return null;
  const net = netOf(changes, vas.last()?.key ?? 0);
  if (net === null) return null;
  const keys: number[] = [];
  const values: Mapping[] = [];
  let g = 0;
  vas.visit(-Infinity, Infinity, (mapping, key) => {
    while (g < net.gone.length && (net.gone[g] as number) < key) g += 1;
    if (net.gone[g] !== key) {
      keys.push(key);
      values.push(mapping);
    }
    return true;
  });
  for (let i = 0; i < net.ids.length; i += 1) {
    keys.push(net.ids[i] as number);
    values.push(net.mappings[i] as Mapping);
  }
  return OrderedMap.fromSorted(keys, values, owner);
}
