/**
 * Does the hardware see what the driver was asked to map?
 *
 * Compares all leaves that a walk can reach with a list of mappings, entry by entry, in one pass
 * over both: missing, unexpected and wrong ones. What an entry should be is worked out for each
 * address on its own (leaf-rule.ts), not by staging a bind. Used by the invariants of the VM (2, 3,
 * 22, 23) and by replays; it mirrors no kernel function. Costs what tables and mappings cost; for a
 * check after every step see mapping-watch.ts.
 */
import type { Page } from '../domain/units.ts';
import type { PtFlavour } from './flavour.ts';
import { leafAt, leafPages, type Mapping } from './leaf-rule.ts';
import { spacePages, type Level, type Span } from './levels.ts';
import { entriesOf, type LeafEntry, type Tables } from './page-tables.ts';
import type { PtTree } from './pt-tree.ts';
import type { ScratchTree } from './scratch.ts';

/** The root that hardware walks from, and what kind of tables are below it. */
export interface TableRoot {
  readonly root: Page;
  readonly levels: number;
  /** DEFAULT_FLAVOUR unless given. */
  readonly flavour?: PtFlavour;
  /** Only in a VM with scratch pages. */
  readonly scratch?: ScratchTree;
}

/** The root of a driver's tree. */
export function tableRootOf({ root, levels, flavour, scratch }: PtTree): TableRoot {
  return {
    ...{ root: root.table, levels },
    ...(flavour === undefined ? {} : { flavour }),
    ...(scratch === undefined ? {} : { scratch }),
  };
}

export type Difference =
  /** Mapped pages without a translation, or with the scratch page's. */
  | { readonly kind: 'missing'; readonly addr: Page; readonly range: Page }
  /** A leaf that starts outside all mappings or reaches beyond its mapping. */
  | ({ readonly kind: 'unexpected' } & LeafEntry)
  /** A leaf inside a mapping with another value, or of another size, than it should have. */
  | ({
      readonly kind: 'wrong';
      readonly expected: {
        readonly level: Level;
        readonly pte: number;
        readonly is64K?: true;
      };
    } & LeafEntry);

/**
 * The differences between what hardware translates and `expected` (disjoint mappings in any order),
 * ascending by address; empty when all is right.
 */
export function compareMappings(
  tables: Tables,
  from: TableRoot,
  expected: readonly Mapping[],
): Difference[] {
  const mappings = [...expected].sort((a, b) => a.addr - b.addr);
  return compareWithin(tables, from, mappings, { from: 0, to: spacePages(from.levels) });
}

/**
 * The same for a span of addresses that no leaf and no mapping crosses the ends of; `mappings` are
 * those in the span, ascending.
 */
export function compareWithin(
  tables: Tables,
  { root, levels, flavour, scratch }: TableRoot,
  mappings: readonly Mapping[],
  span: Span,
): Difference[] {
  const differences: Difference[] = [];
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
  for (const leaf of entriesOf(tables, root, levels, span.from, span.to, scratch)) {
    const end = leaf.addr + leafPages(leaf);
    const open = mappings[next];
    const goesOn = leaf.addr === seen && open !== undefined && end <= open.addr + open.range;
    if (!goesOn) missingBelow(leaf.addr);
    const mapping = mappings[next];
    if (mapping === undefined || leaf.addr < mapping.addr || end > mapping.addr + mapping.range) {
      differences.push({ kind: 'unexpected', ...leaf });
    } else {
      const { level, pte, is64K } = leafAt(mapping, leaf.addr, flavour);
      if (level !== leaf.level || pte !== leaf.pte || is64K !== leaf.is64K) {
        const expected = { level, pte, ...(is64K === true ? { is64K } : {}) };
        differences.push({ kind: 'wrong', ...leaf, expected });
      }
    }
    seen = end;
  }
  missingBelow(Infinity);
  return differences;
}
