/**
 * What a transition gives back besides its next state: effects as data, in order. Nothing in a machine acts.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import type { VtimeNs } from '../../domain/units.ts';
import type { ActorId, Message, Messages, MessageType } from './messages.ts';

export type Effect =
  | { readonly effect: 'fact'; readonly fact: Fact }
  | { readonly effect: 'send'; readonly to: ActorId; readonly message: Message }
  /** deliver `message` to the actor itself, `afterNs` from now */
  | {
      readonly effect: 'arm';
      readonly timer: string;
      readonly afterNs: number;
      readonly message: Message;
    }
  | { readonly effect: 'cancel'; readonly timer: string }
  /** whoever steps works for so long: what it sends and arms after this leaves that much later */
  | { readonly effect: 'work'; readonly ns: VtimeNs };

/** What an action answers. */
export interface Outcome<C> {
  readonly context: C;
  readonly effects: readonly Effect[];
}

export function fact(what: Fact): Effect {
  return { effect: 'fact', fact: what };
}

export function send<K extends MessageType>(to: ActorId, type: K, data: Messages[K]): Effect {
  return { effect: 'send', to, message: { type, data } as unknown as Message };
}

export function arm<K extends MessageType>(
  timer: string,
  afterNs: number,
  type: K,
  data: Messages[K],
): Effect {
  return { effect: 'arm', timer, afterNs, message: { type, data } as unknown as Message };
}

/** No effect at all when the work takes no time. */
export function work(ns: VtimeNs): readonly Effect[] {
  return ns === 0 ? NO_EFFECTS : [{ effect: 'work', ns }];
}
const NO_EFFECTS: readonly Effect[] = [];

export function outcome<C>(context: C, ...effects: readonly Effect[]): Outcome<C> {
  return { context, effects };
}
