/**
 * What two versions of one map differ in, entry by entry. Like `sameEntries` (walk.ts) it costs what they differ in, not
 * what they hold: subtrees that are the same object on both sides are skipped.
 */
import type { Node } from './node.ts';

/** Told of each key whose value is not the same: `undefined` where a side does not have it. */
export type OnChange<V> = (key: number, was: V | undefined, is: V | undefined) => void;

/** Subtrees still to compare, the next one last; `at` is how much of that leaf is done. */
interface Side<V> {
  readonly todo: Node<V>[];
  at: number;
}

function heightOf<V>(root: Node<V>): number {
  let height = 0;
  for (let node = root; node.kids !== null; node = node.kids[0] as Node<V>) height += 1;
  return height;
}

function takeApart<V>(side: Side<V>): void {
  const kids = side.todo.pop()?.kids ?? [];
  for (let i = kids.length - 1; i >= 0; i -= 1) side.todo.push(kids[i] as Node<V>);
}

/** Entries of one leaf against those of another up to where either ends; both ascend. */
function mergeLeaves<V>(
  { keys: xs, values: was }: Node<V>,
  { keys: ys, values: is }: Node<V>,
  left: { at: number },
  right: { at: number },
  each: OnChange<V>,
): void {
  let [i, j] = [left.at, right.at];
  while (i < xs.length && j < ys.length) {
    const [x, y] = [xs[i] as number, ys[j] as number];
    if (x === y) {
      if (was[i] !== is[j]) each(x, was[i], is[j]);
      i += 1;
      j += 1;
    } else if (x < y) {
      each(x, was[i], undefined);
      i += 1;
    } else {
      each(y, undefined, is[j]);
      j += 1;
    }
  }
  [left.at, right.at] = [i, j];
}

function rest<V>(side: Side<V>, each: (key: number, value: V) => void): void {
  for (;;) {
    const node = side.todo.at(-1);
    if (node === undefined) return;
    if (node.kids !== null) {
      takeApart(side);
      continue;
    }
    for (; side.at < node.keys.length; side.at += 1) {
      each(node.keys[side.at] as number, node.values[side.at] as V);
    }
    side.todo.pop();
    side.at = 0;
  }
}

function drop<V>(side: Side<V>, leaf: Node<V>): void {
  if (side.at < leaf.keys.length) return;
  side.todo.pop();
  side.at = 0;
}

export function visitChanges<V>(before: Node<V>, after: Node<V>, each: OnChange<V>): void {
  const left: Side<V> = { todo: [before], at: 0 };
  const right: Side<V> = { todo: [after], at: 0 };
  // trees of different heights share nothing at the same height: the taller is taken apart first
  for (let more = heightOf(before) - heightOf(after); more > 0; more -= 1) takeApart(left);
  for (let more = heightOf(after) - heightOf(before); more > 0; more -= 1) takeApart(right);
  for (;;) {
    const x = left.todo.at(-1);
    const y = right.todo.at(-1);
    if (x === undefined || y === undefined) break;
    if (x === y && left.at === right.at) {
      left.todo.pop();
      right.todo.pop();
      left.at = right.at = 0;
    } else if (x.kids !== null || y.kids !== null) {
      if (x.kids !== null) takeApart(left);
      if (y.kids !== null) takeApart(right);
    } else {
      mergeLeaves(x, y, left, right, each);
      drop(left, x);
      drop(right, y);
    }
  }
  rest(left, (key, was) => {
    each(key, was, undefined);
  });
  rest(right, (key, is) => {
    each(key, undefined, is);
  });
}
