/**
 * What a GT does: its copy ring stores page-table entries, its GuC flushes translations on request, and its engines
 * read and write memory through the TLB and the page tables. Mirrors, from the outside, xe_migrate.c (the batch of
 * xe_migrate_update_pgtables) and the GuC's TLB invalidation action. Each store command is a step of its own: a GPU
 * access may come between two of them.
 */
import { access as accessWord } from '../../hw/access.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { ActorId, Messages } from '../contract/messages.ts';

export interface GtContext {
  readonly id: ActorId;
}

/** One store command of a bind job. */
const storeEntries: Action<GtContext> = (context, event) => {
  const { job, vm, write, last } = dataOf(event, 'copy.write');
  const { table, level, runs } = write;
  const written = fact({ type: 'pte.written', gt: context.id, vm, table, level, runs, by: 'gpu' });
  const done = last ? [send(event.from, 'copy.done', { job })] : [];
  return outcome(context, written, ...done);
};

/** The GuC drops the translations of a range and acknowledges. */
const flushTranslations: Action<GtContext> = (context, event) => {
  const { vm, addr, range, seqno } = dataOf(event, 'guc.invalidate');
  return outcome(
    context,
    fact({ type: 'tlb.invalidated', gt: context.id, vm, addr, range, seqno }),
    send(event.from, 'guc.ack', { seqno }),
  );
};

type Access = Messages['gpu.access'];

/** One load or store by a batch that runs on this GT. */
const accessMemory: Action<GtContext> = (context, event) => {
  const data = dataOf(event, 'gpu.access');
  const space = event.shared.addressSpace(context.id, data.vm);
  if (space === null) return answer(context, event.from, data, { outcome: 'fault' });
  const request =
    data.access === 'write'
      ? ({ kind: 'write', value: data.value ?? '0x0' } as const)
      : ({ kind: 'read' } as const);
  const seen = accessWord(event.shared.hardware(context.id), space, data, request);
  const effects: Effect[] = [];
  if (seen.filled !== undefined) {
    const { addr, pages: range, pte, level } = seen.filled;
    effects.push(
      fact({ type: 'tlb.filled', gt: context.id, vm: data.vm, addr, range, pte, level }),
    );
  }
  if (seen.outcome === 'written') {
    const { pfn: phys, word, value } = seen.write;
    effects.push(fact({ type: 'memory.written', phys, word, value, by: event.from }));
  }
  return answer(context, event.from, data, seen, effects);
};

interface Seen {
  readonly outcome: Messages['gpu.done']['outcome'];
  readonly value?: string;
  readonly fault?: 'not-present' | 'write-violation' | 'dangling-table';
  readonly pfn?: number | null;
  readonly tlbHit?: boolean;
}

function answer(
  context: GtContext,
  client: ActorId,
  { vm, addr, word, access, value: stored }: Access,
  seen: Seen,
  before: readonly Effect[] = [],
): Outcome<GtContext> {
  const value = seen.outcome === 'read' ? (seen.value ?? '0x0') : null;
  const done = fact({
    type: 'access.done',
    client,
    gt: context.id,
    vm,
    addr,
    word,
    access,
    outcome: seen.outcome,
    value: value ?? stored,
    fault: seen.outcome === 'fault' ? (seen.fault ?? 'not-present') : null,
    phys: seen.outcome === 'fault' ? null : (seen.pfn ?? null),
    tlbHit: seen.tlbHit ?? false,
  });
  const reply = send(client, 'gpu.done', { outcome: seen.outcome, value });
  return outcome(context, ...before, done, reply);
}

export const gtActions = { storeEntries, flushTranslations, accessMemory };
