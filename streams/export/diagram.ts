/**
 * The statechart of a machine as a plain value: nested states, and one edge for each candidate of each transition. Read
 * from XState's own machine object and nothing else, so a picture can only show what runs. mermaid and SVG are drawn
 * from this value; `--format json` prints it.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

export interface StateBox {
  /** dotted path from the machine's top, '' for the top itself */
  readonly path: string;
  readonly key: string;
  readonly kind: 'atomic' | 'compound' | 'final' | 'parallel' | 'history';
  readonly description: string | null;
  /** the path of the child that is entered first */
  readonly initial: string | null;
  readonly children: readonly StateBox[];
}

export interface StateEdge {
  readonly from: string;
  /** the same as `from` and `internal` when the event is handled without leaving the state */
  readonly to: string;
  readonly internal: boolean;
  /** null for `always`: taken as soon as its guard holds */
  readonly event: string | null;
  /** the place among the candidates for this event: the first whose guard holds is taken */
  readonly order: number;
  readonly guard: string | null;
  readonly actions: readonly string[];
  readonly description: string | null;
}

export interface StateGraph {
  readonly machine: string;
  readonly top: StateBox;
  readonly edges: readonly StateEdge[];
}

const pathOf = (node: AnyStateNode): string => node.path.join('.');

/** The name of a guard or an action, whichever way it was written. */
function nameOf(named: unknown): string {
  if (typeof named === 'string') return named;
  if (typeof named === 'function') return named.name === '' ? 'inline' : named.name;
  if (typeof named === 'object' && named !== null && 'type' in named) return String(named.type);
  return 'inline';
}

function boxOf(node: AnyStateNode): StateBox {
  const first = node.initial?.target?.[0];
  return {
    path: pathOf(node),
    key: node.path.at(-1) ?? node.key,
    kind: node.type,
    description: node.description ?? null,
    initial: first === undefined ? null : pathOf(first),
    children: Object.values(node.states as Record<string, AnyStateNode>).map(boxOf),
  };
}

function edgesOfTransition(
  transition: AnyTransitionDefinition,
  event: string | null,
  order: number,
): StateEdge[] {
  const from = pathOf(transition.source);
  const targets = transition.target ?? [];
  const rest = {
    from,
    event,
    order,
    guard: transition.guard === undefined ? null : nameOf(transition.guard),
    actions: transition.actions.map(nameOf),
    description: transition.description ?? null,
  };
  if (targets.length === 0) return [{ ...rest, to: from, internal: true }];
  return targets.map((target) => ({ ...rest, to: pathOf(target), internal: false }));
}

function edgesOf(node: AnyStateNode): StateEdge[] {
  const own = [...node.transitions].flatMap(([event, candidates]) =>
    event === ''
      ? []
      : candidates.flatMap((candidate, order) => edgesOfTransition(candidate, event, order)),
  );
  const always = (node.always ?? []).flatMap((candidate, order) =>
    edgesOfTransition(candidate, null, order),
  );
  const inner = Object.values(node.states as Record<string, AnyStateNode>).flatMap(edgesOf);
  return [...own, ...always, ...inner];
}

/** The graph of a machine, in the order in which its chart is written. */
export function stateGraph(machine: AnyStateMachine): StateGraph {
  return { machine: machine.id, top: boxOf(machine.root), edges: edgesOf(machine.root) };
}

/** `[guard]`; `[else]` where the candidates before this one had guards. */
export function guardText(edge: StateEdge): string | null {
  if (edge.guard !== null) return `[${edge.guard}]`;
  return edge.order > 0 ? '[else]' : null;
}

/** `event [guard] / action, action`; `always` has no event. */
export function edgeLabel(edge: StateEdge): string {
  const parts = [edge.event ?? '', guardText(edge) ?? ''];
  if (edge.actions.length > 0) parts.push(`/ ${edge.actions.join(', ')}`);
  return parts.filter((part) => part !== '').join(' ');
}

/** Every box of a graph, parents before children. */
export function allBoxes(top: StateBox): StateBox[] {
  return [top, ...top.children.flatMap(allBoxes)];
}
