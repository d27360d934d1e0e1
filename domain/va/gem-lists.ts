/**
 * Which mappings of a space each GEM object has, in the order in which they were linked; an immutable value.
 *
 * Mirrors drm_gem_for_each_gpuva (drm_gem.h). The kernel's 2023 list hangs on the object and mixes the mappings of all
 * VMs; since drm_gpuvm_bo it is one list for each VM and object, and that is what a space keeps here.
 * Linking and unlinking happen with every operation, reading a list seldom. So a change is only noted, and the notes are
 * worked into the lists when somebody reads, or when there are many; what was worked in is remembered. Nobody can
 * see the difference, but a change then costs a note and, later, its share of one sweep over the lists.
 */
import { OrderedMap } from '../ordered-map.ts';
import { changed, listOf, type GemList, type GemListTable, type LinkChange } from './gem-list.ts';
import { sameMapping, type Mapping } from './mapping.ts';

/** A change not yet worked in, and those before it. */
interface Note extends LinkChange {
  readonly before: Note | null;
}

/** Notes kept in a space with few mappings; with many, one for every 16. */
const FEW_NOTES = 8;

export class GemLists {
  /** The lists up to the first note. */
  #table: GemListTable;
  #notes: Note | null;
  #count: number;
  readonly #linked: number;

  /** @internal start from NO_GEM_LISTS */
  constructor(table: GemListTable, notes: Note | null, count: number, linked: number) {
    this.#table = table;
    this.#notes = notes;
    this.#count = count;
    this.#linked = linked;
  }

  /** With `mapping` at the end of its object's list; one without an object is in no list. */
  link(mapping: Mapping): GemLists {
    return this.#noting(mapping, true);
  }

  /** With `mapping` in no list. */
  unlink(mapping: Mapping): GemLists {
    return this.#noting(mapping, false);
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
    if (this === other) return true;
    for (const [a, b] of [
      [this, other],
      [other, this],
    ] as const) {
      for (const obj of a.objects()) {
        const [xs, ys] = [[...a.linked(obj)], [...b.linked(obj)]];
        if (xs.length !== ys.length) return false;
        if (!xs.every((x, i) => sameMapping(x, ys[i] as Mapping))) return false;
      }
    }
    return true;
  }

  /** What JSON.stringify writes: object -> ids in link order. */
  toJSON(): Record<string, number[]> {
    const ids = (obj: string): number[] => Array.from(this.linked(obj), ({ id }) => id);
    return Object.fromEntries([...this.objects()].sort().map((obj) => [obj, ids(obj)]));
  }

  #noting(mapping: Mapping, isLink: boolean): GemLists {
    if (mapping.obj === null) return this;
    const linked = this.#linked + (isLink ? 1 : -1);
    const notes = { mapping, isLink, before: this.#notes };
    const next = new GemLists(this.#table, notes, this.#count + 1, linked);
    if (next.#count > Math.max(FEW_NOTES, linked >> 4)) next.#settled();
    return next;
  }

  #settled(): GemListTable {
    if (this.#notes !== null) {
      const changes: LinkChange[] = [];
      for (let note: Note | null = this.#notes; note !== null; note = note.before)
        changes.push(note);
      this.#table = changed(this.#table, changes.reverse());
      this.#notes = null;
      this.#count = 0;
    }
    return this.#table;
  }
}

/** No mapping is linked. */
export const NO_GEM_LISTS = new GemLists(OrderedMap.empty(), null, 0, 0);
