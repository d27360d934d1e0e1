/** The state of an invariant is a value: it forks, and nothing that is folded later changes it. */
import fc from 'fast-check';
import type { Invariant, RunRecord } from '../../../domain/invariants/contract.ts';
import { INVARIANTS } from '../../../domain/invariants/list.ts';
import { watchAll, type Watched, watchOf } from '../../../domain/invariants/watch.ts';
import { recordsOf } from '../../rig/tamper.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';
import { fact, told } from '../../rig/told.ts';

const RUNS = SCENARIOS.map(({ name }) => recordsOf(name));
const run = fc.constantFrom(...RUNS);
const invariant = fc.constantFrom(...(INVARIANTS as unknown as readonly Invariant[]));

/** Folds records from a state; what was broken, and the last state. */
function fold(each: Invariant, state: Invariant['start'], records: readonly RunRecord[]) {
  const broken: (string | null)[] = [];
  let now = state;
  for (const record of records) {
    const next = each.at(now, record);
    now = next.state;
    broken.push(next.broken);
  }
  return { broken: [...broken, each.end(now)], now };
}

/** A record with some of its facts dropped or doubled: what a wrong machine might tell. */
const wrong = (records: readonly RunRecord[], picks: readonly number[]): RunRecord[] =>
  records.map((record) => ({
    ...record,
    facts: record.facts.flatMap((each, i) => {
      const pick = picks[(record.seq * 7 + i) % picks.length] ?? 9;
      return pick === 0 ? [] : pick === 1 ? [each, each] : [each];
    }),
  }));

test('folding twice from a kept state gives the same, whatever is told', () => {
  fc.assert(
    fc.property(
      run,
      invariant,
      fc.array(fc.nat(12), { minLength: 5 }),
      fc.nat(),
      (records, each, picks, cut) => {
        const told = wrong(records, picks);
        const at = cut % (told.length + 1);
        const kept = fold(each, each.start, told.slice(0, at)).now;
        const once = fold(each, kept, told.slice(at));
        fold(each, kept, wrong(told, [0, 1, 9]).slice(at));
        const again = fold(each, kept, told.slice(at));
        expect(again.broken).toEqual(once.broken);
      },
    ),
    { numRuns: 150 },
  );
});

test('all at once say what each says by itself', () => {
  fc.assert(
    fc.property(run, fc.array(fc.nat(12), { minLength: 5 }), (records, picks) => {
      const told = wrong(records, picks);
      const together = watchAll(told);
      for (const each of INVARIANTS as unknown as readonly Invariant[]) {
        const alone = fold(each, each.start, told).broken.filter((what) => what !== null);
        const firsts = new Map<number | null, string>();
        for (const { id, seq, what } of together) {
          if (id === each.id && !firsts.has(seq)) firsts.set(seq, what);
        }
        expect([each.id, ...alone]).toEqual([each.id, ...firsts.values()]);
      }
    }),
    { numRuns: 25 },
  );
});

test('a frozen state is never written to', () => {
  const watch = watchOf();
  for (const records of RUNS) {
    let watched: Watched = watch.start;
    for (const record of records) watched = watch.at(deepFrozen(watched), record).watched;
  }
});

test('a record without facts that matter leaves the very state', () => {
  const [idle] = told([fact('step.began', { client: 'app', step: 0 }), fact('cpu.accessed')]) as [
    RunRecord,
  ];
  const watch = watchOf();
  for (const records of RUNS.slice(0, 4)) {
    const middle = records.slice(0, records.length / 2);
    const watched = middle.reduce((all, record) => watch.at(all, record).watched, watch.start);
    expect(watch.at(watched, idle).watched).toBe(watched);
    for (const each of INVARIANTS as unknown as readonly Invariant[]) {
      const { now } = fold(each, each.start, middle);
      expect(each.at(now, idle).state).toBe(now);
    }
  }
});

/** Freezes what is reachable; what is frozen already is known. */
function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const each of Object.values(value)) deepFrozen(each);
  return value;
}
