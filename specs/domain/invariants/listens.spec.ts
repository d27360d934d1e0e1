/**
 * What an invariant says that it listens to, held against what it does: rules are given what is known in a wrapping that
 * tells each read, and folds what is known without the objects that they do not name.
 */
import { foldRecord, type RunRecord, type Rule } from '../../../domain/invariants/contract.ts';
import { KNOWN_FROM, type Known } from '../../../domain/invariants/known/known.ts';
import { INVARIANTS } from '../../../domain/invariants/list.ts';
import {
  FOLDED_FROM,
  FOLDS_TOUCHING,
  touchFolds,
} from '../../../domain/invariants/listens/folds.ts';
import { footprintOf, LISTENS, partsFor } from '../../../domain/invariants/listens/listens.ts';
import { ALL, type Part } from '../../../domain/invariants/listens/parts.ts';
import { knownView } from '../../../domain/invariants/listens/view.ts';
import { type Watched, watchOf } from '../../../domain/invariants/watch.ts';
import { OrderedMap } from '../../../domain/ordered-map.ts';
import { canonical } from '../../../streams/explore/state-text.ts';
import { masked, nameOf, partsOf } from '../../rig/known-parts.ts';
import { CASES, recordsOfCase } from '../../rig/many-runs.ts';
import { toldReads } from '../../rig/told-reads.ts';

const RULES = INVARIANTS.map(({ rule }) => rule as unknown as Rule<unknown>);
const FOOTPRINTS = INVARIANTS.map((each) => footprintOf([each]));

const typesOf = (on: object): readonly string[] => Object.keys(on).sort();

test('each invariant says of each type of facts that it hears what it listens to', () => {
  expect(Object.keys(LISTENS).sort()).toEqual(RULES.map(({ id }) => id).sort());
  for (const { id, on } of RULES) {
    expect([id, ...typesOf(LISTENS[id]?.on ?? {})]).toEqual([id, ...typesOf(on)]);
  }
});

test('each fold has a row', () => {
  expect([...FOLDS_TOUCHING].sort()).toEqual([...KNOWN_FROM].sort());
});

/** A step of a run, with the judge's states around it. */
interface Moment {
  readonly label: string;
  readonly record: RunRecord;
  readonly before: Watched;
  readonly after: Watched;
}

function* momentsOf(seeds: number): Generator<Moment> {
  const watch = watchOf();
  for (const each of CASES) {
    for (let seed = 1; seed <= seeds; seed++) {
      let before = watch.start;
      for (const record of recordsOfCase(each, seed)) {
        const after = watch.at(before, record).watched;
        const label = `${each.name}, seed ${seed}, record ${record.seq} of ${record.actor}`;
        yield { label, record, before, after };
        before = after;
      }
    }
  }
}

type Declared = ReadonlyMap<string, boolean>;

/** What one invariant says that the step touches: `known part key` or `own id key` -> whether it writes. */
function declaredBy(index: number, { record, before, after }: Moment): Declared {
  const found = new Map<string, boolean>();
  const own = (watched: Watched): Watched => ({ ...watched, owns: [watched.owns[index]] });
  FOOTPRINTS[index]?.(record, own(before), own(after), (kind, key, write) => {
    const name = `${kind} ${key}`;
    found.set(name, write || found.get(name) === true);
  });
  return found;
}

/** What a rule reads of what is known, hearing a record. */
function readBy(index: number, { record, before, after }: Moment): ReadonlySet<string> {
  const { on, settle } = RULES[index] as Rule<unknown>;
  const handlers = on as Readonly<Record<string, (...args: unknown[]) => unknown>>;
  const told = new Set<string>();
  const tables = OrderedMap.from([
    ...[...before.known.tables.entries(), ...after.known.tables.entries()].map(
      ({ key, value }) => [key, value] as const,
    ),
  ]);
  const wrapped = (known: Known): Known =>
    toldReads(known, tables, (part, key) => told.add(`${part} ${key}`));
  let own = before.owns[index];
  let isConcerned = false;
  foldRecord(before.known, record, (fact, known) => {
    const handler = handlers[fact.type];
    if (handler === undefined) return;
    isConcerned = true;
    own = ownIn(handler(own, fact, wrapped(known), record));
  });
  if (isConcerned) settle?.(own, record, wrapped(after.known), wrapped(before.known));
  return told;
}

const ownIn = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null && 'what' in answer && 'own' in answer
    ? answer.own
    : answer;

/** A fence that has signalled, in a slot: who signalled it wrote the reservation object, which is what counts. */
function isOverIn(declared: Declared, fence: string, { fences, queues }: Known): boolean {
  return Object.entries(queues.resvs).some(
    ([resv, slots]) =>
      declared.has(`known resv ${resv}`) &&
      slots.some((slot) => slot.fence === fence && !fences.pending.has(fence)),
  );
}

