/**
 * The argument checks of WAIT_USER_FENCE, in the kernel's order, and the two ways in which the wait itself can fail.
 * Mirrors xe_wait_user_fence_ioctl of xe_wait_user_fence.c at the first upstream commit; the flag is SOFT_OP throughout
 * (no engines are named), or VM_ERROR. Unknown flags and comparisons cannot be written in a scenario.
 */
import { ERRNO } from '../errno.ts';
import type { U64 } from '../units.ts';
import { firstRefusal, type Refusal, type Row, rulesOf, wholeStage } from './rules.ts';

/** struct drm_xe_wait_user_fence, as far as it can be wrong. */
export interface WaitUserFenceRequest {
  readonly addr: U64;
  /** the VM to wait for an error of; `addr` is not looked at then */
  readonly vmError: string | null;
}

export interface WaitUserFenceView {
  /** undefined for an id that is not there; else where the VM's failures are recorded, null for nowhere */
  readonly errorCapture: (vm: string) => U64 | null | undefined;
}

interface WaitContext {
  readonly request: WaitUserFenceRequest;
  readonly view: WaitUserFenceView;
}

const ROWS: readonly Row<WaitContext, WaitContext>[] = [
  {
    row: 'wait-1',
    what: 'an address that is not 8-byte aligned',
    error: ERRNO.EINVAL,
    refuses: ({ request: { addr, vmError } }) => vmError === null && BigInt(addr) % 8n !== 0n,
  },
  {
    row: 'wait-2',
    what: 'VM_ERROR of a VM that is not there',
    error: ERRNO.ENOENT,
    refuses: ({ request: { vmError }, view }) =>
      vmError !== null && view.errorCapture(vmError) === undefined,
  },
  {
    row: 'wait-3',
    what: 'VM_ERROR of a VM without error captures',
    error: ERRNO.ENOTSUPP,
    refuses: ({ request: { vmError }, view }) =>
      vmError !== null && view.errorCapture(vmError) === null,
  },
];
const STAGES = [wholeStage(ROWS)];

export const WAIT_USER_FENCE_RULES = rulesOf(STAGES);

export function checkWaitUserFence(
  request: WaitUserFenceRequest,
  view: WaitUserFenceView,
): Refusal | null {
  return firstRefusal(STAGES, { request, view });
}

/** What a waiter sees each time it looks. */
export interface WaitLook {
  /** the VM of a VM_ERROR wait has closed since */
  readonly isClosed: boolean;
  /** the value compares as wanted */
  readonly isOver: boolean;
  readonly isTimedOut: boolean;
}

const LOOK_ROWS: readonly Row<WaitLook, WaitLook>[] = [
  {
    row: 'wait-4',
    what: 'the VM of a VM_ERROR wait closes',
    error: ERRNO.ENODEV,
    refuses: ({ isClosed }) => isClosed,
  },
  {
    row: 'wait-5',
    what: 'the time is over before the value is there',
    error: ERRNO.ETIME,
    refuses: ({ isOver, isTimedOut }) => !isOver && isTimedOut,
  },
];
const LOOK = [wholeStage(LOOK_ROWS)];

export const WAIT_LOOK_RULES = rulesOf(LOOK);

/**
 * Why a wait fails now, or null. A value that is there when the time is over is a success; the kernel of 2023 calls it
 * ETIME, even for a look without waiting.
 */
export function checkWaitLook(look: WaitLook): Refusal | null {
  return firstRefusal(LOOK, look);
}
