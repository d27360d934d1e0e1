/**
 * The argument checks of exec, in the kernel's order. Mirrors xe_exec_ioctl of xe_exec.c at the first upstream commit:
 * first what needs no lock, then, under vm->lock, whether the VM still takes jobs.
 */
import { type Errno, ERRNO } from '../errno.ts';
import type { U64 } from '../units.ts';
import { firstRefusal, type Refusal, type Row, rulesOf, type Stage, wholeStage } from './rules.ts';
import { SYNC_STAGE, type SyncRequest, type SyncView } from './sync-check.ts';

/** struct drm_xe_exec, as far as it can be wrong. */
export interface ExecIoctl extends SyncRequest {
  readonly queue: string;
  /** the extensions pointer */
  readonly extensions: U64;
  /** num_batch_buffer */
  readonly batches: number;
}

/** What the checks look at besides the request. */
export interface ExecView extends SyncView {
  /** undefined for an id that is not there */
  readonly queueKind: (queue: string) => 'exec' | 'bind' | undefined;
  readonly isBanned: (queue: string) => boolean;
}

interface ExecContext {
  readonly request: ExecIoctl;
  readonly view: ExecView;
}

/** How many batch buffers one exec of a queue has: there are no parallel queues here. */
export const QUEUE_WIDTH = 1;

const ROWS: readonly Row<ExecContext, ExecContext>[] = [
  {
    row: 'exec-1',
    what: 'extensions',
    error: ERRNO.EINVAL,
    refuses: ({ request }) => request.extensions !== '0x0',
  },
  {
    row: 'exec-2',
    what: 'a queue that is not there',
    error: ERRNO.ENOENT,
    refuses: ({ request, view }) => view.queueKind(request.queue) === undefined,
  },
  {
    row: 'exec-3',
    what: 'a queue for binds',
    error: ERRNO.EINVAL,
    refuses: ({ request, view }) => view.queueKind(request.queue) === 'bind',
  },
  {
    row: 'exec-4',
    what: 'another number of batch buffers than the width of the queue',
    error: ERRNO.EINVAL,
    refuses: ({ request }) => request.batches !== QUEUE_WIDTH,
  },
  {
    row: 'exec-5',
    what: 'a banned queue',
    error: ERRNO.ECANCELED,
    refuses: ({ request, view }) => view.isBanned(request.queue),
  },
];

const STAGES: readonly Stage<ExecContext>[] = [wholeStage(ROWS), SYNC_STAGE];

/** What is looked at before vm->lock is taken; the rows of one sync follow. */
export const EXEC_RULES = rulesOf([wholeStage(ROWS)]);

/** Why the kernel refuses the exec before it takes any lock, or null. */
export function checkExec(request: ExecIoctl, view: ExecView): Refusal | null {
  return firstRefusal(STAGES, { request, view });
}

/** The VM's state under vm->lock. */
export interface ExecLockedView {
  /** what the failed asynchronous op failed with; 0 when none has, or since a RESTART */
  readonly vmError: Errno | 0;
  readonly isClosed: boolean;
}

/** `error` is null where the errno is the one that the VM has stored. */
export const EXEC_LOCKED_RULES = [
  { row: 'exec-6', what: 'a VM in error', error: null },
  { row: 'exec-7', what: 'a VM that is closing or closed', error: ERRNO.EIO },
] as const;

/** Why the kernel refuses the exec once it holds vm->lock, or null. */
export function checkExecLocked({ vmError, isClosed }: ExecLockedView): Refusal | null {
  const [inError, closed] = EXEC_LOCKED_RULES;
  if (vmError !== 0) return { ...inError, error: vmError };
  return isClosed ? { ...closed } : null;
}
