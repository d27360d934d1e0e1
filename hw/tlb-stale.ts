/**
 * Which cached entries are stale: a walk made now would not find them.
 *
 * Between the store of new page-table entries and the ack of the invalidation staleness is allowed;
 * after the ack it is not, and memory or tables that a stale entry leads to must not be freed
 * before (invariant 19). Mirrors no kernel function.
 */
import type { Context } from './access.ts';
import { walkFrom, type PassedEntry, type Tables } from './page-tables.ts';
import { cachedDirectories, tlbEntries, tlbEntryOf, type Tlb, type TlbEntry } from './tlb.ts';

/** The cached entries of one address space that a walk from its root does not find. */
export function staleEntries(tlb: Tlb, tables: Tables, context: Context): TlbEntry[] {
  const { asid, root, levels } = context;
  const top = { table: root, level: levels - 1, layout: 'normal' } as const;
  const isStale = (entry: TlbEntry): boolean => {
    const passed: PassedEntry[] = [];
    const found = walkFrom(tables, top, entry.addr, passed);
    const way = passed.find(({ level }) => level === entry.level);
    if (way !== undefined) return way.pte !== entry.pte;
    if (found.kind !== 'leaf') return true;
    const fresh = tlbEntryOf(asid, found);
    return fresh.pte !== entry.pte || fresh.pages !== entry.pages || fresh.level !== entry.level;
  };
  return [...tlbEntries(tlb), ...cachedDirectories(tlb)].filter(
    (entry) => entry.asid === asid && isStale(entry),
  );
}
