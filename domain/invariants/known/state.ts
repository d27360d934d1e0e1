/** What is known, as a value, and how its parts are replaced. */
import type { Fact, FactOf, FactType } from '../../facts/schema.ts';
import { OrderedMap } from '../../ordered-map.ts';
import type { Page } from '../../units.ts';
import type { RunRecord } from '../record.ts';
import * as calls from './calls.ts';
import * as fences from './fences.ts';
import * as held from './held.ts';
import * as memory from './memory.ts';
import * as queues from './queues.ts';
import * as spaces from './spaces.ts';
import type * as tables from './tables.ts';

export interface Known {
  /** how the device's driver behaves; '' before there is one */
  readonly profile: string;
  readonly fences: fences.FencesSeen;
  readonly calls: calls.CallsSeen;
  readonly vms: spaces.VmsSeen;
  readonly memory: memory.MemorySeen;
  readonly queues: queues.QueuesSeen;
  readonly tables: tables.TablesSeen;
  /** tables that are out of the tree and may still be in a TLB */
  readonly cached: readonly Page[];
  readonly held: held.HeldSeen;
}

export const NOTHING_KNOWN: Known = {
  profile: '',
  fences: fences.NO_FENCES_SEEN,
  calls: calls.NO_CALLS_SEEN,
  vms: {},
  memory: memory.NO_MEMORY_SEEN,
  queues: queues.NO_QUEUES_SEEN,
  tables: OrderedMap.empty(),
  cached: [],
  held: held.NOTHING_HELD,
};

export type Fold<K extends FactType> = (known: Known, fact: FactOf<K>, record: RunRecord) => Known;

export type Folds = { readonly [K in FactType]?: Fold<K> };

export const inCalls = (known: Known, next: calls.CallsSeen): Known => ({ ...known, calls: next });
export const inMemory = (known: Known, next: memory.MemorySeen): Known => ({
  ...known,
  memory: next,
});
export const inQueues = (known: Known, next: queues.QueuesSeen): Known =>
  next === known.queues ? known : { ...known, queues: next };

/** Any fact about a VM or one of its VMAs. */
export function inVm(known: Known, fact: Extract<Fact, { vm: string }>): Known {
  const vm = known.vms[fact.vm];
  if (vm === undefined) return known;
  const next = spaces.foldVm(vm, fact, (vma) => memory.physOf(known.memory, vma));
  return { ...known, vms: { ...known.vms, [fact.vm]: next } };
}

export const woken = (on: string) => (known: Known) =>
  inQueues(known, queues.woke(known.queues, on));
