/**
 * Editing the B+tree behind OrderedMap: the transient door for whoever is sole owner of a version.
 *
 * An edit copies the nodes on the path to its leaf unless this editor made them since its last
 * `freeze`; those it edits in place. A node of one owner hangs below nodes of the same owner only,
 * so an owned leaf needs no look at its path. `freeze` hands the nodes over: it draws a new token,
 * so that no older version ever changes again.
 */
import {
  after,
  before,
  childIndex,
  entryAt,
  innerOf,
  leafOf,
  lowerBound,
  NODE_MAX,
  NODE_MIN,
  Owner,
  rightmost,
  type Entry,
  type Node,
} from './node.ts';
import { visitRange } from './walk.ts';

function ownedCopy<V>(node: Node<V>, owner: Owner): Node<V> {
  return node.kids === null
    ? leafOf(owner, node.keys.slice(), node.values.slice())
    : innerOf(owner, node.keys.slice(), node.kids.slice());
}

/** Cuts everything from `cut` on out of `node` (owned) into a new right sibling. */
function splitAt<V>(node: Node<V>, cut: number, owner: Owner): Node<V> {
  const keys = node.keys.splice(cut);
  return node.kids === null
    ? leafOf(owner, keys, node.values.splice(cut))
    : innerOf(owner, keys, node.kids.splice(cut));
}

/** Appends `from` to `into` (owned). Its first key is the separator of the two: see splitAt. */
function append<V>(into: Node<V>, from: Node<V>): void {
  into.keys.push(...from.keys);
  if (into.kids === null) into.values.push(...from.values);
  else into.kids.push(...(from.kids ?? []));
}

export class OrderedMapEditor<V> {
  #root: Node<V>;
  #size: number;
  #owner: Owner;
  readonly #isShared: boolean;
  /**
   * The path of the last look or edit: nodes from the root down to a leaf, and the child taken in
   * each. The leaf is where a key of [#low, #high) belongs: the next one is often there too, and
   * then needs no walk.
   */
  readonly #path: Node<V>[] = [];
  readonly #taken: number[] = [];
  #low = Infinity;
  #high = -Infinity;

  /** @internal use OrderedMap.mutable() */
  constructor(root: Node<V>, size: number, owner?: Owner) {
    this.#root = root;
    this.#size = size;
    this.#owner = owner ?? new Owner();
    this.#isShared = owner !== undefined;
  }

  get size(): number {
    return this.#size;
  }

  get(k: number): V | undefined {
    const { keys, values } = this.#leafOf(k);
    const at = lowerBound(keys, k);
    return keys[at] === k ? values[at] : undefined;
  }

  has(k: number): boolean {
    const { keys } = this.#leafOf(k);
    return keys[lowerBound(keys, k)] === k;
  }

