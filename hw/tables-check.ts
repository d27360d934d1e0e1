/**
 * Does the hardware see what the driver was asked to map?
 *
 * Compares all leaves that a walk can reach with a list of mappings, entry by entry, in one pass
 * over both: missing, unexpected and wrong ones. What an entry should be is worked out for each
 * address on its own (leaf-rule.ts), not by staging a bind. Used by the invariants of the VM (2, 3,
 * 22, 23) and by replays; it mirrors no kernel function. Costs what tables and mappings cost.
 */
import type { Page } from '../domain/units.ts';
import { hintedAt, leafLevelAt, leafValueAt, type Mapping } from './leaf-rule.ts';
import { entryPages, type Level } from './levels.ts';
import { entriesOf, type LeafEntry, type Tables } from './page-tables.ts';

/** The root that hardware walks from. */
export interface TableRoot {
  readonly root: Page;
  readonly levels: number;
}

export type Difference =
  /** Mapped pages without a translation. */
  | { readonly kind: 'missing'; readonly addr: Page; readonly range: Page }
  /** A leaf that starts outside all mappings or reaches beyond its mapping. */
  | ({ readonly kind: 'unexpected' } & LeafEntry)
  /** A leaf inside a mapping with another value, or of another size, than it should have. */
  | ({
      readonly kind: 'wrong';
      readonly expected: { readonly level: Level; readonly pte: number };
    } & LeafEntry);

/** The leaf that translates page `addr` of the mapping when all is right. */
function expectedLeaf(mapping: Mapping, addr: Page): { level: Level; pte: number } {
  const level = leafLevelAt(mapping, addr);
  const start = addr - (addr % entryPages(level));
  const hint64K = level === 0 && hintedAt(mapping, addr);
  return { level, pte: leafValueAt(mapping, level, start, hint64K) };
}

/**
 * The differences between what hardware translates and `expected` (disjoint mappings in any order),
 * ascending by address; empty when all is right.
 */
export function compareMappings(
  tables: Tables,
  { root, levels }: TableRoot,
  expected: readonly Mapping[],
): Difference[] {
  const differences: Difference[] = [];
  const mappings = [...expected].sort((a, b) => a.addr - b.addr);
  let next = 0;
  let seen: Page = 0;
  /** Reports pages of mappings below `limit` that no leaf has translated. */
  const missingBelow = (limit: Page): void => {
    for (let m = mappings[next]; m !== undefined && m.addr < limit; m = mappings[next]) {
      const from = Math.max(seen, m.addr);
      const to = Math.min(limit, m.addr + m.range);
      if (from < to) differences.push({ kind: 'missing', addr: from, range: to - from });
      if (m.addr + m.range > limit) return;
      next += 1;
    }
  };
  for (const leaf of entriesOf(tables, root, levels)) {
    const end = leaf.addr + entryPages(leaf.level);
    const open = mappings[next];
    const goesOn = leaf.addr === seen && open !== undefined && end <= open.addr + open.range;
    if (!goesOn) missingBelow(leaf.addr);
    const mapping = mappings[next];
    if (mapping === undefined || leaf.addr < mapping.addr || end > mapping.addr + mapping.range) {
      differences.push({ kind: 'unexpected', ...leaf });
    } else {
      const right = expectedLeaf(mapping, leaf.addr);
      if (right.level !== leaf.level || right.pte !== leaf.pte) {
        differences.push({ kind: 'wrong', ...leaf, expected: right });
      }
    }
    seen = end;
  }
  missingBelow(Infinity);
  return differences;
}
