/**
 * A divergence that is planted at a random step of a random run is located there: to the record, who ran, and the
 * member of the line that differs; or to the state behind the record, if the record does not show it.
 */
import fc from 'fast-check';
import { type Part, tellRun } from '../../../bench/reruns/course.ts';
import { PlantedExecutor, type Way } from '../../../bench/reruns/plant.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import { firstDifference } from '../../../streams/export/difference.ts';
import { RunningKey } from '../../../streams/explore/running-key.ts';
import { type Difference, Replayer, type StatedKey } from '../../../streams/replay/replay.ts';
import { emptyViews, foldRecord } from '../../../streams/replay/views.ts';
import type { StepRecord } from '../../../streams/world/record.ts';
import { type WholeRun, wholeRun } from '../../rig/runs.ts';
import { partingOf } from '../../rig/reruns.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';

const SOME = SCENARIOS.filter((_, i) => i % 5 === 0);
// nothing is decided in order of time, so each record is one step of the executor
const how = { chooser: 'time', seed: '0x3' } as const;
const runs: readonly WholeRun[] = SOME.map(({ scenario }) => wholeRun({ scenario, ...how }));

interface Planted {
  readonly scenario: number;
  readonly record: StepRecord;
  readonly way: Exclude<Way, 'mappings'>;
}
const WAYS: Readonly<Record<Exclude<Way, 'mappings'>, (record: StepRecord) => boolean>> = {
  'fact-lost': ({ facts }) => facts.length > 0,
  'fact-twice': ({ facts }) => facts.length > 0,
  state: () => true,
  context: () => true,
};
/** Any record but the first, and a way of planting that changes something there. */
const planted: fc.Arbitrary<Planted> = fc
  .tuple(
    fc.nat(SOME.length - 1),
    fc.nat(),
    fc.constantFrom(...(Object.keys(WAYS) as Planted['way'][])),
  )
  .map(([scenario, n, way]) => {
    const { records } = runs[scenario] as WholeRun;
    const record = records[1 + (n % (records.length - 1))] as StepRecord;
    return { scenario, record, way: WAYS[way](record) ? way : 'state' };
  });
const PART: Readonly<Record<Planted['way'], RegExp>> = {
  'fact-lost': /^facts\[\d+\]$/,
  'fact-twice': /^facts\[\d+\]$/,
  state: /^state$/,
  context: /^$/,
};

function courseOf(index: number, executor?: PlantedExecutor): Part[] {
  const course: Part[] = [];
  const { scenario } = SOME[index] as (typeof SOME)[number];
  try {
    tellRun(scenario, how, (part) => course.push(part), executor);
  } catch (error) {
    // a machine may notice; the courses have parted by then
    course.push({ what: 'thrown', at: course.length, text: String(error) });
  }
  return course;
}
const honest = SOME.map((_, i) => courseOf(i));

test('two runs of which one went wrong part at that record', () => {
  const property = fc.property(planted, ({ scenario, record: { seq, actor }, way }) => {
    const course = courseOf(scenario, new PlantedExecutor(seq, way));
    const found = partingOf(honest[scenario] ?? [], course);
    const what = way === 'context' ? 'state' : 'record';
    expect([found?.at, found?.actor]).toEqual([seq, what === 'record' ? actor : null]);
    // a fact that cannot be true twice stops the machines at once
    if (found?.what === 'thrown') expect(way).toBe('fact-twice');
    else {
      expect(found?.what).toBe(what);
      expect(found?.path).toMatch(PART[way]);
    }
  });
  fc.assert(property, { numRuns: 60 });
  expect(partingOf(honest[0] ?? [], courseOf(0))).toBeNull();
});

function replayed(index: number, executor: PlantedExecutor, everyState = false): Difference | null {
  const { scenario } = SOME[index] as (typeof SOME)[number];
  const { records, end } = runs[index] as WholeRun;
  const replayer = new Replayer(scenario, how.seed, executor, everyState);
  for (const record of records) {
    const difference = replayer.check(record);
    if (difference !== null) return difference;
  }
  return replayer.checkEnd(end);
}

test('machines that go wrong at one step of a replay differ at that record', () => {
  const shown = planted.filter(({ way }) => way !== 'context');
  const property = fc.property(shown, ({ scenario, record: { seq, actor }, way }) => {
    const found = replayed(scenario, new PlantedExecutor(seq, way));
    expect(found?.seq).toBe(seq);
    // a fact that cannot be true twice stops the machines at once
    if (found?.what === 'thrown') {
      expect(way).toBe('fact-twice');
      return;
    }
    expect(found?.what).toBe('record');
    const member = firstDifference(found?.recorded ?? '', found?.replayed ?? '');
    expect(member?.path).toMatch(PART[way]);
    expect(member?.actor).toBe(actor);
  });
  fc.assert(property, { numRuns: 60 });
});

