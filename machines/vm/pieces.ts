/** Mappings in the form that messages and facts carry, and back. */
import type { Op } from '../../domain/va/ops.ts';
import type { Mapping } from '../../domain/va/mapping.ts';
import type { Piece } from '../contract/messages.ts';
import type { VmOp } from './context.ts';

export function pieceOfMapping(mapping: Mapping, va = mapping.id): Piece {
  const { addr, range, obj, offset, attrs } = mapping;
  return { va, addr, range, obj, offset, null: attrs.null, readOnly: attrs.readOnly };
}

export function mappingOfPiece(piece: Piece): Mapping {
  const { va: id, addr, range, obj, offset, null: isNull, readOnly } = piece;
  return { id, addr, range, obj, offset, attrs: { null: isNull, readOnly } };
}

/** Numbers the new mappings of a list from `last + 1` on, in the order in which they are inserted. */
export function numberOps(ops: readonly Op[], last: number): { ops: VmOp[]; last: number } {
  let id = last;
  const fresh = (mapping: Mapping): Piece => pieceOfMapping(mapping, ++id);
  const numbered = ops.map((op): VmOp => {
    switch (op.op) {
      case 'map':
        return { op: 'map', map: fresh(op.map) };
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
        throw new RangeError('prefetch has no VM_BIND op here yet');
    }
  });
  return { ops: numbered, last: id };
}
