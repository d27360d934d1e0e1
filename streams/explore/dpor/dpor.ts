/**
 * Source-DPOR: one run for each class of schedules that differ only in the order of independent steps. After Abdulla,
 * Aronis, Jonsson and Sagonas, "Optimal Dynamic Partial Order Reduction" (POPL 2014; J.ACM 2017), algorithm 1: source
 * sets and sleep sets. Two things are different here. Every state of the current run is kept, so going back is taking an
 * old reference and no prefix is ever run again. And a process may be kept waiting by its actor (a held lock is mail that
 * stays in its queue): a step then races with the latest step of the actor before which it would have been taken, even if
 * others happened in between, and so does one that is never taken.
 */
import { Findings, type Witness } from '../findings.ts';
import type { Exploration, Limits } from '../result.ts';
import type { Move, System, Touches } from '../system.ts';
import { addTouch, dependent } from '../touches.ts';
import { Trail } from './trail.ts';

/** A process whose next step was explored from here or from an earlier state: not again, until something depends on it. */
interface Sleeper {
  readonly process: string;
  readonly touches: Touches;
}

interface Node<S> {
  readonly state: S;
  readonly ready: readonly string[];
  /** processes that are to go first from here */
  readonly first: string[];
  readonly sleep: Sleeper[];
  /** the process that is being explored from here, and its steps */
  process: string;
  moves: readonly Move<S>[];
  next: number;
  touches: number[];
  bits: number;
}

const NO_MOVES: readonly never[] = [];

const sleeps = (sleep: readonly Sleeper[], process: string): boolean => {
  for (let i = 0; i < sleep.length; i++) if (sleep[i]?.process === process) return true;
  return false;
};

class Search<S> {
  readonly #system: System<S>;
  readonly #found: Findings<S>;
  readonly #trail: Trail<S>;
  readonly #nodes: Node<S>[] = [];

  constructor(system: System<S>, found: Findings<S>) {
    this.#system = system;
    this.#found = found;
    this.#trail = new Trail(system);
  }

  /** Whether it went everywhere. */
  run(): boolean {
    const { initial } = this.#system;
    this.#enter(initial, this.#system.ready(initial), [], 0);
    for (;;) {
      const node = this.#nodes.at(-1);
      if (node === undefined) return true;
      if (this.#found.isOver) return false;
      const move = this.#nextMove(node);
      if (move === null) this.#leave();
      else this.#take(node, move);
    }
  }

  #nextMove(node: Node<S>): Move<S> | null {
    const move = node.moves[node.next++];
    if (move !== undefined) return move;
    if (node.process !== '') node.sleep.push({ process: node.process, touches: node.touches });
    const process = node.first.find((each) => !sleeps(node.sleep, each));
    if (process === undefined) return null;
    node.process = process;
    node.moves = this.#system.moves(node.state, process);
    node.next = 1;
    node.touches = [];
    return node.moves[0] as Move<S>;
  }

  #take(node: Node<S>, move: Move<S>): void {
    this.#found.meter.step();
    const touches = move.touches();
    if (node.moves.length === 1) node.touches = touches as number[];
    else for (const touch of touches) addTouch(node.touches, touch);
    this.#trail.push(node.state, node.process, touches, move.cause, move.isLast);
    this.#trail.races(this.#race);
    if (move.problem !== null) this.#found.violated(move.problem, this.#choices);
    const sleep: Sleeper[] = [];
    for (const each of node.sleep) {
      if (!move.isLast && !dependent(each.touches, touches)) sleep.push(each);
    }
    const ready = this.#system.ready(move.state);
    if (!move.isLast) this.#letCancelledGoFirst(node, move.state, ready);
    this.#enter(move.state, ready, sleep, node.bits);
  }

  /** Whom the step does away with (a timer that it cancels) might as well have gone before it, and has no step that shows it. */
  #letCancelledGoFirst(node: Node<S>, state: S, ready: readonly string[]): void {
    for (const each of node.ready) {
      if (each === node.process || ready.includes(each)) continue;
      if (this.#system.blocked(state).some(({ process }) => process === each)) continue;
      if (!node.first.includes(each)) node.first.push(each);
    }
  }

  #enter(state: S, ready: readonly string[], sleep: Sleeper[], bits: number): void {
    const { meter } = this.#found;
    const seen = bits | this.#found.bitsOf(state);
    if (ready.length === 0) {
      this.#end(state);
      this.#found.count(seen);
    } else {
      const process = ready.find((each) => !sleeps(sleep, each));
      if (process !== undefined) {
        const first = [process];
        this.#nodes.push({
          state,
          ready,
          first,
          sleep,
          process: '',
          moves: NO_MOVES,
          next: 0,
          touches: [],
          bits: seen,
        });
        return;
      }
      meter.counts.blocked += 1;
      this.#letBlockedGoFirst(state, ready);
    }
    if (this.#trail.length > 0) this.#trail.pop();
  }

  #leave(): void {
    this.#nodes.pop();
    if (this.#trail.length > 0) this.#trail.pop();
  }

  #end(state: S): void {
    this.#letBlockedGoFirst(state, []);
    const waits = this.#system.stuck(state);
    this.#found.ended(waits, this.#choices);
    const problem = this.#system.problemAtEnd(state);
    if (problem !== null) this.#found.violated(problem, this.#choices);
  }

  /**
   * Whoever is kept waiting where a run ends, or is given up, could have gone before the step that keeps him. It matters
   * in a run that is given up, too: there his step is never taken, and its races are seen nowhere else.
   */
  #letBlockedGoFirst(state: S, ready: readonly string[]): void {
    for (const each of this.#system.blocked(state)) {
      if (ready.includes(each.process)) continue;
      this.#trail.racesOfBlocked(each, state, (depth) => {
        this.#reverse(depth, this.#trail.length);
      });
    }
  }

  readonly #choices = (): readonly string[] =>
    this.#nodes.map(({ moves, next }) => moves[next - 1]?.choice ?? '');

  readonly #race = (depth: number): void => {
    this.#reverse(depth, this.#trail.length - 1);
  };

  /** Sees to it that some run in which the step `last` goes before the one at `depth` is explored. */
  #reverse(depth: number, last: number): void {
    const trail = this.#trail;
    const { first } = this.#nodes[depth] as Node<S>;
    let start: string | null = null;
    // what would still happen without the step at `depth`; the first of each process that depends on nothing there
    for (let i = depth + 1; i <= last; i++) {
      if (i < last && trail.happensBefore(depth, i)) continue;
      let isFirst = true;
      for (let j = depth + 1; j < i && isFirst; j++) {
        isFirst = trail.happensBefore(depth, j) || !trail.happensBefore(j, i);
      }
      if (!isFirst) continue;
      const starter = trail.processAt(i);
      if (first.includes(starter)) return;
      if (start === null || i === last) start = starter;
    }
    if (start !== null) this.#goFirst(depth, start);
  }

  #goFirst(depth: number, process: string): void {
    const { first, ready } = this.#nodes[depth] as Node<S>;
    if (first.includes(process)) return;
    if (ready.includes(process)) first.push(process);
    // it cannot be told what would make it ready: everything goes first once
    else for (const each of ready) if (!first.includes(each)) first.push(each);
  }
}

export function dpor<S>(
  system: System<S>,
  limits: Limits,
  witnesses: readonly Witness<S>[] = [],
): Exploration {
  if (system.unreducible !== null) throw new RangeError(`cannot be reduced: ${system.unreducible}`);
  const found = new Findings(limits, witnesses);
  const isComplete = new Search(system, found).run();
  return found.result('dpor', isComplete);
}
