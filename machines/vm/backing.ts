/** Which memory is behind a mapping now. */
import type { Backing } from '../../hw/pte.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';

/** @throws RangeError for a BO or pages that are not there: whoever binds has looked before */
export function backingOf(piece: Piece, shared: SharedReader): Backing {
  if (piece.null) return { kind: 'null' };
  if (piece.userptr) {
    const found = shared.userptrAt(piece.offset);
    const phys = found?.area.phys ?? null;
    if (found === undefined || phys === null) throw new RangeError('no pages behind a userptr');
    return { kind: 'physical', pfn: phys + piece.offset - found.area.ptr, vram: false };
  }
  const bo = piece.obj === null ? undefined : shared.bo(piece.obj);
  if (bo === undefined) throw new RangeError(`no BO ${piece.obj ?? ''}`);
  return { kind: 'physical', pfn: bo.phys + piece.offset, vram: bo.placement === 'vram' };
}
