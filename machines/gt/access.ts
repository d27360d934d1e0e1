/**
 * Loads and stores by what runs on a GT, through its TLB and the page tables. Which of the translations that it may use
 * hardware does use is a decision (hw/access-choices.ts). In a fault-mode VM an access that faults is held until the
 * driver has answered, then made again. Mirrors, from the outside, what xe_gt_pagefault.c is told and answers.
 */
import { distinctAccesses, possibleAccesses } from '../../hw/access-choices.ts';
import type { AccessRequest, AccessResult } from '../../hw/access.ts';
import type { TlbEntry } from '../../hw/tlb.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf, type StepEvent } from '../contract/event.ts';
import type { ActorId } from '../contract/messages.ts';
import { faultQueueOf } from '../faults/names.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { Access, GtContext, HeldAccess } from './context.ts';

type Seen = { readonly fills: readonly TlbEntry[]; readonly result: AccessResult };

/** An access to a VM that has no page tables (any more). */
const NO_SPACE: Seen = {
  fills: [],
  result: { outcome: 'fault', fault: 'not-present', level: 0, tlbHit: false },
};

/** @param needsBit the device has page faults, and with them the atomic-enable bit */
function requestOf({ access: kind, value }: Access, needsBit: boolean): AccessRequest {
  if (kind === 'read') return { kind };
  const stored = { value: value ?? '0x0' };
  return kind === 'write' ? { kind, ...stored } : { kind, ...stored, needsBit };
}

/** What the hardware makes of an access: one of all that it may make of it. */
function look({ id }: GtContext, access: Access, { shared, decide }: StepEvent): Seen {
  const space = shared.addressSpace(id, access.vm);
  if (space === null) return NO_SPACE;
  const needsBit = shared.vm(access.vm)?.mode === 'fault';
  const request = requestOf(access, needsBit);
  const ways = distinctAccesses(possibleAccesses(shared.hardware(id), space, access, request));
  return ways[decide.pick('translation', ways.length)] ?? NO_SPACE;
}

function filled(gt: ActorId, vm: ActorId, { addr, pages: range, pte, level }: TlbEntry): Effect {
  return fact({ type: 'tlb.filled', gt, vm, addr, range, pte, level });
}

/** The end of an access: the fact of it, and the answer to who made it. */
function ended(gt: ActorId, from: ActorId, access: Access, result: AccessResult): Effect[] {
  const { vm, addr, word, access: kind, value: stored } = access;
  const isFault = result.outcome === 'fault';
  const seen = 'value' in result ? (result.value ?? null) : null;
  const left = result.outcome === 'written' ? result.write.value : stored;
  const done = fact({
    type: 'access.done',
    client: from,
    gt,
    vm,
    addr,
    word,
    access: kind,
    outcome: result.outcome,
    value: result.outcome === 'read' ? seen : left,
    fault: isFault ? result.fault : null,
    phys: isFault ? null : (result.pfn ?? null),
    tlbHit: result.tlbHit ?? false,
  });
  return [done, send(from, 'gpu.done', { outcome: result.outcome, value: seen })];
}

const ascending = (a: number, b: number): number => a - b;

function lowestFree(taken: readonly number[]): number {
  let free = 1;
  while (taken.includes(free)) free++;
  return free;
}

/** One load or store. A walk that meets a freed table is past helping in any mode. */
export function perform(
  context: GtContext,
  from: ActorId,
  access: Access,
  event: StepEvent,
): Outcome<GtContext> {
  const { id: gt } = context;
  const { vm, addr, access: kind } = access;
  const { fills, result } = look(context, access, event);
  const effects = fills.map((entry) => filled(gt, vm, entry));
  if (result.outcome === 'written') {
    const { pfn: phys, word, value } = result.write;
    effects.push(fact({ type: 'memory.written', phys, word, value, by: from }));
  }
  const isHeld =
    result.outcome === 'fault' &&
    result.fault !== 'dangling-table' &&
    event.shared.vm(vm)?.mode === 'fault';
  if (!isHeld) return outcome(context, ...effects, ...ended(gt, from, access, result));
  const id = lowestFree(context.asked);
  const held = [...context.held, { id, from, access, fault: result.fault }];
  return outcome(
    { ...context, asked: [...context.asked, id].sort(ascending), held },
    ...effects,
    fact({ type: 'fault.raised', gt, vm, addr, access: kind }),
    send(faultQueueOf(gt, event.shared.asid(vm)), 'fault.raise', { id, vm, addr, access: kind }),
  );
}

const accessMemory: Action<GtContext> = (context, event) =>
  perform(context, event.from, dataOf(event, 'gpu.access'), event);

function heldOf({ held }: GtContext, id: number): HeldAccess | undefined {
  return held.find((each) => each.id === id);
}

/** The driver has answered: the access is made again, or fails. A reset may have taken it away. */
const endFault: Action<GtContext> = (context, event) => {
  const { id, result } = dataOf(event, 'fault.answer');
  const answered = heldOf(context, id);
  const place = context.asked.indexOf(id);
  const asked = place < 0 ? context.asked : context.asked.toSpliced(place, 1);
  if (answered === undefined) return outcome({ ...context, asked });
  const { from, access, fault } = answered;
  const next = { ...context, asked, held: context.held.filter((each) => each !== answered) };
  if (result === 0) return perform(next, from, access, event);
  const failed: AccessResult = { outcome: 'fault', fault, level: 0, tlbHit: false };
  return outcome(next, ...ended(context.id, from, access, failed));
};

/** The page-fault queues that accesses are stuck in. */
export function queuesOf({ id, held }: GtContext, shared: SharedReader): readonly ActorId[] {
  return [...new Set(held.map(({ access }) => faultQueueOf(id, shared.asid(access.vm))))];
}

/**
 * What was stuck at a page fault when the GT was reset is made again, as if it were new. An answer from the queue may come
 * besides; what the queue forgot is never answered, and its number stays taken.
 */
export function repeatHeld(context: GtContext): Outcome<GtContext> {
  const ids = context.held.map(({ id }) => id);
  const repeats = ids.map((id) => send(context.id, 'fault.answer', { id, result: 0 }));
  return outcome({ ...context, asked: [...context.asked, ...ids].sort(ascending) }, ...repeats);
}

export const accessActions = { accessMemory, endFault };
