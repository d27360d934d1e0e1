/**
 * What a GT does for the driver: its copy ring copies pages and stores page-table entries, its GuC flushes translations
 * on request. Mirrors, from the outside, xe_migrate.c (xe_migrate_copy, the batch of xe_migrate_update_pgtables) and the
 * GuC's TLB invalidation action. Each store command is a step of its own: a GPU access may come between two of them.
 */
import { fact, outcome, send, work } from '../contract/effects.ts';
import { type Action, dataOf } from '../contract/event.ts';
import type { GtContext } from './context.ts';

/** One store command of a bind job. */
const storeEntries: Action<GtContext> = (context, event) => {
  const { job, vm, write, last } = dataOf(event, 'copy.write');
  const { table, level, runs } = write;
  const written = fact({ type: 'pte.written', gt: context.id, vm, table, level, runs, by: 'gpu' });
  const done = last ? [send(event.from, 'copy.done', { job })] : [];
  return outcome(context, written, ...done);
};

/** The contents of a BO that moves. */
const copyPages: Action<GtContext> = (context, event) => {
  const { job, copy, last } = dataOf(event, 'copy.pages');
  const { source, phys, range } = copy;
  const done = last ? [send(event.from, 'copy.done', { job })] : [];
  return outcome(context, fact({ type: 'memory.copied', source, phys, range }), ...done);
};

/** The GuC drops the translations of a range and acknowledges; the acknowledgement may get lost. */
const flushTranslations: Action<GtContext> = (context, event) => {
  const { seqno, ...what } = dataOf(event, 'guc.invalidate');
  const gt = context.id;
  return outcome(
    { ...context, seqno },
    fact({ type: 'tlb.invalidated', gt, ...what, seqno }),
    ...work(event.shared.device.costs.flushNs),
    event.decide.fails('ack')
      ? fact({ type: 'tlb.ackLost', gt, seqno })
      : send(event.from, 'guc.ack', { seqno }),
  );
};

export const gtActions = { storeEntries, copyPages, flushTranslations };
