/**
 * Fills specs/data/detection.json: every quirk, every strategy, a hundred seeds. What the file has already is not measured
 * again, so a run that was stopped goes on where it was, and a new column costs only itself. Arguments name quirks or
 * columns to be measured anew; `--stale` measures anew those cells whose first seeds come out differently. Counts are the
 * same on every machine, times are not.
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { loadScenario } from '../../cli/scenario-file.ts';
import { QUIRKS, type QuirkRow } from '../../domain/quirks/quirks.ts';
import { type Aim, aimAt, withQuirk } from './aim.ts';
import { type Cell, cellOf } from './cell.ts';
import { type Column, COLUMNS } from './columns.ts';
import { type QuirkCells, readDetection, writeDetection } from './data.ts';
import { sizeOf } from './size.ts';
import { isStale } from './stale.ts';

const SEEDS = 100;
const CAP = 1000;
/** of a cell that may be stale */
const SAMPLE = { seeds: 3, cap: CAP };

// seen from dist/bench/detection
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FILE = `${ROOT}specs/data/detection.json`;

const again = argv.slice(2);

function isKept(aim: Aim, column: Column, cell: Cell): boolean {
  if (again.includes(column.name)) return false;
  return !again.includes('--stale') || !isStale(aim, column, cell, SAMPLE);
}

function measured(row: QuirkRow, old: QuirkCells | undefined): QuirkCells {
  const scenario = loadScenario(`${ROOT}scenarios/quirks/${row.scenario}.yaml`);
  const aim = aimAt(row, withQuirk(scenario, row.id));
  const kept = again.includes(row.id) ? undefined : old;
  const cells: Record<string, Cell> = {};
  let isNew = false;
  for (const column of COLUMNS) {
    const { name } = column;
    const known = kept?.cells[name];
    if (known !== undefined && isKept(aim, column, known)) {
      cells[name] = known;
      continue;
    }
    const start = performance.now();
    cells[name] = cellOf(aim, column, SEEDS, CAP);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`${row.id} ${name}: ${seconds} s\n`);
    isNew = true;
  }
  return { size: isNew || kept === undefined ? sizeOf(aim) : kept.size, cells };
}

const old = readDetection(FILE);
const known = old?.seeds === SEEDS && old.cap === CAP ? old.quirks : {};
// quirks that the catalogue no longer has are left out
const quirks: Record<string, QuirkCells> = Object.fromEntries(
  QUIRKS.flatMap(({ id }) => (known[id] === undefined ? [] : [[id, known[id]]])),
);
for (const row of QUIRKS) {
  quirks[row.id] = measured(row, known[row.id]);
  writeDetection(FILE, { seeds: SEEDS, cap: CAP, quirks });
}
