/**
 * Every message that actors exchange, and its data. A message is an XState event for its receiver; its data is plain
 * JSON (pages are numbers under the names of domain/facts/fields.ts), because the log keeps it.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { UserFence } from '../../domain/fence/user-fence.ts';
import type { BindRequest } from '../../domain/ioctl/bind-request.ts';
import type { ImmediateOp } from '../../domain/ioctl/immediate-op.ts';
import type { BatchItem, Sync } from '../../domain/scenario/schema.ts';
import type { Page, U64 } from '../../domain/units.ts';
import type { Repeat } from '../../domain/va/repeat.ts';
import type { Run } from '../../hw/runs.ts';

/** A path of names: `app`, `vm0`, `vm0/bind0`, `gt0`, `gt0/tlb`. */
export type ActorId = string;

/** One mapping as debugfs shows it and as facts name it. */
export interface Piece {
  /** the VMA's number, 0 before it is inserted */
  readonly va: number;
  readonly addr: Page;
  readonly range: Page;
  readonly obj: string | null;
  readonly offset: Page;
  readonly null: boolean;
  readonly readOnly: boolean;
  readonly userptr: boolean;
  readonly gtMask: number;
  /** absent from a mapping that does not repeat */
  readonly repeat?: Repeat | undefined;
}

/** The store commands that one job runs for one table. */
export interface TableWrite {
  readonly table: Page;
  readonly level: number;
  readonly runs: readonly Run[];
}

/** What a job has to flush once its entries are written. */
export interface Flush {
  readonly addr: Page;
  readonly range: Page;
  /** signals when the flush was acknowledged */
  readonly fence: FenceKey;
  /** the number of its request, of a driver that numbers requests before it sends them (H07) */
  readonly seqno?: number;
  /** table pages that nothing can reach any more after the flush */
  readonly freed: readonly { readonly table: Page }[];
}

/** A bind or unbind job of one GT, as the driver pushes it to a bind queue. */
export interface Job {
  readonly id: string;
  readonly vm: ActorId;
  readonly gt: ActorId;
  readonly fence: FenceKey;
  readonly waits: readonly FenceKey[];
  readonly writes: readonly TableWrite[];
  /** contents to copy before any store: a BO that moves */
  readonly copy?: Copy;
  readonly flush: Flush | null;
}

export interface Copy {
  readonly source: Page;
  readonly phys: Page;
  readonly range: Page;
  readonly placement: 'vram' | 'system';
}

/**
 * An op with all that it may need, reserved before it runs (struct panthor_vm_op_ctx, filled by
 * panthor_vm_prepare_map_op_ctx and panthor_vm_prepare_unmap_op_ctx).
 */
export interface OpContext {
  readonly call: number;
  /** which op of its call */
  readonly bind: number;
  readonly op: ImmediateOp;
  /** table pages that are reserved (rsvd_page_tables.count) */
  readonly tables: number;
  /** VMAs that are (preallocated_vmas) */
  readonly vmas: number;
}

/** One op of an asynchronous call, with all that it may need reserved. */
export interface BindJob {
  readonly id: string;
  readonly fence: FenceKey;
  readonly waits: readonly FenceKey[];
  readonly op: OpContext;
  /** the call is over with it */
  readonly last: boolean;
}

/** What a BO's memory is, or was. */
export interface Pages {
  readonly phys: Page;
  readonly range: Page;
  readonly placement: 'vram' | 'system';
}

/** A batch, as exec pushes it to its queue. */
export interface ExecJob {
  readonly id: string;
  readonly vm: ActorId;
  readonly gt: ActorId;
  /** null for a long-running job: nobody can wait for that */
  readonly fence: FenceKey | null;
  readonly waits: readonly FenceKey[];
  readonly batch: readonly BatchItem[];
  /** written by the GPU when the batch is done */
  readonly userFences: readonly UserFence[];
  /** who called exec, and in which step: failed expectations of the batch name them */
  readonly client: ActorId;
  readonly step: number;
}

/** One exec ioctl after the checks that need no lock. */
export interface ExecRequest {
  readonly queue: ActorId;
  readonly batch: readonly BatchItem[];
  readonly step: number;
  /** fences of the in-syncs, as they were when the ioctl came in */
  readonly waits: readonly FenceKey[];
  readonly out: readonly Sync[];
}

/** Access types 0, 1 and 2 of a page fault. */
export type AccessKind = 'read' | 'write' | 'atomic';

interface NoData {
  readonly [key: string]: never;
}

