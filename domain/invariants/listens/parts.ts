/**
 * What a judge's state consists of, as objects that a step reads or writes: the parts of what is known, each by its
 * natural key, and of each invariant's own state. Partial-order reduction takes two steps for independent only if neither
 * writes what the other touches (streams/explore/touches.ts).
 *
 * A footprint may depend on what is known. Then it holds whatever was looked up to find it: so nobody can change it without
 * touching it, and where all of a kind are looked up, the list of them (`vms`, `queues`, `userptrs`) is read.
 */
import type { Fact, FactOf, FactType } from '../../facts/schema.ts';
import type { Known } from '../known/known.ts';
import type { RunRecord } from '../record.ts';

/** Part of what is known -> what its key is. */
export const PARTS = {
  fence: 'fence',
  timeline: 'fence context',
  call: 'VM and call',
  job: 'job',
  engine: 'queue',
  carrier: 'fence',
  promise: 'fence',
  stale: 'VM',
  asked: 'VM',
  vms: 'which there are',
  vm: 'VM',
  space: 'VM',
  life: 'VM',
  bo: 'BO',
  userptrs: 'which there are',
  userptr: 'userptr',
  freed: 'all',
  tlb: 'VM',
  queues: 'which there are',
  queue: 'queue',
  resv: 'reservation object',
  lock: 'lock',
  sleeper: 'actor',
  sleepers: 'what is slept on',
  table: 'GT',
  syncobj: 'syncobj',
} as const;

export type Part = keyof typeof PARTS;

/** Key of a part that has one object only. */
export const ONE = '';
/**
 * All objects of a part at once, and those that are still to come. Who looks at all of them writes this object and who
 * writes any one of them reads it: so each of the former clashes with each of the latter, and writers of different ones
 * do not clash.
 */
export const ALL = '*';
/** The parts of which that is done. */
export const LOOKED_AT_WHOLE: ReadonlySet<Part> = new Set(['job', 'lock', 'table']);

/** Told of each object that is touched. */
export interface Touch {
  /** @param sake the part that is found with it, if another one: only who needs that one needs this */
  readonly reads: (part: Part, key: string, sake?: Part) => void;
  readonly writes: (part: Part, key: string) => void;
}

/** The same of an invariant's own state. */
export interface OwnTouch extends Touch {
  readonly readsOwn: (key: string) => void;
  readonly writesOwn: (key: string) => void;
}

/** A step, and what was known before and after it. */
export interface Moment {
  readonly record: RunRecord;
  readonly before: Known;
  readonly after: Known;
}

/** What a rule touches when it hears a fact. `own` is its state before the step. */
export type Hears<S, F = Fact> = (fact: F, touch: OwnTouch, moment: Moment, own: S) => void;

/** What an invariant listens to. */
export interface Listens<S> {
  /** the parts of what is known that it reads, ever: at the end of a run, too */
  readonly knows: readonly Part[];
  /** its own state may be thrown away as a whole: `writesOwn(ALL)` */
  readonly forgets?: true;
  readonly on: { readonly [K in FactType]?: Hears<S, FactOf<K>> };
  /** what looking back on a record touches, over what its facts do */
  readonly settle?: (touch: OwnTouch, moment: Moment, own: S, next: S) => void;
}

/** By id; of any state, each is only ever given its own. */
export type Table = Readonly<Record<string, Listens<never>>>;

/** Nothing but the fact itself. */
export const itself = (): void => undefined;
