/** docs/detection.md says what was measured; and what was measured holds what the page claims of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Cell, MAX_SECONDS } from '../../bench/detection/cell.ts';
import { COLUMNS } from '../../bench/detection/columns.ts';
import { type Detection, type QuirkCells, readDetection } from '../../bench/detection/data.ts';
import { pctChecks } from '../../bench/detection/pct-check.ts';
import { medianOf } from '../../bench/detection/statistics.ts';
import { QUIRKS } from '../../domain/quirks/quirks.ts';
import { detectionPage, fastest, isFound, SAMPLERS } from './detection-page.ts';

const PAGE = new URL('../../docs/detection.md', import.meta.url).pathname;
const DATA = new URL('../data/detection.json', import.meta.url).pathname;
const data = readDetection(DATA) as Detection;
const ids = QUIRKS.map(({ id }) => id);

test('the page is that of the data', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, detectionPage(data));
  expect(readFileSync(PAGE, 'utf8')).toBe(detectionPage(data));
});

test('every quirk, every strategy, every seed', () => {
  expect(Object.keys(data.quirks)).toEqual(ids);
  for (const [id, { cells }] of Object.entries(data.quirks)) {
    expect([id, Object.keys(cells)]).toEqual([id, COLUMNS.map(({ name }) => name)]);
    for (const { name, kind } of COLUMNS) {
      const cell = cells[name];
      const runs = kind === 'once' || cell?.refused !== undefined ? 0 : data.seeds;
      expect([id, name, cell?.schedules.length]).toEqual([id, name, runs]);
    }
  }
});

test.each(ids)('%s is found by a strategy in time, and by plain random', (id) => {
  const quirk = data.quirks[id] as QuirkCells;
  expect(fastest(quirk).ms).toBeLessThan(MAX_SECONDS * 1000);
  expect(isFound(quirk.cells['random'] ?? { schedules: [], ms: null })).toBe(true);
});

test('PCT never finds less than its bound, and depth 4 finds every quirk', () => {
  const wrong = Object.entries(data.quirks).flatMap(([id, each]) =>
    pctChecks(each, data.cap)
      .filter(({ depth, verdict }) => verdict === 'below' || (depth === 4 && verdict !== 'holds'))
      .map(({ depth, verdict }) => `${id} at depth ${depth}: ${verdict}`),
  );
  expect(wrong).toEqual([]);
});

/** Of columns: the medians of a quirk, in this order, do not fall. */
const ORDERED: readonly (readonly [string, readonly string[]])[] = [
  ['H13', ['PCT(1)', 'POS', 'random']],
  ['H14', ['PCT(1)', 'POS', 'random']],
  ['M01', ['random', 'POS', 'PCT(1)']],
  ['H07', ['random', 'PCT(1)', 'PCT(1) of actors']],
];

test.each(ORDERED)('what the page says of %s in words', (id, names) => {
  const medians = names.map((name) => {
    const { schedules } = data.quirks[id]?.cells[name] as Cell;
    return medianOf(schedules.map((each) => each ?? Infinity));
  });
  const [first, ...later] = medians;
  for (const each of later) expect(each.median).toBeGreaterThanOrEqual(first?.median ?? NaN);
  // and the last is worse for certain
  expect(medians.at(-1)?.low).toBeGreaterThan(first?.high ?? NaN);
});

test('where something has to fail, samplers have the same luck', () => {
  for (const id of ['L32', 'S52', 'L12', 'S48']) {
    const cells = (data.quirks[id] as QuirkCells).cells;
    const counts = SAMPLERS.map((name) => (cells[name] as Cell).schedules);
    const close = counts.map((each) => medianOf(each as number[]).median);
    expect([id, new Set(close).size]).toEqual([id, 1]);
  }
});
