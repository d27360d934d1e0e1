/** The form of a lift: one exclusion that is not there, a small world, and what comes of it. */
import type { Scenario } from '../../../../domain/scenario/schema.ts';
import type { Executor } from '../../../../machines/execute/executor.ts';
import type { ContextId } from '../contexts.ts';
import { withoutVmLock } from '../holders.ts';
import { seeing } from '../lift.ts';
import type { MomentId } from '../moments.ts';
import type { Sight } from '../sightings.ts';

export interface Lift {
  /** what is not there */
  readonly name: string;
  readonly pair: readonly [ContextId, ContextId];
  readonly scenario: () => Scenario;
  readonly executor: Executor;
  readonly then: Breaks | Shows | Nothing;
}

/** An invariant; `failed`, an expectation of the scenario; `stuck`; or `throws`, a machine that finds nonsense. */
export interface Breaks {
  readonly breaks: string;
}

/** What could not happen before; it breaks nothing. */
export interface Shows {
  readonly shows: Sight;
  readonly because: string;
}

/** The runs stay the same: neither of the two is ever in the middle of something. */
export interface Nothing {
  /** that both act in the runs */
  readonly acts: readonly MomentId[];
  readonly because: string;
}

/** Whoever evicts finds every reservation lock free. */
export const nobodyHolds = seeing('memory', () => ({ lockHolder: () => undefined }));

type Pair = Lift['pair'];
type World = Lift['scenario'];

export const breaks = (what: string): Breaks => ({ breaks: what });
export const shows = (sight: Sight, because: string): Shows => ({ shows: sight, because });

export const noLock = (pair: Pair, scenario: World, then: Lift['then']): Lift => ({
  name: 'vm->lock',
  pair,
  scenario,
  executor: withoutVmLock({ pair }),
  then,
});

export const noLocks = (pair: Pair, scenario: World, what: string): Lift => ({
  name: 'vm->lock and the reservation locks',
  pair,
  scenario,
  executor: withoutVmLock({ pair, reservations: true }),
  then: breaks(what),
});

/** All that an outcome may say, with null for what it does not. */
export interface Outcome {
  readonly breaks: string | null;
  readonly shows: Sight | null;
  readonly acts: readonly MomentId[] | null;
  readonly because: string | null;
}

export const outcomeOf = (then: Lift['then']): Outcome => ({
  breaks: null,
  shows: null,
  acts: null,
  because: null,
  ...then,
});
