/**
 * Reduction on the graph of states: every state at most once, and from each only as many processes first as races call for.
 * After Yang, Chen, Gopalakrishnan and Kirby, "Efficient Stateful Dynamic Partial Order Reduction" (SPIN 2008), with
 * the persistent sets of Flanagan and Godefroid (POPL 2005) and without sleep sets.
 *
 * The search is depth first. When all that a step leads to is explored, the step is compared with every event of that
 * future (futures.ts), whether the state behind it was new or had been explored on another way. So no trail is kept, and
 * a state that was explored before costs no more than its summary.
 *
 * States that lead back to each other have no future that is ever complete: there everybody who is ready goes first.
 */
import { Findings, type Witness } from '../findings.ts';
import type { Exploration, Limits } from '../result.ts';
import type { Move, System } from '../system.ts';
import { Visited } from '../visited.ts';
import { type Event, type Future, Futures, type Passed } from './futures.ts';

interface Node<S> {
  readonly state: S;
  /** in the order in which states were first met */
  readonly number: number;
  readonly ready: readonly string[];
  /** processes that are to go first from here, and how many of them are done or under way */
  readonly first: string[];
  begun: number;
  process: string;
  moves: readonly Move<S>[];
  next: number;
  /** the step that is under way from here */
  step: Passed | null;
  readonly future: Future;
  /** the lowest number of a state that this one leads back to, of those that are not complete */
  low: number;
  isCyclic: boolean;
}

/** A state that is explored and leads back to one that is not. */
interface Open {
  readonly number: number;
  readonly low: number;
  readonly future: Future;
}

/** Where everybody goes first, no race has to be seen: the step alone counts. */
const NO_FUTURE: Future = new Map();
const NO_MOVES: readonly never[] = [];

class Search<S> {
  readonly #system: System<S>;
  readonly #found: Findings<S>;
  readonly #visited = new Visited();
  readonly #futures = new Futures();
  /** by state, those that are complete */
  readonly #complete: (Future | undefined)[] = [];
  readonly #open: Open[] = [];
  readonly #nodes: Node<S>[] = [];

  constructor(system: System<S>, found: Findings<S>) {
    this.#system = system;
    this.#found = found;
  }

  /** Whether it went everywhere. */
  run(): boolean {
    const { initial } = this.#system;
    this.#enter(initial, this.#visited.add(this.#system.key(initial)));
    for (;;) {
      const node = this.#nodes.at(-1);
      if (node === undefined) return true;
      if (this.#found.isOver) return false;
      const move = this.#nextMove(node);
      if (move === null) this.#leave(node);
      else this.#take(node, move);
    }
  }

  #nextMove(node: Node<S>): Move<S> | null {
    const move = node.moves[node.next++];
    if (move !== undefined) return move;
    const process = node.first[node.begun++];
    if (process === undefined) return null;
    node.process = process;
    node.moves = this.#system.moves(node.state, process);
    node.next = 1;
    return node.moves[0] as Move<S>;
  }

