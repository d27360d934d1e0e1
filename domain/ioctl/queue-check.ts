/**
 * The argument checks of making and destroying a queue, in the kernel's order. Mirrors xe_engine_create_ioctl and
 * xe_engine_destroy_ioctl of xe_engine.c at the first upstream commit. A bind queue (class VM_BIND) does not look its VM
 * up; that a queue is of its VM's mode (ENOTSUPP otherwise) follows from the VM here.
 */
import { ERRNO } from '../errno.ts';
import { firstRefusal, type Refusal, type Row, rulesOf, wholeStage } from './rules.ts';

/** struct drm_xe_engine_create, as far as it can be wrong. */
export interface QueueCreateRequest {
  readonly vm: string;
  readonly kind: 'exec' | 'bind';
  readonly gt: number;
}

export interface QueueCreateView {
  readonly gts: number;
  /** false for an id that leads nowhere, as that of a destroyed VM does */
  readonly isVm: (vm: string) => boolean;
}

interface CreateContext {
  readonly request: QueueCreateRequest;
  readonly view: QueueCreateView;
}

const CREATE_ROWS: readonly Row<CreateContext, CreateContext>[] = [
  {
    row: 'queue-create-1',
    what: 'a GT that the device does not have',
    error: ERRNO.EINVAL,
    refuses: ({ request, view }) => request.gt >= view.gts,
  },
  {
    row: 'queue-create-2',
    what: 'an exec queue of a VM that is not there',
    error: ERRNO.ENOENT,
    refuses: ({ request, view }) => request.kind === 'exec' && !view.isVm(request.vm),
  },
];
const CREATE = [wholeStage(CREATE_ROWS)];

export const QUEUE_CREATE_RULES = rulesOf(CREATE);

export function checkQueueCreate(
  request: QueueCreateRequest,
  view: QueueCreateView,
): Refusal | null {
  return firstRefusal(CREATE, { request, view });
}

export interface QueueDestroyView {
  readonly isQueue: boolean;
}

const DESTROY_ROWS: readonly Row<QueueDestroyView, QueueDestroyView>[] = [
  {
    row: 'queue-destroy-1',
    what: 'a queue that is not there',
    error: ERRNO.ENOENT,
    refuses: ({ isQueue }) => !isQueue,
  },
];
const DESTROY = [wholeStage(DESTROY_ROWS)];

export const QUEUE_DESTROY_RULES = rulesOf(DESTROY);

export function checkQueueDestroy(view: QueueDestroyView): Refusal | null {
  return firstRefusal(DESTROY, view);
}
