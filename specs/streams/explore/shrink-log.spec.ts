/** Logs of known bugs, shrunk: what is left shows the same, is no larger, and repeats. */
import { describe, expect, it } from '@jest/globals';
import { QUIRKS, type QuirkRow } from '../../../domain/quirks/quirks.ts';
import { canonicalScenario } from '../../../domain/scenario/canonical.ts';
import { checkScenario } from '../../../domain/scenario/check.ts';
import { explore } from '../../../streams/explore/explore.ts';
import { shownBy } from '../../../streams/explore/from-log.ts';
import { kindOf } from '../../../streams/explore/schedule/follow.ts';
import { minimalSchedule } from '../../../streams/explore/schedule/minimal.ts';
import { sameAs } from '../../../streams/explore/schedule/same.ts';
import { shrink } from '../../../streams/explore/schedule/shrink.ts';
import { LogShrinker, shrinkLog } from '../../../streams/explore/shrink-log.ts';
import { peerSystem } from '../../../bench/peer/world.ts';
import { quirkLog } from '../../rig/quirk-logs.ts';

const rows: readonly QuirkRow[] = QUIRKS;
const rowOf = (id: string): QuirkRow => {
  const found = rows.find((row) => row.id === id);
  if (found === undefined) throw new RangeError(id);
  return found;
};
const isPlace = (kind: string): boolean => !/^\w+$/.test(kind);

/** One of each kind: invariants, faults, an expectation, somebody stuck, something that needs its latencies. */
const SOME = ['L32', 'S32', 'S27', 'M03', 'L27', 'H04', 'H02', 'S30', 'H06', 'L13'];

describe('a log of a known bug, shrunk', () => {
  it.each(SOME)('%s shows the same, is no larger, and repeats', (id) => {
    const log = quirkLog(rowOf(id));
    const small = shrinkLog(log, { maxStates: 2000, maxTries: 5000 });
    expect(checkScenario(small.scenario)).toEqual([]);
    expect(small.choices.length).toBeLessThanOrEqual(log.choices.length);
    expect(canonicalScenario(small.scenario).length).toBeLessThanOrEqual(
      canonicalScenario(log.scenario).length,
    );
    const { problems } = shownBy({ ...small, seed: log.seed });
    const kinds = problems.map(kindOf);
    const kind = kindOf(log.problem);
    expect(kinds.some((each) => (isPlace(kind) ? isPlace(each) : each === kind))).toBe(true);
    expect(small.scenario.device.quirks).toEqual([id]);
  });

  it.each(['S30', 'L27', 'H02'])('%s has the fewest steps that any search finds', (id) => {
    const log = quirkLog(rowOf(id));
    const kept = shrinkLog(log, { maxStates: 20_000, maxTries: 5000, keepsScenario: true });
    expect(kept.isMinimal).toBe(true);
    const found = explore(log.system, 'exhaustive');
    expect(kept.choices.length).toBe(found.violation?.choices.length);
    const few = explore(log.system, 'switches', {}, { switches: kept.switches });
    expect(few.verdict).toBe('violated');
  });

  it('is the same again', () => {
    const log = quirkLog(rowOf('M03'));
    const limits = { maxStates: 0, maxTries: 5000 };
    expect(shrinkLog(quirkLog(rowOf('M03')), limits)).toEqual(shrinkLog(log, limits));
  });

  it('that is left early gives the best so far', () => {
    const log = quirkLog(rowOf('M03'));
    const shrinker = new LogShrinker(log, { maxStates: 0, maxTries: 5000 });
    let [steps, last] = [0, shrinker.best.choices.length];
    for (const step of shrinker.run()) {
      void step;
      expect(shrinker.best.choices.length).toBeLessThanOrEqual(last);
      last = shrinker.best.choices.length;
      if (++steps === 40) break;
    }
    const { problems } = shownBy({ ...shrinker.best, seed: log.seed });
    expect(problems.map(kindOf)).toContain('I27');
  });

  it('needs no more tries than it may have', () => {
    const log = quirkLog(rowOf('M03'));
    expect(shrinkLog(log, { maxStates: 0, maxTries: 7 }).tried).toBeLessThanOrEqual(7);
  });
});

describe('the peer model', () => {
  it.each([
    [2, 14],
    [3, 14],
    [4, 14],
  ])('with %i workers: 14 steps and no schedule has fewer', (n, steps) => {
    const system = peerSystem({ n, bug: true });
    const found = explore(system, 'random', { executions: 10_000 });
    const shrunk = shrink(system, found.violation?.choices ?? [], {
      maxStates: 1e5,
      maxTries: 5e3,
    });
    expect([shrunk.choices.length, shrunk.isMinimal]).toEqual([steps, true]);
    const isIt = (): boolean => true;
    const best = minimalSchedule(system, { isIt, maxStates: 1e5 });
    expect(best).toMatchObject({ switches: shrunk.switches });
    const fewer = explore(system, 'switches', {}, { switches: shrunk.switches });
    expect(fewer.verdict).toBe('violated');
  });
});

describe('the same problem', () => {
  const names = new Set(['data', 'vm0', 'app']);
  const same = sameAs('I9: va 1 of vm0 is unmapped and never destroyed', names);

  it.each([
    ['I9: va 27 of vm0 is unmapped and never destroyed', true],
    ['I9: va 1 of vm0 is destroyed twice', false],
    ['I19: va 1 of vm0 is unmapped and never destroyed', false],
  ])('%s: %s', (other, is) => {
    expect(same(other)).toBe(is);
  });

  it('of an expectation is its place, whatever was got', () => {
    const place = sameAs('app, step 3: GPU access: expected 0x1, got fault', names);
    expect(place('app, step 3: GPU access: expected 0x1, got 0x0')).toBe(true);
    expect(place('app, step 4: GPU access: expected 0x1, got fault')).toBe(false);
  });
});
