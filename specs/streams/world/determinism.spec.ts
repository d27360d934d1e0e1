/**
 * 50 seeds of every scenario, run in two processes with another time zone, locale, working directory, stack size and
 * heap: byte for byte the same records. Each run is replayed in one of the two and comes out identical, and the fold of
 * its facts is the machines' own state after every record. specs/soak has 200 seeds.
 */
import { SCENARIOS } from '../../rig/scenarios.ts';
import { bothProcesses, firstDifference, replays } from '../../rig/two-processes.ts';

const SEEDS = 50;

let a: readonly string[] = [];
let b: readonly string[] = [];

beforeAll(async () => {
  [a, b] = await bothProcesses(SEEDS);
}, 600_000);

test('two processes that have nothing else in common run the same', () => {
  expect([a.length, b.length]).toEqual([SCENARIOS.length * SEEDS, SCENARIOS.length * SEEDS]);
  expect(firstDifference(a, b)).toBeNull();
});

test('each run is replayed and folded in one of them, and comes out identical', () => {
  expect(replays(a, b)).toEqual(['- identical']);
});

test('seeds matter: of every scenario the runs are as many as its seeds', () => {
  const lines = a.map((line) => line.split(' '));
  for (const { name } of SCENARIOS) {
    const hashes = lines.filter(([file]) => file === `${name}.yaml`).map(([, , , hash]) => hash);
    expect([name, new Set(hashes).size]).toEqual([name, SEEDS]);
  }
});
