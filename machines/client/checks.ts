/** What the checks of ioctls that need no lock look at, taken from the shared objects. */
import { checkExec } from '../../domain/ioctl/exec-check.ts';
import { checkGemCreate } from '../../domain/ioctl/gem-check.ts';
import { checkQueueCreate } from '../../domain/ioctl/queue-check.ts';
import type { Refusal } from '../../domain/ioctl/rules.ts';
import { checkWaitUserFence } from '../../domain/ioctl/wait-user-fence-check.ts';
import type { Step } from '../../domain/scenario/schema.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { ClientContext } from './context.ts';

export type ExecStep = Extract<Step, { exec: unknown }>['exec'];
export type WaitUserFenceStep = Extract<Step, { waitUserFence: unknown }>['waitUserFence'];

export function refusalOfExec(exec: ExecStep, shared: SharedReader): Refusal | null {
  const { queue, batches, extensions = '0x0', in: ins, out } = exec;
  const vm = shared.queue(queue)?.vm ?? '';
  return checkExec(
    { queue, batches, extensions, in: ins, out },
    {
      queueKind: (id) => shared.queue(id)?.kind,
      isBanned: (id) => shared.queue(id)?.banned === true,
      vmMode: shared.vm(vm)?.mode ?? 'dma-fence',
      capture: ({ syncobj, point }) => shared.capture(syncobj, point),
      syncobjKind: (id) => shared.syncobj(id)?.kind,
    },
  );
}

export function refusalOfBo(
  { size, vm }: ClientContext['declared']['bos'][string],
  shared: SharedReader,
): Refusal | null {
  return checkGemCreate({ size, vm: vm ?? null }, { isVm: (id) => shared.isVm(id) });
}

export function refusalOfQueue(
  queue: ClientContext['declared']['queues'][string],
  shared: SharedReader,
): Refusal | null {
  return checkQueueCreate(queue, {
    gts: shared.device.gts.length,
    isVm: (id) => shared.isVm(id),
  });
}

export function refusalOfWait(
  { addr, vmError }: WaitUserFenceStep,
  { declared }: ClientContext,
  shared: SharedReader,
): Refusal | null {
  return checkWaitUserFence(
    { addr, vmError: vmError ?? null },
    {
      errorCapture: (vm) =>
        shared.isVm(vm) ? (declared.vms[vm]?.errorCapture ?? null) : undefined,
    },
  );
}
