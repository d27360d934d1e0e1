/** The table of detection is still true: the first seeds of every cell again. */
import { aimAt } from '../../bench/detection/aim.ts';
import { COLUMNS } from '../../bench/detection/columns.ts';
import { type Detection, readDetection } from '../../bench/detection/data.ts';
import { isStale } from '../../bench/detection/stale.ts';
import { QUIRKS } from '../../domain/quirks/quirks.ts';
import { scenarioOfQuirk } from '../rig/quirks.ts';
import { keep, timed } from './keep.ts';

const DATA = new URL('../data/detection.json', import.meta.url).pathname;
const SEEDS = 2;

test('every cell', async () => {
  const { cap, quirks } = readDetection(DATA) as Detection;
  const stale: string[] = [];
  const found = await timed(() => {
    let cells = 0;
    for (const row of QUIRKS) {
      const aim = aimAt(row, scenarioOfQuirk(row, true));
      for (const column of COLUMNS) {
        const cell = quirks[row.id]?.cells[column.name];
        cells += 1;
        if (cell === undefined || isStale(aim, column, cell, { seeds: SEEDS, cap }))
          stale.push(`${row.id} ${column.name}`);
      }
    }
    return `${cells} cells of docs/detection.md, ${SEEDS} seeds each: ${stale.length} differ`;
  });
  expect(stale).toEqual([]);
  keep('detection', found);
});
