/** The table of detection is what the code measures: some of its cells again, with a tenth of the seeds. */
import { aimAt } from '../../bench/detection/aim.ts';
import { type Cell, cellOf } from '../../bench/detection/cell.ts';
import { type Column, COLUMNS } from '../../bench/detection/columns.ts';
import { type Detection, type QuirkCells, readDetection } from '../../bench/detection/data.ts';
import { sizeOf } from '../../bench/detection/size.ts';
import { isStale } from '../../bench/detection/stale.ts';
import { QUIRKS, type QuirkRow } from '../../domain/quirks/quirks.ts';
import { explore } from '../../streams/explore/explore.ts';
import { scenarioOfQuirk } from '../rig/quirks.ts';

const DATA = new URL('../data/detection.json', import.meta.url).pathname;
const data = readDetection(DATA) as Detection;
const SAMPLE = { seeds: 10, cap: data.cap };

const rowOf = (id: string): QuirkRow => QUIRKS.find((row) => row.id === id) as QuirkRow;
const aimOf = (id: string, isOn = true) => aimAt(rowOf(id), scenarioOfQuirk(rowOf(id), isOn));
const cellIn = (id: string, name: string): Cell =>
  (data.quirks[id] as QuirkCells).cells[name] as Cell;
const columnOf = (name: string): Column => COLUMNS.find((each) => each.name === name) as Column;

// a race, one that random finds late, one that needs a failure, one that DPOR is refused for
describe.each(['M02', 'H14', 'S47', 'H04'])('%s', (id) => {
  const aim = aimOf(id);

  test.each(COLUMNS.map((column) => [column.name, column] as const))('%s', (name, column) => {
    expect(isStale(aim, column, cellIn(id, name), SAMPLE)).toBe(false);
  });

  test('its size', () => {
    expect(sizeOf(aim)).toEqual(data.quirks[id]?.size);
  });

  test('off, nothing is found', () => {
    const off = aimOf(id, false);
    for (const name of ['random', 'PCT(3)', 'POS']) {
      const { schedules } = cellOf(off, columnOf(name), 2, 50);
      expect([name, schedules]).toEqual([name, [null, null]]);
    }
  });
});

test('a count that is not what comes out is stale', () => {
  const [aim, cell] = [aimOf('M02'), cellIn('M02', 'random')];
  const [first, ...rest] = cell.schedules;
  const wrong = { ...cell, schedules: [(first ?? 0) + 1, ...rest] };
  expect(isStale(aim, columnOf('random'), wrong, SAMPLE)).toBe(true);
});

test('a schedule beyond the cap is not found, one at the cap is', () => {
  const [number] = cellIn('H14', 'random').schedules;
  if (number === null || number === undefined) throw new RangeError('seed 1 finds H14');
  const aim = aimOf('H14');
  expect(cellOf(aim, columnOf('random'), 1, number).schedules).toEqual([number]);
  expect(cellOf(aim, columnOf('random'), 1, number - 1).schedules).toEqual([null]);
});

test('a search counts the run that it is in, and one that is over once', () => {
  // one schedule only, and its last step is the bug's
  expect(cellOf(aimOf('L33'), columnOf('DPOR'), 1, 10).schedules).toEqual([1]);
  const { violation, counts } = explore(aimOf('S05'), 'dpor');
  expect([violation === null, counts.executions]).toEqual([false, 0]);
  expect(cellOf(aimOf('S05'), columnOf('DPOR'), 1, 10).schedules).toEqual([1]);
});

test('only what the catalogue names counts: a call that fails besides does not', () => {
  const { violation } = explore(aimOf('S47', false), 'random', { executions: 300 });
  expect(violation).toBeNull();
});
