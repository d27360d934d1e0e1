/**
 * Which shared objects a step touches: what it read is noted by the reader, what it wrote is in its facts. Two steps of
 * different actors that touch nothing in common, one of them writing, should commute; reduction rests on it.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import type { Taken } from './runs.ts';

function written(fact: Fact, gts: readonly string[]): readonly string[] {
  switch (fact.type) {
    case 'bo.created':
      return [`bo ${fact.bo}`, `pool ${fact.placement}`];
    case 'bo.closed':
      return [`bo ${fact.bo}`];
    case 'syncobj.created':
    case 'syncobj.replaced':
    case 'syncobj.advanced':
      return [`syncobj ${fact.syncobj}`];
    case 'fence.created':
      return [fact.fence, ...fact.parts].map((key) => `fence ${key}`);
    case 'fence.waited':
    case 'fence.signaled':
      return [`fence ${fact.fence}`];
    case 'vm.created':
      return ['asids'];
    case 'vm.closed':
      return gts.map((gt) => `tlb ${gt}`);
    case 'table.allocated':
    case 'table.rooted':
    case 'table.freed':
    case 'pte.written':
      return [`pt ${fact.gt}`];
    case 'tlb.filled':
    case 'tlb.invalidated':
      return [`tlb ${fact.gt}`];
    case 'memory.written':
      return ['memory *'];
    default:
      return [];
  }
}

export interface Touched {
  readonly actor: string;
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  /** it armed, cancelled or fired a timer */
  readonly timed: boolean;
}

export function touched({ before, world, record, reads }: Omit<Taken, 'choices'>): Touched {
  const { gts } = world.shared.device;
  return {
    actor: record.actor,
    reads: reads(),
    writes: new Set(record.facts.flatMap((fact) => written(fact, gts))),
    timed: before.timers !== world.timers,
  };
}

const meet = (writes: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  [...writes].some(
    (name) => others.has(name) || (name.startsWith('fence ') && others.has('fences *')),
  );

/** Whether the two may depend on each other. */
export function dependent(a: Touched, b: Touched): boolean {
  return (
    a.actor === b.actor ||
    meet(a.writes, b.writes) ||
    meet(a.writes, b.reads) ||
    meet(b.writes, a.reads)
  );
}
