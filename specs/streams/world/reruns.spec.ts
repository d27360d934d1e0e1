/**
 * Runs and explorations come out the same wherever they are computed: in processes with other compilers, hash seeds,
 * time zones, locales and folders, in worker threads, without a JIT, with scenarios whose keys are in another order. 24
 * reruns here, 1,000 in specs/soak. And a divergence that is planted in another process is found, at its record.
 */
import { randomInts } from '../../../bench/measure.ts';
import { casesOf } from '../../../bench/reruns/cases.ts';
import { shuffledKeys } from '../../../bench/reruns/shuffle.ts';
import {
  FOLDER,
  partingsOf,
  type Reference,
  referenceOf,
  rerunsOf,
  surroundings,
} from '../../rig/reruns.ts';

const PROCESSES = 8;
const RERUNS = 3;
const SLICE = 3;

const cases = casesOf(FOLDER);

test('24 reruns in 8 processes with two threads each: the same', async () => {
  const jobs = Array.from({ length: PROCESSES }, (_, n) =>
    rerunsOf(cases, { from: n * RERUNS, count: RERUNS, slice: SLICE, threads: 2 }),
  );
  const asked = new Set(jobs.flatMap((reruns) => reruns.flatMap((rerun) => rerun.cases)));
  const reference: Reference = await referenceOf([...asked]);
  expect(reference.size).toBe(PROCESSES * RERUNS * SLICE);
  // a digest that says nothing would be the same for all
  expect(new Set(reference.values()).size).toBe(reference.size);
  for (const [n, reruns] of jobs.entries()) {
    expect(await partingsOf(reference, reruns, surroundings(n))).toEqual([]);
  }
}, 600_000);

test('the flags are known to this Node, and each process has others', () => {
  const all = Array.from({ length: PROCESSES }, (_, n) => JSON.stringify(surroundings(n)));
  expect(new Set(all).size).toBe(PROCESSES);
  expect(all.some((each) => each.includes('--jitless'))).toBe(true);
});

test('the keys really are in another order', () => {
  const document = { vms: { a: { x: 1, y: [{ p: 1, q: 2 }] }, b: 2, c: 3 }, name: 'n', about: 'a' };
  const texts = [1, 2, 3, 4, 5, 6].map((seed) =>
    JSON.stringify(shuffledKeys(document, randomInts(seed))),
  );
  expect(new Set(texts).size).toBeGreaterThan(4);
  for (const text of texts) expect(JSON.parse(text)).toEqual(document);
});

test('a divergence that is planted in one of many is found, and where', async () => {
  const name = 'run null-bind.yaml time 0x1';
  const others = ['run scratch.yaml random 0x2', 'explore exec.yaml pct 0x1'];
  const reference = await referenceOf([name, ...others]);
  const reruns = [
    { cases: others, order: 3, thread: 1 },
    { cases: [name], order: 4, thread: 2, plant: { at: 41, way: 'state' } },
    { cases: [name], order: 5, plant: { at: 57, way: 'context' } },
  ] as const;
  const [record, state, ...more] = await partingsOf(reference, reruns, surroundings(1));
  expect(more).toEqual([]);
  const ran = { actor: expect.stringMatching(/./) as string, path: 'state' };
  expect(record).toEqual({ name, parting: { what: 'record', at: 41, ...ran } });
  expect(state).toEqual({ name, parting: { what: 'state', at: 57, actor: null, path: '' } });
}, 600_000);
