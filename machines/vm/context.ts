/**
 * What a VM actor holds: the address space as it will be after every accepted ioctl, the driver's page-table trees as
 * they will be after every submitted job, the call that holds vm->lock, and the asynchronous calls that wait for the
 * worker. Mirrors struct xe_vm (xe_vm_types.h).
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { Refusal } from '../../domain/ioctl/bind-check.ts';
import type { CheckedOp } from '../../domain/ioctl/bind-request.ts';
import type { VmCreateRequest } from '../../domain/ioctl/vm-check.ts';
import type { Page, U64 } from '../../domain/units.ts';
import type { Sync, VmMode } from '../../domain/scenario/schema.ts';
import type { Semantics } from '../../domain/va/range-check.ts';
import type { VaSpace } from '../../domain/va/va-space.ts';
import type { PtFlavour } from '../../hw/flavour.ts';
import type { PtTree, TableAlloc } from '../../hw/pt-tree.ts';
import type { OrderedMap } from '../../domain/ordered-map.ts';
import type { MemoryRegion } from '../../hw/allocator.ts';
import type { Effect } from '../contract/effects.ts';
import type { RangeFence } from './range-fences.ts';
import type { AccessKind, ActorId, ExecRequest, Piece } from '../contract/messages.ts';

/** An op of a list, its VMAs numbered. */
export type VmOp =
  | {
      readonly op: 'map';
      readonly map: Piece;
      /** bound now even in a fault-mode VM */
      readonly immediate: boolean;
    }
  | { readonly op: 'unmap'; readonly unmap: Piece; readonly keep: boolean }
  | {
      readonly op: 'remap';
      readonly prev: Piece | null;
      readonly next: Piece | null;
      readonly unmap: Piece;
      readonly keep: boolean;
    }
  | { readonly op: 'prefetch'; readonly unmap: Piece; readonly region: MemoryRegion };

/** One VM_BIND call on its way through the phases. */
export interface Call {
  readonly number: number;
  readonly client: ActorId;
  /** the bind queue */
  readonly engine: ActorId;
  readonly async: boolean;
  readonly refusal: Refusal | null;
  readonly binds: readonly CheckedOp[];
  readonly out: readonly Sync[];
  /** fences of the in-syncs, as they were when the ioctl came in */
  readonly waits: readonly FenceKey[];
  /** how many of `binds` have their op list */
  readonly created: number;
  /** the errno that ends the call, or 0 */
  readonly error: number;
  /** the space with the lists so far applied; published by commit */
  readonly staged: VaSpace;
  /** all op lists, one after another */
  readonly ops: readonly VmOp[];
  /** how many ops each list has */
  readonly lists: readonly number[];
  /** BOs that the call keeps alive until its mappings do (held.ts) */
  readonly held: readonly string[];
  /** indices into `ops` that fail once when they are executed (the test build's flag) */
  readonly injected: readonly number[];
  readonly executed: number;
  /** the last job's fence and every invalidation fence */
  readonly fences: readonly FenceKey[];
  /** asynchronous calls with out-syncs: what the out-syncs hold */
  readonly asyncFence: FenceKey | null;
}

/** A fence that signals when another has, and not before those attached earlier. */
export interface Attached {
  readonly async: FenceKey;
  readonly real: FenceKey;
  /** how `real` ended; null until it does */
  readonly result: number | null;
}

/** What a VMA is in page tables, beside its place in the address space (struct xe_vma). */
export interface VmaState {
  /** bit i: a bind on GT i was committed (gt_present) */
  readonly present: number;
  /** bit i: fault mode cleared its entries on GT i (gt_invalidated) */
  readonly zapped: number;
  /** a userptr: the notifier's number when it was pinned last; -1 before that */
  readonly pinned: number;
}

/** Finds mappings by what others know of them: mapping-index.ts. */
export interface MappingIndex {
  /** by VMA number: where it begins */
  readonly places: OrderedMap<Page>;
  /** userptr mappings by VMA number */
  readonly userptrs: OrderedMap<Piece>;
  /** by page of the process: the userptr mappings that begin with it, oldest first */
  readonly byPtr: OrderedMap<readonly number[]>;
}

/** A VMA that left the address space and is destroyed once its unbind is done. */
export interface Dying {
  readonly va: number;
  readonly obj: string | null;
  /** fences that have not signalled */
  readonly fences: readonly FenceKey[];
}

/** A compute queue whose close waits for vm->lock, and who closes it. */
export interface Leaving {
  readonly queue: ActorId;
  readonly client: ActorId;
}

/** An exec queue of a compute-mode VM. */
export interface Preemptible {
  readonly queue: ActorId;
  /** its preempt fence */
  readonly fence: FenceKey;
}

/** A notifier that has to clear entries, and first waits until nothing under way can write them. */
export interface Notifier {
  readonly from: ActorId;
  readonly pieces: readonly Piece[];
  readonly waitingOn: readonly FenceKey[];
}

/** What exec, the rebind worker and the fault handler have in hand while they hold vm->lock. */
export type Work =
  | { readonly kind: 'exec'; readonly client: ActorId; readonly request: ExecRequest }
  | { readonly kind: 'rebind' }
  | {
      readonly kind: 'fault';
      readonly from: ActorId;
      readonly gt: ActorId;
      readonly piece: Piece;
      readonly access: AccessKind;
    };

