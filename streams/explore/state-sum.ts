/**
 * A sum over the leaves of values, each hashed with the path that leads to it. Neither the order in which things were made
 * nor the shape of a tree counts. And because it is a sum, a value that has changed is followed by taking away the leaves
 * that went and adding those that came: what two versions share is not looked at.
 *
 * Every container has a leaf of its own, so that an empty one is told from none; a list's has its length, so that places
 * that hold nothing need none.
 */
import { KeyMap } from '../../domain/invariants/key-map.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';
import { unsortedIds } from '../../domain/va/gem-list.ts';
import { GemLists, NO_GEM_LISTS } from '../../domain/va/gem-lists.ts';
import type { Mapping } from '../../domain/va/mapping.ts';
import {
  FALSE,
  mixA,
  mixB,
  NULL,
  numberHash,
  ofContainer,
  ofLength,
  ofText,
  type StateKey,
  Texts,
  TRUE,
} from './hash.ts';
import { isPlain } from './state-text.ts';

// by name, see hash.ts
const { isArray } = Array;
const { keys, hasOwn } = Object;

export type Members = Readonly<Record<string, unknown>>;

const RECORD = ofContainer(1);
const MAP = ofContainer(2);
const ORDER = ofText('order');
const NO_VAS = OrderedMap.empty<Mapping>();

/** A leaf is added as it is; taken away it is its complement of two: `(leaf ^ sign) - sign`. */
const PLUS = 0;
const MINUS = -1;
type Sign = typeof PLUS | typeof MINUS;

export class StateSum {
  a = 0;
  b = 0;
  readonly texts = new Texts();
  /** what values with a `toJSON` of their own have said */
  readonly #said = new WeakMap<object, unknown>();

  /** Starts from what was counted before. */
  set(a: number, b: number): void {
    this.a = a;
    this.b = b;
  }

  end(): StateKey {
    return { a: mixA(this.a, 1), b: mixB(this.b, 1) };
  }

  /**
   * Puts one value in the place of another at the end of a path; `undefined` is none.
   * @throws RangeError for what is no value
   */
  change(was: unknown, is: unknown, a: number, b: number): void {
    if (was === is) return;
    if (typeof was === 'object' && typeof is === 'object' && was !== null && is !== null) {
      if (this.#changeWithin(was, is, a, b)) return;
    }
    this.#count(was, a, b, MINUS);
    this.#count(is, a, b, PLUS);
  }

  /** The same for members of records, those of the names in `left` left out. */
  changeMembers(was: Members, is: Members, a: number, b: number, left?: ReadonlySet<string>): void {
    const before = keys(was);
    const after = keys(is);
    let isAligned = before.length === after.length;
    for (let i = 0; i < after.length; i++) {
      const name = after[i] as string;
      const isThere = before[i] === name;
      if (!isThere) isAligned = false;
      const old = isThere || hasOwn(was, name) ? was[name] : undefined;
      const now = is[name];
      if (old === now || left?.has(name) === true) continue;
      const label = this.texts.of(name);
      this.change(old, now, mixA(label.a, a), mixB(label.b, b));
    }
    if (isAligned) return;
    for (const name of before) {
      if (hasOwn(is, name) || left?.has(name) === true) continue;
      const label = this.texts.of(name);
      this.change(was[name], undefined, mixA(label.a, a), mixB(label.b, b));
    }
  }

  /** Whether both are containers of one kind: then only members can differ, and they have been seen to. */
  #changeWithin(was: object, is: object, a: number, b: number): boolean {
    if (isArray(is)) {
      if (!isArray(was)) return false;
      this.#changeItems(was, is, a, b);
      return true;
    }
    if (isPlain(is)) {
      if (isArray(was) || !isPlain(was)) return false;
      this.changeMembers(was as Members, is as Members, a, b);
      return true;
    }
    if (is instanceof OrderedMap) {
      if (!(was instanceof OrderedMap)) return false;
      is.visitChanges(was, (key, before, after) => {
        const label = numberHash(key);
        this.change(before, after, mixA(label.a, a), mixB(label.b, b));
      });
      return true;
    }
    if (is instanceof KeyMap) {
      if (!(was instanceof KeyMap)) return false;
      is.visitChanges(was, (key, before, after) => {
        const label = this.texts.of(key);
        this.change(before, after, mixA(label.a, a), mixB(label.b, b));
      });
      return true;
    }
    if (is instanceof GemLists) {
      if (!(was instanceof GemLists)) return false;
      this.#changeLists(was, is, a, b);
      return true;
    }
    if (is instanceof Set || was instanceof Set || isPlain(was) || isArray(was)) return false;
    this.change(this.#saidOf(was), this.#saidOf(is), a, b);
    return true;
  }

  #changeItems(was: readonly unknown[], is: readonly unknown[], a: number, b: number): void {
    if (was.length !== is.length) {
      this.#leaf(ofLength(was.length), a, b, MINUS);
      this.#leaf(ofLength(is.length), a, b, PLUS);
    }
    for (let i = 0; i < was.length || i < is.length; i++) {
      const old = was[i] ?? undefined;
      const now = is[i] ?? undefined;
      if (old === now) continue;
      const label = numberHash(i);
      this.change(old, now, mixA(label.a, a), mixB(label.b, b));
    }
  }

