/** Which memory is behind a mapping now. */
import type { Backing } from '../../hw/pte.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';

/**
 * S08: NULL with READONLY keeps only READONLY (`|` binds tighter than `?:` where the flags of the VMA are put together,
 * xe_vma_create), and the entry is made from a cursor that nobody has set: here it points to page 0.
 */
function losesNull({ null: isNull, readOnly }: Piece, shared: SharedReader): boolean {
  return isNull && readOnly && shared.has('S08');
}

/** @throws RangeError for a BO or pages that are not there: whoever binds has looked before */
export function backingOf(piece: Piece, shared: SharedReader): Backing {
  if (losesNull(piece, shared)) return { kind: 'physical', pfn: 0, vram: false };
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
