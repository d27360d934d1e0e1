/**
 * What the driver's view says of a range: is it bound, free, or something no caller may touch?
 *
 * The kernel trusts its callers here: a VMA is bound and unbound whole, and VMAs are disjoint. A
 * call that breaks this corrupts the tree silently (or stops at a WARN), so the simulator checks it
 * first. Costs what the tables in the range cost.
 */
import { hexOfPages } from '../domain/units.ts';
import {
  clipToEntry,
  COMPACT_COUNT,
  cutAtEntries,
  entryBase,
  spanInSpace,
  type Span,
} from './levels.ts';
import { childrenOf, type PtNode, type PtRange, type PtTree } from './pt-tree.ts';
import { countFilled, SLOT_COUNT, slotAt } from './slots.ts';

/** 'cuts-leaf': an end of the range lies inside a 2M or 1G leaf, or inside a compact table. */
export type Coverage = 'free' | 'bound' | 'mixed' | 'cuts-leaf';

/** What is bound in a range of the tree. @throws Error when empty or outside the address space */
export function coverageOf(tree: PtTree, { addr, range }: PtRange): Coverage {
  return coverageUnder(tree.root, 0, spanInSpace(tree.levels, addr, range));
}

function join(a: Coverage | undefined, b: Coverage): Coverage {
  if (a === undefined || a === b) return b;
  return a === 'cuts-leaf' || b === 'cuts-leaf' ? 'cuts-leaf' : 'mixed';
}

function coverageUnder(node: PtNode, base: number, span: Span): Coverage {
  const { head, from, to, tail } = cutAtEntries(base, node.level, span);
  let sum = from < to ? wholeEntries(node, from, to) : undefined;
  for (const index of [head, tail]) {
    if (index === undefined) continue;
    const slot = slotAt(node.slots, index);
    if (slot === undefined) sum = join(sum, 'free');
    else if (slot === 'leaf' || slot.layout === 'compact') sum = join(sum, 'cuts-leaf');
    else {
      const part = clipToEntry(base, node.level, index, span);
      sum = join(sum, coverageUnder(slot, entryBase(base, node.level, index), part));
    }
  }
  if (sum === undefined) throw new Error('unreachable: a span falls on at least one entry');
  return sum;
}

/** Coverage of the entries [from, to), which lie whole inside the range. */
function wholeEntries(node: PtNode, from: number, to: number): Coverage {
  const filled = countFilled(node.slots, from, to);
  if (filled === 0) return 'free';
  if (filled < to - from) return 'mixed';
  for (const [, slot] of childrenOf(node, from, to)) {
    const count = slot.layout === 'compact' ? COMPACT_COUNT : SLOT_COUNT;
    if (wholeEntries(slot, 0, count) !== 'bound') return 'mixed';
  }
  return 'bound';
}

/** Complains about a call that the driver never makes. */
export function brokenCall(what: string, { addr, range }: PtRange, found: Coverage): Error {
  const where = `${hexOfPages(addr)}-${hexOfPages(addr + range)}`;
  const why = {
    free: 'nothing is bound there',
    bound: 'all of it is bound already',
    mixed: 'part of it is bound and part is not',
    'cuts-leaf': 'an end of the range lies inside a huge leaf; unbind the whole VMA first',
  }[found];
  return new Error(`cannot ${what} ${where}: ${why}`);
}
