/**
 * Fills specs/data/random-runs.json: random schedules of scenarios that are too large to be searched, with every
 * invariant and no quirk. Arguments: how many schedules in all, and the scenarios. Who has fewest is next, with some
 * chunks at once, as long as nothing is wrong with it. What is done is kept after every chunk: it may be stopped at any
 * time and goes on from there. FENCELAB_RANDOM_RUNS names another file. Without names it is those whose search over
 * states in specs/data/proofs.json was given up.
 */
import { argv, env } from 'node:process';
import { largeIn, readProofs } from './data.ts';
import { type RandomData, readRandom, writeRandom } from './random-data.ts';
import { drawing, NO_RUNS, runsIn, withChunk } from './random-runs.ts';
import { cleanSystem, ROOT, scenarioNamed } from './subjects.ts';

/** Chunks of one scenario before the next has its turn: few at first, so that all have some soon; many go faster. */
const FIRST_TURN = 4;
const TURN = 80;

const FILE = env['FENCELAB_RANDOM_RUNS'] ?? `${ROOT}specs/data/random-runs.json`;
const [all = '1000000', ...asked] = argv.slice(2);
const names = asked.length > 0 ? asked : largeIn(readProofs(`${ROOT}specs/data/proofs.json`));
const wanted = Number(all);

let data: RandomData = readRandom(FILE);
const isDone = (): boolean => runsIn(data) >= wanted;
const runsOf = (name: string): number => data[name]?.runs ?? 0;

function turn(name: string): void {
  const draw = drawing(cleanSystem(scenarioNamed(ROOT, name)));
  const chunks = data[name] === undefined ? FIRST_TURN : TURN;
  for (let i = 0; i < chunks && !isDone(); i++) {
    const known = data[name] ?? NO_RUNS;
    if (known.wrong !== null) return;
    data = { ...data, [name]: withChunk(known, draw(known.chunks)) };
    writeRandom(FILE, data);
  }
}

while (!isDone()) {
  const [next] = names
    .filter((name) => (data[name] ?? NO_RUNS).wrong === null)
    .sort((a, b) => runsOf(a) - runsOf(b));
  if (next === undefined) break;
  const start = performance.now();
  turn(next);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const wrong = data[next]?.wrong?.what ?? 'nothing wrong';
  process.stdout.write(`${next}: ${runsOf(next)} schedules, ${wrong}; ${seconds} s\n`);
}
process.stdout.write(`${runsIn(data)} schedules\n`);
