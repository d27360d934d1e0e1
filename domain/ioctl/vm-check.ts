/**
 * The argument checks of VM create and destroy, in the kernel's order. Mirrors xe_vm_create_ioctl (the extension chain:
 * vm_set_error_capture_address) and xe_vm_destroy_ioctl of xe_vm.c at the first upstream commit. A chain that sets the
 * capture address twice (ENOTSUPP) or is longer than 16 (E2BIG) cannot be written in a scenario.
 */
import { ERRNO } from '../errno.ts';
import type { Scenario, VmMode } from '../scenario/schema.ts';
import type { U64 } from '../units.ts';
import { firstRefusal, type Refusal, type Row, rulesOf, wholeStage } from './rules.ts';

/** Flag bits of struct drm_xe_vm_create. */
export const VM_FLAGS = { scratch: 1n, compute: 2n, async: 4n, fault: 8n } as const;
const KNOWN = 15n;

/** struct drm_xe_vm_create with its one possible extension. */
export interface VmCreateRequest {
  readonly flags: U64;
  /** the value of BIND_OP_ERROR_CAPTURE_ADDRESS; null without that extension */
  readonly errorCapture: U64 | null;
}

/** A declared VM as its create ioctl has it. */
export function vmCreateRequest(vm: Scenario['vms'][string]): VmCreateRequest {
  const flags =
    (vm.scratch ? VM_FLAGS.scratch : 0n) |
    (vm.async ? VM_FLAGS.async : 0n) |
    (vm.mode === 'dma-fence' ? 0n : VM_FLAGS[vm.mode]) |
    BigInt(vm.flags ?? '0x0');
  return { flags: `0x${flags.toString(16)}`, errorCapture: vm.errorCapture ?? null };
}

/** What the checks of create look at: the device's VMs that are not closed yet, and what the hardware can do. */
export interface VmCreateView {
  readonly faultVms: number;
  readonly otherVms: number;
  readonly supportsFaults: boolean;
}

interface CreateContext {
  readonly request: VmCreateRequest;
  readonly view: VmCreateView;
}

const has = ({ request }: CreateContext, ...bits: readonly bigint[]): boolean =>
  bits.every((bit) => (BigInt(request.flags) & bit) !== 0n);
const { scratch, compute, async, fault } = VM_FLAGS;
const { EINVAL, ENOTSUPP, ENOENT, EBUSY } = ERRNO;

const CREATE_ROWS: readonly Row<CreateContext, CreateContext>[] = [
  {
    row: 'vm-create-1',
    what: 'an unknown flag bit',
    error: EINVAL,
    refuses: ({ request }) => (BigInt(request.flags) & ~KNOWN) !== 0n,
  },
  {
    row: 'vm-create-2',
    what: 'SCRATCH_PAGE with FAULT_MODE',
    error: EINVAL,
    refuses: (context) => has(context, scratch, fault),
  },
  {
    row: 'vm-create-3',
    what: 'COMPUTE_MODE with FAULT_MODE',
    error: EINVAL,
    refuses: (context) => has(context, compute, fault),
  },
  {
    row: 'vm-create-4',
    what: 'FAULT_MODE while the device has a VM without it',
    error: EINVAL,
    refuses: (context) => has(context, fault) && context.view.otherVms > 0,
  },
  {
    row: 'vm-create-5',
    what: 'no FAULT_MODE while the device has a VM with it',
    error: EINVAL,
    refuses: (context) => !has(context, fault) && context.view.faultVms > 0,
  },
  {
    row: 'vm-create-6',
    what: 'FAULT_MODE on hardware that cannot',
    error: EINVAL,
    refuses: (context) => has(context, fault) && !context.view.supportsFaults,
  },
  {
    row: 'vm-create-7',
    what: 'address 0 for error captures',
    error: EINVAL,
    refuses: ({ request }) => request.errorCapture === '0x0',
  },
  {
    row: 'vm-create-8',
    what: 'error captures without ASYNC_BIND_OPS',
    error: ENOTSUPP,
    refuses: (context) => context.request.errorCapture !== null && !has(context, async),
  },
];
const CREATE = [wholeStage(CREATE_ROWS)];

export const VM_CREATE_RULES = rulesOf(CREATE);

export function checkVmCreate(request: VmCreateRequest, view: VmCreateView): Refusal | null {
  return firstRefusal(CREATE, { request, view });
}

/** What the checks of destroy look at. */
export interface VmDestroyView {
  /** a destroyed VM's id leads nowhere: the id goes first, the VM closes afterwards */
  readonly vm: 'unknown' | 'open';
  readonly mode: VmMode;
  /** exec queues made for it and not destroyed */
  readonly queues: number;
}

const DESTROY_ROWS: readonly Row<VmDestroyView, VmDestroyView>[] = [
  {
    row: 'vm-destroy-1',
    what: 'a VM that is not there',
    error: ENOENT,
    refuses: ({ vm }) => vm === 'unknown',
  },
  {
    row: 'vm-destroy-2',
    what: 'a VM in compute mode that has exec queues',
    error: EBUSY,
    refuses: ({ mode, queues }) => mode === 'compute' && queues > 0,
  },
];
const DESTROY = [wholeStage(DESTROY_ROWS)];

export const VM_DESTROY_RULES = rulesOf(DESTROY);

export function checkVmDestroy(view: VmDestroyView): Refusal | null {
  return firstRefusal(DESTROY, view);
}
