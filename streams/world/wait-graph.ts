/**
 * Who waits for whom: the graph of waits of one world. Nodes are actors, evictions, fences, mail that nobody takes, and
 * steps that clients have before them; an edge says that the one cannot go on before the other does. What waits for what is a
 * table (wait-rules.ts); this file only follows it from everybody who waits.
 *
 * An actor that has something to do (mail that its state takes, a timer) waits for nobody here, so in the last world
 * of a run the graph is empty, or the run is stuck.
 */
import type { Executor } from '../../machines/execute/executor.ts';
import { enabled } from './choice.ts';
import { WaitIndex } from './wait-index.ts';
import { NODE_KINDS, type NodeKind, type WaitRule } from './wait-nodes.ts';
import { WAIT_RULES } from './wait-rules.ts';
import type { World } from './world.ts';

/** `fence vm0/bind0:3`: the kind of the node and its name */
export type NodeKey = string;

export interface Wait {
  readonly to: NodeKey;
  /** the wait in words, its subject left out: `waits for fence vm0/bind0:3 (job vm0/bind0#3)` */
  readonly says: string;
}

export interface WaitNode {
  readonly key: NodeKey;
  readonly label: string;
  /** what is wrong with a node that waits for nothing: `nobody signals` */
  readonly end: string;
  readonly waits: readonly Wait[];
  /** it can go on when one of `waits` is over; otherwise when all are */
  readonly any: boolean;
  /** an actor that has something to do: nothing is known of it but that */
  readonly runs: boolean;
}

/** In a fixed order: clients as the scenario names them, then other actors, evictions, mail, then what these wait for. */
export type WaitGraph = ReadonlyMap<NodeKey, WaitNode>;

export const keyOf = (kind: NodeKind, id: string): NodeKey => `${kind} ${id}`;

const partsOf = (key: NodeKey): [kind: NodeKind, id: string] => {
  const space = key.indexOf(' ');
  return [key.slice(0, space) as NodeKind, key.slice(space + 1)];
};

function nodeOf(index: WaitIndex, key: NodeKey, rules: readonly WaitRule[]): WaitNode {
  const [kind, id] = partsOf(key);
  const { label, end, sort: sortOf } = NODE_KINDS[kind];
  const sort = sortOf(index, id);
  const runs = kind === 'actor' && index.running.has(id);
  const fitting = rules.filter((rule) => !runs && rule.of === kind && (rule.sort ?? sort) === sort);
  const waits = fitting
    .flatMap((rule) => rule.waits(index, id))
    .map(({ kind: to, id: target, says }): Wait => {
      return { to: keyOf(to, target), says: says(NODE_KINDS[to].label(index, target)) };
    });
  const any = fitting.some((rule) => rule.any === true);
  return { key, label: label(index, id), end: end(index, id), waits, any, runs };
}

/** Everybody who may wait: clients that are not done, the other actors, evictions, mail that is not taken. */
function startsOf({ clients, evictions, heldUp, world }: WaitIndex): NodeKey[] {
  const others = world.actors.entries().filter(([, { machine }]) => machine !== 'client');
  return [
    ...clients.map(({ id }) => keyOf('actor', id)),
    ...others.map(([id]) => keyOf('actor', id)),
    ...evictions.map((_each, i) => keyOf('eviction', String(i))),
    ...heldUp.map(({ key }) => keyOf('mail', key)),
  ];
}

/** @param rules what waits for what */
export function waitGraph(
  world: World,
  executor: Executor,
  rules: readonly WaitRule[] = WAIT_RULES,
): WaitGraph {
  const index = new WaitIndex(world, enabled(world, executor));
  const unfinished = new Set(index.clients.map(({ id }) => keyOf('actor', id)));
  const graph = new Map<NodeKey, WaitNode>();
  for (const key of startsOf(index)) {
    const node = nodeOf(index, key, rules);
    if (node.waits.length > 0 || unfinished.has(key)) graph.set(key, node);
  }
  // a Map is walked in the order of insertion, and what is added on the way is walked, too
  for (const { waits } of graph.values()) {
    for (const { to } of waits) if (!graph.has(to)) graph.set(to, nodeOf(index, to, rules));
  }
  return graph;
}
