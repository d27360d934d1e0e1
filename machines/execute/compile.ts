/**
 * Compiles a machine to a table: atomic state x message type -> candidates in XState's order (innermost state first,
 * then document order), each with its guard, its actions and the atomic state where it ends.
 *
 * The subset is what our machines use: nested states, `on` and `always` with named guards and actions. Entry, exit and
 * initial actions, parallel and history states, `after`, `invoke`, `final`, `onDone`, wildcards, reentry, inline
 * functions and an initial state that is left at once are refused loudly, so that a chart can't silently mean something
 * else here than in XState.
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { Machine } from '../contract/define.ts';
import type { Action, Guard } from '../contract/event.ts';

export interface Candidate {
  readonly guard: Guard<unknown> | null;
  readonly actions: readonly Action<unknown>[];
  /** the atomic state after it; null: stay */
  readonly target: string | null;
}

export interface Row {
  readonly on: ReadonlyMap<string, readonly Candidate[]>;
  readonly always: readonly Candidate[];
}

export interface Table {
  readonly initial: string;
  /** by atomic state */
  readonly rows: ReadonlyMap<string, Row>;
}

export function compile(machine: Machine<never>): Table {
  const rows = new Map<string, Row>();
  const visit = (node: AnyStateNode): void => {
    refuseFeatures(node);
    const children = Object.values(node.states);
    if (children.length === 0) rows.set(pathOf(node), rowOf(machine, node));
    children.forEach(visit);
  };
  const { root } = machine.chart;
  visit(root);
  const initial = pathOf(leafOf(root));
  if ((rows.get(initial)?.always.length ?? 0) > 0) refuse(root, '`always` in the initial state');
  return { initial, rows };
}

function refuse(node: AnyStateNode, what: string): never {
  throw new RangeError(
    `machine ${node.machine.id}, state ${pathOf(node)}: ${what} is not supported`,
  );
}

function refuseFeatures(node: AnyStateNode): void {
  if (node.type !== 'atomic' && node.type !== 'compound') refuse(node, `a ${node.type} state`);
  if (node.entry.length > 0) refuse(node, 'an entry action');
  if (node.exit.length > 0) refuse(node, 'an exit action');
  if (node.invoke.length > 0) refuse(node, 'invoke');
  if (node.after.length > 0) refuse(node, 'after');
  if (node.initial.actions.length > 0) refuse(node, 'an action of `initial`');
}

/** `open.idle`; the root is the empty path. */
export function pathOf(node: AnyStateNode): string {
  return node.path.join('.');
}

function leafOf(node: AnyStateNode): AnyStateNode {
  const initial = node.initial.target[0];
  return Object.keys(node.states).length === 0 || initial === undefined ? node : leafOf(initial);
}

function rowOf(machine: Machine<never>, leaf: AnyStateNode): Row {
  const on = new Map<string, Candidate[]>();
  const always: Candidate[] = [];
  for (let node: AnyStateNode | undefined = leaf; node !== undefined; node = node.parent) {
    for (const [type, definitions] of node.transitions) {
      if (type.includes('*')) refuse(node, `the wildcard ${type}`);
      if (type.startsWith('xstate.')) refuse(node, `XState's own event ${type}`);
      const candidates = definitions.map((each) => candidateOf(machine, each));
      on.set(type, [...(on.get(type) ?? []), ...candidates]);
    }
    for (const each of node.always ?? []) always.push(candidateOf(machine, each));
  }
  return { on, always };
}

function candidateOf(machine: Machine<never>, definition: AnyTransitionDefinition): Candidate {
  const { source, guard, actions, target, reenter } = definition;
  if (reenter) refuse(source, 'reenter');
  if ((target?.length ?? 0) > 1) refuse(source, 'more than one target');
  const [destination] = target ?? [];
  const { guards, actions: known } = machine as unknown as Machine<unknown>;
  return {
    guard: guard === undefined ? null : named(source, guards, guard, 'guard'),
    actions: actions.map((action) => named(source, known, action, 'action')),
    target: destination === undefined ? null : pathOf(leafOf(destination)),
  };
}

function named<F>(
  node: AnyStateNode,
  functions: Readonly<Record<string, F>>,
  reference: unknown,
  kind: string,
): F {
  const isObject = typeof reference === 'object' && reference !== null && 'type' in reference;
  if (isObject && 'params' in reference && reference.params !== undefined) {
    refuse(node, `passing params to the ${kind} ${String(reference.type)}`);
  }
  const name = isObject ? reference.type : reference;
  const isKnown = typeof name === 'string' && Object.hasOwn(functions, name);
  const found = isKnown ? functions[name] : undefined;
  return found ?? refuse(node, `an unnamed or unknown ${kind} (${String(name)})`);
}
