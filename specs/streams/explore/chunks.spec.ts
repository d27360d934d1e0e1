/** Runs in chunks: added up they are what one after another would have been; coverage and size, against what is known. */
import fc from 'fast-check';
import { loadScenario } from '../../../cli/scenario-file.ts';
import {
  added,
  CHUNK_RUNS,
  chunkOf,
  chunksFor,
  endsThere,
} from '../../../streams/explore/chunks.ts';
import { coverageOf } from '../../../streams/explore/coverage.ts';
import { explore, strategyOf } from '../../../streams/explore/explore.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import { sizeOf } from '../../../streams/explore/size.ts';
import type { Sampled } from '../../../streams/explore/strategies/sample.ts';
import { INVARIANTS } from '../../../domain/invariants/list.ts';
import { Worker } from '../../../streams/explore/work.ts';
import { TINY } from '../../rig/tiny.ts';

const tiny = (name: string): ReturnType<typeof scenarioSystem> =>
  scenarioSystem(TINY[name] as never);
const outside = { shouldStop: () => false, progress: () => undefined };

function sampled(
  name: string,
  runs: number,
  seed: `0x${string}`,
  strategy: 'random' | 'pct',
): Sampled {
  const draw = strategyOf(strategy).sample;
  if (draw === undefined) throw new RangeError('no sampler');
  return draw(tiny(name), { executions: runs, isExhaustive: true }, { seed, classes: true });
}

describe('chunks', () => {
  test('have all runs, each once, and seeds of their own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (runs) => {
        const chunks = [...chunksFor('0x7', runs)];
        expect(chunks.reduce((sum, each) => sum + each.runs, 0)).toBe(runs);
        expect(chunks.every((each) => each.runs > 0 && each.runs <= CHUNK_RUNS)).toBe(true);
        expect(new Set(chunks.map(({ seed }) => seed)).size).toBe(chunks.length);
        expect(chunks.map(({ number }) => number)).toEqual(chunks.map((_, i) => i));
      }),
    );
    expect(chunkOf('0x7', 3).seed).not.toBe(chunkOf('0x8', 3).seed);
  });

  test('add up', () => {
    const parts = [sampled('racyRead', 30, '0x1', 'pct'), sampled('racyRead', 20, '0x2', 'pct')];
    const sum = added(parts);
    const [one, other] = parts as [Sampled, Sampled];
    expect(sum.counts.executions).toBe(50);
    expect(sum.counts.transitions).toBe(one.counts.transitions + other.counts.transitions);
    expect(sum.failures).toBe(one.failures + other.failures);
    expect(sum.failures).toBeGreaterThan(0);
    expect(sum.violation).toEqual(one.violation);
    const runsOf = ({ classes }: Sampled): number =>
      (classes ?? []).reduce((all, [, runs]) => all + runs, 0);
    expect(runsOf(sum)).toBe(runsOf(one) + runsOf(other));
    const met = new Set([...(one.classes ?? []), ...(other.classes ?? [])].map(([name]) => name));
    expect(sum.classes).toHaveLength(met.size);
    expect(sum.sizes).toEqual({
      depth: 3,
      threads: Math.max(one.sizes?.threads ?? 0, other.sizes?.threads ?? 0),
      steps: Math.max(one.sizes?.steps ?? 0, other.sizes?.steps ?? 0),
    });
  });

  test('end with a violation, or where one did not come to its end', () => {
    const chunk = chunkOf('0x1', 0, 30);
    expect(endsThere(chunk, sampled('twoBinds', 30, '0x1', 'random'))).toBe(false);
    expect(endsThere(chunk, sampled('twoBinds', 29, '0x1', 'random'))).toBe(true);
    expect(endsThere(chunk, sampled('racyRead', 30, '0x1', 'random'))).toBe(true);
  });

  test('of nothing are nothing', () => {
    expect(added([]).counts.executions).toBe(0);
  });
});

