/**
 * The contract of the two executors: the table (compile.ts, table.ts) and XState itself (xstate.ts). Both run the same
 * machine objects; a lock-step spec holds their answers against each other.
 */
import type { Effect } from '../contract/effects.ts';
import type { StepEvent } from '../contract/event.ts';
import type { MessageType } from '../contract/messages.ts';

/** An actor as a plain value. */
export interface ActorState {
  readonly machine: string;
  /** the active state as a dotted path, `open.ioctl.executing` */
  readonly value: string;
  readonly context: unknown;
}

export interface Stepped {
  readonly state: ActorState;
  readonly effects: readonly Effect[];
}

export interface Executor {
  /** The state in which a machine starts. */
  initialValue(machine: string): string;
  /** Whether the state takes messages of this type now; what it does not take stays in its queue. */
  accepts(state: ActorState, type: MessageType): boolean;
  /**
   * One macrostep.
   * @throws RangeError when no candidate's guard holds: each type a state takes must have an answer
   */
  step(state: ActorState, event: StepEvent): Stepped;
}