export interface Messages {
  // to a client
  'client.next': NoData;
  'client.awake': NoData;
  'ioctl.done': { readonly result: number };
  /** a notifier has returned; what its caller still waits for */
  'notifier.done': { readonly fences: readonly FenceKey[] };
  /** what somebody slept for has happened, or something like it: look again */
  'wait.over': { readonly on: string };
  'wait.timeout': { readonly on: string };
  'evict.done': { readonly result: number };
  'reset.done': NoData;
  'gpu.done': {
    readonly outcome: 'read' | 'written' | 'dropped' | 'fault';
    /** what a read or an atomic saw */
    readonly value: U64 | null;
  };
  'debugfs.done': {
    readonly mappings: readonly Piece[];
    /** what VM_GET_STATE says, of a driver that has it */
    readonly unusable?: boolean;
  };
  // to whoever waits for a fence
  'fence.signaled': { readonly fence: FenceKey; readonly error: number };
  // to a vm
  'vm.create': NoData;
  'vm.bind': BindRequest;
  'vm.close': NoData;
  'vm.debugfs': NoData;
  'vm.continue': NoData;
  'vm.worker': NoData;
  'vm.exec': ExecRequest;
  /** the rebind worker runs */
  'vm.rebind': NoData;
  /** the notifier of a userptr: runs whoever holds vm->lock */
  'vm.invalidate': { readonly userptr: string };
  /** a page fault to resolve */
  'vm.fault': {
    readonly gt: ActorId;
    readonly addr: Page;
    readonly access: AccessKind;
  };
  /**
   * a BO of a fault-mode VM moves: its mapping's entries are cleared; taken in every state and answered by
   * notifier.done with the fences of the TLB invalidations
   */
  'vm.zap': { readonly va: number };
  /** a BO is where the VM wants it, from now on; the VM holds the reservation lock `lock` */
  'move.done': { readonly lock: string };
  /** a new exec queue of a compute VM; the VM answers `client`, which waits in its create ioctl */
  'vm.addQueue': { readonly queue: ActorId; readonly client: ActorId };
  /** it has left the GPU for good; the VM answers `client` likewise */
  'vm.removeQueue': { readonly queue: ActorId; readonly client: ActorId };
  'vm.accessCounter': {
    readonly gt: ActorId;
    readonly addr: Page;
    readonly granularity: number;
    readonly vector: U64;
  };
  'vm.madvise': {
    readonly addr: U64;
    readonly range: U64;
    readonly property: number;
    readonly value: U64;
  };
  /** a job of its bind queue may run; answered by bindJob.ran */
  'vm.runJob': { readonly job: BindJob };
  /** an address-space command has ended */
  'as.locked': { readonly result: number };
  'as.unlocked': NoData;
  // to the bind queue of such a VM
  'bindJob.push': { readonly job: BindJob };
  'bindJob.ran': { readonly job: string; readonly result: number };
  // to a Mali GPU
  'as.lock': { readonly vm: ActorId; readonly addr: Page; readonly range: Page };
  /** drop what is cached of the region of the VM, and unlock it */
  'as.flush': { readonly vm: ActorId };
  'as.flushed': NoData;
  'as.retry': { readonly id: number };
  // to a work item
  'work.queue': NoData;
  /** the work function has returned; `again`: it wants to be run once more */
  'work.done': { readonly again: boolean };
  // to an exec queue
  'queue.create': { readonly vm: ActorId };
  'queue.destroy': NoData;
  'exec.push': { readonly job: ExecJob };
  'fence.enable': { readonly fence: FenceKey };
  /** runs again, with a fresh preempt fence */
  'queue.resume': { readonly fence: FenceKey };
  'queue.suspended': NoData;
  /** its GT is reset: the batch that runs there is lost */
  'queue.reset': NoData;
  'queue.timeout': { readonly job: string };
  'batch.continue': NoData;
  // to the memory manager
  /** before a fault-mode VM binds: answered by move.done when the BO is there, its lock the VM's */
  'memory.move': { readonly bo: string; readonly to: 'vram' | 'system' };
  /** out of VRAM under pressure, or into it because the GPU uses it much */
  'memory.evict': { readonly bo: string; readonly to: 'vram' | 'system' };
  /** pages that nobody owns any more: free once these fences have signalled */
  'memory.release': { readonly fences: readonly FenceKey[]; readonly pages: Pages };
  // to the device-wide ordered queue of user-fence writes
  'ufence.attach': { readonly fence: FenceKey; readonly at: U64; readonly value: U64 };
  'ufence.write': { readonly at: U64; readonly value: U64 };
  // to a bind queue
  'job.push': { readonly job: Job };
  'copy.done': { readonly job: string };
  // to a GT
  'copy.write': {
    readonly job: string;
    readonly vm: ActorId;
    readonly write: TableWrite;
    readonly last: boolean;
  };
  'copy.pages': { readonly job: string; readonly copy: Copy; readonly last: boolean };
  'gt.reset': NoData;
  'gt.resume': NoData;
  /** the answer to a page fault: retry the access, or give it up */
  'fault.answer': { readonly id: number; readonly result: number };
  // to a GT's page-fault queue
  /** the GT is reset */
  'faults.reset': NoData;
  'fault.raise': {
    readonly id: number;
    readonly vm: ActorId;
    readonly addr: Page;
    readonly access: AccessKind;
  };
  /** the VM has handled the fault */
  'fault.handled': { readonly result: number };
  'gpu.access': {
    readonly vm: ActorId;
    readonly access: AccessKind;
    readonly addr: Page;
    readonly word: number;
    readonly value: U64 | null;
  };
  'guc.invalidate': {
    readonly vm: ActorId;
    readonly seqno: number;
    readonly addr: Page;
    readonly range: Page;
    /** all of the GT, of whatever VM */
    readonly full?: true;
  };
  // to a GT's page-fault queue
  /** the VM's bind worker has gone on: the fault is to be looked at again */
  'fault.again': NoData;
  // to a GT's TLB
  'tlb.invalidate': { readonly vm: ActorId; readonly flush: Flush };
  'guc.ack': { readonly seqno: number };
  'tlb.timeout': { readonly seqno: number };
  /** the GT has been reset and flushed: requests up to this number have come to it; 0 when none has */
  'tlb.reset': { readonly seqno: number };
}

export type MessageType = keyof Messages;
export type MessageOf<K extends MessageType> = K extends MessageType
  ? { readonly type: K; readonly data: Messages[K] }
  : never;
export type Message = MessageOf<MessageType>;

export const NO_DATA: NoData = {};
