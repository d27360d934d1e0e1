/** Making the objects that a scenario declares: at the start, or when a client's `create` step says so. */
import { fenceKeyOf } from '../../domain/fence/fence-table.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { parsePages } from '../../domain/units.ts';
import { type Effect, fact } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';

export type DeclaredBo = Scenario['bos'][string];
export type DeclaredSyncobj = Scenario['syncobjs'][string];

/** The software fence that a `pending` syncobj holds at first; the first point of a timeline. */
export const softwareFence = (syncobj: string): string => fenceKeyOf(`sw/${syncobj}`, 1);
const FIRST_POINT = '0x1';

/** Mirrors xe_gem_create_ioctl; the memory is zeroed. */
export function createBo(
  bo: string,
  { size, placement }: DeclaredBo,
  shared: SharedReader,
): Effect {
  const range = parsePages(size);
  if (typeof range === 'string') throw new RangeError(`${bo}: a size that is ${range}`);
  const phys = shared.physFor(placement, range);
  return fact({ type: 'bo.created', bo, range, phys, placement });
}

export function createSyncobj(syncobj: string, { kind, pending }: DeclaredSyncobj): Effect[] {
  const made = fact({ type: 'syncobj.created', syncobj, kind });
  if (!pending) return [made];
  const fence = softwareFence(syncobj);
  const held =
    kind === 'binary'
      ? fact({ type: 'syncobj.replaced', syncobj, fence })
      : fact({ type: 'syncobj.advanced', syncobj, point: FIRST_POINT, fence });
  return [made, fact({ type: 'fence.created', fence, kind: 'software', parts: [] }), held];
}
