/**
 * Calls that the kernel refuses whatever happened before, found with the kernel's own tables: everything that a call can
 * depend on is taken to be as good as it can get. A step that shall succeed must not be such a call.
 */
import { checkBind } from '../ioctl/bind-check.ts';
import { driverOf, type ImmediateDriver } from '../driver/drivers.ts';
import { checkExec } from '../ioctl/exec-check.ts';
import { checkImmediate } from '../ioctl/immediate-check.ts';
import { withCallSyncs } from '../ioctl/immediate-op.ts';
import { checkMadvise } from '../ioctl/madvise-check.ts';
import type { Refusal } from '../ioctl/rules.ts';
import type { SyncView } from '../ioctl/sync-check.ts';
import { checkVmCreate, vmCreateRequest } from '../ioctl/vm-check.ts';
import { checkWaitUserFence } from '../ioctl/wait-user-fence-check.ts';
import { errnoName } from '../errno.ts';
import { PAGE_BYTES, parsePages } from '../units.ts';
import { isIn64K, sizeOfBo } from './bo-size.ts';
import { asyncOf } from './check-bind.ts';
import { eachOp } from './each.ts';
import { modeOf } from './check-context.ts';
import { EMPTY } from './check-objects.ts';
import { type Path, problem, type Problem } from './problem.ts';
import type { Scenario, Step } from './schema.ts';

const NO_EXTENSIONS = '0x0';

function syncView(scenario: Scenario, vm: string): SyncView {
  return {
    vmMode: modeOf(scenario, vm),
    capture: () => [],
    syncobjKind: (id) => scenario.syncobjs[id]?.kind,
  };
}

function ofBind(
  bind: Extract<Step, { bind: unknown }>['bind'],
  scenario: Scenario,
): Refusal | null {
  const { vm, ops, queue, extensions = NO_EXTENSIONS } = bind;
  const vmAsync = scenario.vms[vm]?.async ?? false;
  const request = {
    async: asyncOf(bind, scenario),
    queue: queue ?? null,
    extensions,
    ops: eachOp(ops),
  };
  return checkBind(
    { ...request, in: bind.in, out: bind.out },
    {
      ...syncView(scenario, vm),
      vm: 'open',
      vmAsync,
      // only what runs asynchronously can fail later
      vmInError: vmAsync,
      vmRange: 2 ** scenario.device.vaBits / PAGE_BYTES,
      gts: scenario.device.gts,
      boRange: (bo) => {
        const range = parsePages(sizeOfBo(scenario, bo) ?? '');
        return typeof range === 'number' ? range : undefined;
      },
      is64K: (bo) => isIn64K(scenario, bo),
      queueKind: (id) => scenario.queues[id]?.kind,
    },
  );
}

function ofExec(
  exec: Extract<Step, { exec: unknown }>['exec'],
  scenario: Scenario,
): Refusal | null {
  const { queue, batches, extensions = NO_EXTENSIONS } = exec;
  return checkExec(
    { queue, batches, extensions, in: exec.in, out: exec.out },
    {
      ...syncView(scenario, scenario.queues[queue]?.vm ?? ''),
      queueKind: (id) => scenario.queues[id]?.kind,
      isBanned: () => false,
    },
  );
}

/** The first op that a driver with ops of their own refuses. */
function ofImmediateBind(
  bind: Extract<Step, { bind: unknown }>['bind'],
  driver: ImmediateDriver,
  scenario: Scenario,
): Refusal | null {
  const { device, bos } = scenario;
  const isAsync = asyncOf(bind, scenario);
  const view = {
    ...{ driver, isAsync, vm: bind.vm, isOpen: true, isUnusable: false },
    version: device.driverVersion ?? driver.version,
    quirks: device.quirks ?? [],
    bo: (id: string) => {
      const declared = bos[id];
      const range = parsePages(declared?.size ?? '');
      return typeof range === 'number' ? { range, vm: declared?.vm ?? null } : undefined;
    },
  };
  for (const op of withCallSyncs({ ...bind, ops: eachOp(bind.ops) })) {
    const refusal = checkImmediate(op, view);
    if (refusal !== null) return refusal;
  }
  return null;
}

function certainRefusal(step: Step, scenario: Scenario): Refusal | null {
  const driver = driverOf(scenario.device.profile);
  if ('bind' in step) {
    return driver === null
      ? ofBind(step.bind, scenario)
      : ofImmediateBind(step.bind, driver, scenario);
  }
  if ('exec' in step) return ofExec(step.exec, scenario);
  if ('create' in step) {
    const vm = scenario.vms[step.create.name];
    return vm === undefined ? null : checkVmCreate(vmCreateRequest(vm), EMPTY);
  }
  if ('madvise' in step) {
    const mode = modeOf(scenario, step.madvise.vm);
    return checkMadvise(step.madvise, { vm: 'open', mode });
  }
  if ('waitUserFence' in step) {
    const { addr, vmError } = step.waitUserFence;
    return checkWaitUserFence(
      { addr, vmError: vmError ?? null },
      { errorCapture: (vm) => scenario.vms[vm]?.errorCapture ?? null },
    );
  }
  return null;
}

/** The problem of a step that shall succeed and cannot, whatever happens before; undefined when it may. */
export function refusedStep(step: Step, path: Path, scenario: Scenario): Problem | undefined {
  const refusal = certainRefusal(step, scenario);
  if (refusal === null) return undefined;
  const [verb] = Object.keys(step);
  const error = errnoName(refusal.error);
  const what = `the kernel refuses this \`${verb ?? ''}\` with ${error}: ${refusal.what} (check ${refusal.row})`;
  const hint = `Correct it, or add \`expect: ${error}\` to test the refusal itself.`;
  return problem('FL116', what, [...path, verb ?? ''], hint);
}
