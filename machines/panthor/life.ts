/**
 * The beginning and the end of a VM. Mirrors panthor_mmu.c (panthor_vm_pool_create_vm, panthor_vm_pool_destroy_vm,
 * panthor_vm_destroy, panthor_vm_free).
 *
 * Destroying unmaps everything and takes the id away. Jobs that are queued keep the VM; those that map something then
 * fail. (In the kernel they map it, and the mapping keeps the VM for ever.)
 */
import { driverOf, type ImmediateDriver, semanticsOf } from '../../domain/driver/drivers.ts';
import { ERRNO } from '../../domain/errno.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import { createVaSpace } from '../../domain/va/va-space.ts';
import { freshPools } from '../../hw/allocator.ts';
import { spacePages } from '../../hw/levels.ts';
import { createPtTree, tablesOf } from '../../hw/pt-tree.ts';
import { type Effect, fact, outcome, type Outcome, send } from '../contract/effects.ts';
import type { Action, Guard } from '../contract/event.ts';
import type { ActorId } from '../contract/messages.ts';
import { dropRef, takeRef } from '../shared/refs.ts';
import { pieceOfMapping } from '../vm/pieces.ts';
import { type PanthorVm, treeOf } from './context.ts';

/** Table pages that one VM may take before the next VM's begin. */
const TABLE_WINDOW = 2 ** 24;

export interface PanthorVmInput {
  readonly id: string;
  /** 0, 1, 2, ...: keeps the VMs' table pages apart */
  readonly index: number;
  readonly declared: Scenario['vms'][string];
  readonly device: Scenario['device'];
  readonly gt: string;
  readonly levels: number;
}

/** A VM before its creation: no root table yet. */
export function newPanthorVm({
  id,
  index,
  declared,
  device,
  gt,
  levels,
}: PanthorVmInput): PanthorVm {
  const driver = driverOf(device.profile);
  if (driver === null) throw new RangeError(`${device.profile} has VMs of another kind`);
  const version = device.driverVersion ?? driver.version;
  return {
    ...{ id, driver, version, gt, levels },
    quirks: device.quirks ?? [],
    flags: declared.flags ?? '0x0',
    async: declared.async,
    space: emptySpace(id, driver, version, levels),
    tree: null,
    alloc: { next: freshPools().tables.next + index * TABLE_WINDOW },
    counts: { call: 0, va: 0, job: 0 },
    executed: {},
    waiters: [],
    running: null,
    unusable: false,
    destroyed: false,
    emptied: false,
    jobsLeft: 0,
  };
}

function emptySpace(
  name: string,
  driver: ImmediateDriver,
  version: string,
  levels: number,
): PanthorVm['space'] {
  const semantics = semanticsOf(driver, version);
  return createVaSpace({ name, start: 0, range: spacePages(levels), reserved: null, semantics });
}

/** Makes the root table, and the address space with it. */
export function createPanthorVm(context: PanthorVm): Outcome<PanthorVm> {
  const { id: vm, gt, space, alloc, levels } = context;
  const { start: addr, range, semantics } = space.config;
  const made = createPtTree(alloc, levels);
  const { table, level } = made.tree.root;
  const kind = { async: context.async, semantics, mode: 'dma-fence', scratch: false } as const;
  return outcome(
    { ...context, tree: made.tree, alloc: made.alloc },
    takeRef(vm, 'handle'),
    fact({ type: 'vm.created', vm, addr, range, ...kind }),
    fact({ type: 'table.allocated', gt, vm, table, level, runs: [] }),
    fact({ type: 'table.rooted', gt, vm, table, level }),
  );
}

const create: Action<PanthorVm> = (context, { from }) => {
  const made = createPanthorVm(context);
  return outcome(made.context, ...made.effects, send(from, 'ioctl.done', { result: 0 }));
};

/** PANTHOR_VM_CREATE_FLAGS is 0. */
const createRefused: Guard<PanthorVm> = ({ flags }) => BigInt(flags) !== 0n;

const refuseCreate: Action<PanthorVm> = (context, { from }) =>
  outcome(
    context,
    fact({ type: 'vm.refused', vm: context.id, error: ERRNO.EINVAL, row: 'op-vm' }),
    send(from, 'ioctl.done', { result: ERRNO.EINVAL }),
  );

const refuseClose: Action<PanthorVm> = (context, { from }) =>
  outcome(context, send(from, 'ioctl.done', { result: ERRNO.EINVAL }));

/** debugfs and VM_GET_STATE, under op_lock. */
const dump: Action<PanthorVm> = (context, { from }) => {
  const mappings = [...context.space.mappings.values()].map((each) => pieceOfMapping(each));
  return outcome(context, send(from, 'debugfs.done', { mappings, unusable: context.unusable }));
};

/** The id is gone; the unmap of everything wants op_lock like any other op. */
const beginClose: Action<PanthorVm> = (context, { from }) => {
  const { start: addr, range } = context.space.config;
  const op = { call: 0, bind: 0, op: { op: 'unmap', addr, range }, tables: 0, vmas: 0 } as const;
  const waiter = { owner: { kind: 'destroy', client: from }, op } as const;
  return outcome({ ...context, destroyed: true, waiters: [...context.waiters, waiter] });
};

const isDestroyed: Guard<PanthorVm> = ({ destroyed }) => destroyed;

/** Everything is unmapped: the destroy ioctl returns. */
export const afterDestroy = (context: PanthorVm, client: ActorId): Outcome<PanthorVm> =>
  outcome({ ...context, emptied: true }, send(client, 'ioctl.done', { result: 0 }));

/** No job keeps it any more. */
const isOver: Guard<PanthorVm> = ({ emptied, jobsLeft }) => emptied && jobsLeft === 0;

const finishClose: Action<PanthorVm> = (context, { shared }) => {
  const { id: vm, gt } = context;
  const effects: Effect[] = tablesOf(treeOf(context)).map((table) =>
    fact({ type: 'table.freed', gt, vm, table }),
  );
  effects.push(fact({ type: 'vm.closed', vm }));
  return outcome(
    { ...context, tree: null },
    ...effects,
    ...dropRef(shared.after(effects), vm, 'handle'),
  );
};

export const lifeActions = { create, refuseCreate, refuseClose, dump, beginClose, finishClose };
export const lifeGuards = { createRefused, isDestroyed, isOver };
