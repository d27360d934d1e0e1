/**
 * The part of a statechart that one step can go through: what takes the event where the actor is, and what is taken at
 * once after that. A chart of fifty states says little about one step; this part is what there is to look at.
 */
import { allBoxes, type StateBox, type StateEdge, type StateGraph } from './diagram.ts';

/** The box and everything that holds it, innermost first. */
const upFrom = (path: string): string[] => {
  const names = path.split('.');
  const outer = names.map((_, i) => names.slice(0, names.length - i).join('.'));
  return path === '' ? [''] : [...outer, ''];
};

/** The boxes that are kept, and those that hold them. */
function kept(box: StateBox, paths: ReadonlySet<string>): StateBox | null {
  const children = box.children.flatMap((child) => kept(child, paths) ?? []);
  if (children.length === 0 && !paths.has(box.path)) return null;
  const initial = children.some(({ path }) => path === box.initial) ? box.initial : null;
  return { ...box, initial, children };
}

/** @throws RangeError for a state that the machine does not have */
export function neighbourhood(graph: StateGraph, state: string, event: string): StateGraph {
  const boxes = new Map(allBoxes(graph.top).map((box) => [box.path, box]));
  if (!boxes.has(state)) throw new RangeError(`${graph.machine} has no state ${state}`);
  /** Where an actor is that enters a state. */
  const entered = (path: string): string[] => {
    const initial = boxes.get(path)?.initial ?? null;
    return initial === null ? [path] : [path, ...entered(initial)];
  };
  const taken = new Set<StateEdge>();
  const paths = new Set([state]);
  const visit = (from: string, on: string | null): void => {
    for (const edge of graph.edges) {
      if (edge.event !== on || taken.has(edge) || !upFrom(from).includes(edge.from)) continue;
      taken.add(edge);
      const reached = edge.internal ? [edge.from] : [edge.from, ...entered(edge.to)];
      for (const path of reached) paths.add(path);
      if (!edge.internal) visit(reached.at(-1) ?? from, null);
    }
  };
  visit(state, event);
  const top = kept(graph.top, paths) ?? graph.top;
  return { ...graph, top, edges: graph.edges.filter((edge) => taken.has(edge)) };
}