function isDeclared(name: string, declared: Declared, { before, after }: Moment): boolean {
  if (declared.has(`known ${name}`)) return true;
  const [part = '', key = ''] = [
    name.slice(0, name.indexOf(' ')),
    name.slice(name.indexOf(' ') + 1),
  ];
  if (declared.get(`known ${part} ${ALL}`) === true) return true;
  if (part === 'exists') {
    return (['vm', 'life', 'space'] as const).some((each) => declared.has(`known ${each} ${key}`));
  }
  return part === 'fence' && [before, after].some(({ known }) => isOverIn(declared, key, known));
}

test('no rule reads what it does not listen to, and none changes its state unsaid', () => {
  let reads = 0;
  const unsaid = new Map<string, string>();
  for (const moment of momentsOf(1)) {
    const types = new Set<string>(moment.record.facts.map(({ type }) => type));
    RULES.forEach(({ id, on }, index) => {
      if (!Object.keys(on).some((type) => types.has(type))) return;
      const declared = declaredBy(index, moment);
      for (const name of readBy(index, moment)) {
        reads += 1;
        if (!isDeclared(name, declared, moment))
          unsaid.set(`${id} ${name.replace(/ .*/, '')}`, `${moment.label}: ${name}`);
      }
      const [was, is] = [moment.before.owns[index], moment.after.owns[index]];
      if (was === is || [...declared].some(([name, write]) => write && name.startsWith('own ')))
        return;
      if (canonical(is) !== canonical(was)) unsaid.set(`${id} own`, moment.label);
    });
  }
  expect([...unsaid]).toEqual([]);
  expect(reads).toBeGreaterThan(20_000);
});

/** What the folds of a record touch; `null` for a part that is read for the sake of one that does not say so. */
function foldsOf({ record, before, after }: Moment): Declared {
  const found = new Map<string, boolean>();
  const note = (name: string, write: boolean): void => {
    found.set(name, write || found.get(name) === true);
  };
  touchFolds(
    {
      reads: (part, key, sake = part) => {
        const isSaid = sake === part || FOLDED_FROM[sake]?.includes(part) === true;
        if (!isSaid) throw new RangeError(`${sake} is folded from ${part}`);
        note(nameOf(part, key), false);
      },
      writes: (part, key) => {
        note(nameOf(part, key), true);
      },
    },
    { record, before: before.known, after: after.known },
  );
  return found;
}

const NOTHING_TO_SAY = () => undefined;

test('folds change what they say, and from what they say that they look at', () => {
  let changes = 0;
  for (const moment of momentsOf(1)) {
    const { record, before, after, label } = moment;
    const touched = foldsOf(moment);
    const was = partsOf(before.known);
    const is = partsOf(after.known);
    const least = masked(before.known, (part, key) => touched.has(nameOf(part, key)));
    const alone = partsOf(foldRecord(least, record, NOTHING_TO_SAY));
    const isListed = new Set(['vms ', 'userptrs ', 'queues ']);
    for (const name of new Set([...was.keys(), ...is.keys()])) {
      if (touched.get(name) === true && !isListed.has(name)) {
        changes += 1;
        if (alone.get(name) !== is.get(name))
          expect([label, name, text(alone.get(name))]).toEqual([label, name, text(is.get(name))]);
      } else if (touched.get(name) !== true && was.get(name) !== is.get(name)) {
        expect([label, name, text(is.get(name))]).toEqual([label, name, text(was.get(name))]);
      }
    }
  }
  expect(changes).toBeGreaterThan(10_000);
});

/** In any order, and an empty list for nothing. */
const text = (value: unknown): string => {
  const is = canonical(value) ?? '[]';
  return is === '' ? '[]' : is;
};

/** The distinct sets of parts that invariants need. */
const NEEDS = new Map(INVARIANTS.map((each) => [[...partsFor([each])].sort().join(), each]));

test('what an invariant needs of what is known is folded from itself alone', () => {
  for (const each of NEEDS.values()) {
    const parts = partsFor([each]);
    const isKept = (part: Part): boolean => parts.has(part);
    for (const one of CASES.filter((_, i) => i % 6 === 0)) {
      let whole = watchOf([]).start.known;
      let least = whole;
      for (const record of recordsOfCase(one, 1)) {
        whole = foldRecord(whole, record, NOTHING_TO_SAY);
        least = masked(foldRecord(least, record, NOTHING_TO_SAY), isKept);
      }
      expect([one.name, each.id, canonical(knownView(least, parts))]).toEqual([
        one.name,
        each.id,
        canonical(knownView(whole, parts)),
      ]);
    }
  }
});
