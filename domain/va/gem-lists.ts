/**
 * Which mappings of a space each GEM object has, in the order in which they were linked; an
 * immutable value.
 *
 * Mirrors drm_gem_for_each_gpuva (drm_gem.h). The kernel's 2023 list hangs on the object and mixes
 * the mappings of all VMs; since drm_gpuvm_bo it is one list for each VM and object, and that is
 * what a space keeps here. Linking and unlinking happen with every operation, reading a list
 * seldom. So a change is only noted, and the notes are worked into the lists when somebody reads,
 * or when there are many; what was worked in is remembered. Nobody can see the difference, but a
 * change then costs a note and, later, its share of one sweep over the lists.
 */
import { OrderedMap, Owner } from '../ordered-map.ts';
import { changed, inChain, vasOf, type GemList, type GemListTable } from './gem-list.ts';
import { LinkChanges, type Note } from './link-changes.ts';
import { sameMapping, type Mapping } from './mapping.ts';

/** A version keeps this many notes, or one for every 16 linked mappings if that is more. */
const VERSION_NOTES = 8;
/** An editor keeps this many, or one for every 4. */
const EDITOR_NOTES = 1024;

export class GemLists {
  /** The lists up to the first note. */
  #table: GemListTable;
  #notes: Note | null;
  /** About how many mappings are linked: an unlink of one that is not counts too. */
  readonly #about: number;

  /** @internal start from NO_GEM_LISTS */
  constructor(table: GemListTable, notes: Note | null, about: number) {
    this.#table = table;
    this.#notes = notes;
    this.#about = about;
  }

  /** With `mapping` at the end of its object's list; one without an object is in no list. */
  link(mapping: Mapping): GemLists {
    const editor = this.mutable();
    editor.link(mapping);
    return editor.freeze();
  }

  /** With `mapping` in no list. */
  unlink(mapping: Mapping): GemLists {
    const editor = this.mutable();
    editor.unlink(mapping);
    return editor.freeze();
  }

  /** The mappings of `obj` in link order. @throws RangeError if one was linked twice */
  linked(obj: string): IterableIterator<Mapping> {
    return vasOf(this.#settled(), obj).values();
  }

  /** The objects that have a mapping, in no order that means anything. */
  *objects(): IterableIterator<string> {
    for (const { value } of this.#settled().entries()) {
      for (let list: GemList | null = value; list !== null; list = list.rest) yield list.obj;
    }
  }

  /** Same mappings in the same order for every object; lists that both share are not looked at. */
  equals(other: GemLists): boolean {
    const [mine, theirs] = [this.#settled(), other.#settled()];
    if (mine === theirs) return true;
    for (const obj of other.objects()) if (vasOf(mine, obj).size === 0) return false;
    for (const obj of this.objects()) {
      const [xs, ys] = [vasOf(mine, obj), vasOf(theirs, obj)];
      if (xs === ys) continue;
      if (xs.size !== ys.size) return false;
      const rest = ys.values();
      for (const x of xs.values()) {
        if (!sameMapping(x, rest.next().value as Mapping)) return false;
      }
    }
    return true;
  }

  /** The objects whose list is not as it was in another version; costs what the two differ in. */
  visitChanges(
    before: GemLists,
    each: (obj: string, was: GemList | null, is: GemList | null) => void,
  ): void {
    this.#settled().visitChanges(before.#settled(), (_, old, now) => {
      const [was, is] = [old ?? null, now ?? null];
      for (let list = is; list !== null; list = list.rest) {
        const other = inChain(was, list.obj);
        if (other?.vas !== list.vas) each(list.obj, other, list);
      }
      for (let list = was; list !== null; list = list.rest) {
        if (inChain(is, list.obj) === null) each(list.obj, list, null);
      }
    });
  }

  /** What JSON.stringify writes: object -> ids in link order. */
  toJSON(): Record<string, number[]> {
    const ids = (obj: string): number[] => Array.from(this.linked(obj), ({ id }) => id);
    return Object.fromEntries([...this.objects()].sort().map((obj) => [obj, ids(obj)]));
  }

  mutable(): GemListsEditor {
    return new GemListsEditor(this);
  }

  /** @internal These lists after the changes: as notes, or worked in if that makes too many. */
  after(changes: LinkChanges, about: number, owner: Owner): GemLists {
    const count = (this.#notes?.count ?? 0) + changes.count;
    if (count > Math.max(VERSION_NOTES, about >> 4)) {
      return new GemLists(changed(this.#settled(), changes, owner), null, about);
    }
    return new GemLists(this.#table, changes.notesAfter(this.#notes), about);
  }

  /** @internal */
  get about(): number {
    return this.#about;
  }

  #settled(): GemListTable {
    if (this.#notes === null) return this.#table;
    this.#table = changed(this.#table, LinkChanges.of(this.#notes), new Owner());
    this.#notes = null;
    return this.#table;
  }
}

/** Links and unlinks for the sole owner of a space. */
export class GemListsEditor {
  #lists: GemLists;
  #changes = new LinkChanges();
  #owner = new Owner();
  #about: number;

  /** @internal use GemLists.mutable() */
  constructor(lists: GemLists) {
    this.#lists = lists;
    this.#about = lists.about;
  }

  link(mapping: Mapping): void {
    if (mapping.obj === null) return;
    this.#about += 1;
    this.#changes.link(mapping);
    this.#workInIfMany();
  }

  unlink(mapping: Mapping): void {
    if (mapping.obj === null) return;
    this.#about -= 1;
    this.#changes.unlink(mapping);
    this.#workInIfMany();
  }

  linked(obj: string): IterableIterator<Mapping> {
    return this.freeze().linked(obj);
  }

  freeze(): GemLists {
    this.#workIn();
    this.#owner = new Owner();
    return this.#lists;
  }

  #workInIfMany(): void {
    if (this.#changes.count > Math.max(EDITOR_NOTES, this.#about >> 2)) this.#workIn();
  }

  #workIn(): void {
    if (this.#changes.count === 0) return;
    this.#lists = this.#lists.after(this.#changes, this.#about, this.#owner);
    this.#changes = new LinkChanges();
  }
}

/** No mapping is linked. */
export const NO_GEM_LISTS = new GemLists(OrderedMap.empty(), null, 0);
