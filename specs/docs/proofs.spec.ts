/** docs/proofs.md says what was searched and drawn; and that holds what the page claims of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { largeIn, readProofs } from '../../bench/proofs/data.ts';
import { NO_RUNS } from '../../bench/proofs/random-runs.ts';
import { readRandom } from '../../bench/proofs/random-data.ts';
import { COMPARED, verdictsOf } from '../../bench/proofs/search.ts';
import { allSubjects } from '../../bench/proofs/subjects.ts';
import { differing, proofsPage } from './proofs-page.ts';

const pathOf = (name: string): string => new URL(`../../${name}`, import.meta.url).pathname;
const PAGE = pathOf('docs/proofs.md');
const proofs = readProofs(pathOf('specs/data/proofs.json'));
const random = readRandom(pathOf('specs/data/random-runs.json'));
const SUBJECTS = allSubjects(pathOf(''));

/** Of a scenario that no search over states can finish. */
const ENOUGH_SCHEDULES = 1_000;

test('the page is that of the data', () => {
  const page = proofsPage(proofs, random);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});

test('every subject, every strategy that can take it', () => {
  const had = Object.values(proofs).flatMap((rows) => Object.keys(rows as object));
  expect(had.sort()).toEqual(SUBJECTS.map(({ id }) => id).sort());
  for (const { part, id, system } of SUBJECTS) {
    const { unreducible, orbitKey } = system();
    const fit = COMPARED.filter((strategy) => {
      if (strategy === 'symmetric') return orbitKey !== null;
      return strategy === 'exhaustive' || unreducible === null;
    });
    expect([part, id, Object.keys(proofs[part][id] ?? {}).sort()]).toEqual([part, id, fit.sort()]);
  }
});

test('strategies agree', () => {
  expect(differing(proofs)).toEqual([]);
});

test('no false alarm: with quirks off all is proved that was settled, and nobody waits for ever', () => {
  for (const part of ['scenarios', 'failures'] as const) {
    for (const [id, searches] of Object.entries(proofs[part])) {
      const said = verdictsOf(searches);
      expect([id, said]).toEqual([id, said.length === 0 ? [] : ['proved']]);
    }
  }
  for (const [id, { wrong }] of Object.entries(random)) expect([id, wrong]).toEqual([id, null]);
});

test('what no search over states can finish has random schedules', () => {
  for (const name of largeIn(proofs)) {
    const { runs } = random[name] ?? NO_RUNS;
    expect([name, runs >= ENOUGH_SCHEDULES]).toEqual([name, true]);
  }
});

test.each(Object.keys(proofs.quirks))('%s is found by every search that was not given up', (id) => {
  expect(verdictsOf(proofs.quirks[id] ?? {})).toEqual(['violated']);
});
