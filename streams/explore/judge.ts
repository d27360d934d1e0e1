/**
 * What an explored world is judged by: a fold over its steps that forks with it, as invariants are. A judge that knows
 * more than the step's own footprint could see an order that reduction takes for indifferent; so it says what of its
 * own state a step reads and writes, and that belongs to the step's footprint (the visibility rule). A judge that does
 * not say is refused by every strategy that reduces.
 */
import type { Sent } from '../../domain/invariants/contract.ts';
import { type AnyInvariant, INVARIANTS } from '../../domain/invariants/list.ts';
import { footprintOf, type NoteJudged } from '../../domain/invariants/listens/listens.ts';
import { viewOf } from '../../domain/invariants/listens/view.ts';
import { type Breach, watchOf, type Watched } from '../../domain/invariants/watch.ts';
import type { Step } from '../world/step.ts';

/** What a judge is shown of a step; of the very beginning, too. */
export type Told = Pick<Step, 'facts' | 'record'>;

export interface Judged {
  readonly next: unknown;
  readonly problem: string | null;
}

/** A step that a judge has been shown, and its states before and after. */
export interface Heard {
  readonly step: Told;
  readonly before: unknown;
  readonly after: unknown;
}

/** Its state is a value of its own kind, kept by whoever explores. */
export interface Judge {
  readonly start: unknown;
  readonly at: (judged: unknown, step: Told) => Judged;
  /** after the last step of a run that came to its end */
  readonly end: (judged: unknown) => string | null;
  /** what of its state decides what it says later: part of the state identity */
  readonly view: (judged: unknown, sent: Sent) => unknown;
  /** notes each object of its state that a step reads or writes; null: nobody has said */
  readonly hears: ((heard: Heard, note: NoteJudged) => void) | null;
}

const HEARD_NOTHING: Judged = { next: null, problem: null };

/**
 * What a scenario's own steps expect. Each is checked by the step that it is about, from what that step reads, so no
 * order of other steps matters to it.
 */
export const expectations: Judge = {
  start: null,
  at: (_judged, { facts }) => {
    for (const fact of facts) {
      if (fact.type !== 'expect.failed') continue;
      const { client, step, what, expected, actual } = fact;
      const problem = `${client}, step ${step + 1}: ${what}: expected ${expected}, got ${actual}`;
      return { next: null, problem };
    }
    return HEARD_NOTHING;
  },
  end: () => null,
  view: () => null,
  hears: () => undefined,
};

/** Says nothing. */
export const silent: Judge = { ...expectations, at: () => HEARD_NOTHING };

/** A judge that keeps to itself what it is not asked for. */
export function telling(judge: Judge, isAsked: (problem: string) => boolean): Judge {
  const told = (problem: string | null): string | null =>
    problem !== null && isAsked(problem) ? problem : null;
  return {
    ...judge,
    at: (judged, step) => {
      const { next, problem } = judge.at(judged, step);
      return { next, problem: told(problem) };
    },
    end: (judged) => told(judge.end(judged)),
  };
}

const textOfBreach = ({ id, what }: Breach): string => `${id}: ${what}`;

/**
 * Invariants, and what the scenario expects unless `expects` is false. They judge by what they know of the whole run: what of it a step touches,
 * domain/invariants/listens says.
 */
export function invariantJudge(
  invariants: readonly AnyInvariant[] = INVARIANTS,
  expects = true,
): Judge {
  const others = expects ? expectations : silent;
  const watch = watchOf(invariants);
  const footprint = footprintOf(invariants);
  const view = viewOf(invariants);
  return {
    start: watch.start,
    at: (judged, step) => {
      const { watched, breaches } = watch.at(judged as Watched, step.record);
      const [first] = breaches;
      const problem = first === undefined ? others.at(null, step).problem : textOfBreach(first);
      return { next: watched, problem };
    },
    end: (judged) => {
      const [first] = watch.end(judged as Watched);
      return first === undefined ? null : textOfBreach(first);
    },
    view: (judged, sent) => view(judged as Watched, sent),
    hears: ({ step, before, after }, note) => {
      footprint(step.record, before as Watched, after as Watched, note);
    },
  };
}
