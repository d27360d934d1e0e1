/**
 * Eviction under the feet of VMs in fault mode: the reservation lock is held while everything under way ends, then each
 * mapping's entries are cleared and its translations flushed, one mapping after the other; then the contents are
 * copied. The next access faults and binds anew. Mirrors xe_bo.c (xe_bo_trigger_rebind, its fault-mode branch) and
 * xe_vm.c (xe_vm_invalidate_vma).
 */
import { type Effect, fact, outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { SharedReader } from '../shared/reader.ts';
import { dropRef, takeRef } from '../shared/refs.ts';
import { type Eviction, inTurn, type MemoryContext, pendingOf } from './context.ts';
import { arrived, lockOf, staysThere, wantedOf } from './evict.ts';
import { moveBo } from './move.ts';

const waitsFor = ({ id }: MemoryContext, fences: Eviction['fences']): Effect[] =>
  fences.map((fence) => fact({ type: 'fence.waited', fence, waiter: id }));

/** Nothing is under way any more: the next mapping's turn, or the copy's. */
function proceed(
  context: MemoryContext,
  eviction: Eviction,
  shared: SharedReader,
): { readonly next: readonly Eviction[]; readonly effects: readonly Effect[] } {
  const { bo, to, lock, left } = eviction;
  const [mapping] = left;
  if (mapping !== undefined) {
    const zap = send(mapping.vm, 'vm.zap', { va: mapping.va });
    return { next: [{ ...eviction, phase: 'zapping' }], effects: [zap] };
  }
  const { effects: moved } = moveBo(shared, bo, to, staysThere(eviction));
  const effects = [...moved, fact({ type: 'lock.released', lock, by: context.id })];
  effects.push(...dropRef(shared.after(effects), bo, context.id));
  effects.push(...arrived(eviction, shared.after(effects)));
  return { next: [], effects };
}

/** Lets those proceed that wait for nothing; they become the last, in the order in which they ask the VMs. */
function advance(context: MemoryContext, shared: SharedReader) {
  const ready = context.evictions.filter(
    ({ phase, fences }) => phase === 'waiting' && fences.length === 0,
  );
  const next: Eviction[] = context.evictions.filter((each) => !ready.includes(each));
  const effects = inTurn(ready, shared, (eviction, now) => {
    const proceeded = proceed(context, eviction, now);
    next.push(...proceeded.next);
    return proceeded.effects;
  });
  return { context: { ...context, evictions: next }, effects };
}

const holdForZap: Action<MemoryContext> = (context, event) => {
  const { wish, others } = wantedOf(context, event);
  const { shared } = event;
  const { bo } = wish;
  const lock = lockOf(shared, bo);
  const fences = shared.resv(lock, 'bookkeep');
  const left = shared.links(bo).map(({ vm, va }) => ({ vm, va }));
  const held: Eviction = { ...wish, lock, phase: 'waiting', fences, left };
  const effects = [
    fact({ type: 'lock.taken', lock, by: context.id }),
    takeRef(bo, context.id),
    ...waitsFor(context, fences),
  ];
  const now = advance({ ...context, evictions: [...others, held] }, shared.after(effects));
  return outcome(now.context, ...effects, ...now.effects);
};

/** A VM has cleared the entries of a mapping; its translations may still be in use. */
const noteZapped: Action<MemoryContext> = (context, event) => {
  const { shared, from } = event;
  const asked = context.evictions.find(
    ({ phase, left: [first] }) => phase === 'zapping' && first?.vm === from,
  );
  if (asked === undefined) throw new RangeError(`${from} was asked to zap nothing`);
  const fences = pendingOf(shared, dataOf(event, 'notifier.done').fences);
  const zapped: Eviction = { ...asked, phase: 'waiting', fences, left: asked.left.slice(1) };
  const evictions = context.evictions.map((each) => (each === asked ? zapped : each));
  const now = advance({ ...context, evictions }, shared);
  return outcome(now.context, ...waitsFor(context, fences), ...now.effects);
};

/** A fence has signalled: whoever waited for nothing else goes on. */
const goOn: Action<MemoryContext> = (context, event) => {
  const { fence } = dataOf(event, 'fence.signaled');
  const evictions = context.evictions.map((each): Eviction => {
    return { ...each, fences: each.fences.filter((other) => other !== fence) };
  });
  const now = advance({ ...context, evictions }, event.shared);
  return outcome(now.context, ...now.effects);
};

export const zapActions = { holdForZap, noteZapped, goOn };
