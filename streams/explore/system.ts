/**
 * What can be explored: anything with an initial state, processes that may go on, and pure steps. A world is one
 * (world-system.ts); a spec may write a smaller one. States are values: going back is taking the old reference.
 */
import type { DecisionKind } from '../../machines/contract/decisions.ts';
import type { StateKey } from './state-key.ts';

/** Objects and how they are touched, see touches.ts; the first one is the actor that ran. */
export type Touches = readonly number[];

/** What a step decides itself: one of `options` answers, 0 unless its choice says otherwise. */
export interface Ask {
  /** its place among the decisions of the step, counted from 1 */
  readonly number: number;
  readonly kind: DecisionKind;
  readonly options: number;
}

/** One step that may be taken, and where it leads. */
export interface Move<S> {
  /** what a log and `step` call it, decisions included */
  readonly choice: string;
  readonly state: S;
  /** how many steps had been taken before the one that made this one possible; -1: it was possible from the start */
  readonly cause: number;
  /** it is only possible when nothing else is (a watchdog), so it commutes with nothing */
  readonly isLast: boolean;
  /** which invariant this very step breaks, and how */
  readonly problem: string | null;
  /** what it decided, of the kinds that are explored; of a system that has `usual` */
  readonly asks?: readonly Ask[];
  touches(): Touches;
  /**
   * What it touches for who takes states with one key for one: from two such states a step may touch different things
   * without its mattering (a look at what is over), unless the order of another step decides whether it is over.
   */
  mergedTouches(): Touches;
}

/** A place in what a process has still to do: the n-th of what is pending, the next step is the first. */
export interface Pending {
  readonly process: string;
  readonly place: number;
}

/** What a step needs to be let: all that `lets` has to know of it, and the object whose change decides. */
export interface Needed {
  readonly keeper: number;
  readonly needed: string;
}

/** A process that has something to do and is not let, in a state where nothing happens any more. */
export interface Blocked {
  readonly process: string;
  readonly cause: number;
}

export interface System<S> {
  readonly initial: S;
  /**
   * Who may go on, in canonical order. A process is what has at most one next step: in a world, the queue of one sender
   * and receiver, or a timer.
   */
  readonly ready: (state: S) => readonly string[];
  /** Whose steps these are for a scheduler with priorities: what it never interrupts on its own account. */
  readonly threadOf: (process: string) => string;
  /** Who runs: a change of it from one step to the next is a switch. */
  readonly actorOf: (process: string) => string;
  /** Every step that one of them may take: more than one if the step itself decides something. */
  readonly moves: (state: S, process: string) => readonly Move<S>[];
  /**
   * The one of them that decides nothing but defaults. A sampler asks for this one where it is given, and draws other
   * answers one by one: all moves are as many as there are combinations of answers.
   */
  readonly usual?: (state: S, process: string) => Move<S>;
  /** The step of a choice, whatever decisions `moves` explores; undefined when it is not possible. */
  readonly take: (state: S, choice: string) => Move<S> | undefined;
  readonly needs: (state: S, process: string) => Needed;
  /** Whether a step that needs this could have been taken in an earlier state, as far as its keeper is concerned. */
  readonly lets: (earlier: S, process: string, needed: string) => boolean;
  /** What the step that led to a state made possible: in a world, the mail that it sent and the timers that it armed. */
  readonly sent: (state: S) => readonly Pending[];
  /** Those who want to go on and cannot. */
  readonly blocked: (state: S) => readonly Blocked[];
  /** What is wrong with a state in which nobody is ready: who waits, for what; empty when all is done. */
  readonly stuck: (state: S) => readonly string[];
  /** An invariant that the end of a run breaks. */
  readonly problemAtEnd: (state: S) => string | null;
  readonly key: (state: S) => StateKey;
  /** The same as text: two states are equal exactly if their texts are. */
  readonly text: (state: S) => string;
  /** Who of them are interchangeable: the key of what is the same but for their names; null without any. */
  readonly orbitKey: ((state: S) => StateKey) | null;
  /** Why reordering independent steps could hide what the invariants look for; null when it cannot. */
  readonly unreducible: string | null;
}
