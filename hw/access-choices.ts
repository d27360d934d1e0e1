/**
 * Everything that one access may come to, given what the GT has cached.
 *
 * Hardware owes nobody a hit: until an invalidation it may use any cached translation, or go on
 * from any cached directory entry, or walk from the root, and the driver must be right for each of
 * them. Here they are listed with what each would fill, for a chooser to pick from; the first is
 * what access.ts does. A walk from a cached directory entry may lead through a table that is freed,
 * which is a `dangling-table` fault: the memory-safety bug itself, made visible. Mirrors no kernel
 * function.
 */
import type { WordAddress } from '../domain/units.ts';
import {
  completeBy,
  completeWalk,
  type AccessRequest,
  type AccessResult,
  type Context,
  type Machine,
} from './access.ts';
import { walkFrom, type PassedEntry, type TableAt } from './page-tables.ts';
import { decodeEntry } from './pte.ts';
import { directoryEntryOf, directoryHits, leafHits, type TlbEntry } from './tlb.ts';

/** One way that an access may go. */
export interface Possibility {
  /** From a cached translation, from the root, or from a cached directory entry. */
  readonly via: 'leaf' | 'root' | 'directory';
  /** The cached entry; none of a walk from the root. */
  readonly from?: TlbEntry;
  readonly result: AccessResult;
  /** Entries that the GT may cache from now on and has not cached so, from the root down. */
  readonly fills: readonly TlbEntry[];
}

/** The table that a cached directory entry points to. */
function tableBehind({ pte, level }: TlbEntry): TableAt {
  const entry = decodeEntry(pte, level);
  if (entry.kind !== 'directory') throw new Error('unreachable: only directories are cached there');
  return { table: entry.table, level: level - 1, layout: entry.layout };
}

/**
 * All ways that an access may go: by each cached translation, the smallest first; by a walk from
 * the root; from each cached directory entry, the deepest first. Never empty.
 */
export function possibleAccesses(
  machine: Machine,
  { asid, root, levels }: Context,
  at: WordAddress,
  request: AccessRequest,
): Possibility[] {
  const leaves = leafHits(machine.tlb, asid, at.addr);
  const directories = directoryHits(machine.tlb, asid, at.addr);
  const known = new Set([...leaves, ...directories].map(keyOf));
  const walked = (start: TableAt): Pick<Possibility, 'result' | 'fills'> => {
    const passed: PassedEntry[] = [];
    const found = walkFrom(machine.tables, start, at.addr, passed);
    const result = completeWalk(machine.memory, asid, found, at, request);
    const fills = passed.map((entry) => directoryEntryOf(asid, entry));
    if (result.filled !== undefined) fills.push(result.filled);
    return { result, fills: fills.filter((entry) => !known.has(keyOf(entry))) };
  };
  return [
    ...leaves.map((from): Possibility => {
      const result = completeBy(machine.memory, from, true, at, request);
      return { via: 'leaf', from, result, fills: [] };
    }),
    { via: 'root', ...walked({ table: root, level: levels - 1, layout: 'normal' }) },
    ...directories.map((from): Possibility => ({
      via: 'directory',
      from,
      ...walked(tableBehind(from)),
    })),
  ];
}

const keyOf = ({ addr, pages, level, pte }: TlbEntry): string => `${level}:${addr}:${pages}:${pte}`;

/** What an access shows and leaves behind, as a text: two possibilities with one are one choice. */
function effectOf({ result, fills }: Possibility): string {
  const seen = 'write' in result ? result.write.value : 'value' in result ? result.value : null;
  const fault = result.outcome === 'fault' ? [result.fault, result.level] : null;
  return JSON.stringify([result.outcome, seen, fault, result.pfn ?? null, fills.map(keyOf)]);
}

/** The possibilities that differ in what they show or leave behind, the first of each kind. */
export function distinctAccesses(possibilities: readonly Possibility[]): readonly Possibility[] {
  if (possibilities.length < 2) return possibilities;
  const seen = new Set<string>();
  return possibilities.filter((each) => {
    const effect = effectOf(each);
    if (seen.has(effect)) return false;
    seen.add(effect);
    return true;
  });
}
