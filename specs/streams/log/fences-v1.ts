/**
 * Fences and syncobjs as the engine of format v1 kept them: every fence and every point that there ever was. Today's
 * shared state drops what is over, and the seals of that time name the whole.
 */
import type { Fact } from '../../../domain/facts/schema.ts';

export interface FenceV1 {
  readonly key: string;
  readonly kind: string;
  readonly parts: readonly string[];
  readonly result: number | null;
  readonly waiters: readonly string[];
}

type SyncobjV1 =
  | { readonly kind: 'binary'; readonly fence: string | null }
  | {
      readonly kind: 'timeline';
      readonly points: readonly { readonly point: string; readonly fence: string }[];
    };

export interface ObjectsV1 {
  readonly fences: ReadonlyMap<string, FenceV1>;
  readonly syncobjs: Readonly<Record<string, SyncobjV1>>;
}

export function objectsV1(facts: readonly Fact[]): ObjectsV1 {
  const fences = new Map<string, FenceV1>();
  const syncobjs: Record<string, SyncobjV1> = {};
  const change = (key: string, to: (old: FenceV1) => FenceV1): void => {
    const old = fences.get(key);
    if (old !== undefined && old.result === null) fences.set(key, to(old));
  };
  for (const fact of facts) {
    switch (fact.type) {
      case 'fence.created': {
        const { fence: key, kind, parts } = fact;
        const results = parts.map((part) => fences.get(part)?.result ?? null);
        const isOver = parts.length > 0 && results.every((result) => result !== null);
        const result = isOver ? (results.find(Boolean) ?? 0) : null;
        fences.set(key, { key, kind, parts, result, waiters: [] });
        break;
      }
      case 'fence.waited':
        change(fact.fence, (old) => ({ ...old, waiters: [...old.waiters, fact.waiter] }));
        break;
      case 'fence.signaled':
        change(fact.fence, (old) => ({ ...old, result: fact.error, waiters: [] }));
        break;
      case 'syncobj.created': {
        const { syncobj, kind } = fact;
        syncobjs[syncobj] = kind === 'binary' ? { kind, fence: null } : { kind, points: [] };
        break;
      }
      case 'syncobj.replaced':
        syncobjs[fact.syncobj] = { kind: 'binary', fence: fact.fence };
        break;
      case 'syncobj.advanced': {
        const old = syncobjs[fact.syncobj];
        const points = old?.kind === 'timeline' ? old.points : [];
        const { point, fence } = fact;
        syncobjs[fact.syncobj] = { kind: 'timeline', points: [...points, { point, fence }] };
        break;
      }
      default:
    }
  }
  return { fences, syncobjs };
}
