/**
 * The nodes of the persistent B+tree behind OrderedMap, and how to read them.
 *
 * A leaf has `kids` null and pairs `keys[i]` with `values[i]`. An inner node pairs `kids[i]` with
 * `keys[i]`, a lower bound of every key below it; `keys[0]` bounds nothing that a search needs and
 * is only kept to make the two arrays line up. Leaves are not chained: a chain could not be shared
 * between versions. `owner` is the token of the editor that made the node and may still edit it in
 * place; everybody else copies. Plays the part of the kernel's maple tree (lib/maple_tree.c:
 * mas_walk, mas_find), without its intervals.
 */

/** Who may edit a node in place. Compared by identity only. */
export class Owner {
  readonly isOwner = true;
}

export interface Node<V> {
  readonly owner: Owner | null;
  readonly keys: number[];
  readonly kids: Node<V>[] | null;
  readonly values: V[];
}

export interface Entry<V> {
  readonly key: number;
  readonly value: V;
}

/** Most entries a node holds; one more splits it. */
export const NODE_MAX = 64;
/**
 * Fewest entries a node other than the root holds; one less merges it or borrows from its sibling.
 */
export const NODE_MIN = 16;

const NO_VALUES: never[] = [];

export function leafOf<V>(owner: Owner | null, keys: number[], values: V[]): Node<V> {
  return { owner, keys, kids: null, values };
}

export function innerOf<V>(owner: Owner | null, keys: number[], kids: Node<V>[]): Node<V> {
  return { owner, keys, kids, values: NO_VALUES };
}

/** How many of the ascending `keys` are below `k`: where `k` is, or where it would go. */
export function lowerBound(keys: readonly number[], k: number): number {
  let lo = 0;
  let hi = keys.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((keys[mid] as number) < k) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/** Which child of an inner node holds `k` if any does. */
export function childIndex(keys: readonly number[], k: number): number {
  let lo = 1;
  let hi = keys.length;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if ((keys[mid] as number) <= k) lo = mid + 1;
    else hi = mid;
  }
  return lo - 1;
}

export function find<V>(root: Node<V>, k: number): V | undefined {
  let node = root;
  while (node.kids !== null) node = node.kids[childIndex(node.keys, k)] as Node<V>;
  const i = lowerBound(node.keys, k);
  return node.keys[i] === k ? node.values[i] : undefined;
}

export function contains<V>(root: Node<V>, k: number): boolean {
  let node = root;
  while (node.kids !== null) node = node.kids[childIndex(node.keys, k)] as Node<V>;
  return node.keys[lowerBound(node.keys, k)] === k;
}

export const entryAt = <V>(leaf: Node<V>, i: number): Entry<V> => ({
  key: leaf.keys[i] as number,
  value: leaf.values[i] as V,
});

/** The first entry of a subtree, if it has one. */
export function leftmost<V>(top: Node<V> | undefined): Entry<V> | undefined {
  let node = top;
  while (node?.kids) node = node.kids[0];
  return node !== undefined && node.keys.length > 0 ? entryAt(node, 0) : undefined;
}

/** The last entry of a subtree, if it has one. */
export function rightmost<V>(top: Node<V> | undefined): Entry<V> | undefined {
  let node = top;
  while (node?.kids) node = node.kids[node.kids.length - 1];
  return node !== undefined && node.keys.length > 0
    ? entryAt(node, node.keys.length - 1)
    : undefined;
}

/** The greatest entry below `k`, or at `k` when `orEqual`. */
export function before<V>(root: Node<V>, k: number, orEqual: boolean): Entry<V> | undefined {
  let node = root;
  let left: Node<V> | undefined;
  while (node.kids !== null) {
    const i = childIndex(node.keys, k);
    if (i > 0) left = node.kids[i - 1];
    node = node.kids[i] as Node<V>;
  }
  const i = lowerBound(node.keys, k);
  if (orEqual && node.keys[i] === k) return entryAt(node, i);
  return i > 0 ? entryAt(node, i - 1) : rightmost(left);
}

/** The least entry above `k`, or at `k` when `orEqual`. */
export function after<V>(root: Node<V>, k: number, orEqual: boolean): Entry<V> | undefined {
  let node = root;
  let right: Node<V> | undefined;
  while (node.kids !== null) {
    const i = childIndex(node.keys, k);
    if (i + 1 < node.kids.length) right = node.kids[i + 1];
    node = node.kids[i] as Node<V>;
  }
  let i = lowerBound(node.keys, k);
  if (!orEqual && node.keys[i] === k) i += 1;
  return i < node.keys.length ? entryAt(node, i) : leftmost(right);
}
