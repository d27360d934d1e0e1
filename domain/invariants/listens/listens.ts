/** What each invariant listens to, by its id, and what a step touches of the state of a judge that has some of them. */
import type { Fact } from '../../facts/schema.ts';
import type { AnyInvariant } from '../list.ts';
import type { Watched } from '../watch.ts';
import type { RunRecord } from '../record.ts';
import { FOLDED_FROM, touchFolds } from './folds.ts';
import { OF_DRIVERS } from './of-drivers.ts';
import { OF_MEMORY } from './of-memory.ts';
import { OF_ORDER } from './of-order.ts';
import { OF_REFS } from './of-refs.ts';
import { OF_SPACES } from './of-spaces.ts';
import { OF_WAITS } from './of-waits.ts';
import {
  ALL,
  type Listens,
  LOOKED_AT_WHOLE,
  type Moment,
  ONE,
  type OwnTouch,
  type Part,
  PARTS,
  type Table,
  type Touch,
} from './parts.ts';

export const LISTENS: Table = {
  ...OF_SPACES,
  ...OF_ORDER,
  ...OF_WAITS,
  ...OF_REFS,
  ...OF_MEMORY,
  ...OF_DRIVERS,
};

export const ALL_PARTS = Object.keys(PARTS) as readonly Part[];

/** The parts of what is known that some of these need: what they read, and what that is folded from. */
export function partsFor(invariants: readonly AnyInvariant[]): ReadonlySet<Part> {
  const parts = new Set<Part>();
  for (const { id } of invariants) {
    for (const part of LISTENS[id]?.knows ?? ALL_PARTS) parts.add(part);
  }
  for (const part of parts) for (const other of FOLDED_FROM[part] ?? []) parts.add(other);
  return parts;
}

/** Told of each object of a judge's state, by kind and key. */
export type NoteJudged = (kind: string, key: string, write: boolean) => void;

/** Notes what a step touches that leads a judge from one state to another. */
export type Footprint = (
  record: RunRecord,
  before: Watched,
  after: Watched,
  note: NoteJudged,
) => void;

/** An invariant that listens: what it touches of its own state is noted under a name of its own. */
interface Listener {
  readonly listens: Listens<never>;
  readonly touch: OwnTouch;
}

type Hearing = (fact: Fact, touch: OwnTouch, moment: Moment, own: unknown) => void;

const KINDS = Object.fromEntries(ALL_PARTS.map((part) => [part, `known ${part}`]));

const UNHEARD: NoteJudged = () => undefined;

/** Is asked for every step that reduction looks at: what can be made once is made here. */
export function footprintOf(invariants: readonly AnyInvariant[]): Footprint {
  // whoever is told at the moment
  const told = { note: UNHEARD };
  const known = touchOf(partsFor(invariants), told);
  const listeners = invariants.map(({ id }) => listenerOf(id, known, told));
  const byFact = listenersByFact(invariants);
  const isAllEars = invariants.some(({ id }) => LISTENS[id] === undefined);
  return (record, before, after, note) => {
    told.note = note;
    // of one of them nobody has said what it listens to: to everything
    if (isAllEars) note('judge', ONE, true);
    const moment = { record, before: before.known, after: after.known };
    touchFolds(known, moment);
    const settling: number[] = [];
    for (const fact of record.facts) {
      for (const index of byFact[fact.type] ?? NOBODY) {
        const { listens, touch } = listeners[index] as Listener;
        if (listens.settle !== undefined && !settling.includes(index)) settling.push(index);
        const hears = listens.on[fact.type] as Hearing | undefined;
        hears?.(fact, touch, moment, before.owns[index]);
      }
    }
    for (const index of settling) {
      const { listens, touch } = listeners[index] as Listener;
      const [was, is] = [before.owns[index], after.owns[index]];
      listens.settle?.(touch, moment, was as never, is as never);
    }
    told.note = UNHEARD;
  };
}

const NOBODY: readonly number[] = [];

/** By fact type: which of them look at such facts. */
function listenersByFact(
  invariants: readonly AnyInvariant[],
): Readonly<Record<string, readonly number[]>> {
  const found: Record<string, number[]> = {};
  invariants.forEach(({ rule }, index) => {
    for (const type of Object.keys(rule.on)) (found[type] ??= []).push(index);
  });
  return found;
}

interface Told {
  note: NoteJudged;
}

function touchOf(parts: ReadonlySet<Part>, told: Told): Touch {
  return {
    reads: (part, key, sake = part) => {
      if (parts.has(sake)) told.note(KINDS[part] as string, key, key === ALL);
    },
    writes: (part, key) => {
      if (!parts.has(part)) return;
      const kind = KINDS[part] as string;
      told.note(kind, key, true);
      if (LOOKED_AT_WHOLE.has(part)) told.note(kind, ALL, false);
    },
  };
}

const SILENT: Listens<never> = { knows: [], on: {} };

function listenerOf(id: string, known: Touch, told: Told): Listener {
  const listens = LISTENS[id] ?? SILENT;
  const kind = `own ${id}`;
  const touches = (key: string, write: boolean): void => {
    told.note(kind, key, write);
    if (listens.forgets === true && key !== ALL) told.note(kind, ALL, false);
  };
  const touch = {
    ...known,
    readsOwn: (key: string) => {
      touches(key, false);
    },
    writesOwn: (key: string) => {
      touches(key, true);
    },
  };
  return { listens, touch };
}
