/** The figures of docs/proofs.md again: every search that came to its end, and the first chunks of every large scenario. */
import { readProofs } from '../../bench/proofs/data.ts';
import { drawing, NO_RUNS, withChunk } from '../../bench/proofs/random-runs.ts';
import { readRandom } from '../../bench/proofs/random-data.ts';
import { COMPARED, searched } from '../../bench/proofs/search.ts';
import { allSubjects, cleanSystem, scenarioNamed } from '../../bench/proofs/subjects.ts';
import { keep, timed } from './keep.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const CHUNKS = 3;

test('every search, and chunks of random schedules', async () => {
  const proofs = readProofs(`${ROOT}specs/data/proofs.json`);
  const differing: string[] = [];
  let searches = 0;
  let runs = 0;
  const found = await timed(() => {
    for (const { part, id, system } of allSubjects(ROOT)) {
      for (const strategy of COMPARED) {
        const known = proofs[part][id]?.[strategy];
        if (known === undefined || known.verdict === 'spent') continue;
        searches += 1;
        const now = searched(system(), strategy);
        if (JSON.stringify(now) !== JSON.stringify(known)) differing.push(`${id} ${strategy}`);
      }
    }
    for (const name of Object.keys(readRandom(`${ROOT}specs/data/random-runs.json`))) {
      const draw = drawing(cleanSystem(scenarioNamed(ROOT, name)));
      let drawn = NO_RUNS;
      for (let chunk = 0; chunk < CHUNKS; chunk++) drawn = withChunk(drawn, draw(chunk));
      runs += drawn.runs;
      if (drawn.wrong !== null) differing.push(`${name}: ${drawn.wrong.what}`);
    }
    return `${searches} searches of docs/proofs.md again, ${runs} random schedules: ${differing.length} differ`;
  });
  expect(differing).toEqual([]);
  keep('proofs', found);
});
