/**
 * Op lists and mappings as text, the same from a table's expected columns and from the facts of a run:
 * `REMAP [0,4) prev [0,1) bo0+0 next [3,4) bo0+3`. Pages of 4 KiB from a base, half-open.
 */
import type { FactOf } from '../../../domain/facts/schema.ts';
import type { Area } from './row.ts';
import type { ExpectedOp, ExpectedVa, Span } from './table.ts';

type FactOp = FactOf<'ops.created'>['ops'][number];
export type MappingFact = Pick<
  FactOf<'va.mapped'>,
  'addr' | 'range' | 'obj' | 'offset' | 'null' | 'readOnly'
>;

/** The tables' names of what backs a mapping, as the scenarios name it. */
const NAMES: Readonly<Record<string, string>> = { userptr: 'u0', userptr1: 'u1' };
export const nameOf = (obj: string): string => NAMES[obj] ?? obj;

const span = ([from, to]: Span): string => `[${from},${to})`;

export const expectedVa = ({ va, obj, offset }: ExpectedVa): string =>
  `${span(va)} ${nameOf(obj)}+${offset}`;

export function expectedOp(op: ExpectedOp): string {
  switch (op.op) {
    case 'MAP':
      return `MAP ${expectedVa(op)}`;
    case 'UNMAP':
      return `UNMAP ${span(op.va)}`;
    case 'REMAP': {
      const rest = (name: string, piece: typeof op.prev): string =>
        piece === null ? '' : ` ${name} ${expectedVa({ va: [piece[0], piece[1]], ...piece[2] })}`;
      return `REMAP ${span(op.unmap)}${rest('prev', op.prev)}${rest('next', op.next)}`;
    }
  }
}

/** Where a fact's pages count from. */
export interface Frame {
  readonly base: number;
  readonly areas?: readonly Area[];
}

const factSpan = ({ addr, range }: MappingFact, { base }: Frame): string =>
  span([addr - base, addr - base + range]);

/** A userptr has no object, and its offset is its page in the process, as in struct drm_gpuva. */
function backingOf({ null: isNull, obj, offset }: MappingFact, { areas = [] }: Frame): string {
  if (isNull) return 'NULL';
  const area = areas.find(({ from, to }) => obj === null && from <= offset && offset < to);
  return area === undefined ? `${obj ?? 'none'}+${offset}` : `${area.name}+${offset - area.from}`;
}

export const factVa = (mapping: MappingFact, frame: Frame): string =>
  `${factSpan(mapping, frame)} ${backingOf(mapping, frame)}${mapping.readOnly ? ' read-only' : ''}`;

export function factOp(op: FactOp, frame: Frame): string {
  switch (op.op) {
    case 'map':
      return `MAP ${factVa(op.map, frame)}`;
    case 'unmap':
      return `UNMAP ${factSpan(op.unmap, frame)}`;
    case 'remap': {
      const rest = (name: string, piece: typeof op.prev): string =>
        piece === null ? '' : ` ${name} ${factVa(piece, frame)}`;
      return `REMAP ${factSpan(op.unmap, frame)}${rest('prev', op.prev)}${rest('next', op.next)}`;
    }
    case 'prefetch':
      return `PREFETCH ${factSpan(op.unmap, frame)}`;
  }
}
