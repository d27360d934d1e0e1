/**
 * What a VM actor holds: the address space as it will be after every accepted ioctl, the driver's page-table trees as
 * they will be after every submitted job, the call that holds vm->lock, and the asynchronous calls that wait for the
 * worker. Mirrors struct xe_vm (xe_vm_types.h).
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { Refusal } from '../../domain/ioctl/bind-check.ts';
import type { CheckedOp } from '../../domain/ioctl/bind-request.ts';
import type { SyncRef } from '../../domain/scenario/schema.ts';
import type { Semantics } from '../../domain/va/range-check.ts';
import type { VaSpace } from '../../domain/va/va-space.ts';
import type { PtTree, TableAlloc } from '../../hw/pt-tree.ts';
import type { ActorId, Piece } from '../contract/messages.ts';

/** An op of a list, its VMAs numbered. */
export type VmOp =
  | { readonly op: 'map'; readonly map: Piece }
  | { readonly op: 'unmap'; readonly unmap: Piece; readonly keep: boolean }
  | {
      readonly op: 'remap';
      readonly prev: Piece | null;
      readonly next: Piece | null;
      readonly unmap: Piece;
      readonly keep: boolean;
    };

/** One VM_BIND call on its way through the phases. */
export interface Call {
  readonly number: number;
  readonly client: ActorId;
  readonly async: boolean;
  readonly refusal: Refusal | null;
  readonly binds: readonly CheckedOp[];
  readonly out: readonly SyncRef[];
  /** fences of the in-syncs, as they were when the ioctl came in */
  readonly waits: readonly FenceKey[];
  /** how many of `binds` have their op list */
  readonly created: number;
  /** the errno that the creation of a list ended with, or 0 */
  readonly error: number;
  /** the space with the lists so far applied; published by commit */
  readonly staged: VaSpace;
  /** all op lists, one after another */
  readonly ops: readonly VmOp[];
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

export interface VmContext {
  readonly id: ActorId;
  readonly index: number;
  readonly async: boolean;
  readonly semantics: Semantics;
  readonly gts: readonly ActorId[];
  readonly levels: number;
  readonly space: VaSpace;
  /** one tree for each GT, in the order of `gts` */
  readonly trees: readonly PtTree[];
  readonly alloc: TableAlloc;
  /** counters: each is the last number given out */
  readonly counts: {
    readonly call: number;
    readonly va: number;
    readonly job: number;
    readonly flush: number;
    readonly async: number;
    readonly array: number;
  };
  /** holds vm->lock for writing */
  readonly call: Call | null;
  /** accepted asynchronous calls, oldest first */
  readonly pending: readonly Call[];
  /** asynchronous fences that have not signalled, in the order of their numbers */
  readonly attached: readonly Attached[];
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

export const bindEngineOf = (vm: ActorId): ActorId => `${vm}/bind0`;
