/**
 * Neighbouring page-table entries that mean one thing: equal ones (NULL, cleared), and leaves of consecutive pages
 * with the same flags. The runs of facts compress any arithmetic series, which need not mean anything; what people
 * read is grouped by meaning.
 */
import { PAGE_BYTES } from '../../domain/units.ts';
import { entryPages, type Level } from '../../hw/levels.ts';
import { decodeEntry } from '../../hw/pte.ts';
import { describeEntry } from '../../hw/pte-text.ts';
import { type IndexedPte, pteInRun, type Run } from '../../hw/runs.ts';

export interface PteGroup {
  readonly index: number;
  readonly count: number;
  /** the first entry's value */
  readonly pte: number;
}

/** Whether `next` goes on where the group's first entry says that its `distance`-th neighbour would. */
function goesOn(first: number, next: number, distance: number, level: Level): boolean {
  const entry = decodeEntry(first, level);
  if (entry.kind === 'directory') return false;
  if (entry.kind === 'empty' || entry.pfn === null) return next === first;
  return next === first + distance * entryPages(level) * PAGE_BYTES;
}

/** Groups entries, which ascend and may have gaps. */
export function groupEntries(entries: readonly IndexedPte[], level: Level): PteGroup[] {
  const groups: PteGroup[] = [];
  for (const { index, pte } of entries) {
    const last = groups.at(-1);
    const joins =
      last !== undefined &&
      last.index + last.count === index &&
      goesOn(last.pte, pte, last.count, level);
    if (joins) groups[groups.length - 1] = { ...last, count: last.count + 1 };
    else groups.push({ index, count: 1, pte });
  }
  return groups;
}

/** The entries that runs stand for. */
export function entriesOfRuns(runs: readonly Run[]): IndexedPte[] {
  return runs.flatMap((run) =>
    Array.from({ length: run.count }, (_, i) => {
      const index = run.index + i;
      return { index, pte: pteInRun(run, index) };
    }),
  );
}

/** `[4]` or `[5..7]` */
export function groupPlace({ index, count }: Pick<PteGroup, 'index' | 'count'>): string {
  return count === 1 ? `[${index}]` : `[${index}..${index + count - 1}]`;
}

/** What the entries of a group mean; of consecutive pages the first is named. */
export function groupText({ pte, count }: PteGroup, level: Level): string {
  const text = describeEntry(pte, level);
  const entry = decodeEntry(pte, level);
  const rising = count > 1 && entry.kind === 'leaf' && entry.pfn !== null;
  return rising ? `${text} and the pages after it` : text;
}
