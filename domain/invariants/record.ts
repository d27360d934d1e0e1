/** What invariants look at. Declared here, as a shape, because domain/ imports no other room. */
import type { Fact } from '../facts/schema.ts';

/** The record of one step, as far as invariants look at it. StepRecord of streams/world is one. */
export interface RunRecord {
  readonly seq: number;
  readonly actor: string;
  readonly type: string;
  readonly choice: string;
  /** the number of the record that sent the message; none of a timer's, and of the world's beginning */
  readonly cause?: number | null;
  /** the message that was delivered */
  readonly data: { readonly [key: string]: unknown };
  readonly facts: readonly Fact[];
}