describe('coverage', () => {
  const classes = (counts: readonly number[]): readonly (readonly [string, number])[] =>
    counts.map((runs, i) => [`c${i}`, runs]);

  test('is of a total that is known', () => {
    expect(coverageOf(classes([3, 1]), 4)).toEqual({
      seen: 2,
      runs: 4,
      once: 1,
      total: 4,
      atLeast: null,
    });
  });

  test('is bounded from below by what was met once and twice', () => {
    const { atLeast } = coverageOf(classes([1, 1, 1, 1, 2, 2, 5]), null);
    // 7 + 4^2 / (2 * 2)
    expect(atLeast?.classes).toBe(11);
    expect(atLeast?.low).toBeGreaterThanOrEqual(7);
    expect(atLeast?.high).toBeGreaterThan(11);
  });

  test("has Chao's log-normal interval", () => {
    for (const [once, twice] of [
      [4, 2],
      [30, 11],
      [3, 1],
      [500, 20],
    ] as const) {
      const counts = [...Array<number>(once).fill(1), ...Array<number>(twice).fill(2), 7];
      const { atLeast, seen } = coverageOf(classes(counts), null);
      const [ratio, unseen] = [once / twice, once ** 2 / (2 * twice)];
      const variance = twice * (ratio ** 4 / 4 + ratio ** 3 + ratio ** 2 / 2);
      const spread = Math.exp(1.96 * Math.sqrt(Math.log(1 + variance / unseen ** 2)));
      expect(Math.abs((atLeast?.low ?? 0) - (seen + unseen / spread))).toBeLessThan(0.51);
      expect(Math.abs((atLeast?.high ?? 0) - (seen + unseen * spread))).toBeLessThan(0.51);
    }
  });

  test('looks finished when every class was met again, and says nothing of the others', () => {
    expect(coverageOf(classes([2, 2, 9]), null).atLeast).toEqual({ classes: 3, low: 3, high: 3 });
  });

  test('has no upper end when no two runs were alike', () => {
    const { atLeast } = coverageOf(classes(Array.from({ length: 100 }, () => 1)), null);
    expect(atLeast).toEqual({ classes: 1652, low: 1652, high: null });
  });

  test('of equally likely classes holds the truth in its interval, nearly always', () => {
    let held = 0;
    for (let trial = 0; trial < 100; trial++) {
      const counts = new Map<number, number>();
      let x = trial * 7919 + 1;
      for (let run = 0; run < 300; run++) {
        x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
        const which = Math.floor((x / 2 ** 32) * 200);
        counts.set(which, (counts.get(which) ?? 0) + 1);
      }
      const { atLeast } = coverageOf(classes([...counts.values()]), null);
      const [low, high] = [atLeast?.low ?? 0, atLeast?.high ?? 0];
      if (low <= 200 && 200 <= high) held += 1;
    }
    expect(held).toBeGreaterThan(85);
  });
});

describe('how many classes there are', () => {
  test.each(Object.keys(TINY).filter((name) => name !== 'racyRead'))(
    'of %s, and runs never see more',
    (name) => {
      const question = {
        scenario: TINY[name] as never,
        invariants: INVARIANTS.map(({ id }) => id),
        decisions: [],
        interchangeable: [],
        witnesses: [],
      };
      const worker = new Worker(question);
      const total = worker.do({ do: 'classes', transitions: 200_000 }, outside) as number;
      expect(total).toBe(explore(tiny(name), 'dpor').counts.executions);
      const chunk = chunkOf('0x5', 0, 2000);
      const runs = worker.do(
        { do: 'sample', strategy: 'pos', bounds: {}, chunk },
        outside,
      ) as Sampled;
      expect(runs.classes?.length).toBeLessThanOrEqual(total);
      // a random walk meets 23 of asyncUnbind's 126 in as many runs
      expect(runs.classes?.length).toBeGreaterThan(total / 2);
      expect(worker.do({ do: 'classes', transitions: 10 }, outside)).toBeNull();
    },
  );
});

describe('size', () => {
  const fileSystem = (name: string): ReturnType<typeof scenarioSystem> =>
    scenarioSystem(
      loadScenario(new URL(`../../../scenarios/${name}.yaml`, import.meta.url).pathname),
    );

  test.each(Object.keys(TINY))('of %s is counted', (name) => {
    const { counts } = explore(tiny(name), 'exhaustive', { isExhaustive: true });
    expect(sizeOf(tiny(name), { kept: 1000, steps: 1e6 })).toEqual({
      states: counts.states,
      steps: counts.transitions,
      isExact: true,
      isCut: false,
    });
  });

  test.each(['async-error', 'read-only'])('of %s is estimated within a factor of 2', (name) => {
    const { counts } = explore(fileSystem(name), 'exhaustive');
    const size = sizeOf(fileSystem(name), { kept: 24, steps: 1e6 });
    const { states, steps } = size;
    expect(size).toMatchObject({ isExact: false, isCut: false });
    expect(states / counts.states).toBeGreaterThan(0.5);
    expect(states / counts.states).toBeLessThan(2);
    expect(steps / counts.transitions).toBeGreaterThan(0.5);
    expect(steps / counts.transitions).toBeLessThan(2);
  });

  test('is broken off when somebody wants an end', () => {
    const limits = { kept: 1000, steps: 1e6, shouldStop: () => true };
    expect(sizeOf(fileSystem('async-error'), limits)).toMatchObject({
      isExact: false,
      isCut: true,
    });
  });

  test('is a bound from below when its steps run out', () => {
    const size = sizeOf(fileSystem('null-bind'), { kept: 64, steps: 300 });
    const { states } = size;
    expect(size).toMatchObject({ isExact: false, isCut: true });
    expect(states).toBeLessThan(1000);
  });
});
