/**
 * Every message that actors exchange, and its data. A message is an XState event for its receiver; its data is plain
 * JSON (pages are numbers under the names of domain/facts/fields.ts), because the log keeps it.
 */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { BindRequest } from '../../domain/ioctl/bind-request.ts';
import type { Page, U64 } from '../../domain/units.ts';
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
  readonly flush: Flush | null;
}

export type AccessKind = 'read' | 'write';

interface NoData {
  readonly [key: string]: never;
}

export interface Messages {
  // to a client
  'client.next': NoData;
  'client.awake': NoData;
  'ioctl.done': { readonly result: number };
  'gpu.done': {
    readonly outcome: 'read' | 'written' | 'dropped' | 'fault';
    /** what a read saw */
    readonly value: U64 | null;
  };
  'debugfs.done': { readonly mappings: readonly Piece[] };
  // to whoever waits for a fence
  'fence.signaled': { readonly fence: FenceKey; readonly error: number };
  // to a vm
  'vm.create': NoData;
  'vm.bind': BindRequest;
  'vm.close': NoData;
  'vm.debugfs': NoData;
  'vm.continue': NoData;
  'vm.worker': NoData;
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
  };
  // to a GT's TLB
  'tlb.invalidate': { readonly vm: ActorId; readonly flush: Flush };
  'guc.ack': { readonly seqno: number };
}

export type MessageType = keyof Messages;
export type MessageOf<K extends MessageType> = K extends MessageType
  ? { readonly type: K; readonly data: Messages[K] }
  : never;
export type Message = MessageOf<MessageType>;

export const NO_DATA: NoData = {};
