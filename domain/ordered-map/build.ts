/**
 * Building the B+tree behind OrderedMap from entries that are sorted already: no look-ups, and
 * nodes three quarters full.
 */
import { innerOf, leafOf, NODE_MAX, type Node, type Owner } from './node.ts';

const FILL = (NODE_MAX * 3) / 4;

/** Where to cut `length` things into parts that fit a node, all of about one size. */
function cuts(length: number): number[] {
  const parts = length <= NODE_MAX ? 1 : Math.ceil(length / FILL);
  return Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * length) / parts));
}

/** The tree of these entries, strictly ascending by key. It takes the arrays over. */
export function buildTree<V>(keys: number[], values: V[], owner: Owner): Node<V> {
  if (keys.length <= NODE_MAX) return leafOf(owner, keys, values);
  const at = cuts(keys.length);
  let level = at.slice(1).map((end, i) => {
    const from = at[i];
    return leafOf(owner, keys.slice(from, end), values.slice(from, end));
  });
  while (level.length > 1) {
    const kids = level;
    const bounds = cuts(kids.length);
    level = bounds.slice(1).map((end, i) => {
      const some = kids.slice(bounds[i], end);
      return innerOf(
        owner,
        some.map((kid) => kid.keys[0] as number),
        some,
      );
    });
  }
  return level[0] as Node<V>;
}
