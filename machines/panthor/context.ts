/**
 * What a VM actor of the drivers in domain/driver holds: the address space and the page tables, which change together
 * and at once, and the calls that are not over. Mirrors struct panthor_vm (panthor_mmu.c).
 */
import type { ImmediateDriver } from '../../domain/driver/drivers.ts';
import type { RawImmediateOp } from '../../domain/ioctl/immediate-op.ts';
import type { Quirks } from '../../domain/quirks/quirks.ts';
import type { Page } from '../../domain/units.ts';
import type { VaSpace } from '../../domain/va/va-space.ts';
import type { PtTree, TableAlloc } from '../../hw/pt-tree.ts';
import type { ActorId, BindJob, OpContext } from '../contract/messages.ts';

/** A synchronous ioctl that has ops left. */
export interface SyncCall {
  readonly number: number;
  readonly client: ActorId;
  readonly ops: readonly RawImmediateOp[];
  /** the op that is next, or in progress */
  readonly at: number;
}

/** Whose op it is: a synchronous ioctl's, a job's, or that of the destroy ioctl, which unmaps all. */
export type Owner =
  | { readonly kind: 'call'; readonly call: SyncCall }
  | { readonly kind: 'job'; readonly queue: ActorId; readonly job: BindJob }
  | { readonly kind: 'destroy'; readonly client: ActorId };

/** A prepared op that wants op_lock. */
export interface Waiter {
  readonly owner: Owner;
  readonly op: OpContext;
}

/** A mapping that left the tree; it lets go of its BO when its op is over (returned_vmas). */
export interface Returned {
  readonly va: number;
  readonly obj: string | null;
}

/** The op that holds op_lock. */
export interface Running extends Waiter {
  /** 0, or the errno that it ended with */
  readonly result: number;
  readonly returned: readonly Returned[];
  /** table pages that nothing points to any more */
  readonly freed: readonly Page[];
}

export interface PanthorVm {
  readonly id: ActorId;
  readonly driver: ImmediateDriver;
  readonly version: string;
  readonly quirks: Quirks;
  /** its flags, which have to be 0 */
  readonly flags: string;
  /** what its binds are unless they say otherwise; the kernel knows nothing of it */
  readonly async: boolean;
  readonly gt: ActorId;
  readonly levels: number;
  readonly space: VaSpace;
  /** null while it is not there */
  readonly tree: PtTree | null;
  readonly alloc: TableAlloc;
  readonly counts: { readonly call: number; readonly va: number; readonly job: number };
  /** by call: how many ops of its lists are done */
  readonly executed: Readonly<Record<number, number>>;
  /** who wants op_lock, in the order in which they came */
  readonly waiters: readonly Waiter[];
  readonly running: Running | null;
  /** an asynchronous op failed, or the tables are not what the tree says */
  readonly unusable: boolean;
  /** its destroy ioctl has come: its id leads nowhere, and nothing is mapped any more */
  readonly destroyed: boolean;
  /** the unmap of everything is done */
  readonly emptied: boolean;
  /** jobs that were pushed and are not over: they keep the VM */
  readonly jobsLeft: number;
}

export const queueOf = (vm: ActorId): ActorId => `${vm}/bind0`;

/** @throws RangeError when no op holds op_lock, which the statechart excludes */
export function runningOf({ id, running }: PanthorVm): Running {
  if (running === null) throw new RangeError(`${id} runs no op`);
  return running;
}

/** @throws RangeError for a VM that is not there, which the statechart excludes */
export function treeOf({ id, tree }: PanthorVm): PtTree {
  if (tree === null) throw new RangeError(`${id} has no page tables`);
  return tree;
}