  floor(k: number): Entry<V> | undefined {
    const leaf = this.#leafOf(k);
    const at = lowerBound(leaf.keys, k);
    if (leaf.keys[at] === k) return entryAt(leaf, at);
    return at > 0 ? entryAt(leaf, at - 1) : before(this.#root, k, true);
  }

  ceiling(k: number): Entry<V> | undefined {
    return after(this.#root, k, true);
  }

  last(): Entry<V> | undefined {
    return rightmost(this.#root);
  }

  /** See OrderedMap.visit; the map must not be edited meanwhile. */
  visit(from: number, to: number, each: (value: V, key: number) => boolean): void {
    const leaf = this.#leafOf(from);
    visitRange(to <= this.#high ? leaf : this.#root, from, to, each);
  }

  set(k: number, value: V): this {
    const found = this.#leafOf(k);
    const at = lowerBound(found.keys, k);
    if (found.keys[at] === k) {
      if (!Object.is(found.values[at], value)) this.#ownPath().values[at] = value;
      return this;
    }
    const leaf = this.#ownPath();
    leaf.keys.splice(at, 0, k);
    leaf.values.splice(at, 0, value);
    this.#size += 1;
    if (leaf.keys.length > NODE_MAX) this.#splitUp(at === NODE_MAX);
    return this;
  }

  delete(k: number): this {
    const found = this.#leafOf(k);
    const at = lowerBound(found.keys, k);
    if (found.keys[at] !== k) return this;
    const leaf = this.#ownPath();
    leaf.keys.splice(at, 1);
    leaf.values.splice(at, 1);
    this.#size -= 1;
    if (leaf.keys.length < NODE_MIN) this.#refillUp();
    return this;
  }

  /**
   * @internal Gives the nodes away: unless the owner is somebody else's, this editor copies them
   * from now on.
   */
  release(): { readonly root: Node<V>; readonly size: number } {
    if (!this.#isShared) this.#owner = new Owner();
    return { root: this.#root, size: this.#size };
  }

  /** The leaf where `k` belongs; its path is noted. */
  #leafOf(k: number): Node<V> {
    if (k >= this.#low && k < this.#high) return this.#path[this.#path.length - 1] as Node<V>;
    let node = this.#root;
    let depth = 0;
    this.#low = -Infinity;
    this.#high = Infinity;
    for (; node.kids !== null; depth += 1) {
      const i = childIndex(node.keys, k);
      if (i > 0) this.#low = node.keys[i] as number;
      if (i + 1 < node.keys.length) this.#high = node.keys[i + 1] as number;
      this.#path[depth] = node;
      this.#taken[depth] = i;
      node = node.kids[i] as Node<V>;
    }
    this.#path[depth] = node;
    this.#path.length = depth + 1;
    return node;
  }

  /** The tree has got another shape: the path is no more. */
  #forgetPath(): void {
    this.#low = Infinity;
    this.#high = -Infinity;
  }

  /** Makes every node of the path this editor's own, and returns the leaf. */
  #ownPath(): Node<V> {
    const path = this.#path;
    const last = path.length - 1;
    let child = path[last] as Node<V>;
    for (let depth = last; depth >= 0; depth -= 1) {
      const node = path[depth] as Node<V>;
      if (node.owner === this.#owner) {
        if (depth < last) this.#adopt(node, depth, child);
        return path[last] as Node<V>;
      }
      const copy = ownedCopy(node, this.#owner);
      if (depth < last) this.#adopt(copy, depth, child);
      path[depth] = child = copy;
    }
    this.#root = child;
    return path[last] as Node<V>;
  }

  #adopt(parent: Node<V>, depth: number, child: Node<V>): void {
    (parent.kids as Node<V>[])[this.#taken[depth] as number] = child;
  }

  /**
   * Splits the overfull leaf of the path, then its parents as needed. Someone who only appends
   * (link sequence numbers, a space filled upwards) gets well filled nodes: then the right part is
   * as small as may be.
   */
  #splitUp(appended: boolean): void {
    this.#forgetPath();
    let atEnd = appended;
    for (let depth = this.#path.length - 1; depth >= 0; depth -= 1) {
      const node = this.#path[depth] as Node<V>;
      const length = node.keys.length;
      if (length <= NODE_MAX) return;
      const right = splitAt(node, atEnd ? length - NODE_MIN : length >>> 1, this.#owner);
      const bound = right.keys[0] as number;
      if (depth === 0) {
        this.#root = innerOf(this.#owner, [node.keys[0] as number, bound], [node, right]);
        return;
      }
      const parent = this.#path[depth - 1] as Node<V>;
      const at = (this.#taken[depth - 1] as number) + 1;
      atEnd = at === parent.keys.length;
      parent.keys.splice(at, 0, bound);
      (parent.kids as Node<V>[]).splice(at, 0, right);
    }
  }

  /**
   * Merges the underfull leaf of the path with a sibling, or shares its entries; then its parents
   * as needed.
   */
  #refillUp(): void {
    this.#forgetPath();
    for (let depth = this.#path.length - 1; depth > 0; depth -= 1) {
      if ((this.#path[depth] as Node<V>).keys.length >= NODE_MIN) return;
      const parent = this.#path[depth - 1] as Node<V>;
      const at = Math.max(this.#taken[depth - 1] as number, 1);
      this.#joinOrShare(parent, at);
    }
    const root = this.#path[0] as Node<V>;
    if (root.kids?.length === 1) this.#root = root.kids[0] as Node<V>;
  }

  /** The children `at - 1` and `at` of `parent` become one node, or two of about the same size. */
  #joinOrShare(parent: Node<V>, at: number): void {
    const kids = parent.kids as Node<V>[];
    const right = kids[at] as Node<V>;
    let left = kids[at - 1] as Node<V>;
    if (left.owner !== this.#owner) kids[at - 1] = left = ownedCopy(left, this.#owner);
    append(left, right);
    if (left.keys.length <= NODE_MAX) {
      kids.splice(at, 1);
      parent.keys.splice(at, 1);
      return;
    }
    const shared = splitAt(left, left.keys.length >>> 1, this.#owner);
    kids[at] = shared;
    parent.keys[at] = shared.keys[0] as number;
  }
}