  /** Which mappings each object has; their order only where it is not that of their numbers. */
  #changeLists(was: GemLists, is: GemLists, a: number, b: number): void {
    is.visitChanges(was, (obj, before, after) => {
      const label = this.texts.of(obj);
      const [x, y] = [mixA(label.a, a), mixB(label.b, b)];
      (after?.vas ?? NO_VAS).visitChanges(before?.vas ?? NO_VAS, (_, old, now) => {
        if (old?.id === now?.id) return;
        if (old !== undefined) this.#mapping(old.id, x, y, MINUS);
        if (now !== undefined) this.#mapping(now.id, x, y, PLUS);
      });
      const [unsorted, now] = [unsortedIds(before), unsortedIds(after)];
      this.change(unsorted, now, mixA(ORDER.a, x), mixB(ORDER.b, y));
    });
  }

  #mapping(id: number, a: number, b: number, sign: Sign): void {
    const label = numberHash(id);
    this.#leaf(TRUE, mixA(label.a, a), mixB(label.b, b), sign);
  }

  #leaf(value: StateKey, a: number, b: number, sign: Sign): void {
    this.a = (this.a + ((mixA(value.a, a) ^ sign) - sign)) | 0;
    this.b = (this.b + ((mixB(value.b, b) ^ sign) - sign)) | 0;
  }

  #count(value: unknown, a: number, b: number, sign: Sign): void {
    switch (typeof value) {
      case 'string':
        this.#leaf(this.texts.of(value), a, b, sign);
        return;
      case 'number':
        this.#leaf(numberHash(value), a, b, sign);
        return;
      case 'boolean':
        this.#leaf(value ? TRUE : FALSE, a, b, sign);
        return;
      case 'undefined':
        return;
      case 'object':
        if (value === null) this.#leaf(NULL, a, b, sign);
        else this.#countWithin(value, a, b, sign);
        return;
      case 'bigint':
        this.#countWithin([`${value}`, 'bigint'], a, b, sign);
        return;
      default:
        throw new RangeError(`a ${typeof value} has no state identity`);
    }
  }

  #countWithin(value: object, a: number, b: number, sign: Sign): void {
    if (isArray(value)) {
      this.#countItems(value, a, b, sign);
    } else if (isPlain(value)) {
      this.#leaf(RECORD, a, b, sign);
      for (const name of keys(value)) {
        const member = (value as Members)[name];
        if (member === undefined) continue;
        const label = this.texts.of(name);
        this.#count(member, mixA(label.a, a), mixB(label.b, b), sign);
      }
    } else if (value instanceof OrderedMap) {
      this.#leaf(MAP, a, b, sign);
      value.visit(-Infinity, Infinity, (each: unknown, key) => {
        const label = numberHash(key);
        this.#count(each, mixA(label.a, a), mixB(label.b, b), sign);
        return true;
      });
    } else if (value instanceof KeyMap) {
      this.#leaf(MAP, a, b, sign);
      for (const [key, each] of value.entries()) {
        const label = this.texts.of(key);
        this.#count(each, mixA(label.a, a), mixB(label.b, b), sign);
      }
    } else if (value instanceof GemLists) {
      this.#leaf(MAP, a, b, sign);
      if (sign === PLUS) this.#changeLists(NO_GEM_LISTS, value, a, b);
      else this.#changeLists(value, NO_GEM_LISTS, a, b);
    } else if (value instanceof Set) {
      this.#countItems([...(value as ReadonlySet<unknown>)], a, b, sign);
    } else {
      this.#count(this.#saidOf(value), a, b, sign);
    }
  }

  #countItems(values: readonly unknown[], a: number, b: number, sign: Sign): void {
    this.#leaf(ofLength(values.length), a, b, sign);
    for (let i = 0; i < values.length; i++) {
      const each = values[i] ?? undefined;
      if (each === undefined) continue;
      const label = numberHash(i);
      this.#count(each, mixA(label.a, a), mixB(label.b, b), sign);
    }
  }

  #saidOf(value: object): unknown {
    if (!('toJSON' in value) || typeof value.toJSON !== 'function')
      throw new RangeError(`a ${value.constructor.name} has no state identity`);
    if (!this.#said.has(value)) this.#said.set(value, (value as { toJSON(): unknown }).toJSON());
    return this.#said.get(value);
  }
}