/** Who stores the entries of an update: always a job, or the CPU when it may (cpu-path.ts). */
export type PtUpdates = 'gpu' | 'cpu-when-idle';

/** Prepared ops: nothing of it is visible before commit. */
export interface Plan {
  readonly context: VmContext;
  readonly call: Call;
  readonly effects: readonly Effect[];
}

export interface VmContext {
  readonly id: ActorId;
  readonly index: number;
  readonly async: boolean;
  readonly semantics: Semantics;
  readonly mode: VmMode;
  /** nothing mapped reads 0 from a scratch page instead of faulting */
  readonly scratch: boolean;
  /** where the record of a failed asynchronous op goes; null without that extension */
  readonly errorCapture: U64 | null;
  /** what its create ioctl was given */
  readonly flags: VmCreateRequest;
  readonly gts: readonly ActorId[];
  readonly ptUpdates: PtUpdates;
  readonly levels: number;
  /** of its page tables; null: DEFAULT_FLAVOUR */
  readonly flavour: PtFlavour | null;
  readonly space: VaSpace;
  /** one tree for each GT, in the order of `gts` */
  readonly trees: readonly PtTree[];
  readonly alloc: TableAlloc;
  /** counters: each is the last number given out */
  readonly counts: {
    readonly call: number;
    readonly va: number;
    readonly flush: number;
    readonly array: number;
  };
  /** by bind queue: the last job number, and the last number of its own fence context */
  readonly jobs: Readonly<Record<ActorId, number>>;
  readonly asyncs: Readonly<Record<ActorId, number>>;
  /** by VMA number, destroyed ones left out */
  readonly vmas: OrderedMap<VmaState>;
  /** the mappings of the address space by VMA number, and userptrs by the process's addresses */
  readonly lookup: MappingIndex;
  /** a VM_BIND call holds vm->lock for writing */
  readonly call: Call | null;
  /** exec, the rebind worker or the fault handler holds it */
  readonly work: Work | null;
  /** userptr VMAs that the holder of the lock still has to pin */
  readonly toPin: readonly Piece[];
  /** fences that the holder of the lock waits for */
  readonly waitingOn: readonly FenceKey[];
  /** locks that the holder of vm->lock has taken besides, for more than one step */
  readonly locked: readonly string[];
  /** exec looks once more before it arms, in a step of its own */
  readonly looksAgain: boolean;
  /** the errno that the holder of the lock ends with, or 0 */
  readonly failure: number;
  /** what the call in progress comes to once it is committed; only within a step */
  readonly plan: Plan | null;
  /** accepted asynchronous calls, oldest first */
  readonly pending: readonly Call[];
  /** the errno of the asynchronous op that stopped the worker; 0 when none did */
  readonly error: number;
  /** asynchronous fences that have not signalled, in the order of their numbers */
  readonly attached: readonly Attached[];
  readonly dying: readonly Dying[];
  /** the mapping that the last page fault was about, while it is mapped (vm->usm.last_fault_vma) */
  readonly lastFault: Piece | null;
  /** page-fault queues whose fault waits for the bind worker */
  readonly parked: readonly ActorId[];
  /** userptr VMAs whose pages went (vm->userptr.invalidated) */
  readonly invalidated: readonly number[];
  readonly notifiers: readonly Notifier[];
  readonly queues: readonly Preemptible[];
  /** queues that leave as soon as the rebind worker lets go of vm->lock */
  readonly leaving: readonly Leaving[];
  /** what the next exec waits for: the last rebind (vm->rebind_fence) */
  readonly rebindFence: FenceKey | null;
  /** what jobs that had not signalled when last looked at may still change */
  readonly ranges: readonly RangeFence[];
  /** job and invalidation fences that had not signalled when last looked at */
  readonly inFlight: readonly FenceKey[];
}

/** The call in progress. @throws RangeError when there is none, which the statechart excludes */
export function callOf(context: VmContext): Call {
  if (context.call === null) throw new RangeError(`${context.id} has no call in progress`);
  return context.call;
}

export function withCall(context: VmContext, change: Partial<Call>): VmContext {
  return { ...context, call: { ...callOf(context), ...change } };
}

/** The VM's own bind queue. */
export const bindEngineOf = (vm: ActorId): ActorId => `${vm}/bind0`;
/** The fence context of a bind queue's TLB invalidations on one GT. */
export const flushContext = (engine: ActorId, gt: ActorId): string => `${engine}/tlb/${gt}`;
/** The same for what the CPU has stored, on any bind queue: it may overtake what jobs have. */
export const cpuFlushContext = (vm: ActorId, gt: ActorId): string => `${vm}/cpu/${gt}`;
/** The work item of the asynchronous bind worker, and that of the rebind worker. */
export const workerOf = (vm: ActorId): ActorId => `${vm}/worker`;
export const rebinderOf = (vm: ActorId): ActorId => `${vm}/rebinder`;

export const NO_VMA: VmaState = { present: 0, zapped: 0, pinned: -1 };

export function vmaOf({ vmas }: Pick<VmContext, 'vmas'>, va: number): VmaState {
  return vmas.get(va) ?? NO_VMA;
}

/** Every GT that a mapping is to be bound on, as bits. */
export function wantedMask({ gts }: Pick<VmContext, 'gts'>, { gtMask }: Piece): number {
  const all = 2 ** gts.length - 1;
  return gtMask === 0 ? all : gtMask & all;
}
