/**
 * The state at one record as tables: address spaces, page tables, TLBs, fences with syncobjs, actors. Each is a pure
 * function of the folded views; the command line prints them as text or as JSON rows.
 */
import { errnoName } from '../../domain/errno.ts';
import { hexOfPages, type Page } from '../../domain/units.ts';
import { entryBase, entryPages } from '../../hw/levels.ts';
import { decodeEntry } from '../../hw/pte.ts';
import { describeEntry, hexOfPte } from '../../hw/pte-text.ts';
import { filledSlots } from '../../hw/slots.ts';
import { tlbEntries } from '../../hw/tlb.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import type { Views } from '../replay/views.ts';
import { groupEntries, groupPlace, groupText } from './pte-groups.ts';
import { byName, list, type ViewTable } from './view-table.ts';

/** One table a VM: every mapping, with its number. */
export function spaceTables({ spaces }: Views): ViewTable[] {
  return byName(spaces).map(([vm, space]) => ({
    title: `${vm} (${space.config.semantics})`,
    columns: ['va', 'start', 'end', 'range', 'backing', 'offset', 'flags'],
    rows: [...space.mappings.values()].map(({ id, addr, range, obj, offset, attrs }) => [
      String(id),
      hexOfPages(addr),
      hexOfPages(addr + range),
      hexOfPages(range),
      attrs.null ? 'NULL' : (obj ?? 'none'),
      attrs.null ? '-' : hexOfPages(offset),
      attrs.readOnly ? 'read-only' : '-',
    ]),
  }));
}

/** The entries of one table and of those below it; neighbours that mean one thing share a row. */
function tableRows(shared: Shared, table: Page, base: Page, rows: string[][]): void {
  const page = shared.tables.pages.get(table);
  if (page === undefined) {
    rows.push(['?', hexOfPages(table), '-', hexOfPages(base), '-', '-', 'freed table']);
    return;
  }
  const { level, entries } = page;
  const filled = filledSlots(entries).map(([index, pte]) => ({ index, pte }));
  for (const group of groupEntries(filled, level)) {
    const start = entryBase(base, level, group.index);
    rows.push([
      `${'  '.repeat(Math.max(0, 4 - level))}L${level}`,
      hexOfPages(table),
      groupPlace(group),
      hexOfPages(start),
      hexOfPages(start + group.count * entryPages(level)),
      hexOfPte(group.pte),
      groupText(group, level),
    ]);
    const entry = decodeEntry(group.pte, level);
    if (entry.kind === 'directory') tableRows(shared, entry.table, start, rows);
  }
}

/** One table for each VM on each GT: what the hardware's walk would find. */
export function pageTableTables({ shared }: Views): ViewTable[] {
  return byName(shared.roots).map(([key, root]) => {
    const [gt = '', vm = ''] = key.split(' ');
    const rows: string[][] = [];
    tableRows(shared, root, 0, rows);
    return {
      title: `${vm} on ${gt}, root table ${hexOfPages(root)}`,
      columns: ['level', 'table', 'entries', 'start', 'end', 'pte', 'meaning'],
      rows,
    };
  });
}

/** One table a GT: the translations that it has cached. */
export function tlbTables({ shared }: Views): ViewTable[] {
  const vms = new Map(Object.entries(shared.asids).map(([vm, asid]) => [asid, vm]));
  return byName(shared.tlbs).map(([gt, tlb]) => ({
    title: `${gt} TLB`,
    columns: ['vm', 'start', 'end', 'pte', 'meaning'],
    rows: tlbEntries(tlb).map(({ asid, addr, pages, pte, level }) => [
      vms.get(asid) ?? `asid ${asid}`,
      hexOfPages(addr),
      hexOfPages(addr + pages),
      hexOfPte(pte),
      describeEntry(pte, level),
    ]),
  }));
}

const resultText = (result: number | null): string =>
  result === null ? 'pending' : result === 0 ? 'signaled' : `error ${errnoName(result)}`;

/** All fences, then all syncobjs with what they hold. */
export function fenceTables({ shared }: Views): ViewTable[] {
  const fences = byName(shared.fences).flatMap(([, context]) => [...context.values()]);
  return [
    {
      title: 'fences',
      columns: ['fence', 'kind', 'state', 'parts', 'waiters'],
      rows: fences.map(({ key, kind, result, parts, waiters }) => [
        key,
        kind,
        resultText(result),
        list(parts),
        list(waiters),
      ]),
    },
    {
      title: 'syncobjs',
      columns: ['syncobj', 'kind', 'holds'],
      rows: byName(shared.syncobjs).map(([name, syncobj]) => [
        name,
        syncobj.kind,
        syncobj.kind === 'binary'
          ? (syncobj.fence ?? '-')
          : list(syncobj.points.map(({ point, fence }) => `${BigInt(point)}: ${fence}`)),
      ]),
    },
  ];
}

/** Which state each actor is in. */
export function actorTables({ states }: Views): ViewTable[] {
  return [{ title: 'actors', columns: ['actor', 'state'], rows: byName(states) }];
}
