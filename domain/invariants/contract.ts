/**
 * What an invariant is: a pure reducer over the records of a run. Its state is a value: `at` gives the next one and
 * leaves the old one as it is, so a state forks with a world during exploration and a fold from a kept state can be
 * repeated. Because it sees nothing but records, it judges a log as well as a live run.
 *
 * Nearly all of them need to know the same things (which fences are pending, which mappings there are), so that is
 * folded once, as {@link Known}, for all of them (`watch.ts`); what only one needs is its own state.
 */
import type { Fact, FactOf, FactType } from '../facts/schema.ts';
import { foldFact, foldRequest, forgetRecord, type Known, NOTHING_KNOWN } from './known/known.ts';
import { isOff } from './profiles.ts';
import type { RunRecord } from './record.ts';

export type { RunRecord };

/** What a rule answers when it is broken; `own` is its state from there on. */
export class Broken<S> {
  readonly own: S;
  readonly what: string;

  constructor(own: S, what: string) {
    this.own = own;
    this.what = what;
  }
}

/** Judges one fact. `known` is all that was known before that very fact. */
export type OnFact<S, K extends FactType> = (
  own: S,
  fact: FactOf<K>,
  known: Known,
  record: RunRecord,
) => S | Broken<S>;

/**
 * Messages of an actor that are under way, by the way they go: how many of them it sent after this record. Only a world
 * knows; a rule may need it to tell which of its own states differ.
 */
export type Sent = (
  actor: string,
  after: number,
) => readonly (readonly [way: string, count: number])[];

/** A rule as it is written down. */
export interface Rule<S> {
  /** `I13`: the number in the list of thirty; others have a word */
  readonly id: string;
  /** the rule in the field's words */
  readonly says: string;
  /** where it comes from: a section of the fact sheet, or a decision */
  readonly source: string;
  /** what of it records can show, and what they cannot */
  readonly shows: string;
  readonly start: S;
  readonly on: { readonly [K in FactType]?: OnFact<S, K> };
  /** Looks back on a record of which some fact concerned the rule: `known` is after it, `before` before it. */
  readonly settle?: (own: S, record: RunRecord, known: Known, before: Known) => S | Broken<S>;
  /** After the last record of a run that ended by itself. */
  readonly over?: (own: S, known: Known) => string | null;
  /**
   * What of its state decides what it says later, where that is not all of it: record numbers, and the order of what has
   * none, would make states differ that are alike. The state itself if there is nothing to leave out.
   */
  readonly view?: (own: S, known: Known, sent: Sent) => unknown;
}

/** The state of one invariant that is followed by itself. */
export interface Followed<S> {
  readonly known: Known;
  readonly own: S;
}

export interface Invariant<S = unknown> {
  readonly id: string;
  readonly says: string;
  readonly source: string;
  readonly shows: string;
  readonly rule: Rule<S>;
  readonly start: Followed<S>;
  at(state: Followed<S>, record: RunRecord): { state: Followed<S>; broken: string | null };
  end(state: Followed<S>): string | null;
}

/** Folds a record into what is known, and calls `judge` before each fact of it. */
export function foldRecord(
  before: Known,
  record: RunRecord,
  judge: (fact: Fact, known: Known) => void,
): Known {
  let known = record.type === 'vm.bind' ? foldRequest(before, record) : before;
  for (const fact of record.facts) {
    judge(fact, known);
    known = foldFact(known, fact, record);
  }
  return forgetRecord(known);
}

export function invariant<S>(rule: Rule<S>): Invariant<S> {
  const { id, says, source, shows, start, on, settle, over } = rule;
  const handlers = on as { readonly [type: string]: OnFact<S, never> | undefined };
  return {
    id,
    says,
    source,
    shows,
    rule,
    start: { known: NOTHING_KNOWN, own: start },
    at(state, record) {
      let { own } = state;
      let broken: string | null = null;
      let isConcerned = false;
      const take = (answer: S | Broken<S>): void => {
        own = answer instanceof Broken ? answer.own : answer;
        const isBroken = answer instanceof Broken && !isOff(id, state.known.profile);
        if (isBroken) broken ??= answer.what;
      };
      const known = foldRecord(state.known, record, (fact, now) => {
        const handler = handlers[fact.type];
        if (handler === undefined) return;
        isConcerned = true;
        take(handler(own, fact as never, now, record));
      });
      if (isConcerned && settle !== undefined) take(settle(own, record, known, state.known));
      const isSame = known === state.known && own === state.own;
      return { state: isSame ? state : { known, own }, broken };
    },
    end: ({ own, known }) => over?.(own, known) ?? null,
  };
}
