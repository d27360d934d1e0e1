/**
 * One GEM object's list of mappings, in link order, and a table of such lists by object.
 *
 * Mirrors drm_gpuva_mgr.c: drm_gpuva_link (list_add_tail) and drm_gpuva_unlink. A list is an ordered map from link keys, so
 * that an object with a million mappings costs no more than one with ten. The link key of a mapping is its id; only one
 * that is linked after a younger one gets a later key, noted in `late`. Objects are found by a hash of their name,
 * colliding ones in a chain.
 */
import {
  OrderedMap,
  type OrderedMapEditor,
  type OrderedReader,
  type Owner,
} from '../ordered-map.ts';
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

export const listOf = (table: OrderedReader<GemList>, obj: string): GemList | null =>
  inChain(table.get(hashOf(obj)) ?? null, obj);

/** The table with `list` as the list of its object. */
function withList(table: OrderedMapEditor<GemList>, list: Omit<GemList, 'rest'>): void {
  const hash = hashOf(list.obj);
  const rest = without(table.get(hash) ?? null, list.obj);
  if (list.vas.size > 0) table.set(hash, { ...list, rest });
  else if (rest !== null) table.set(hash, rest);
  else table.delete(hash);
}

/** Mappings that were put at the end of their object's list or taken out of it, one after the other. */
export class LinkChanges {
  readonly mappings: Mapping[] = [];
  readonly objs: string[] = [];
  readonly isLink: boolean[] = [];

  get count(): number {
    return this.mappings.length;
  }

  /** A mapping without an object is in no list. */
  push(mapping: Mapping, isLink: boolean): void {
    if (mapping.obj === null) return;
    this.mappings.push(mapping);
    this.objs.push(mapping.obj);
    this.isLink.push(isLink);
  }
}

type Editing = {
  readonly vas: OrderedMapEditor<Mapping>;
  readonly late: OrderedMapEditor<number>;
};

function link(list: Editing, mapping: Mapping): void {
  const { id } = mapping;
  const last = list.vas.last()?.key ?? 0;
  if (id > last) {
    list.vas.set(id, mapping);
    return;
  }
  if (list.vas.get(list.late.get(id) ?? id)?.id === id)
    throw new RangeError(`va ${id} linked twice`);
  list.vas.set(last + 1, mapping);
  list.late.set(id, last + 1);
}

function unlink(list: Editing, { id }: Mapping): void {
  const key = list.late.get(id);
  if (key !== undefined) {
    list.late.delete(id);
    list.vas.delete(key);
  } else if (list.late.size === 0 || list.vas.get(id)?.id === id) {
    list.vas.delete(id);
  }
}

/**
 * The table after the changes, made by `owner`. They are taken object by object, so that a big table is looked at in few
 * places: the changes of one object are chained through `next`, oldest first.
 * @throws RangeError if one links what is linked
 */
export function changed(table: GemListTable, changes: LinkChanges, owner: Owner): GemListTable {
  const { mappings, objs, isLink } = changes;
  const first = new Map<string, number>();
  const next = new Int32Array(mappings.length);
  for (let i = mappings.length - 1; i >= 0; i -= 1) {
    const obj = objs[i] as string;
    next[i] = first.get(obj) ?? -1;
    first.set(obj, i);
  }
  const editor = table.mutable(owner);
  for (const [obj, start] of first) {
    const old = listOf(editor, obj);
    const list: Editing = {
      vas: (old?.vas ?? OrderedMap.empty<Mapping>()).mutable(owner),
      late: (old?.late ?? OrderedMap.empty<number>()).mutable(owner),
    };
    for (let i = start; i >= 0; i = next[i] as number) {
      if (isLink[i] === true) link(list, mappings[i] as Mapping);
      else unlink(list, mappings[i] as Mapping);
    }
    withList(editor, { obj, vas: list.vas.freeze(), late: list.late.freeze() });
  }
  return editor.freeze();
}