  #take(node: Node<S>, move: Move<S>): void {
    this.#found.meter.step();
    // now, not when it is gone back over: by then all that it sent has to be known
    node.step = this.#passed(node, move);
    if (move.problem !== null) this.#found.violated(move.problem, this.#choices);
    const { size } = this.#visited;
    const number = this.#visited.add(this.#system.key(move.state));
    if (number === size) {
      this.#enter(move.state, number);
      return;
    }
    const future = this.#complete[number];
    if (future === undefined) this.#closeCycle(node, number);
    this.#goBack(node, move, future ?? NO_FUTURE);
  }

  #enter(state: S, number: number): void {
    this.#found.meter.counts.states = this.#visited.size;
    this.#found.count(this.#found.bitsOf(state));
    const ready = this.#system.ready(state);
    const future: Future = new Map();
    this.#nodes.push({
      state,
      number,
      ready,
      first: ready.slice(0, 1),
      begun: 0,
      process: '',
      moves: NO_MOVES,
      next: 0,
      step: null,
      future,
      low: number,
      isCyclic: false,
    });
    if (ready.length > 0) return;
    this.#addBlocked(state, future);
    const waits = this.#system.stuck(state);
    this.#found.ended(waits, this.#choices);
    const problem = this.#system.problemAtEnd(state);
    if (problem !== null) this.#found.violated(problem, this.#choices);
  }

  #addBlocked(state: S, future: Future): void {
    for (const each of this.#system.blocked(state)) {
      this.#futures.addBlocked(future, each, this.#system.needs(state, each.process));
    }
  }

  /** All that goes first from here has gone. */
  #leave(node: Node<S>): void {
    const { number, low, state } = node;
    this.#nodes.pop();
    if (node.isCyclic) this.#addBlocked(state, node.future);
    const future = low < number ? null : this.#finish(node);
    if (future === null) this.#open.push(node);
    const before = this.#nodes.at(-1);
    if (before === undefined) return;
    if (future === null) before.low = Math.min(before.low, low);
    this.#goBack(before, before.moves[before.next - 1] as Move<S>, future ?? NO_FUTURE);
  }

  /** No state that is left to explore is led back to from this one; so it and those that lead back to it are complete. */
  #finish({ number, isCyclic, future }: Node<S>): Future {
    if (!isCyclic) {
      this.#complete[number] = future;
      return future;
    }
    const members = [{ number, future }];
    while ((this.#open.at(-1)?.number ?? -1) > number) members.push(this.#open.pop() as Open);
    const merged = this.#futures.merged(members.map((each) => each.future));
    for (const each of members) this.#complete[each.number] = merged;
    return merged;
  }

  /** A step leads back to a state that is not complete: nobody between the two is put off. */
  #closeCycle(node: Node<S>, number: number): void {
    const low = this.#open.find((each) => each.number === number)?.low ?? number;
    node.low = Math.min(node.low, low);
    for (let i = this.#nodes.length - 1; i >= 0; i--) {
      const each = this.#nodes[i] as Node<S>;
      if (each.number < low) return;
      each.isCyclic = true;
      this.#allGoFirst(each);
    }
  }

  /** What a step from this state leads to is complete. */
  #goBack(node: Node<S>, move: Move<S>, future: Future): void {
    const { state, process, ready, first } = node;
    if (first.length < ready.length && !move.isLast) this.#letDisabled(node, move);
    this.#futures.back(
      node.future,
      node.step as Passed,
      future,
      ({ process: other, needed }) => this.#system.lets(state, other, needed),
      (event, past) => {
        if (event.process !== process && first.length < ready.length)
          this.#reverse(node, event, past);
      },
    );
  }

  #passed({ state, process }: Node<S>, move: Move<S>): Passed {
    const needed = this.#system.needs(state, process);
    return this.#futures.passed(process, needed, move, this.#system.sent(move.state));
  }

  /** Whom the step keeps from going, or does away with, might as well have gone before it. */
  #letDisabled(node: Node<S>, move: Move<S>): void {
    const after = this.#system.ready(move.state);
    for (const each of node.ready) {
      if (each !== node.process && !after.includes(each)) this.#goFirst(node, each);
    }
  }

  /** Sees to it that the event, or something that happens before it, goes before the step. */
  #reverse(node: Node<S>, { process }: Event, past: number): void {
    const { first, ready } = node;
    if (first.includes(process) && ready.includes(process)) return;
    const starters = this.#futures.processesOf(past).filter((each) => ready.includes(each));
    if (ready.includes(process)) starters.unshift(process);
    if (starters.some((each) => first.includes(each))) return;
    const [starter] = starters;
    // it cannot be told what would make it possible
    if (starter === undefined) this.#allGoFirst(node);
    else this.#goFirst(node, starter);
  }

  #goFirst({ first }: Node<S>, process: string): void {
    if (!first.includes(process)) first.push(process);
  }

  #allGoFirst(node: Node<S>): void {
    for (const each of node.ready) this.#goFirst(node, each);
  }

  readonly #choices = (): readonly string[] =>
    this.#nodes.flatMap(({ moves, next }) => moves[next - 1]?.choice ?? []);
}

/** @throws RangeError for a system whose judge could tell apart what is left out */
export function stateful<S>(
  system: System<S>,
  limits: Limits,
  witnesses: readonly Witness<S>[] = [],
): Exploration {
  if (system.unreducible !== null) throw new RangeError(`cannot be reduced: ${system.unreducible}`);
  const found = new Findings(limits, witnesses);
  const isComplete = new Search(system, found).run();
  return found.result('stateful', isComplete);
}
