/** How likely a problem is after each step, as a bar chart for a terminal. Steps after which nothing has changed share a row. */
import type { StepRecord } from '../world/record.ts';
import { senderOf } from './sequence.ts';
import { messageText } from './message-text.ts';

/** By the number of records taken: `after[k]` is after record k; NaN where nobody looked. */
export interface OddsShown {
  readonly after: readonly number[];
  /** half of the 95% interval; 0 where exact */
  readonly error: readonly number[];
}

const BAR = 30;

/** `app>vm0: bind #1 ...`: a record by its delivery and what it means. */
export function deliveryText(record: StepRecord): string {
  const text = messageText(record);
  const from = senderOf(record);
  const way = from === record.actor ? from : `${from}>${record.actor}`;
  return text === null ? `${way}: goes on` : `${way}: ${text}`;
}

export const chanceText = (odds: number): string => odds.toFixed(odds > 0 && odds < 0.001 ? 5 : 3);

/** One row for each run of records with the same odds. @param records record 0 first */
export function oddsLines({ after, error }: OddsShown, records: readonly StepRecord[]): string[] {
  const lines: string[] = [];
  const width = String(after.length - 1).length;
  for (let first = 0; first < after.length;) {
    const odds = after[first] ?? 0;
    let last = first;
    if (Number.isNaN(odds)) {
      first += 1;
      continue;
    }
    while (last + 1 < after.length && Math.abs((after[last + 1] ?? 0) - odds) < 1e-9) last += 1;
    const from = first === 0 ? 'start' : String(first).padStart(width);
    const range = last === first ? from : `${from}-${last}`;
    const wide = error[first] ?? 0;
    const spread = wide === 0 ? '' : `+-${wide.toFixed(2)}`;
    const bar = '#'.repeat(Math.round(odds * BAR)).padEnd(BAR);
    const record = first === 0 ? undefined : records[first];
    const what = record === undefined ? '' : deliveryText(record);
    const columns = [range.padEnd(6 + width), chanceText(odds), spread.padEnd(6), bar, what];
    lines.push(`  ${columns.join(' ')}`.trimEnd());
    first = last + 1;
  }
  return lines;
}
