/** Two runs that part at one record, side by side: how each ended, and what differs, with what it comes from. */
import type { Fact } from '../../domain/facts/schema.ts';
import type { StepRecord } from '../world/record.ts';
import { factText } from './fact-text.ts';
import { deliveryText } from './odds-text.ts';
import type { StoryLine } from './told.ts';
import { columns } from './words.ts';

/** A difference with its records; null: it did not happen there. */
export interface DifferenceShown {
  readonly log: StepRecord | null;
  readonly changed: StepRecord | null;
  /** facts of one side only */
  readonly facts: readonly [readonly Fact[], readonly Fact[]];
  /** records that it comes from, of the changed run, or of the log if it happened there only */
  readonly causes: readonly { readonly seq: number; readonly differs: boolean }[];
}

/** More facts than this of one side are counted. */
const MAX_FACTS = 6;

function factLines(mark: string, facts: readonly Fact[]): StoryLine[] {
  const tone = mark === '-' ? 'bad' : 'good';
  const shown = facts.slice(0, MAX_FACTS).map((fact): StoryLine => ({
    text: `        ${mark} ${factText(fact)}`,
    tone,
  }));
  const more = facts.length - shown.length;
  return more <= 0 ? shown : [...shown, { text: `        ${mark} and ${more} more facts`, tone }];
}

function causesText({ causes }: DifferenceShown): string {
  if (causes.length === 0) return '   (the change itself)';
  const parts = causes.map(({ seq, differs }) => (differs ? `${seq}` : `${seq}, which moved`));
  return `   (from ${parts.join('; ')})`;
}

/** One difference: `-` only in the log, `+` only in the changed run, `~` in both, and it led to something else. */
export function differenceLines(shown: DifferenceShown): StoryLine[] {
  const { log, changed, facts } = shown;
  const record = changed ?? log;
  if (record === null) return [];
  const mark = log === null ? '+' : changed === null ? '-' : '~';
  const seqs = log !== null && changed !== null ? `${log.seq}/${changed.seq}` : `${record.seq}`;
  const state =
    log !== null && changed !== null && log.state !== changed.state
      ? `  [${log.state} / ${changed.state}]`
      : '';
  const text = `${mark} ${seqs.padStart(9)}  ${deliveryText(record)}${state}${causesText(shown)}`;
  const tone = mark === '-' ? 'bad' : mark === '+' ? 'good' : 'bold';
  return [{ text, tone }, ...factLines('-', facts[0]), ...factLines('+', facts[1])];
}

export interface SideShown {
  readonly verdict: string;
  readonly records: number;
  /** the first rule that it broke, or the first reason of its verdict; null: nothing is wrong */
  readonly wrong: string | null;
}

/** How both ended, as a table. */
export function sidesTable(log: SideShown, changed: SideShown): string[] {
  return columns([
    ['', 'log', 'changed'],
    ['verdict', log.verdict, changed.verdict],
    ['records', String(log.records), String(changed.records)],
    ['wrong', log.wrong ?? 'nothing', changed.wrong ?? 'nothing'],
  ]);
}
