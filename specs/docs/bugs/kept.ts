/** specs/data/bugs.json: for each known bug a schedule that shows it, as short as it was found to be. */
import { readFileSync, writeFileSync } from 'node:fs';
import { aimAt, withQuirk } from '../../../bench/detection/aim.ts';
import { QUIRKS, type QuirkRow } from '../../../domain/quirks/quirks.ts';
import { atOnce } from '../../../streams/explore/at-once.ts';
import { explore } from '../../../streams/explore/explore.ts';
import { shrink } from '../../../streams/explore/schedule/shrink.ts';
import { choicesOfText, scenarioMark, scheduleText } from '../../../streams/explore/schedule/text.ts';
import { scenarioOfQuirk } from '../../rig/quirks.ts';

export interface Kept {
  /** what `run --chooser schedule:TEXT` takes */
  readonly schedule: string;
  /** no schedule of the scenario shows it in fewer steps, or in as many with fewer switches */
  readonly isShortest: boolean;
}

const FILE = new URL('../../data/bugs.json', import.meta.url).pathname;
const SCHEDULES = 1000;
const ENOUGH = { maxStates: 50_000, maxTries: 2000 };

export const readKept = (): Readonly<Record<string, Kept>> =>
  JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, Kept>>;

const markOf = (row: QuirkRow): string => scenarioMark(atOnce(scenarioOfQuirk(row, true)));

/** @throws ScheduleTextError for a schedule that is not one of the scenario of today */
export function choicesOf(row: QuirkRow, { schedule }: Kept): readonly string[] {
  return choicesOfText(aimAt(row, scenarioOfQuirk(row, true)), markOf(row), schedule);
}

/** Looks at random, and makes what it finds short. */
function found(row: QuirkRow): Kept {
  const system = aimAt(row, withQuirk(scenarioOfQuirk(row, false), row.id));
  const { violation } = explore(system, 'random', { executions: SCHEDULES });
  if (violation === null) throw new RangeError(`${row.id} is not found at random`);
  const { choices, isMinimal } = shrink(system, violation.choices, ENOUGH);
  return { schedule: scheduleText(system, markOf(row), choices), isShortest: isMinimal };
}

/** Keeps what still is a schedule of its scenario, and finds the rest. */
export function updateKept(): void {
  const old = readKept();
  const rows = (QUIRKS as readonly QuirkRow[]).map((row) => [row.id, stillGood(row, old[row.id]) ?? found(row)]);
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
}

function stillGood(row: QuirkRow, kept: Kept | undefined): Kept | null {
  if (kept === undefined) return null;
  try {
    choicesOf(row, kept);
    return kept;
  } catch {
    return null;
  }
}

