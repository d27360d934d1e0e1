/** Ways through a graph of waits: the shortest cycle, and the shortest way from a node to its root cause. */
import type { NodeKey, WaitGraph, WaitNode } from './wait-graph.ts';

/** Nodes one after another, each of which waits for the next; a cycle does not repeat its first. */
export type WaitPath = readonly NodeKey[];

const nextOf = (graph: WaitGraph, key: NodeKey): readonly NodeKey[] =>
  graph.get(key)?.waits.map(({ to }) => to) ?? [];

/**
 * Breadth first from `from`: the shortest way, at least one edge long, to a node that is `wanted`; the first of equally
 * long ones in the order of the edges.
 */
function shortest(
  graph: WaitGraph,
  from: NodeKey,
  wanted: (key: NodeKey) => boolean,
): NodeKey[] | null {
  const before = new Map<NodeKey, NodeKey>();
  const queue = [from];
  for (const key of queue) {
    for (const next of nextOf(graph, key)) {
      if (before.has(next)) continue;
      before.set(next, key);
      if (wanted(next)) return wayBack(before, from, next);
      queue.push(next);
    }
  }
  return null;
}

function wayBack(before: ReadonlyMap<NodeKey, NodeKey>, from: NodeKey, last: NodeKey): NodeKey[] {
  const path = [last];
  let key = before.get(last);
  while (key !== undefined && key !== from) {
    path.unshift(key);
    key = before.get(key);
  }
  return [from, ...path];
}

/**
 * Takes nodes away from the ends of the graph, those that are `gone` first, then who waits for nothing else: all of its
 * waits gone, or one of them where one is enough. Gives what is left.
 */
function peel(graph: WaitGraph, gone: (node: WaitNode) => boolean): WaitGraph {
  const waiters = new Map<NodeKey, WaitNode[]>();
  const left = new Map<NodeKey, number>();
  for (const node of graph.values()) {
    left.set(node.key, node.any ? 1 : node.waits.length);
    for (const { to } of node.waits) {
      const known = waiters.get(to);
      if (known === undefined) waiters.set(to, [node]);
      else known.push(node);
    }
  }
  const peeled = new Set([...graph.values()].filter(gone).map(({ key }) => key));
  // a Set is walked in the order of insertion, and what is added on the way is walked, too
  for (const key of peeled) {
    for (const waiter of waiters.get(key) ?? []) {
      const count = (left.get(waiter.key) ?? 0) - 1;
      left.set(waiter.key, count);
      if (count === 0) peeled.add(waiter.key);
    }
  }
  return new Map([...graph].filter(([key]) => !peeled.has(key)));
}

/** What can never go on, whatever those who still run will do. In the last world of a run that is everything. */
export function blocked(graph: WaitGraph): WaitGraph {
  return peel(graph, ({ runs }) => runs);
}

/** What has a way into a circle. */
function circling(graph: WaitGraph): WaitGraph {
  const inside = [...graph].map(([key, node]): [NodeKey, WaitNode] => {
    const waits = node.waits.filter(({ to }) => graph.has(to));
    return [key, { ...node, any: false, waits }];
  });
  return peel(new Map(inside), ({ waits }) => waits.length === 0);
}

/**
 * The shortest cycle through one of `among`; of equally short ones the first that is met, beginning with its first node
 * in the graph's order.
 */
export function shortestCycle(
  graph: WaitGraph,
  among: ReadonlySet<NodeKey> | null = null,
): WaitPath | null {
  let best: WaitPath | null = null;
  const circles = circling(blocked(graph));
  for (const key of circles.keys()) {
    if (among?.has(key) === false) continue;
    const path = shortest(circles, key, (each) => each === key)?.slice(0, -1);
    if (path !== undefined && (best === null || path.length < best.length)) best = path;
  }
  return best;
}

/** Every node that can be reached, `from` included. */
export function reachable(graph: WaitGraph, from: NodeKey): ReadonlySet<NodeKey> {
  const seen = new Set([from]);
  for (const key of seen) for (const next of nextOf(graph, key)) seen.add(next);
  return seen;
}

/** The shortest way from a node to one that waits for nothing; null if all ways lead in circles. */
export function chainFrom(graph: WaitGraph, from: NodeKey): WaitPath | null {
  const isEnd = (key: NodeKey): boolean => nextOf(graph, key).length === 0;
  return isEnd(from) ? [from] : shortest(graph, from, isEnd);
}
