/** The end of a VMA, when nothing in hardware leads to its memory any more. */
import { type Effect, fact } from '../contract/effects.ts';
import { dropRef } from '../shared/refs.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { Dying } from './context.ts';

/** The VMA lets go of its BO, and of the memory if it was the last to hold it (xe_vma_destroy_late). */
export function destroyed(
  vm: string,
  { va, obj }: Pick<Dying, 'va' | 'obj'>,
  shared: SharedReader,
): Effect[] {
  const gone = fact({ type: 'vma.destroyed', vm, va, obj });
  return obj === null ? [gone] : [gone, ...dropRef(shared, obj, `${vm}/${va}`)];
}
