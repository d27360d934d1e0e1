/**
 * Pages on their way out: what a BO had before it moved, or what it still had when the last reference went during a
 * move. Mirrors TTM's ghost objects and ttm_bo_delayed_delete.
 */
import { type Effect, fact, outcome } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { Pages } from '../contract/messages.ts';
import { type Leaving, type MemoryContext, pendingOf } from './context.ts';

const freed = ({ phys, range, placement }: Pages): Effect =>
  fact({ type: 'memory.freed', phys, range, placement });

/** In one order, whichever left first: they share nothing. */
const byPlace = ({ pages: a }: Leaving, { pages: b }: Leaving): number => a.phys - b.phys;

const release: Action<MemoryContext> = (context, event) => {
  const { fences, pages } = dataOf(event, 'memory.release');
  const pending = pendingOf(event.shared, fences);
  if (pending.length === 0) return outcome(context, freed(pages));
  const leaving = [...context.leaving, { fences: pending, pages }].sort(byPlace);
  const waits = pending.map((fence) => fact({ type: 'fence.waited', fence, waiter: context.id }));
  return outcome({ ...context, leaving }, ...waits);
};

/** A fence has signalled: pages that waited for nothing else are free. */
const free: Action<MemoryContext> = (context, event) => {
  const { fence } = dataOf(event, 'fence.signaled');
  const now = context.leaving.map((each): Leaving => {
    return { ...each, fences: each.fences.filter((other) => other !== fence) };
  });
  const done = now.filter(({ fences }) => fences.length === 0);
  const leaving = now.filter(({ fences }) => fences.length > 0);
  return outcome({ ...context, leaving }, ...done.map(({ pages }) => freed(pages)));
};

export const leavingActions = { release, free };
