/**
 * What work costs, in virtual nanoseconds: the one table of them, which machines and docs read.
 *
 * A latency (latency.ts) is how long a message is under way, whatever it carries, and is drawn with jitter. A cost is
 * how long whoever sends it works before, is exact, and grows with the work: ops, tables, entries, pages. A scenario
 * asks for costs with `device: { costs: {} }`; without, only the watchdogs below have a length, and every other cost is
 * 0, as it was before there was a cost model. Nothing about correctness may rest on any of it.
 */
import type { Costs } from '../domain/scenario/device.ts';
import type { VtimeNs } from '../domain/units.ts';
import { storeCommands, type UpdateCost } from './update-cost.ts';

export type CostName = keyof Costs;
export type AllCosts = Readonly<Record<CostName, VtimeNs>>;

interface CostRow {
  readonly defaultNs: VtimeNs;
  readonly what: string;
  /** where the figure is from; without a source it is assumed */
  readonly source: string;
}

const ASSUMED = 'assumed';
const BROST = 'Matthew Brost on intel-xe, 10 March 2026 ("CPU binds and ULLS on migration queue")';

export const COSTS: Readonly<Record<CostName, CostRow>> = {
  ioctlNs: {
    defaultNs: 1_000,
    what: 'an ioctl that a VM or a queue answers: its arguments are copied and checked',
    source: ASSUMED,
  },
  opNs: {
    defaultNs: 2_000,
    what: 'an op of an op list that is executed: it is staged, its fences are made',
    source: ASSUMED,
  },
  tableNs: {
    defaultNs: 2_000,
    what: 'a page table that is allocated and cleared',
    source: ASSUMED,
  },
  cpuEntryNs: {
    defaultNs: 10,
    what: 'an entry that the CPU writes, into a new table or to clear it',
    source: ASSUMED,
  },
  jobNs: {
    defaultNs: 30_000,
    what: 'a job that goes to the copy ring through the GuC',
    source: `${BROST}: roughly 30 µs on BMG`,
  },
  storeNs: {
    defaultNs: 100,
    what: 'a store command of at most 511 entries (MI_STORE_DATA_IMM)',
    source: ASSUMED,
  },
  gpuEntryNs: {
    defaultNs: 5,
    what: 'an entry that the copy ring writes',
    source: ASSUMED,
  },
  copyPageNs: {
    defaultNs: 88,
    what: 'a page of a BO that moves',
    source: `${BROST}: 15 µs for 4K and 60 µs for 2M on BMG, so 45 µs for 511 pages more`,
  },
  flushNs: {
    defaultNs: 40_000,
    what: 'a TLB invalidation, until the GT has forgotten',
    source: 'i915, intel_tlb.c: hardware architecture suggests 40 µs, at worst 100 µs',
  },
  ackNs: {
    defaultNs: 1_000,
    what: 'an acknowledgement that the driver handles',
    source: ASSUMED,
  },
  tlbTimeoutNs: {
    defaultNs: 250_000_000,
    what: 'how long the driver waits for an acknowledgement',
    source: 'xe_gt_tlb_invalidation.c: TLB_TIMEOUT is HZ / 4',
  },
  jobTimeoutNs: {
    defaultNs: 5_000_000_000,
    what: 'how long a batch may make no progress',
    source: 'xe_hw_engine.c: job_timeout_ms is 5 * 1000',
  },
  gtResetNs: {
    defaultNs: 1_000_000,
    what: 'a GT reset, until jobs run again',
    source: ASSUMED,
  },
};

/** Watchdogs and the reset have a length in every scenario. */
const ALWAYS: ReadonlySet<CostName> = new Set(['tlbTimeoutNs', 'jobTimeoutNs', 'gtResetNs']);
const NAMES = Object.keys(COSTS) as readonly CostName[];

const tableOf = (of: (name: CostName) => VtimeNs): AllCosts =>
  Object.fromEntries(NAMES.map((name) => [name, of(name)])) as unknown as AllCosts;

/** A scenario that says nothing about costs. */
export const NO_COSTS: AllCosts = tableOf((name) => (ALWAYS.has(name) ? COSTS[name].defaultNs : 0));

/** The costs of a device whose scenario sets some of them; the rest have their defaults. */
export function costsOf(set: Costs): AllCosts {
  return tableOf((name) => set[name] ?? COSTS[name].defaultNs);
}

/** What the CPU works for a staged bind, unbind or zap: new tables, and the entries in them. */
export function cpuWorkNs(costs: AllCosts, update: UpdateCost): VtimeNs {
  return update.tablesAllocated * costs.tableNs + update.entriesByCpu * costs.cpuEntryNs;
}

/** What the copy ring works for one update. */
export function storeWorkNs(costs: AllCosts, entries: number): VtimeNs {
  return storeCommands([{ count: entries }]) * costs.storeNs + entries * costs.gpuEntryNs;
}
