/** Invariants 1, 2, 3, 7 and 22 (of mappings): what the address spaces hold, by the facts and by the requests. */
import type { Fact } from '../../domain/facts/schema.ts';
import type { BindOp } from '../../domain/scenario/schema.ts';
import { parsePages } from '../../domain/units.ts';
import { watcher } from './invariant.ts';

interface Piece {
  readonly addr: number;
  readonly range: number;
  readonly obj: string | null;
  readonly offset: number;
  readonly null: boolean;
  readonly readOnly: boolean;
}
type Space = Map<number, Piece & { readonly va: number }>;
interface Spaces {
  readonly limits: Map<string, { readonly addr: number; readonly end: number }>;
  readonly spaces: Map<string, Space>;
}

const newSpaces = (): Spaces => ({ limits: new Map(), spaces: new Map() });
const endOf = ({ addr, range }: { addr: number; range: number }): number => addr + range;

/** Folds a fact about mappings; null, or why it does not fit. */
function fold({ limits, spaces }: Spaces, fact: Fact): string | null {
  if (fact.type === 'vm.created') {
    limits.set(fact.vm, { addr: fact.addr, end: endOf(fact) });
    spaces.set(fact.vm, new Map());
  }
  if (fact.type !== 'va.mapped' && fact.type !== 'va.unmapped') return null;
  const space = spaces.get(fact.vm);
  const limit = limits.get(fact.vm);
  if (space === undefined || limit === undefined) return `a mapping of ${fact.vm}, which is not`;
  if (fact.type === 'va.unmapped') {
    const held = space.get(fact.addr);
    space.delete(fact.addr);
    const isIt = held?.va === fact.va && held.range === fact.range;
    return isIt ? null : `va ${fact.va} is unmapped and was not there`;
  }
  if (fact.range < 1) return `va ${fact.va} is empty`;
  if (fact.addr < limit.addr || endOf(fact) > limit.end) return `va ${fact.va} is outside`;
  if (fact.null && fact.obj !== null) return `va ${fact.va} is NULL and has an object`;
  for (const other of space.values()) {
    const apart = endOf(other) <= fact.addr || other.addr >= endOf(fact);
    if (!apart) return `va ${fact.va} overlaps va ${other.va}`;
  }
  space.set(fact.addr, fact);
  return null;
}

export const mappingsDisjoint = watcher<Spaces>({
  id: 'I1',
  says: 'Mapped vas of a VM are disjoint, not empty, inside the VM; a NULL va has no object (22).',
  start: newSpaces,
  at: (state, { facts }) => {
    for (const fact of facts) {
      const wrong = fold(state, fact);
      if (wrong !== null) return wrong;
    }
    return null;
  },
});

function pages(text: string): number {
  const parsed = parsePages(text);
  if (typeof parsed === 'string') throw new RangeError(`${text}: ${parsed}`);
  return parsed;
}

/** What is left of `pieces` outside [addr, end). */
function cut(pieces: readonly Piece[], addr: number, end: number): Piece[] {
  return pieces.flatMap((piece) => {
    const left = Math.min(endOf(piece), addr) - piece.addr;
    const from = Math.max(piece.addr, end);
    const right = endOf(piece) - from;
    return [
      ...(left > 0 ? [{ ...piece, range: left }] : []),
      ...(right > 0
        ? [{ ...piece, addr: from, range: right, offset: piece.offset + from - piece.addr }]
        : []),
    ];
  });
}

/** The plainest possible VM_BIND: what is asked for replaces whatever is there. */
function requested(pieces: readonly Piece[], op: BindOp): Piece[] {
  if ('unmapAll' in op) return pieces.filter(({ obj }) => obj !== op.unmapAll.bo);
  const span = 'map' in op ? op.map : op.unmap;
  const addr = pages(span.addr);
  const range = pages(span.range);
  const rest = cut(pieces, addr, addr + range);
  if (!('map' in op)) return rest;
  const { bo, offset, null: isNull, readOnly } = op.map;
  const attrs = { null: isNull ?? false, readOnly: readOnly ?? false };
  return [...rest, { addr, range, obj: bo ?? null, offset: pages(offset ?? '0x0'), ...attrs }];
}

/** The function from pages to backings as text, wherever the borders of mappings are. */
function backingText(pieces: Iterable<Piece>): string {
  const sorted = [...pieces].sort((a, b) => a.addr - b.addr);
  const merged: Piece[] = [];
  for (const piece of sorted) {
    const last = merged.at(-1);
    const isSame =
      last !== undefined &&
      endOf(last) === piece.addr &&
      last.obj === piece.obj &&
      last.null === piece.null &&
      last.readOnly === piece.readOnly &&
      (piece.obj === null || last.offset + last.range === piece.offset);
    if (isSame) merged[merged.length - 1] = { ...last, range: last.range + piece.range };
    else merged.push(piece);
  }
  return merged
    .map(({ addr, range, obj, offset, null: isNull, readOnly }) =>
      [addr, range, obj ?? (isNull ? 'NULL' : '?'), obj === null ? 0 : offset, readOnly].join(' '),
    )
    .join('; ');
}

export const asRequested = watcher<Spaces>({
  id: 'I3',
  says: 'After an accepted call every page has the backing that was asked for, and all others keep theirs (2).',
  start: newSpaces,
  at: (state, { facts, type, data, actor }) => {
    const before: readonly Piece[] = [...(state.spaces.get(actor)?.values() ?? [])];
    for (const fact of facts) fold(state, fact);
    if (!facts.some((fact) => fact.type === 'bind.accepted') || type !== 'vm.bind') return null;
    const { ops } = data as unknown as { ops: readonly BindOp[] };
    const expected = backingText(ops.reduce<readonly Piece[]>(requested, before));
    const actual = backingText(state.spaces.get(actor)?.values() ?? []);
    return expected === actual ? null : `${actor} holds ${actual}, asked for was ${expected}`;
  },
});

const TRACES = /^(va\.|syncobj\.|fence\.|job\.|table\.|pte\.|ops\.executed)/;

export const failuresLeaveNothing = watcher<null>({
  id: 'I7',
  says: 'A call that fails leaves the space, the syncobjs, the fences and the page tables as they were.',
  start: () => null,
  at: (_, { facts }) => {
    const failed = facts.find(({ type }) => type === 'bind.refused' || type === 'bind.unwound');
    const trace = facts.find(({ type }) => TRACES.test(type));
    return failed && trace ? `a failed call leaves ${trace.type}` : null;
  },
});
