/**
 * Which shared objects a step touches: what it read is noted by the reader, what it wrote is in its facts. Two steps of
 * different actors that touch nothing in common, one of them writing, should commute; reduction rests on it.
 */
import type { Fact } from '../../domain/facts/schema.ts';
import { contextOf } from '../../domain/fence/fence-table.ts';
import { triggerOf } from '../../machines/shared/sleepers.ts';
import type { Taken } from './runs.ts';

/** Who sleeps is shared, too: lying down and waking the same sleepers do not commute. */
function sleepersOf(fact: Fact): readonly string[] {
  const on = fact.type === 'wait.began' || fact.type === 'wait.ended' ? fact.on : triggerOf(fact);
  return on === null ? [] : [`sleepers ${on}`];
}

function written(fact: Fact, gts: readonly string[]): readonly string[] {
  return [...objectsOf(fact, gts), ...sleepersOf(fact)];
}

function objectsOf(fact: Fact, gts: readonly string[]): readonly string[] {
  switch (fact.type) {
    case 'bo.created':
      return [`bo ${fact.bo}`, `pool ${fact.placement}`];
    case 'bo.closed':
    case 'bo.freed':
      return [`bo ${fact.bo}`];
    case 'bo.moved':
      return [`bo ${fact.bo}`, `pool ${fact.placement}`];
    case 'userptr.created':
    case 'userptr.invalidated':
      return [`userptr ${fact.userptr}`, 'pool system'];
    case 'userptr.invalidating':
      return [`userptr ${fact.userptr}`];
    case 'queue.created':
    case 'queue.destroyed':
    case 'queue.banned':
      return [`queue ${fact.queue}`];
    case 'ref.taken':
    case 'ref.dropped':
      return [`refs ${fact.of}`];
    case 'resv.added':
      return [`resv ${fact.resv}`];
    case 'lock.taken':
    case 'lock.released':
      return [`lock ${fact.lock}`];
    case 'ufence.written':
      return [`ufence ${fact.at}`];
    case 'va.mapped':
    case 'va.unmapped':
    case 'vma.destroyed':
      return [`vm ${fact.vm}`, `links ${fact.obj ?? ''}`];
    case 'vma.evicted':
    case 'vma.rebound':
    case 'vma.zapped':
    case 'vm.closing':
    case 'vm.errored':
    case 'vm.restarted':
      return [`vm ${fact.vm}`];
    case 'syncobj.created':
    case 'syncobj.replaced':
    case 'syncobj.advanced':
      return [`syncobj ${fact.syncobj}`];
    case 'fence.created':
      return [
        ...[fact.fence, ...fact.parts].map((key) => `fence ${key}`),
        `timeline ${contextOf(fact.fence)}`,
      ];
    case 'fence.enabled':
    case 'fence.started':
    case 'fence.waited':
    case 'fence.signaled':
      return [`fence ${fact.fence}`];
    case 'vm.created':
      return ['asids', `vm ${fact.vm}`];
    case 'vm.closed':
      return gts.map((gt) => `tlb ${gt}`);
    case 'table.allocated':
    case 'table.rooted':
    case 'table.freed':
    case 'pte.written':
      return [`pt ${fact.gt}`];
    case 'tlb.filled':
    case 'tlb.invalidated':
    case 'gt.resumed':
      return [`tlb ${fact.gt}`];
    case 'memory.written':
    case 'memory.copied':
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
