/** Signalling as effects: the fences themselves and the arrays that they complete. */
import type { Ended, FenceKey } from '../../domain/fence/fence-table.ts';
import { type Effect, fact } from '../contract/effects.ts';
import type { SharedReader } from './reader.ts';

/** Signals fences, in this order. Whoever waits for them is mailed by the world. */
export function signal(
  shared: SharedReader,
  keys: readonly FenceKey[],
  error = 0,
): readonly Effect[] {
  return signalEach(
    shared,
    keys.map((key) => [key, error]),
  );
}

/** The same, each fence with its own end. All that one step signals must go through one call: an array has many parts. */
export function signalEach(shared: SharedReader, ended: readonly Ended[]): readonly Effect[] {
  return shared
    .signalsOf(ended)
    .map((each) => fact({ type: 'fence.signaled', fence: each.fence, error: each.error }));
}
