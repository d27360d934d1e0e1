/**
 * The two ordered maps from npm that the benchmarks stand beside, behind one interface. Both are
 * CommonJS; `require` spares us the question of what their default export is under ESM.
 */
import { createRequire } from 'node:module';
import type { Entry, OrderedReader } from '../domain/ordered-map.ts';

const require = createRequire(import.meta.url);

/** As much of sorted-btree as is used. */
export interface BTree<V> {
  readonly size: number;
  get(k: number): V | undefined;
  has(k: number): boolean;
  set(k: number, value: V): boolean;
  delete(k: number): boolean;
  clone(): BTree<V>;
  maxKey(): number | undefined;
  getPairOrNextLower(k: number): [number, V] | undefined;
  getPairOrNextHigher(k: number): [number, V] | undefined;
  forRange(
    from: number,
    to: number,
    isToIncluded: boolean,
    each: (k: number, value: V) => { break: true } | undefined,
  ): unknown;
}

/** As much of functional-red-black-tree as is used; every edit gives a new tree. */
export interface RbTree<V> {
  readonly length: number;
  get(k: number): V | undefined;
  insert(k: number, value: V): RbTree<V>;
  remove(k: number): RbTree<V>;
  le(k: number): { readonly valid: boolean; readonly key: number; readonly value: V };
  ge(k: number): { readonly valid: boolean; readonly key: number; readonly value: V };
  forEach(each: (k: number, value: V) => boolean, from: number, to: number): unknown;
}

const sortedBtree = require('sorted-btree') as { default: new () => BTree<never> };
const rbTree = require('functional-red-black-tree') as (
  compare: (a: number, b: number) => number,
) => RbTree<never>;

export const emptyBTree = <V>(): BTree<V> => new sortedBtree.default() as BTree<V>;
export const emptyRbTree = <V>(): RbTree<V> => rbTree((a, b) => a - b) as RbTree<V>;

const entryOf = <V>(pair: [number, V] | undefined): Entry<V> | undefined =>
  pair && { key: pair[0], value: pair[1] };

/** An ordered map that can be read like ours and edited one key at a time. */
export interface PeerMap<V> extends OrderedReader<V> {
  set(k: number, value: V): void;
  delete(k: number): void;
  /** Keeps this version: later edits leave it alone. */
  keep(): unknown;
}

export class BTreeMap<V> implements PeerMap<V> {
  #tree = emptyBTree<V>();

  get size(): number {
    return this.#tree.size;
  }
  get(k: number): V | undefined {
    return this.#tree.get(k);
  }
  has(k: number): boolean {
    return this.#tree.has(k);
  }
  floor(k: number): Entry<V> | undefined {
    return entryOf(this.#tree.getPairOrNextLower(k));
  }
  ceiling(k: number): Entry<V> | undefined {
    return entryOf(this.#tree.getPairOrNextHigher(k));
  }
  last(): Entry<V> | undefined {
    return entryOf(this.#tree.getPairOrNextLower(Infinity));
  }
  visit(from: number, to: number, each: (value: V, key: number) => boolean): void {
    this.#tree.forRange(from, to, false, (k, v) => (each(v, k) ? undefined : { break: true }));
  }
  set(k: number, value: V): void {
    this.#tree.set(k, value);
  }
  delete(k: number): void {
    this.#tree.delete(k);
  }
  keep(): unknown {
    const kept = this.#tree;
    this.#tree = kept.clone();
    return kept;
  }
}

export class RbTreeMap<V> implements PeerMap<V> {
  #tree = emptyRbTree<V>();

  get size(): number {
    return this.#tree.length;
  }
  get(k: number): V | undefined {
    return this.#tree.get(k);
  }
  has(k: number): boolean {
    return this.#tree.get(k) !== undefined;
  }
  floor(k: number): Entry<V> | undefined {
    const at = this.#tree.le(k);
    return at.valid ? at : undefined;
  }
  ceiling(k: number): Entry<V> | undefined {
    const at = this.#tree.ge(k);
    return at.valid ? at : undefined;
  }
  last(): Entry<V> | undefined {
    return this.floor(Infinity);
  }
  visit(from: number, to: number, each: (value: V, key: number) => boolean): void {
    this.#tree.forEach((k, v) => !each(v, k), from, to);
  }
  set(k: number, value: V): void {
    this.#tree = this.#tree.remove(k).insert(k, value);
  }
  delete(k: number): void {
    this.#tree = this.#tree.remove(k);
  }
  keep(): unknown {
    return this.#tree;
  }
}
