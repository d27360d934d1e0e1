/**
 * What a run cost, phase by phase, counted from its facts and from nothing else: calls, operations, mappings, page
 * tables and entries, invalidations, virtual time. A pure fold over records.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import { PAGE_BYTES, type VtimeNs } from '../../domain/units.ts';
import type { StepRecord } from '../world/record.ts';

export interface Figures {
  /** calls of VM_BIND that were accepted */
  readonly ioctls: number;
  /** operations in them, as the caller gave them */
  readonly ops: number;
  /** what they came apart into: maps, unmaps, remaps */
  readonly steps: number;
  /** most mappings at once */
  readonly mappings: number;
  /** page tables allocated */
  readonly tables: number;
  /** most bytes of page table at once, the root's included */
  readonly tableBytes: number;
  /** entries that the CPU wrote: those of new tables, too */
  readonly entriesByCpu: number;
  readonly entriesByGpu: number;
  /** TLB invalidations asked for */
  readonly invalidations: number;
  /** bytes of address space in them */
  readonly flushedBytes: number;
  /** virtual time */
  readonly timeNs: VtimeNs;
}

export const NOTHING: Figures = {
  ioctls: 0,
  ops: 0,
  steps: 0,
  mappings: 0,
  tables: 0,
  tableBytes: 0,
  entriesByCpu: 0,
  entriesByGpu: 0,
  invalidations: 0,
  flushedBytes: 0,
  timeNs: 0,
};

/** What there is now, whichever phase it is from. */
interface There {
  readonly mappings: number;
  readonly tables: number;
}

export interface Counted<P extends string> {
  readonly phases: Readonly<Record<P, Figures>>;
  readonly there: There;
  readonly step: number;
  /** when the step before this one was over */
  readonly sinceNs: VtimeNs;
}

export function countOf<P extends string>(phases: readonly P[]): Counted<P> {
  const none = Object.fromEntries(phases.map((phase) => [phase, NOTHING])) as Record<P, Figures>;
  return { phases: none, there: { mappings: 0, tables: 0 }, step: 0, sinceNs: 0 };
}

const entries = (runs: readonly { readonly count: number; readonly pte: number }[]): number =>
  runs.reduce((sum, { count, pte }) => sum + (pte === 0 ? 0 : count), 0);

const written = (runs: readonly { readonly count: number }[]): number =>
  runs.reduce((sum, { count }) => sum + count, 0);

/** What one fact adds to the figures that only grow. */
function added(fact: Fact): Partial<Figures> {
  switch (fact.type) {
    case 'bind.accepted':
      return { ioctls: 1 };
    case 'ops.created':
      return { ops: 1, steps: fact.ops.length };
    case 'table.allocated':
      return { tables: 1, entriesByCpu: entries(fact.runs) };
    case 'pte.written':
      return { [fact.by === 'cpu' ? 'entriesByCpu' : 'entriesByGpu']: written(fact.runs) };
    case 'tlb.requested':
    case 'as.locked':
      return { invalidations: 1, flushedBytes: fact.range * PAGE_BYTES };
    default:
      return {};
  }
}

function thereAfter(there: There, fact: Fact): There {
  switch (fact.type) {
    case 'va.mapped':
      return { ...there, mappings: there.mappings + 1 };
    case 'va.unmapped':
      return { ...there, mappings: there.mappings - 1 };
    case 'table.allocated':
      return { ...there, tables: there.tables + 1 };
    case 'table.freed':
      return { ...there, tables: there.tables - 1 };
    default:
      return there;
  }
}

function plus(figures: Figures, more: Partial<Figures>, there: There): Figures {
  const sum = { ...figures };
  for (const [name, amount] of Object.entries(more)) sum[name as keyof Figures] += amount;
  sum.mappings = Math.max(sum.mappings, there.mappings);
  sum.tableBytes = Math.max(sum.tableBytes, there.tables * PAGE_BYTES);
  return sum;
}

/** Takes a record into account. `phaseOf`: the phase of each step of `client`, by number. */
export function count<P extends string>(
  counted: Counted<P>,
  { t, facts }: StepRecord,
  client: string,
  phaseOf: readonly P[],
): Counted<P> {
  let { phases, there, step, sinceNs } = counted;
  for (const fact of facts) {
    const phase = phaseOf[step];
    if (phase === undefined) break;
    there = thereAfter(there, fact);
    const isEnd = fact.type === 'step.ended' && fact.client === client;
    const more = isEnd ? { timeNs: t - sinceNs } : added(fact);
    phases = { ...phases, [phase]: plus(phases[phase], more, there) };
    if (!isEnd) continue;
    step += 1;
    sinceNs = t;
  }
  return { phases, there, step, sinceNs };
}

/** All phases as one: sums, and the most at once. */
export function total(phases: readonly Figures[]): Figures {
  return phases.reduce((sum, { mappings, tableBytes, ...more }) => {
    const added = plus(sum, more, { mappings: 0, tables: 0 });
    return {
      ...added,
      mappings: Math.max(sum.mappings, mappings),
      tableBytes: Math.max(sum.tableBytes, tableBytes),
    };
  }, NOTHING);
}
