/**
 * The record of one step: one line of the log. Everything in it is plain JSON data in memory form (pages are numbers,
 * see domain/facts/fields.ts); the log writer gives it its wire form.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import type { VtimeNs } from '../../domain/units.ts';

/** Any JSON value. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface StepRecord {
  /** 0, 1, 2, ... without a gap */
  readonly seq: number;
  readonly t: VtimeNs;
  /** who ran; `world` for record 0, which makes everything that the scenario declares */
  readonly actor: string;
  /** the message's type, also the XState event's */
  readonly type: string;
  /** the record that sent the message; null for record 0 */
  readonly cause: number | null;
  /** what the scheduler decided, as text that `replay` feeds back: `app>vm0`, `timer:app/3` */
  readonly choice: string;
  /** the message without type, sender and receiver */
  readonly data: { readonly [key: string]: Json };
  /** the actor's state after the step, as a dotted path */
  readonly state: string;
  readonly facts: readonly Fact[];
  /** receiver and message type of each message sent, in order */
  readonly sends: readonly (readonly [string, string])[];
}
