/**
 * All invariants at once, cheaply: what is known is folded once for all of them, and a fact is shown only to those that
 * look at facts of its type. The state is a value; it forks with a world.
 */
import type { FactType } from '../facts/schema.ts';
import { Broken, foldRecord, type OnFact, type Rule } from './contract.ts';
import { type Known, NOTHING_KNOWN } from './known/known.ts';
import { type AnyInvariant, INVARIANTS } from './list.ts';
import { isOff } from './profiles.ts';
import type { RunRecord } from './record.ts';

/** A rule that was broken, and where. */
export interface Breach {
  readonly id: string;
  /** the record; null at the end of the run */
  readonly seq: number | null;
  readonly what: string;
}

/** What all of them have seen so far. */
export interface Watched {
  readonly known: Known;
  /** each invariant's own state, in their order */
  readonly owns: readonly unknown[];
}

export interface Watch {
  readonly start: Watched;
  readonly at: (watched: Watched, record: RunRecord) => Judged;
  /** After the last record of a run that ended by itself. */
  readonly end: (watched: Watched) => readonly Breach[];
}

interface Listener {
  readonly index: number;
  readonly hear: OnFact<unknown, never>;
  /** it looks back at the end of the record */
  readonly settles: boolean;
}

interface Table {
  readonly rules: readonly Rule<unknown>[];
  readonly listeners: Readonly<Record<string, readonly Listener[]>>;
}

interface Judged {
  readonly watched: Watched;
  readonly breaches: readonly Breach[];
}

const NO_BREACHES: readonly Breach[] = [];
const NOBODY: readonly number[] = [];

/** A watch over these invariants. */
export function watchOf(invariants: readonly AnyInvariant[] = INVARIANTS): Watch {
  const rules = invariants.map(({ rule }) => rule as unknown as Rule<unknown>);
  const table = { rules, listeners: listenersOf(rules) };
  return {
    start: { known: NOTHING_KNOWN, owns: rules.map(({ start }) => start) },
    at: (watched, record) => judge(watched, record, table),
    end: ({ known, owns }) =>
      rules.flatMap(({ id, over }, i) => {
        const what = over?.(owns[i], known) ?? null;
        return what === null ? [] : [{ id, seq: null, what }];
      }),
  };
}

/** By fact type: who looks at such facts. */
function listenersOf(rules: readonly Rule<unknown>[]): Table['listeners'] {
  const found: Record<string, Listener[]> = {};
  rules.forEach(({ on, settle }, index) => {
    for (const type of Object.keys(on) as FactType[]) {
      const hear = on[type] as unknown as OnFact<unknown, never>;
      found[type] = [...(found[type] ?? []), { index, hear, settles: settle !== undefined }];
    }
  });
  return found;
}

function judge(watched: Watched, record: RunRecord, { rules, listeners }: Table): Judged {
  let owns = watched.owns as unknown[];
  let breaches = NO_BREACHES as Breach[];
  let settling = NOBODY as number[];
  const take = (index: number, answer: unknown): void => {
    const isBroken = answer instanceof Broken;
    const next = isBroken ? (answer.own as unknown) : answer;
    if (isBroken && !isOff(rules[index]?.id ?? '', watched.known.profile)) {
      const breach = { id: rules[index]?.id ?? '', seq: record.seq, what: answer.what };
      breaches = [...breaches, breach];
    }
    if (next === owns[index]) return;
    if (owns === watched.owns) owns = owns.slice();
    owns[index] = next;
  };
  const known = foldRecord(watched.known, record, (fact, now) => {
    const heard = listeners[fact.type];
    if (heard === undefined) return;
    for (const { index, hear, settles } of heard) {
      take(index, hear(owns[index], fact as never, now, record));
      if (!settles || settling.includes(index)) continue;
      if (settling === NOBODY) settling = [];
      settling.push(index);
    }
  });
  for (const index of settling) {
    const settle = rules[index]?.settle;
    if (settle !== undefined) take(index, settle(owns[index], record, known, watched.known));
  }
  const isSame = known === watched.known && owns === watched.owns;
  return { watched: isSame ? watched : { known, owns }, breaches };
}

/** Every breach in the records of a whole run. */
export function watchAll(
  records: Iterable<RunRecord>,
  invariants: readonly AnyInvariant[] = INVARIANTS,
): Breach[] {
  const { start, at, end } = watchOf(invariants);
  const found: Breach[] = [];
  let watched = start;
  for (const record of records) {
    const next = at(watched, record);
    watched = next.watched;
    found.push(...next.breaches);
  }
  return [...found, ...end(watched)];
}
