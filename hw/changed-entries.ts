/**
 * What two versions of an ordered map differ in, at the cost of the difference.
 *
 * Walks both B+trees at once as OrderedMap.equals does: the taller side is taken apart until both
 * are at the same height, and a subtree that is the same object on both sides is skipped. Mirrors
 * no kernel function.
 */
import type { OrderedMap } from '../domain/ordered-map.ts';
import type { Node } from '../domain/ordered-map/node.ts';

/** A key whose value is not the same object (or number) in both versions. */
export interface ChangedEntry<V> {
  readonly key: number;
  /** `undefined` where the key was not there. */
  readonly before: V | undefined;
  readonly after: V | undefined;
}

/** Subtrees of one version still to compare, the next one last; `at` is how much of it is done. */
interface Side<V> {
  readonly todo: { readonly node: Node<V>; readonly height: number }[];
  at: number;
}

function sideOf<V>(map: OrderedMap<V>): Side<V> {
  let height = 0;
  for (let node = map.root; node.kids !== null; node = node.kids[0] as Node<V>) height += 1;
  return { todo: [{ node: map.root, height }], at: 0 };
}

function takeApart<V>(side: Side<V>): void {
  const top = side.todo.pop();
  const kids = top?.node.kids ?? [];
  for (let i = kids.length - 1; i >= 0; i--) {
    side.todo.push({ node: kids[i] as Node<V>, height: (top?.height ?? 0) - 1 });
  }
}

/** The next key of a side whose top is a leaf; Infinity when there is none. */
function keyAt<V>(side: Side<V>): number {
  return side.todo.at(-1)?.node.keys[side.at] ?? Infinity;
}

function take<V>(side: Side<V>): V {
  const { node } = side.todo.at(-1) as { node: Node<V> };
  const value = node.values[side.at] as V;
  side.at += 1;
  return value;
}

/** Drops the tops that are done. */
function settle<V>(side: Side<V>): void {
  for (let top = side.todo.at(-1); top?.height === 0; top = side.todo.at(-1)) {
    if (side.at < top.node.keys.length) return;
    side.todo.pop();
    side.at = 0;
  }
}

/** The entries that differ, ascending by key. */
export function changedEntries<V>(before: OrderedMap<V>, after: OrderedMap<V>): ChangedEntry<V>[] {
  const changed: ChangedEntry<V>[] = [];
  const [left, right] = [sideOf(before), sideOf(after)];
  for (;;) {
    settle(left);
    settle(right);
    const [x, y] = [left.todo.at(-1), right.todo.at(-1)];
    if (x === undefined && y === undefined) return changed;
    if (x !== undefined && x.node === y?.node && left.at === right.at) {
      left.todo.pop();
      right.todo.pop();
      left.at = right.at = 0;
      continue;
    }
    const [a, b] = [x?.height ?? 0, y?.height ?? 0];
    if (a > 0 || b > 0) {
      if (a >= b) takeApart(left);
      if (b >= a) takeApart(right);
      continue;
    }
    const [i, j] = [keyAt(left), keyAt(right)];
    const old = i <= j ? take(left) : undefined;
    const now = j <= i ? take(right) : undefined;
    if (old !== now) changed.push({ key: Math.min(i, j), before: old, after: now });
  }
}
