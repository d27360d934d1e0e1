/**
 * What an explored world is judged by: a fold over its steps that forks with it, as invariants are. A judge that knows
 * more than the step's own footprint could see an order that reduction takes for indifferent; so it says which steps
 * it hears, and reduction holds every two such steps for dependent (the visibility rule). A judge that does
 * not say is refused by every strategy that reduces.
 */
import type { FactType } from '../../domain/facts/schema.ts';
import { KNOWN_FROM } from '../../domain/invariants/known/known.ts';
import { type AnyInvariant, INVARIANTS } from '../../domain/invariants/list.ts';
import { type Breach, watchOf, type Watched } from '../../domain/invariants/watch.ts';
import type { Step } from '../world/step.ts';

/** What a judge is shown of a step; of the very beginning, too. */
export type Told = Pick<Step, 'facts' | 'record'>;

export interface Judged {
  readonly next: unknown;
  readonly problem: string | null;
}

/** Its state is a value of its own kind, kept by whoever explores. */
export interface Judge {
  readonly start: unknown;
  readonly at: (judged: unknown, step: Told) => Judged;
  /** after the last step of a run that came to its end */
  readonly end: (judged: unknown) => string | null;
  /** what of its state decides what it says later: part of the state identity */
  readonly view: (judged: unknown) => unknown;
  /** whether the order of this step among all others like it matters to the judge; null: nobody has said */
  readonly hears: ((step: Told) => boolean) | null;
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
  hears: () => false,
};

const textOfBreach = ({ id, what }: Breach): string => `${id}: ${what}`;

/** Record numbers say only how long a run has been. */
const withoutNumbers = ({ known, owns }: Watched): unknown => ({
  known: {
    ...known,
    fences: {
      ...known.fences,
      pending: known.fences.pending.toJSON().map(([key, fence]) => [key, { ...fence, seq: 0 }]),
    },
  },
  owns,
});

/**
 * Invariants, and what the scenario expects. They judge by what they know of the whole run, so they hear every step that
 * changes what they know.
 */
export function invariantJudge(invariants: readonly AnyInvariant[] = INVARIANTS): Judge {
  const watch = watchOf(invariants);
  const heard = new Set<FactType>(KNOWN_FROM);
  for (const { rule } of invariants) {
    for (const type of Object.keys(rule.on) as FactType[]) heard.add(type);
  }
  return {
    start: watch.start,
    at: (judged, step) => {
      const { watched, breaches } = watch.at(judged as Watched, step.record);
      const [first] = breaches;
      const problem =
        first === undefined ? expectations.at(null, step).problem : textOfBreach(first);
      return { next: watched, problem };
    },
    end: (judged) => {
      const [first] = watch.end(judged as Watched);
      return first === undefined ? null : textOfBreach(first);
    },
    view: (judged) => withoutNumbers(judged as Watched),
    hears: ({ facts, record }) =>
      record.type === 'vm.bind' || facts.some(({ type }) => heard.has(type)),
  };
}
