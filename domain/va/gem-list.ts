/**
 * One GEM object's list of mappings, in link order, and a table of such lists by object.
 *
 * Mirrors drm_gpuva_mgr.c: drm_gpuva_link (list_add_tail) and drm_gpuva_unlink. A list is an ordered map from link keys, so
 * that an object with a million mappings costs no more than one with ten. The link key of a mapping is its id; only one
 * that is linked after a younger one gets a later key, noted in `late`. Objects are found by a hash of their name,
 * colliding ones in a chain.
 */
import { OrderedMap, type OrderedMapEditor } from '../ordered-map.ts';
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

/** FNV-1a, as a signed 32-bit number. */
export function hashOf(obj: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < obj.length; i += 1) {
    hash = Math.imul(hash ^ obj.charCodeAt(i), 0x01000193);
  }
  return hash;
}

function inChain(chain: GemList | null, obj: string): GemList | null {
  let list = chain;
  while (list !== null && list.obj !== obj) list = list.rest;
  return list;
}

function without(chain: GemList | null, obj: string): GemList | null {
  if (chain === null) return null;
  return chain.obj === obj ? chain.rest : { ...chain, rest: without(chain.rest, obj) };
}

export const listOf = (table: GemListTable, obj: string): GemList | null =>
  inChain(table.get(hashOf(obj)) ?? null, obj);

/** The table with `list` as the list of its object. */
function withList(table: OrderedMapEditor<GemList>, list: Omit<GemList, 'rest'>): void {
  const hash = hashOf(list.obj);
  const rest = without(table.get(hash) ?? null, list.obj);
  if (list.vas.size > 0) table.set(hash, { ...list, rest });
  else if (rest !== null) table.set(hash, rest);
  else table.delete(hash);
}

/** One mapping that has been put at the end of its object's list, or taken out of it. */
export interface LinkChange {
  readonly mapping: Mapping;
  readonly isLink: boolean;
}

function change(
  vas: OrderedMapEditor<Mapping>,
  late: OrderedMapEditor<number>,
  { mapping, isLink }: LinkChange,
): void {
  const { id } = mapping;
  const key = late.size === 0 ? id : (late.get(id) ?? id);
  const isLinked = vas.get(key)?.id === id;
  if (isLink && isLinked) throw new RangeError(`va ${id} is linked already`);
  if (isLink) {
    const last = vas.last()?.key ?? 0;
    if (id <= last) late.set(id, last + 1);
    vas.set(id > last ? id : last + 1, mapping);
  } else if (isLinked) {
    vas.delete(key);
    if (key !== id) late.delete(id);
  }
}

/** The table after the changes, oldest first. They go object by object: a big table is looked at in few places. */
export function changed(table: GemListTable, changes: readonly LinkChange[]): GemListTable {
  const byObj = new Map<string, LinkChange[]>();
  for (const one of changes) {
    const obj = one.mapping.obj as string;
    const group = byObj.get(obj);
    if (group === undefined) byObj.set(obj, [one]);
    else group.push(one);
  }
  const editor = table.mutable();
  for (const [obj, group] of byObj) {
    const old = listOf(table, obj);
    const vas = (old?.vas ?? OrderedMap.empty<Mapping>()).mutable();
    const late = (old?.late ?? OrderedMap.empty<number>()).mutable();
    for (const one of group) change(vas, late, one);
    withList(editor, { obj, vas: vas.freeze(), late: late.freeze() });
  }
  return editor.freeze();
}
