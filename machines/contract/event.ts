/**
 * What a guard or an action sees besides its own context: the message, who sent it, the virtual time, and a reader of
 * the shared objects as they were before the step.
 */
import type { VtimeNs } from '../../domain/units.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { Decisions } from './decisions.ts';
import type { Outcome } from './effects.ts';
import type { ActorId, Messages, MessageType } from './messages.ts';

export interface EventOf<K extends MessageType> {
  readonly type: K;
  readonly data: Messages[K];
  readonly from: ActorId;
  readonly nowNs: VtimeNs;
  readonly shared: SharedReader;
  /** what the step decides besides the delivery; for actions only */
  readonly decide: Decisions;
}
export type StepEvent = { readonly [K in MessageType]: EventOf<K> }[MessageType];

export type Guard<C> = (context: C, event: StepEvent) => boolean;
export type Action<C> = (context: C, event: StepEvent) => Outcome<C>;

/**
 * Narrows the event of a transition that only one message type reaches.
 * @throws RangeError when the statechart wires it to another type: a mistake of ours
 */
export function dataOf<K extends MessageType>(event: StepEvent, type: K): Messages[K] {
  if (event.type !== type) throw new RangeError(`expected ${type}, got ${event.type}`);
  return event.data as Messages[K];
}
