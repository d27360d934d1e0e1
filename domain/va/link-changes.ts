/**
 * Links and unlinks that are not worked into the objects' lists yet, in the order in which they
 * happened.
 *
 * They are noted in the order of time and worked in object by object, so that a big table of lists
 * is visited once for each object and not once for each change. Plain arrays and one counting sort:
 * there may be a hundred thousand.
 */
import type { Mapping } from './mapping.ts';

/** The changes of one object: `start .. end - 1` of arrays that it shares with the others. */
export interface ObjectChanges {
  readonly obj: string;
  /** Below 0 for an unlink. */
  readonly ids: Float64Array;
  /** null for an unlink. */
  readonly mappings: readonly (Mapping | null)[];
  readonly start: number;
  readonly end: number;
}

/** A change, and those before it: what a version of a space keeps, which is small and shared. */
export interface Note {
  readonly obj: string;
  /** Below 0 for an unlink. */
  readonly id: number;
  readonly mapping: Mapping | null;
  readonly before: Note | null;
  /** How many there are, this one included. */
  readonly count: number;
}

export class LinkChanges {
  readonly #objs: string[] = [];
  readonly #ids: number[] = [];
  readonly #mappings: (Mapping | null)[] = [];

  /** The changes of a chain of notes, oldest first. */
  static of(newest: Note | null): LinkChanges {
    const notes: Note[] = [];
    for (let note = newest; note !== null; note = note.before) notes.push(note);
    const changes = new LinkChanges();
    for (const { obj, id, mapping } of notes.reverse()) changes.#push(obj, id, mapping);
    return changes;
  }

  get count(): number {
    return this.#ids.length;
  }

  /** A mapping without an object is in no list. */
  link(mapping: Mapping): void {
    if (mapping.obj !== null) this.#push(mapping.obj, mapping.id, mapping);
  }

  unlink({ id, obj }: Mapping): void {
    if (obj !== null) this.#push(obj, -id, null);
  }

  /** Chains a note of each change to those of `before`. */
  notesAfter(before: Note | null): Note | null {
    let note = before;
    for (let i = 0; i < this.count; i += 1) {
      const obj = this.#objs[i] as string;
      const id = this.#ids[i] as number;
      const mapping = this.#mappings[i] as Mapping | null;
      note = { obj, id, mapping, before: note, count: (note?.count ?? 0) + 1 };
    }
    return note;
  }

  #push(obj: string, id: number, mapping: Mapping | null): void {
    this.#objs.push(obj);
    this.#ids.push(id);
    this.#mappings.push(mapping);
  }

  forEachObject(each: (changes: ObjectChanges) => void): void {
    const count = this.#ids.length;
    const groupOf = new Map<string, number>();
    const groups = new Int32Array(count);
    const ends: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const obj = this.#objs[i] as string;
      let group = groupOf.get(obj);
      if (group === undefined) groupOf.set(obj, (group = ends.push(0) - 1));
      groups[i] = group;
      ends[group] = (ends[group] as number) + 1;
    }
    for (let g = 1; g < ends.length; g += 1) {
      ends[g] = (ends[g] as number) + (ends[g - 1] as number);
    }
    const ids = new Float64Array(count);
    const mappings = new Array<Mapping | null>(count);
    for (let i = count - 1; i >= 0; i -= 1) {
      const group = groups[i] as number;
      const place = (ends[group] as number) - 1;
      ends[group] = place;
      ids[place] = this.#ids[i] as number;
      mappings[place] = this.#mappings[i] as Mapping | null;
    }
    // `ends` are the starts by now.
    for (const [obj, g] of groupOf) {
      each({ obj, ids, mappings, start: ends[g] as number, end: ends[g + 1] ?? count });
    }
  }
}
