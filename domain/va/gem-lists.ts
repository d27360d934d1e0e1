/**
 * Which mappings of a space each GEM object has, in the order in which they were linked; an immutable value.
 *
 * Mirrors drm_gem_for_each_gpuva (drm_gem.h). The kernel's 2023 list hangs on the object and mixes the mappings of all
 * VMs; since drm_gpuvm_bo it is one list for each VM and object, and that is what a space keeps here.
 * Linking and unlinking happen with every operation, reading a list seldom. So a change is only noted, and the notes are
 * worked into the lists when somebody reads, or when there are many; what was worked in is remembered. Nobody can
 * see the difference, but a change then costs a note and, later, its share of one sweep over the lists.
 */
import { OrderedMap, Owner } from '../ordered-map.ts';
import { changed, LinkChanges, listOf, type GemList, type GemListTable } from './gem-list.ts';
import { sameMapping, type Mapping } from './mapping.ts';

/** A change not yet worked in, and those before it. */
interface Note {
  readonly mapping: Mapping;
  readonly isLink: boolean;
  readonly before: Note | null;
  /** How many there are, this one included. */
  readonly count: number;
}

/** A version keeps this many notes, or one for every 16 linked mappings if that is more. */
const VERSION_NOTES = 8;
/** An editor keeps this many, or one for every 8. */
const EDITOR_NOTES = 1024;

export class GemLists {
  /** The lists up to the first note. */
  #table: GemListTable;
  #notes: Note | null;
  /** How many mappings are linked. */
  readonly #size: number;

  /** @internal start from NO_GEM_LISTS */
  constructor(table: GemListTable, notes: Note | null, size: number) {
    this.#table = table;
    this.#notes = notes;
    this.#size = size;
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
    return (listOf(this.#settled(), obj)?.vas ?? OrderedMap.empty<Mapping>()).values();
  }

  /** The objects that have a mapping, in no order that means anything. */
  *objects(): IterableIterator<string> {
    for (const { value } of this.#settled().entries()) {
      for (let list: GemList | null = value; list !== null; list = list.rest) yield list.obj;
    }
  }

  equals(other: GemLists): boolean {
    const has = (a: GemLists, b: GemLists): boolean => {
      for (const obj of a.objects()) {
        const [xs, ys] = [[...a.linked(obj)], [...b.linked(obj)]];
        if (xs.length !== ys.length) return false;
        if (!xs.every((x, i) => sameMapping(x, ys[i] as Mapping))) return false;
      }
      return true;
    };
    return this === other || (has(this, other) && has(other, this));
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
  after(changes: LinkChanges, size: number, owner: Owner): GemLists {
    const count = (this.#notes?.count ?? 0) + changes.count;
    if (count > Math.max(VERSION_NOTES, size >> 4)) {
      return new GemLists(changed(this.#settled(), changes, owner), null, size);
    }
    let notes = this.#notes;
    changes.mappings.forEach((mapping, i) => {
      const isLink = changes.isLink[i] === true;
      notes = { mapping, isLink, before: notes, count: (notes?.count ?? 0) + 1 };
    });
    return new GemLists(this.#table, notes, size);
  }

  get size(): number {
    return this.#size;
  }

  #settled(): GemListTable {
    if (this.#notes === null) return this.#table;
    const newestFirst: Note[] = [];
    for (let note: Note | null = this.#notes; note !== null; note = note.before) {
      newestFirst.push(note);
    }
    const changes = new LinkChanges();
    for (const { mapping, isLink } of newestFirst.reverse()) changes.push(mapping, isLink);
    this.#table = changed(this.#table, changes, new Owner());
    this.#notes = null;
    return this.#table;
  }
}

/** Links and unlinks for the sole owner of a space. */
export class GemListsEditor {
  #lists: GemLists;
  #changes = new LinkChanges();
  #owner = new Owner();
  #size: number;

  /** @internal use GemLists.mutable() */
  constructor(lists: GemLists) {
    this.#lists = lists;
    this.#size = lists.size;
  }

  link(mapping: Mapping): void {
    this.#note(mapping, true);
  }

  unlink(mapping: Mapping): void {
    this.#note(mapping, false);
  }

  linked(obj: string): IterableIterator<Mapping> {
    return this.freeze().linked(obj);
  }

  freeze(): GemLists {
    this.#workIn();
    this.#owner = new Owner();
    return this.#lists;
  }

  #note(mapping: Mapping, isLink: boolean): void {
    if (mapping.obj === null) return;
    this.#size += isLink ? 1 : -1;
    this.#changes.push(mapping, isLink);
    if (this.#changes.count > Math.max(EDITOR_NOTES, this.#size >> 3)) this.#workIn();
  }

  #workIn(): void {
    if (this.#changes.count === 0) return;
    this.#lists = this.#lists.after(this.#changes, this.#size, this.#owner);
    this.#changes = new LinkChanges();
  }
}

/** No mapping is linked. */
export const NO_GEM_LISTS = new GemLists(OrderedMap.empty(), null, 0);
