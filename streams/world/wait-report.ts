/**
 * Why a run is stuck, in words: the shortest cycle of waits, or for each client the chain of waits that leads to what
 * never happens.
 */
import { keyOf, type NodeKey, type WaitGraph, type WaitNode } from './wait-graph.ts';
import { chainFrom, reachable, shortestCycle, type WaitPath } from './wait-paths.ts';
import type { World } from './world.ts';

export interface WaitReport {
  /** what is on the shortest cycle, each waiting for the next and the last for the first */
  readonly cycle: readonly string[] | null;
  readonly lines: readonly string[];
}

export const NO_WAITS: WaitReport = { cycle: null, lines: [] };

/** A line about one waiter, and the node whose mention makes it superfluous. */
interface Plain {
  readonly of: NodeKey;
  readonly text: string;
}

type Told = Set<NodeKey>;

const nodeAt = (graph: WaitGraph, key: NodeKey): WaitNode => {
  const node = graph.get(key);
  if (node === undefined) throw new RangeError(`no node ${key}`);
  return node;
};

/** `a waits for b, which waits for c`; a cycle comes back to a, a chain says what is wrong with its end. */
function tell(graph: WaitGraph, path: WaitPath, isCycle: boolean): string {
  const clauses = path.flatMap((key, i) => {
    const { waits, end } = nodeAt(graph, key);
    const next = path[i + 1] ?? (isCycle ? path[0] : undefined);
    return next === undefined ? [end] : [waits.find(({ to }) => to === next)?.says ?? ''];
  });
  const [first = ''] = path;
  const { label } = nodeAt(graph, first);
  return path.length === 1 && !isCycle
    ? `${label}, which ${clauses.join('')}`
    : `${label} ${clauses.join(', which ')}`;
}

/** Clients that did not finish, mail that nobody takes, and who else waits for a fence. */
function plainLines({ actors, queues, shared }: World): Plain[] {
  const clients = actors.entries().flatMap(([id, { machine, value, context }]): Plain[] => {
    if (machine !== 'client' || value === 'done') return [];
    const { pc, waitingOn } = context as { pc: number; waitingOn: readonly string[] };
    const fences = waitingOn.length > 0 ? ` for ${waitingOn.join(', ')}` : '';
    return [{ of: keyOf('actor', id), text: `${id}, step ${pc + 1}: still ${value}${fences}` }];
  });
  const mail = queues.map(({ key, from, to, mail: [head] }): Plain => {
    const state = actors.get(to)?.value ?? '';
    const type = head?.message.type ?? '';
    return {
      of: keyOf('mail', key),
      text: `${to} does not take ${type} from ${from} in state ${state}`,
    };
  });
  const others = Object.values(shared.fences).flatMap((fences) =>
    [...fences.values()].flatMap(({ key, waiters }) =>
      [...new Set(waiters)]
        .filter((waiter) => actors.get(waiter)?.machine !== 'client')
        .map((waiter): Plain => {
          return { of: keyOf('fence', key), text: `${waiter}: still waiting for ${key}` };
        }),
    ),
  );
  return [...clients, ...mail, ...others];
}

const clientsOf = ({ actors }: World): Set<NodeKey> =>
  new Set(
    actors
      .entries()
      .filter(([, { machine }]) => machine === 'client')
      .map(([id]) => keyOf('actor', id)),
  );

/** What is not explained by what was told: every client, and whatever leads somewhere else. */
function furtherLines(graph: WaitGraph, clients: ReadonlySet<NodeKey>, told: Told): string[] {
  const hasCycle = told.size > 0;
  return [...graph.keys()].flatMap((key) => {
    if (told.has(key)) return [];
    const ahead = reachable(graph, key);
    const isExplained = [...ahead].some((each) => told.has(each));
    if (isExplained && (hasCycle || !clients.has(key))) return [];
    const chain = chainFrom(graph, key);
    const path = chain ?? shortestCycle(graph, ahead) ?? [];
    for (const each of path) told.add(each);
    return [tell(graph, path, chain === null)];
  });
}

/** @param world the one that the graph was made of */
export function waitReport(world: World, graph: WaitGraph): WaitReport {
  const cycle = shortestCycle(graph);
  const told: Told = new Set(cycle ?? []);
  const lines = [
    ...(cycle === null ? [] : [tell(graph, cycle, true)]),
    ...furtherLines(graph, clientsOf(world), told),
  ];
  const rest = plainLines(world).filter(({ of }) => !told.has(of));
  return {
    cycle: cycle?.map((key) => nodeAt(graph, key).label) ?? null,
    lines: [...lines, ...rest.map(({ text }) => text)],
  };
}
