/**
 * Walking the B+tree behind OrderedMap in key order: one walk over a range, and the comparison of
 * two trees.
 *
 * `sameEntries` costs what the two versions differ in, not what they hold: it walks both trees at
 * once, takes the taller side apart until both are at the same height, and skips every subtree that
 * is the same object on both sides.
 */
import { childIndex, lowerBound, type Entry, type Node } from './node.ts';

/**
 * Calls `visit` for each entry of [from, to) ascending, until it returns false. Returns false when
 * stopped so.
 */
export function visitRange<V>(
  node: Node<V>,
  from: number,
  to: number,
  visit: (value: V, key: number) => boolean,
): boolean {
  const { keys, kids } = node;
  if (kids === null) {
    for (let i = lowerBound(keys, from); i < keys.length; i += 1) {
      const key = keys[i] as number;
      if (key >= to) return true;
      if (!visit(node.values[i] as V, key)) return false;
    }
    return true;
  }
  for (let i = childIndex(keys, from); i < kids.length; i += 1) {
    if (i > 0 && (keys[i] as number) >= to) return true;
    if (!visitRange(kids[i] as Node<V>, from, to, visit)) return false;
  }
  return true;
}

/** The leaves that may hold a key of [from, to), left to right. */
function* leavesOf<V>(root: Node<V>, from: number, to: number): Generator<Node<V>> {
  const todo = [root];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (node.kids === null) {
      yield node;
      continue;
    }
    const first = childIndex(node.keys, from);
    const last = childIndex(node.keys, to);
    for (let i = last; i >= first; i -= 1) todo.push(node.kids[i] as Node<V>);
  }
}

export function* entriesOf<V>(root: Node<V>, from: number, to: number): Generator<Entry<V>> {
  for (const { keys, values } of leavesOf(root, from, to)) {
    for (let i = lowerBound(keys, from); i < keys.length; i += 1) {
      const key = keys[i] as number;
      if (key >= to) return;
      yield { key, value: values[i] as V };
    }
  }
}

function heightOf<V>(root: Node<V>): number {
  let height = 0;
  for (let node = root; node.kids !== null; node = node.kids[0] as Node<V>) height += 1;
  return height;
}

/**
 * One side of a comparison: subtrees still to compare, the next one last; `at` is how much of that
 * leaf is done.
 */
interface Side<V> {
  readonly todo: { node: Node<V>; height: number }[];
  at: number;
}

function takeApart<V>(side: Side<V>): void {
  const top = side.todo.pop();
  const kids = top?.node.kids ?? [];
  const height = (top?.height ?? 0) - 1;
  for (let i = kids.length - 1; i >= 0; i -= 1)
    side.todo.push({ node: kids[i] as Node<V>, height });
}

function advance<V>(side: Side<V>, leaf: Node<V>, by: number): void {
  side.at += by;
  if (side.at < leaf.keys.length) return;
  side.todo.pop();
  side.at = 0;
}

function sameRun<V>(
  a: Node<V>,
  i: number,
  b: Node<V>,
  j: number,
  length: number,
  same: (x: V, y: V) => boolean,
): boolean {
  for (let n = 0; n < length; n += 1) {
    if (a.keys[i + n] !== b.keys[j + n]) return false;
    if (!same(a.values[i + n] as V, b.values[j + n] as V)) return false;
  }
  return true;
}

/** Whether two trees hold the same keys with values that are `same`. */
export function sameEntries<V>(a: Node<V>, b: Node<V>, same: (x: V, y: V) => boolean): boolean {
  const left: Side<V> = { todo: [{ node: a, height: heightOf(a) }], at: 0 };
  const right: Side<V> = { todo: [{ node: b, height: heightOf(b) }], at: 0 };
  for (;;) {
    const x = left.todo.at(-1);
    const y = right.todo.at(-1);
    if (x === undefined || y === undefined) return x === y;
    if (x.node === y.node) {
      // Half way through the same leaf they are at the same entry, or a key would be there twice.
      left.todo.pop();
      right.todo.pop();
      left.at = right.at = 0;
    } else if (x.height > 0 || y.height > 0) {
      if (x.height >= y.height) takeApart(left);
      if (y.height >= x.height) takeApart(right);
    } else {
      const run = Math.min(x.node.keys.length - left.at, y.node.keys.length - right.at);
      if (!sameRun(x.node, left.at, y.node, right.at, run, same)) return false;
      advance(left, x.node, run);
      advance(right, y.node, run);
    }
  }
}
