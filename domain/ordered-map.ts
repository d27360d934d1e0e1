/**
 * An immutable ordered map from numbers to values: a copy-on-write B+tree.
 *
 * Every big ordered thing of the simulator is one (a VM's mappings by address, an object's mappings
 * by link order), so that forking a world is copying a reference. An edit costs O(log n) and shares
 * all other nodes with the version it came from; older versions never change. A sole owner may edit
 * through `mutable()` without copying twice. Stands where the kernel has a maple tree (2023) or an
 * rb interval tree (drm_gpuvm).
 */
import { OrderedMapEditor as NodeEditor } from './ordered-map/editor.ts';
import {
  after,
  before,
  contains,
  find,
  leafOf,
  leftmost,
  lowerBound,
  NODE_MAX,
  Owner,
  rightmost,
  type Entry,
  type Node,
} from './ordered-map/node.ts';
import { type OnChange, visitChanges } from './ordered-map/changes.ts';
import { entriesOf, sameEntries, visitRange } from './ordered-map/walk.ts';

export { Owner, type Entry };

/** What can be read of a map, whether it is a version or still being edited. */
export interface OrderedReader<V> {
  readonly size: number;
  get(k: number): V | undefined;
  has(k: number): boolean;
  /** The greatest entry at or below `k`. */
  floor(k: number): Entry<V> | undefined;
  /** The least entry at or above `k`. */
  ceiling(k: number): Entry<V> | undefined;
  last(): Entry<V> | undefined;
  /**
   * Calls `each` for the entries of [from, to) ascending until it returns false; quicker than an
   * iterator.
   */
  visit(from: number, to: number, each: (value: V, key: number) => boolean): void;
}

/**
 * Edits a map in place for its sole owner; `freeze` gives the version that has been reached, and
 * goes on.
 */
export class OrderedMapEditor<V> extends NodeEditor<V> {
  #frozen: OrderedMap<V>;

  /** @internal use OrderedMap.mutable() */
  constructor(from: OrderedMap<V>, owner?: Owner) {
    super(from.root, from.size, owner);
    this.#frozen = from;
  }

  /** The map as it is now. Without an edit since the last version it is that very version. */
  freeze(): OrderedMap<V> {
    const { root, size } = this.release();
    if (root !== this.#frozen.root) this.#frozen = new OrderedMap(root, size);
    return this.#frozen;
  }
}

export class OrderedMap<V> implements OrderedReader<V> {
  /** @internal */
  readonly root: Node<V>;
  readonly size: number;

  /** @internal use OrderedMap.empty() or OrderedMap.from() */
  constructor(root: Node<V>, size: number) {
    this.root = root;
    this.size = size;
  }

  static empty<V>(): OrderedMap<V> {
    return EMPTY;
  }

  /** A map of these entries, in any order; of two with one key the later counts. */
  static from<V>(entries: Iterable<readonly [number, V]>): OrderedMap<V> {
    const editor = OrderedMap.empty<V>().mutable();
    for (const [key, value] of entries) editor.set(key, value);
    return editor.freeze();
  }

  get(k: number): V | undefined {
    return find(this.root, k);
  }

  has(k: number): boolean {
    return contains(this.root, k);
  }

  /** This map with `k` at `value`; this very map if that is so already. */
  set(k: number, value: V): OrderedMap<V> {
    const { root } = this;
    if (root.kids !== null || root.keys.length >= NODE_MAX)
      return this.mutable().set(k, value).freeze();
    // most maps are a single leaf: an editor would cost more than the copy
    const at = lowerBound(root.keys, k);
    const isThere = root.keys[at] === k;
    if (isThere && Object.is(root.values[at], value)) return this;
    const keys = root.keys.slice();
    const values = root.values.slice();
    if (isThere) values[at] = value;
    else if (at === keys.length) {
      keys.push(k);
      values.push(value);
    } else {
      keys.splice(at, 0, k);
      values.splice(at, 0, value);
    }
    return new OrderedMap(leafOf<V>(null, keys, values), keys.length);
  }

  /** This map without `k`; this very map if it has no `k`. */
  delete(k: number): OrderedMap<V> {
    const { root } = this;
    if (root.kids !== null) return this.mutable().delete(k).freeze();
    const at = lowerBound(root.keys, k);
    if (root.keys[at] !== k) return this;
    const keys = root.keys.slice();
    const values = root.values.slice();
    keys.splice(at, 1);
    values.splice(at, 1);
    return new OrderedMap(leafOf<V>(null, keys, values), keys.length);
  }

  floor(k: number): Entry<V> | undefined {
    return before(this.root, k, true);
  }

  ceiling(k: number): Entry<V> | undefined {
    return after(this.root, k, true);
  }

  /** The greatest entry below `k`. */
  lower(k: number): Entry<V> | undefined {
    return before(this.root, k, false);
  }

  /** The least entry above `k`. */
  higher(k: number): Entry<V> | undefined {
    return after(this.root, k, false);
  }

  first(): Entry<V> | undefined {
    return leftmost(this.root);
  }

  last(): Entry<V> | undefined {
    return rightmost(this.root);
  }

  /** The entries with `from <= key < toExclusive`, ascending. */
  entries(from = -Infinity, toExclusive = Infinity): IterableIterator<Entry<V>> {
    return entriesOf(this.root, from, toExclusive);
  }

  /** The values with `from <= key < toExclusive`, ascending by key. */
  *values(from = -Infinity, toExclusive = Infinity): IterableIterator<V> {
    for (const { value } of entriesOf(this.root, from, toExclusive)) yield value;
  }

  visit(from: number, to: number, each: (value: V, key: number) => boolean): void {
    visitRange(this.root, from, to, each);
  }

  /** What is not as it was in another version; costs what the two differ in. */
  visitChanges(before: OrderedMap<V>, each: OnChange<V>): void {
    if (before.root !== this.root) visitChanges(before.root, this.root, each);
  }

  /** What JSON.stringify writes: pairs of key and value, ascending. */
  toJSON(): [number, V][] {
    return [...this.entries()].map(({ key, value }) => [key, value]);
  }

  /**
   * An editor that starts from this version and leaves it as it is. Somebody who keeps many maps to
   * himself may edit them all as one `owner`: then he edits in place even what came out of an
   * earlier `freeze`, until he shows a map to somebody else, and takes a new Owner for good.
   */
  mutable(owner?: Owner): OrderedMapEditor<V> {
    return new OrderedMapEditor(this, owner);
  }

  /** Same keys, and values that are the same; costs what two versions of one map differ in. */
  equals(other: OrderedMap<V>, valueEquals: (a: V, b: V) => boolean = Object.is): boolean {
    if (this.size !== other.size) return false;
    return this.root === other.root || sameEntries(this.root, other.root, valueEquals);
  }
}

const EMPTY: OrderedMap<never> = new OrderedMap<never>(leafOf<never>(null, [], []), 0);
