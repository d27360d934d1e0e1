/**
 * Folds the facts about fences and about what holds them: syncobjs, reservation objects, jobs. Whoever lets go of a fence
 * comes to know the next one first, so that one which moves from hand to hand is held all the time.
 */
import type { FactOf, FactType } from '../../domain/facts/schema.ts';
import { endFence, hold, holdForJob, letGo, makeFence } from '../../domain/fence/fence-refs.ts';
import {
  addWaiter,
  type FenceKey,
  markEnabled,
  markStarted,
} from '../../domain/fence/fence-table.ts';
import { addToResv, fencesGoneFrom } from '../../domain/fence/resv.ts';
import {
  addPoint,
  fencesIn,
  newSyncobj,
  replaceFence,
  type Syncobj,
} from '../../domain/fence/syncobj.ts';
import { without } from '../../domain/without.ts';
import type { Shared } from './shared.ts';

function withSyncobj(
  shared: Shared,
  id: string,
  fence: FenceKey,
  change: (old: Syncobj) => Syncobj,
): Shared {
  const old = shared.syncobjs[id];
  if (old === undefined) throw new RangeError(`no syncobj ${id}`);
  const now = change(old);
  const held = hold(shared.fences, [fence]);
  return {
    ...shared,
    syncobjs: { ...shared.syncobjs, [id]: now },
    fences: letGo(held, fencesLeft(old, now)),
  };
}

/** What a syncobj held and holds no more: its one fence, or the points that were dropped. */
function fencesLeft(old: Syncobj, now: Syncobj): readonly FenceKey[] {
  if (old.kind === 'binary' || now.kind === 'binary') return fencesIn(old);
  const kept = new Set(now.points);
  return old.points.flatMap((each) => (kept.has(each) ? [] : [each.fence]));
}

function addedToResv(shared: Shared, { resv, fence, usage }: FactOf<'resv.added'>): Shared {
  const before = shared.resvs[resv] ?? [];
  const slots = addToResv(before, fence, usage, shared.fences);
  const held = hold(shared.fences, [fence]);
  return {
    ...shared,
    resvs: { ...shared.resvs, [resv]: slots },
    fences: letGo(held, fencesGoneFrom(before, slots)),
  };
}

/** Its owner is gone: nobody asks it any more (dma_resv_fini). Who still waits for its fences has them by name. */
export function withoutResv(shared: Shared, resv: string): Shared {
  const slots = shared.resvs[resv];
  if (slots === undefined) return shared;
  const fences = letGo(shared.fences, fencesGoneFrom(slots, []));
  return { ...shared, resvs: without(shared.resvs, resv), fences };
}

type Folds = { readonly [K in FactType]?: (shared: Shared, fact: FactOf<K>) => Shared };

export const FENCE_FOLDS = {
  'fence.created': (shared, fact) => ({ ...shared, fences: makeFence(shared.fences, fact) }),
  'fence.enabled': (shared, { fence }) => ({
    ...shared,
    fences: markEnabled(shared.fences, fence),
  }),
  'fence.started': (shared, { fence }) => ({
    ...shared,
    fences: markStarted(shared.fences, fence),
  }),
  'fence.waited': (shared, { fence, waiter }) => ({
    ...shared,
    fences: addWaiter(shared.fences, fence, waiter),
  }),
  'fence.signaled': (shared, { fence, error }) => ({
    ...shared,
    fences: endFence(shared.fences, fence, error),
  }),
  'job.queued': (shared, { fence, waits }) => withWaits(shared, fence, waits),
  'exec.armed': (shared, { fence, waits }) =>
    fence === null ? shared : withWaits(shared, fence, waits),
  'resv.added': addedToResv,
  'syncobj.created': (shared, { syncobj, kind }) => ({
    ...shared,
    syncobjs: { ...shared.syncobjs, [syncobj]: newSyncobj(kind) },
  }),
  'syncobj.replaced': (shared, { syncobj, fence }) =>
    withSyncobj(shared, syncobj, fence, (old) => replaceFence(old, fence)),
  'syncobj.advanced': (shared, { syncobj, point, fence }) =>
    withSyncobj(shared, syncobj, fence, (old) => addPoint(old, point, fence, shared.fences)),
} satisfies Folds;

function withWaits(shared: Shared, fence: FenceKey, waits: readonly FenceKey[]): Shared {
  const fences = holdForJob(shared.fences, fence, waits);
  return fences === shared.fences ? shared : { ...shared, fences };
}
