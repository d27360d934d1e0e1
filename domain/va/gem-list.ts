/**
 * One GEM object's list of mappings, in link order, and a table of such lists by object.
 *
 * Mirrors drm_gpuva_mgr.c: drm_gpuva_link (list_add_tail) and drm_gpuva_unlink. A list is an
 * ordered map from link keys, so that an object with a million mappings costs no more than one with
 * ten. The link key of a mapping is its id; only one that is linked after a younger one gets a
 * later key, noted in `late`. Objects are found by a hash of their name, colliding ones in a chain.
 */
import { OrderedMap, type OrderedMapEditor, type Owner } from '../ordered-map.ts';
import type { LinkChanges } from './link-changes.ts';
import type { Mapping } from './mapping.ts';

export interface GemList {
  readonly obj: string;
  /** Link key -> mapping. */
  readonly vas: OrderedMap<Mapping>;
  /** Mapping id -> link key, where the two differ. */
  readonly late: OrderedMap<number>;
  /** Another object whose name has the same hash. */
  readonly rest: GemList | null;
}

/** Hash of the object's name -> its list. An object without mappings has no list. */
export type GemListTable = OrderedMap<GemList>;

const NO_VAS = OrderedMap.empty<Mapping>();
const NONE_LATE = OrderedMap.empty<number>();

/** FNV-1a, as a signed 32-bit number. */
export function hashOf(obj: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < obj.length; i += 1) {
    hash = Math.imul(hash ^ obj.charCodeAt(i), 0x01000193);
  }
  return hash;
}

export function inChain(chain: GemList | null, obj: string): GemList | null {
  let list = chain;
  while (list !== null && list.obj !== obj) list = list.rest;
  return list;
}

function without(chain: GemList | null, obj: string): GemList | null {
  if (chain === null) return null;
  return chain.obj === obj ? chain.rest : { ...chain, rest: without(chain.rest, obj) };
}

export const vasOf = (table: GemListTable, obj: string): OrderedMap<Mapping> =>
  inChain(table.get(hashOf(obj)) ?? null, obj)?.vas ?? NO_VAS;

/** The ids in link order, where that is not ascending; undefined where it is, as nearly everywhere. */
export function unsortedIds(list: GemList | null): readonly number[] | undefined {
  if (list === null || list.late.size === 0) return undefined;
  const ids = Array.from(list.vas.values(), ({ id }) => id);
  return ids.some((id, i) => i > 0 && id < (ids[i - 1] as number)) ? ids : undefined;
}

/** A list while it is edited. */
interface Editing {
  readonly vas: OrderedMapEditor<Mapping>;
  late: OrderedMap<number>;
}

function link(list: Editing, id: number, mapping: Mapping): void {
  const { vas, late } = list;
  const last = vas.last()?.key ?? 0;
  if (id > last) {
    vas.set(id, mapping);
    return;
  }
  if (vas.get(late.get(id) ?? id)?.id === id) throw new RangeError(`va ${id} is linked twice`);
  vas.set(last + 1, mapping);
  list.late = late.set(id, last + 1);
}

function unlink(list: Editing, id: number): void {
  const { vas, late } = list;
  if (late.size === 0) {
    vas.delete(id);
    return;
  }
  const key = late.get(id);
  if (key === undefined ? vas.get(id)?.id === id : true) vas.delete(key ?? id);
  list.late = late.delete(id);
}

/** The table after the changes, made by `owner`. @throws RangeError if one links what is linked */
export function changed(table: GemListTable, changes: LinkChanges, owner: Owner): GemListTable {
  const editor = table.mutable(owner);
  changes.forEachObject(({ obj, ids, mappings, start, end }) => {
    const hash = hashOf(obj);
    const chain = editor.get(hash) ?? null;
    const old = inChain(chain, obj);
    const vas = (old?.vas ?? NO_VAS).mutable(owner);
    const list: Editing = { vas, late: old?.late ?? NONE_LATE };
    for (let i = start; i < end; i += 1) {
      const id = ids[i] as number;
      if (id > 0) link(list, id, mappings[i] as Mapping);
      else unlink(list, -id);
    }
    const rest = old === chain ? (old?.rest ?? null) : without(chain, obj);
    if (vas.size > 0) editor.set(hash, { obj, vas: vas.freeze(), late: list.late, rest });
    else if (rest !== null) editor.set(hash, rest);
    else editor.delete(hash);
  });
  return editor.freeze();
}
