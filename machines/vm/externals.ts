/**
 * The external BOs of a VM: what it maps, and what waits in the worker for its unbind. Mirrors vm->extobj, which a BO leaves
 * when its last VMA is destroyed (xe_vma_destroy), after the unbind: until then its entries are there, jobs reach it
 * through them, and whoever moves it has to wait for those jobs.
 */
import type { SharedReader } from '../shared/reader.ts';
import type { VmContext } from './context.ts';
import { doomedPieces } from './notifier.ts';

/** By name, in order. */
export function externalsOf(context: VmContext, shared: SharedReader): readonly string[] {
  const mapped = Object.keys(shared.vm(context.id)?.extobjs ?? {});
  if (context.pending.length === 0) return mapped.sort();
  const doomed = doomedPieces(context).flatMap(({ obj }) =>
    obj !== null && shared.bo(obj)?.vm === null ? [obj] : [],
  );
  return [...new Set([...mapped, ...doomed])].sort();
}
