/**
 * The argument checks of VM_MADVISE, in the kernel's order. Mirrors xe_vm_madvise_ioctl and the functions per property of
 * xe_vm_madvise.c at the first upstream commit. Address and range are not checked there: bytes that map no BO are
 * EINVAL, and so is range 0. Property 7 and GT number `gts` pass in the kernel, whose comparisons are off by one.
 */
import { ERRNO } from '../errno.ts';
import type { VmMode } from '../scenario/schema.ts';
import type { U64 } from '../units.ts';
import { firstRefusal, type Refusal, type Row, rulesOf, wholeStage } from './rules.ts';

/** Properties of struct drm_xe_vm_madvise. */
export const MADVISE = {
  preferredMemClass: 0,
  preferredGt: 1,
  preferredMemClassGt: 2,
  cpuAtomic: 3,
  deviceAtomic: 4,
  priority: 5,
  pin: 6,
} as const;
/** Memory classes: system memory 0, VRAM 1. */
const MEM_CLASSES = 2n;
/** DRM_XE_VMA_PRIORITY_HIGH; for privileged processes only, which no client is */
const HIGH = 2n;

export interface MadviseRequest {
  readonly property: number;
  readonly value: U64;
}

export interface MadviseView {
  readonly vm: 'unknown' | 'closed' | 'open';
  readonly mode: VmMode;
}

interface MadviseContext {
  readonly request: MadviseRequest;
  readonly view: MadviseView;
}

const ROWS: readonly Row<MadviseContext, MadviseContext>[] = [
  {
    row: 'madvise-1',
    what: 'an unknown property',
    error: ERRNO.EINVAL,
    refuses: ({ request }) => request.property > MADVISE.pin,
  },
  {
    row: 'madvise-2',
    what: 'a VM that is not there',
    error: ERRNO.EINVAL,
    refuses: ({ view }) => view.vm === 'unknown',
  },
  {
    row: 'madvise-3',
    what: 'a VM that is closing or closed',
    error: ERRNO.ENOENT,
    refuses: ({ view }) => view.vm === 'closed',
  },
  {
    row: 'madvise-4',
    what: 'a VM that is not in fault mode',
    error: ERRNO.EINVAL,
    refuses: ({ view }) => view.mode !== 'fault',
  },
];
const STAGES = [wholeStage(ROWS)];

/** What is looked at before vm->lock is taken. */
export const MADVISE_RULES = rulesOf(STAGES);

export function checkMadvise(request: MadviseRequest, view: MadviseView): Refusal | null {
  return firstRefusal(STAGES, { request, view });
}

/** The VM under vm->lock. */
export interface MadviseLockedView {
  readonly gts: number;
  /**
   * For each mapping of a BO (not NULL, not userptr) that has a byte of the range: where its BO may be, which is where it
   * was declared and not where it is now
   */
  readonly placements: readonly ('vram' | 'system')[];
}

interface LockedContext {
  readonly request: MadviseRequest;
  readonly view: MadviseLockedView;
}

const memClass = ({ property, value }: MadviseRequest): bigint | null => {
  if (property === MADVISE.preferredMemClass) return BigInt(value);
  return property === MADVISE.preferredMemClassGt ? BigInt(value) & 0xffff_ffffn : null;
};
const gtOf = ({ property, value }: MadviseRequest): bigint | null => {
  if (property === MADVISE.preferredGt) return BigInt(value);
  return property === MADVISE.preferredMemClassGt ? BigInt(value) >> 32n : null;
};

const LOCKED_ROWS: readonly Row<LockedContext, LockedContext>[] = [
  {
    row: 'madvise-5',
    what: 'a range that maps no BO',
    error: ERRNO.EINVAL,
    refuses: ({ view }) => view.placements.length === 0,
  },
  {
    row: 'madvise-6',
    what: 'an unknown memory class',
    error: ERRNO.EINVAL,
    refuses: ({ request }) => (memClass(request) ?? 0n) >= MEM_CLASSES,
  },
  {
    row: 'madvise-7',
    what: 'a preferred GT that the device does not have',
    error: ERRNO.EINVAL,
    refuses: ({ request, view }) => (gtOf(request) ?? 0n) >= BigInt(view.gts),
  },
  {
    row: 'madvise-8',
    what: 'CPU atomics on a BO that may not be in system memory',
    error: ERRNO.EINVAL,
    refuses: ({ request, view }) =>
      request.property === MADVISE.cpuAtomic && view.placements.includes('vram'),
  },
  {
    row: 'madvise-9',
    what: 'device atomics on a BO that may not be in VRAM',
    error: ERRNO.EINVAL,
    refuses: ({ request, view }) =>
      request.property === MADVISE.deviceAtomic && view.placements.includes('system'),
  },
  {
    row: 'madvise-10',
    what: 'an unknown priority',
    error: ERRNO.EINVAL,
    refuses: ({ request }) => request.property === MADVISE.priority && BigInt(request.value) > HIGH,
  },
  {
    row: 'madvise-11',
    what: 'high priority for a process without CAP_SYS_NICE',
    error: ERRNO.EPERM,
    refuses: ({ request }) =>
      request.property === MADVISE.priority && BigInt(request.value) === HIGH,
  },
];
const LOCKED = [wholeStage(LOCKED_ROWS)];

/** What is looked at under vm->lock. */
export const MADVISE_LOCKED_RULES = rulesOf(LOCKED);

export function checkMadviseLocked(
  request: MadviseRequest,
  view: MadviseLockedView,
): Refusal | null {
  return firstRefusal(LOCKED, { request, view });
}
