/**
 * The shortest schedule that shows a problem, of those the one with the fewest switches between actors, and of those one
 * with the fewest answers, proved: a search over states in layers, a layer a step. Within a layer a state is kept once
 * for each actor that ran last and each number of answers so far, with the fewest switches to it. A state that an
 * earlier layer had with as few answers cannot be on a shortest way again, whoever ran last.
 */
import { ended } from '../ended.ts';
import type { System } from '../system.ts';
import { Visited } from '../visited.ts';
import { endProblem } from './follow.ts';
import { answersIn, type Schedule } from './size.ts';

export interface MinimalOptions {
  /** whether this is the problem that is looked for */
  readonly isIt: (problem: string) => boolean;
  /** gives up beyond so many states */
  readonly maxStates: number;
  /** how many steps a schedule may have; it is known that more are not needed */
  readonly maxSteps?: number;
  /** how many answers a schedule may have */
  readonly maxAnswers?: number;
}

/** States of a layer from which on its growth says something. */
const ENOUGH_TO_SAY = 64;
/** It is given up where more than so many times the states that may be are ahead: it is not worth while to be sure. */
const HOPELESS = 2;

/** The steps that led somewhere. States are not part of it: those of earlier layers are let go. */
interface Way {
  readonly parent: Way | null;
  readonly choice: string;
}

interface Node<S> {
  readonly state: S;
  /** the actor that ran last; '' at the start */
  readonly last: string;
  readonly switches: number;
  readonly answers: number;
  readonly way: Way | null;
}

function scheduleTo<S>({ way, switches, answers }: Node<S>): Schedule {
  const choices: string[] = [];
  for (let at = way; at !== null; at = at.parent) choices.push(at.choice);
  return { choices: choices.reverse(), switches, answers };
}

const costsLess = <S>(a: Node<S>, b: Node<S>): boolean =>
  a.switches === b.switches ? a.answers < b.answers : a.switches < b.switches;

function cheapest<S>(nodes: readonly Node<S>[]): Schedule | null {
  const [first, ...others] = nodes;
  if (first === undefined) return null;
  return scheduleTo(others.reduce((a, b) => (costsLess(b, a) ? b : a), first));
}

/** Every step from a node, as the node that it leads to. */
function* stepsFrom<S>(
  system: System<S>,
  node: Node<S>,
  ready: readonly string[],
): Generator<{ child: Node<S>; problem: string | null }> {
  for (const process of ready) {
    const last = system.actorOf(process);
    const switches = node.switches + (node.last !== '' && node.last !== last ? 1 : 0);
    for (const { state, choice, problem } of system.moves(node.state, process)) {
      const answers = node.answers + answersIn(choice);
      const way = { parent: node.way, choice };
      yield { child: { state, last, switches, answers, way }, problem };
    }
  }
}

/** The nodes of one layer, by the number of their state: one for each who ran last and how many answers there were. */
class Layer<S> {
  readonly #states = new Map<number, Node<S>[]>();

  get size(): number {
    return this.#states.size;
  }

  add(state: number, node: Node<S>): void {
    const nodes = this.#states.get(state);
    if (nodes === undefined) {
      this.#states.set(state, [node]);
      return;
    }
    const { last, answers } = node;
    const i = nodes.findIndex((each) => each.last === last && each.answers === answers);
    const known = nodes[i];
    if (known === undefined) nodes.push(node);
    else if (node.switches < known.switches) nodes[i] = node;
  }

  /** Its nodes; what is seen of states is brought up to date. */
  *settle(seen: number[]): Generator<Node<S>> {
    for (const [state, nodes] of this.#states) {
      const before = seen[state] ?? Infinity;
      let fewest = before;
      for (const node of nodes) {
        if (node.answers < before) yield node;
        fewest = Math.min(fewest, node.answers);
      }
      seen[state] = fewest;
    }
  }
}

/**
 * How many states the layers to come are likely to have, if they go on as the last three did: how fast they grow falls
 * from layer to layer by the same factor, as in a bell curve.
 */
function ahead(sizes: readonly number[], layers: number): number {
  const [a = 0, b = 0, c = 0] = sizes.slice(-3);
  if (c < ENOUGH_TO_SAY || layers === Infinity) return 0;
  let [sum, size, growth] = [0, c, c / b];
  const bend = Math.min(1, growth / (b / a));
  for (let i = 0; i < layers && size > 1 && sum < Infinity; i++) {
    growth *= bend;
    size *= growth;
    sum += size;
  }
  return sum;
}

/**
 * Null when no schedule shows it; undefined when there were too many states to say. Yields the number of states now and
 * then, so that a long search can be watched and left.
 */
export function* minimalSearch<S>(
  system: System<S>,
  { isIt, maxStates, maxSteps = Infinity, maxAnswers = Infinity }: MinimalOptions,
): Generator<number, Schedule | null | undefined> {
  const { initial } = system;
  const states = new Visited();
  const numberOf = (state: S): number => states.add(system.key(state));
  /** by state: the fewest answers with which an earlier layer came to it */
  const seen: number[] = [];
  seen[numberOf(initial)] = 0;
  const sizes: number[] = [];
  let nodes: Node<S>[] = [{ state: initial, last: '', switches: 0, answers: 0, way: null }];
  for (let steps = 0; nodes.length > 0; steps++) {
    const ended: Node<S>[] = [];
    const broken: Node<S>[] = [];
    const next = new Layer<S>();
    for (const [i, node] of nodes.entries()) {
      if (i % 64 === 0) yield states.size;
      const ready = system.ready(node.state);
      const problem = ready.length === 0 ? endProblem(system, node.state) : null;
      if (problem !== null && isIt(problem)) ended.push(node);
      if (steps === maxSteps) continue;
      for (const { child, problem: found } of stepsFrom(system, node, ready)) {
        if (child.answers > maxAnswers) continue;
        if (found !== null && isIt(found)) broken.push(child);
        if (found !== null) continue;
        const number = numberOf(child.state);
        if (child.answers < (seen[number] ?? Infinity)) next.add(number, child);
      }
      if (states.size > maxStates) return undefined;
    }
    const best = cheapest(ended) ?? cheapest(broken);
    if (best !== null) return best;
    sizes.push(next.size);
    if (ahead(sizes, maxSteps - steps - 1) > HOPELESS * maxStates) return undefined;
    nodes = [...next.settle(seen)];
  }
  return null;
}

/** The same in one go. */
export function minimalSchedule<S>(
  system: System<S>,
  options: MinimalOptions,
): Schedule | null | undefined {
  return ended(minimalSearch(system, options));
}
