/** What an exec queue holds: its jobs, how far the batch of the first one is, and what it owes to those who wait. */
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import type { BatchItem, VmMode } from '../../domain/scenario/schema.ts';
import type { VtimeNs } from '../../domain/units.ts';
import type { ActorId, ExecJob } from '../contract/messages.ts';

export interface ExecQueueContext {
  readonly id: ActorId;
  readonly vm: ActorId;
  readonly gt: ActorId;
  readonly mode: VmMode;
  /** the first one is the one whose turn it is */
  readonly jobs: readonly ExecJob[];
  /** fences that this queue waits for and that have not told it yet that they signalled */
  readonly waitingOn: readonly FenceKey[];
  /** the first job's batch is on the GPU */
  readonly started: boolean;
  /** its next item */
  readonly item: number;
  /** while it spins: until when */
  readonly spinUntilNs: VtimeNs;
  /** what was left of a spin that was suspended; null otherwise */
  readonly spinLeftNs: VtimeNs | null;
  /** it makes no progress any more */
  readonly hung: boolean;
  /** the GT was reset under the access that is under way: the batch begins anew */
  readonly lost: boolean;
  /** preempt fences whose signalling was asked for */
  readonly enabled: readonly FenceKey[];
  /** quirk L27: the job done last, while it is on the scheduler's list of those that a reset submits again */
  readonly finished: ExecJob | null;
  /** nothing comes any more: the queue ends after its jobs */
  readonly closing: boolean;
  /** who closes it */
  readonly closer: ActorId;
}

export function newExecQueue(
  id: ActorId,
  vm: ActorId,
  gt: ActorId,
  mode: VmMode,
): ExecQueueContext {
  return {
    id,
    vm,
    gt,
    mode,
    jobs: [],
    waitingOn: [],
    started: false,
    item: 0,
    spinUntilNs: 0,
    spinLeftNs: null,
    hung: false,
    lost: false,
    enabled: [],
    finished: null,
    closing: false,
    closer: '',
  };
}

/** The job whose turn it is. @throws RangeError without one, which the statechart excludes */
export function headOf({ id, jobs }: ExecQueueContext): ExecJob {
  const [head] = jobs;
  if (head === undefined) throw new RangeError(`${id} has no job`);
  return head;
}

/** The item of the batch that is next or under way; undefined past the end. */
export function itemOf(context: ExecQueueContext): BatchItem | undefined {
  return headOf(context).batch[context.item];
}
