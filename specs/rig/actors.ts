/** One actor by itself: messages in, state and effects out, over shared objects that the spec makes. */
import type { Fact } from '../../domain/facts/schema.ts';
import { type Answers, Decisions, NO_ANSWERS } from '../../machines/contract/decisions.ts';
import type { Effect } from '../../machines/contract/effects.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import type { Messages, MessageType } from '../../machines/contract/messages.ts';
import type { ActorState, Stepped } from '../../machines/execute/executor.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import { SharedReader } from '../../machines/shared/reader.ts';
import { NOTHING_SHARED, type Shared } from '../../machines/shared/shared.ts';
import { tableExecutor } from '../../streams/world/run.ts';

export function sharedOf(facts: readonly Fact[]): Shared {
  return facts.reduce(foldShared, NOTHING_SHARED);
}

/** Delivers one message. */
export function deliver<K extends MessageType>(
  state: ActorState,
  type: K,
  data: Messages[K],
  shared: Shared = NOTHING_SHARED,
  from = 'spec',
  answers: Answers = NO_ANSWERS,
): Stepped {
  const reader = new SharedReader(shared, null);
  const decide = new Decisions(answers);
  const event = { type, data, from, nowNs: 0, shared: reader, decide } as unknown as StepEvent;
  return tableExecutor.step(state, event);
}

export const factsIn = (effects: readonly Effect[]): readonly Fact[] =>
  effects.flatMap((each) => (each.effect === 'fact' ? [each.fact] : []));

/** Receiver, type and data of each message sent. */
export const sentIn = (effects: readonly Effect[]): readonly [string, string, unknown][] =>
  effects.flatMap((each) =>
    each.effect === 'send' ? [[each.to, each.message.type, each.message.data]] : [],
  );
