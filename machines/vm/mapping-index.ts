/**
 * Finds mappings of the address space by what others know of them: the VMA's number, and the process's address behind a
 * userptr. What the kernel keeps in struct xe_vma's links and in the interval tree of the process's notifiers.
 */
import { OrderedMap } from '../../domain/ordered-map.ts';
import type { Page } from '../../domain/units.ts';
import type { VaSpace } from '../../domain/va/va-space.ts';
import type { Piece } from '../contract/messages.ts';
import type { MappingIndex, VmOp } from './context.ts';
import { madeBy, pieceOfMapping, removedBy } from './pieces.ts';

export const EMPTY_INDEX: MappingIndex = {
  places: OrderedMap.empty(),
  userptrs: OrderedMap.empty(),
  byPtr: OrderedMap.empty(),
};

function without(index: MappingIndex, { va, offset, userptr }: Piece): MappingIndex {
  const places = index.places.delete(va);
  if (!userptr) return { ...index, places };
  const left = index.byPtr.get(offset)?.filter((each) => each !== va) ?? [];
  const byPtr = left.length === 0 ? index.byPtr.delete(offset) : index.byPtr.set(offset, left);
  return { places, userptrs: index.userptrs.delete(va), byPtr };
}

function plus(index: MappingIndex, piece: Piece): MappingIndex {
  const { va, addr, offset, userptr } = piece;
  const places = index.places.set(va, addr);
  if (!userptr) return { ...index, places };
  const byPtr = index.byPtr.set(offset, [...(index.byPtr.get(offset) ?? []), va]);
  return { places, userptrs: index.userptrs.set(va, piece), byPtr };
}

/** After the ops of a call. */
export function indexed(index: MappingIndex, ops: readonly VmOp[]): MappingIndex {
  return ops.reduce((before, op) => {
    const gone = removedBy(op);
    return madeBy(op).reduce(plus, gone === null ? before : without(before, gone));
  }, index);
}

/** The mapping with this number, if it is in the space. */
export function pieceOf(index: MappingIndex, space: VaSpace, va: number): Piece | undefined {
  const addr = index.places.get(va);
  const mapping = addr === undefined ? undefined : space.mappings.get(addr);
  return mapping === undefined ? undefined : pieceOfMapping(mapping);
}

/** An area of the process's memory: userptr mappings that end beyond it cannot be pinned, so they are never bound. */
export interface Area {
  readonly ptr: Page;
  readonly range: Page;
}

export const isOfArea = ({ ptr, range }: Area, { userptr, offset }: Piece): boolean =>
  userptr && ptr <= offset && offset < ptr + range;

/** The userptr mappings of an area, by number. */
export function piecesOfArea({ byPtr, userptrs }: MappingIndex, { ptr, range }: Area): Piece[] {
  return [...byPtr.values(ptr, ptr + range)]
    .flat()
    .sort((a, b) => a - b)
    .flatMap((va) => userptrs.get(va) ?? []);
}