const BLOCK = 16;
/** By scenario: the state keys that a log of it would state, at the end of each block and at its own. */
const KEYS: readonly (readonly StatedKey[])[] = SOME.map(({ scenario }) => {
  const key = new RunningKey();
  const stated: StatedKey[] = [];
  const { records } = wholeRun({
    ...{ scenario, ...how },
    onWorld: (world) => {
      key.see(world);
      if (world.seq % BLOCK === 0) stated.push({ to: world.seq - 1, stateKey: key.hex() });
    },
  });
  return [...stated, { to: records.length - 1, stateKey: key.hex() }];
});

test('what no record shows is found at the end of its block: only the state key differs', () => {
  const hidden = planted.filter(({ way }) => way === 'context');
  let found = 0;
  const property = fc.property(hidden, ({ scenario, record: { seq } }) => {
    const planting = new PlantedExecutor(seq, 'context');
    const replayer = new Replayer(SOME[scenario]?.scenario as Scenario, how.seed, planting);
    const { records, end } = runs[scenario] as WholeRun;
    for (const stated of KEYS[scenario] ?? []) replayer.expect(stated);
    let difference: Difference | null = null;
    for (const record of records) difference ??= replayer.check(record);
    difference ??= replayer.checkEnd(end);
    // what an actor keeps to itself may be forgotten before the block ends
    if (difference === null) return;
    found += 1;
    const { what, from, seq: to } = difference;
    const first = seq - (seq % BLOCK);
    expect([what, from]).toEqual(['stateKey', first]);
    expect(to).toBe(Math.min(first + BLOCK, records.length) - 1);
  });
  fc.assert(property, { numRuns: 60 });
  expect(found).toBeGreaterThan(30);
});

test('without a plant every key is that of the run, known in time or early', () => {
  for (const [i, { records, end }] of runs.entries()) {
    const early = new Replayer(SOME[i]?.scenario as Scenario, how.seed);
    const inTime = new Replayer(SOME[i]?.scenario as Scenario, how.seed);
    const keys = KEYS[i] ?? [];
    for (const stated of keys) early.expect(stated);
    for (const record of records) {
      expect([early.check(record), inTime.check(record)]).toEqual([null, null]);
      const stated = keys.find(({ to }) => to === record.seq);
      if (stated !== undefined) inTime.expect(stated);
    }
    expect([early.checkEnd(end), inTime.checkEnd(end)]).toEqual([null, null]);
    expect([early.agreedKeys, inTime.agreedKeys]).toEqual([keys.length, keys.length]);
  }
});

/** Every record that a VM with mappings made, by scenario. */
const MAPPED = runs.flatMap(({ records }, scenario) => {
  let views = emptyViews();
  return records.flatMap((record) => {
    views = foldRecord(views, record);
    const { actor, seq } = record;
    const space = Object.hasOwn(views.spaces, actor) ? views.spaces[actor] : undefined;
    return seq > 0 && space !== undefined && space.mappings.size > 0 ? [{ scenario, seq }] : [];
  });
});

test('machines whose state is not what their facts say: after which record', () => {
  expect(MAPPED.length).toBeGreaterThan(50);
  const property = fc.property(fc.constantFrom(...MAPPED), ({ scenario, seq }) => {
    const found = replayed(scenario, new PlantedExecutor(seq, 'mappings'), true);
    expect([found?.seq, found?.what]).toEqual([seq, 'state']);
    expect(found?.recorded).toMatch(/^spaces\.[^.]+\.mappings by its facts$/);
  });
  fc.assert(property, { numRuns: 40 });
  expect(replayed(0, new PlantedExecutor(0, 'mappings'), true)).toBeNull();
});

test('of a log without an end, too: the state after its last record is held against its facts', () => {
  const found = (index: number, seq: number, executor?: PlantedExecutor): Difference | null => {
    const replayer = new Replayer(
      (SOME[index] as (typeof SOME)[number]).scenario,
      how.seed,
      executor,
    );
    const { records } = runs[index] as WholeRun;
    for (const record of records.slice(0, seq + 1)) expect(replayer.check(record)).toBeNull();
    return replayer.checkFold();
  };
  const property = fc.property(fc.constantFrom(...MAPPED), ({ scenario, seq }) => {
    expect(found(scenario, seq)).toBeNull();
    const planted = found(scenario, seq, new PlantedExecutor(seq, 'mappings'));
    expect([planted?.seq, planted?.what]).toEqual([seq + 1, 'fold']);
  });
  fc.assert(property, { numRuns: 20 });
});
