/** Mappings in the form that messages and facts carry, and back. */
import type { MemoryRegion } from '../../hw/allocator.ts';
import type { Op } from '../../domain/va/ops.ts';
import type { Mapping } from '../../domain/va/mapping.ts';
import type { Piece } from '../contract/messages.ts';
import type { VmOp } from './context.ts';

export function pieceOfMapping(mapping: Mapping, va = mapping.id): Piece {
  const { addr, range, obj, offset, repeat, attrs } = mapping;
  const piece = { va, addr, range, obj, offset, ...attrs };
  return repeat === null ? piece : { ...piece, repeat };
}

/** Members by name, no rest: a fact that holds a piece has members of its own besides. */
export function mappingOfPiece(piece: Piece): Mapping {
  const { va: id, addr, range, obj, offset, null: isNull, readOnly, userptr, gtMask } = piece;
  const attrs = { null: isNull, readOnly, userptr, gtMask };
  return { id, addr, range, obj, offset, repeat: piece.repeat ?? null, attrs };
}

/** What a bind op asks for besides its list. */
export interface ListOptions {
  readonly immediate: boolean;
  readonly region: MemoryRegion;
}

/** Numbers the new mappings of a list from `last + 1` on, in the order in which they are inserted. */
export function numberOps(
  ops: readonly Op[],
  last: number,
  { immediate, region }: ListOptions,
): { ops: VmOp[]; last: number } {
  let id = last;
  const fresh = (mapping: Mapping): Piece => pieceOfMapping(mapping, ++id);
  const numbered = ops.map((op): VmOp => {
    switch (op.op) {
      case 'map':
        return { op: 'map', map: fresh(op.map), immediate };
      case 'unmap':
        return { op: 'unmap', unmap: pieceOfMapping(op.unmap), keep: op.keep };
      case 'remap':
        return {
          op: 'remap',
          prev: op.prev === null ? null : fresh(op.prev),
          next: op.next === null ? null : fresh(op.next),
          unmap: pieceOfMapping(op.unmap),
          keep: op.keep,
        };
      case 'prefetch':
        return { op: 'prefetch', unmap: pieceOfMapping(op.va), region };
    }
  });
  return { ops: numbered, last: id };
}

/** The mappings that an op makes. */
export function madeBy(op: VmOp): readonly Piece[] {
  if (op.op === 'map') return [op.map];
  if (op.op !== 'remap') return [];
  return [op.prev, op.next].filter((piece) => piece !== null);
}

/** The mapping that an op takes away, or null. */
export function removedBy(op: VmOp): Piece | null {
  return op.op === 'unmap' || op.op === 'remap' ? op.unmap : null;
}
