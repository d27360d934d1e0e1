/**
 * Links and unlinks that are not worked into the objects' lists yet, in the order in which they happened.
 *
 * They are noted in the order of time and worked in object by object, so that a big table of lists is visited once for
 * each object and not once for each change. Plain arrays and one counting sort: there may be a hundred thousand.
 */
import type { Mapping } from './mapping.ts';

/** The changes of one object are `start .. end - 1` of both arrays; an id below 0 is an unlink, without a mapping. */
export type EachObject = (
  obj: string,
  ids: Float64Array,
  mappings: readonly (Mapping | null)[],
  start: number,
  end: number,
) => void;

export class LinkChanges {
  readonly #objs: string[] = [];
  readonly #ids: number[] = [];
  readonly #mappings: (Mapping | null)[] = [];

  /** These changes, one after the other. */
  static joined(parts: readonly LinkChanges[]): LinkChanges {
    const all = new LinkChanges();
    for (const part of parts) {
      all.#objs.push(...part.#objs);
      all.#ids.push(...part.#ids);
      all.#mappings.push(...part.#mappings);
    }
    return all;
  }

  get count(): number {
    return this.#ids.length;
  }

  /** A mapping without an object is in no list. */
  link(mapping: Mapping): void {
    if (mapping.obj === null) return;
    this.#objs.push(mapping.obj);
    this.#ids.push(mapping.id);
    this.#mappings.push(mapping);
  }

  unlink({ id, obj }: Mapping): void {
    if (obj === null) return;
    this.#objs.push(obj);
    this.#ids.push(-id);
    this.#mappings.push(null);
  }

  forEachObject(each: EachObject): void {
    const { count } = this;
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
    for (let g = 1; g < ends.length; g += 1)
      ends[g] = (ends[g] as number) + (ends[g - 1] as number);
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
    for (const [obj, g] of groupOf)
      each(obj, ids, mappings, ends[g] as number, ends[g + 1] ?? count);
  }
}
