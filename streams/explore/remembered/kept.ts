/** What is kept of explored worlds: components, each once, and what came of every step where some of them met. */
import type { ActorState } from '../../../machines/execute/executor.ts';
import type { World } from '../../world/world.ts';
import type { Sum } from '../state-key.ts';
import type { Ask, Touches } from '../system.ts';
import type { Channel, Letter } from './channels.ts';
import type { Process } from './processes.ts';

/** A state of one actor. */
export interface Local {
  readonly state: ActorState;
  /** by the type of a letter: whether it takes such a message now */
  readonly takes: (boolean | undefined)[];
  /** it is this and no other state of its actor */
  readonly sum: Sum;
  /** what it adds to the sum of a state that it is in; of a VM without its lists */
  readonly adds: Sum;
}

/** What any step may look at: all that is shared, the timers, the clock, and what the judge knows. */
export interface Global {
  readonly shared: World['shared'];
  readonly timers: World['timers'];
  readonly nowNs: number;
  readonly view: unknown;
  readonly sum: Sum;
  /** the timer that may fire */
  readonly timer: string | null;
  /** it waits for everything else */
  readonly isLast: boolean;
  /** where steps began here, by the number of their process: the first of a list, as there are few */
  readonly meetings: (Meeting | undefined)[];
  /** where runs ended */
  readonly ends: End[];
  /** what the lists of a VM add here to the sum of a state: only of pending fences they count */
  readonly lists: Map<Local, Sum>;
  /** how often all was forgotten before the last of these was met */
  age: number;
}

/** Where a local state and a message met a global state: all that a step rests on, but for the answers in its choice. */
export interface Meeting {
  readonly local: Local;
  /** null of a timer */
  readonly letter: Letter | null;
  /** what came of the step that answers nothing: as a rule there is no other */
  usual: Outcome | null;
  /** by choice; null until there is one */
  others: Map<string, Outcome> | null;
  /** every one that is explored; null until somebody has asked for all of them */
  all: readonly Outcome[] | null;
  next: Meeting | null;
}

/** A step as the way of a run has it, which lasts longer than what is kept: no more than it takes to go it again. */
export interface Gone {
  readonly process: Process;
  readonly choice: string;
  readonly sends: readonly Letter[];
  /** timers, by key */
  readonly arms: readonly string[];
}

/** What came of a step. A step that is looked up waits for memory: what it needs lies in one place. */
export interface Outcome extends Gone {
  readonly gone: Gone;
  /** its actor's state from there on */
  readonly local: Local;
  readonly global: Global;
  readonly judged: unknown;
  readonly problem: string | null;
  readonly isLast: boolean;
  readonly asks: readonly Ask[];
  /** null until somebody has asked */
  touches: Touches | null;
  /** what it touches for who takes states with one key for one, by the states of the VMs before it */
  readonly merged: { readonly vms: readonly Local[]; readonly touches: Touches }[];
}

/** A state where nobody is ready: who waits for ever, and what is wrong. */
export interface End {
  readonly locals: readonly Local[];
  readonly channels: readonly Channel[];
  readonly stuck: readonly string[];
  readonly problem: string | null;
}
