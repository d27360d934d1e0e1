/** I24: the shape of the page tables. */
import { hasFlag, isLeafEntry, pfnOfEntry } from '../pte-bits.ts';
import { hexOfPages, type Page } from '../units.ts';
import { Broken, invariant } from './contract.ts';
import type { Known } from './known/known.ts';
import { aliveIn } from './known/spaces.ts';
import { type TableSeen, tableSpan, topOf } from './known/tables.ts';
import type { RunRecord } from './record.ts';

/** Whether any job of a bind queue is under way for this VM: then the driver is ahead of the tables. */
const isBusy = ({ calls }: Known): boolean => !calls.jobs.isEmpty;

/**
 * Whether a mapping whose entries were cleared, but which was not unbound, has its place there: the driver counts
 * those entries as live, and its unbind frees the table.
 */
function isKept({ gt, vm, base, level }: TableSeen, { vms }: Known): boolean {
  const space = vms[vm];
  if (space === undefined || base === null) return false;
  return aliveIn(space, base, base + tableSpan(level)).some(
    ({ present, zapped }) => present.includes(gt) && zapped.includes(gt),
  );
}

/** Whether it may be found empty: it hangs from a root, or nowhere yet. What was taken out never hangs again. */
function mayHang(page: Page, { tables }: Known): boolean {
  const table = tables.get(page);
  if (table === undefined || table.isRoot) return false;
  return table.base === null || topOf(tables, table).isRoot;
}

/** A table that lost its last entry. */
export interface Emptied {
  readonly gt: string;
  readonly table: Page;
}

const byTable = (a: Emptied, b: Emptied): number => a.table - b.table;

/** It has got entries again, and is listed again when it loses them. */
const isRefilled = ({ table }: Emptied, { facts }: RunRecord, { tables }: Known): boolean =>
  facts.some((fact) => fact.type === 'pte.written' && fact.table === table) &&
  tables.get(table)?.live !== 0;

export const tablesLive = invariant<readonly Emptied[]>({
  id: 'I24',
  says: 'An entry that is no leaf points to a table, which has a live entry; a root outlives the mappings of its VM.',
  source: '6.24, 2.15',
  shows:
    'entries as stored; that a table is not empty whenever no job is under way (with two bind queues the driver is ahead of the tables), unless a mapping there had its entries cleared and is bound still; num_live itself is in no fact',
  // those that have no entry now and may hang in a tree, ascending
  start: [],
  on: {
    'pte.written': (own, { gt, vm, level, runs, table }, known) => {
      const { tables, vms } = known;
      for (const { index, count, pte, stride } of runs) {
        if (pte % 2 === 0 || isLeafEntry(pte, level)) continue;
        for (let i = 0; i < (stride === 0 ? 1 : count); i++) {
          if (tables.has(pfnOfEntry(pte + i * stride)) || vms[vm]?.scratch === true) continue;
          return new Broken(
            own,
            `${gt}: entry ${index + i} of table ${hexOfPages(table)} points to no table`,
          );
        }
      }
      const clears = runs.some(({ pte }) => !hasFlag(pte, 1));
      if (!clears) return own;
      // of the other GTs' it changes none
      return [...own.filter((each) => each.table !== table), { gt, table }]
        .filter((each) => each.gt !== gt || mayHang(each.table, known))
        .sort(byTable);
    },
    'table.freed': (own, { gt, vm, table }, { tables, vms }) => {
      const left = own.filter((each) => each.table !== table);
      const next = left.length < own.length ? left : own;
      const isEarly = tables.get(table)?.isRoot === true && (vms[vm]?.tree.size ?? 0) > 0;
      return isEarly
        ? new Broken(next, `${gt}: the root of ${vm} is freed before its mappings`)
        : next;
    },
    'job.done': (own) => own,
  },
  settle: (own, record, known) => {
    if (own.length === 0) return own;
    const left = own.filter((each) => !isRefilled(each, record, known));
    if (isBusy(known)) return left.length === own.length ? own : left;
    const empty = left
      .map((each) => known.tables.get(each.table))
      .find((table) => {
        if (table === undefined || table.parent === null) return false;
        return topOf(known.tables, table).isRoot && !isKept(table, known);
      });
    return empty === undefined
      ? []
      : new Broken([], `${empty.gt}: table ${hexOfPages(empty.table)} of ${empty.vm} is empty`);
  },
});
