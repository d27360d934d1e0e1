/**
 * The world at its beginning: actors for everything that a scenario declares, and record 0, whose facts make the
 * objects that no client's `create` step makes later.
 */
import { driverOf, type ImmediateDriver } from '../../domain/driver/drivers.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import { FLAVOURS } from '../../hw/flavour.ts';
import { PAGE_SIZES } from '../../hw/io-pgtable.ts';
import { seed32 } from '../../hw/latency.ts';
import { newBindEngine } from '../../machines/bind-engine/bind-engine.ts';
import { newClient } from '../../machines/client/context.ts';
import {
  createBo,
  createQueue,
  createSyncobj,
  createUserptr,
} from '../../machines/client/create.ts';
import { type Effect, fact, send } from '../../machines/contract/effects.ts';
import type { ActorId } from '../../machines/contract/messages.ts';
import { newExecQueue } from '../../machines/exec-queue/context.ts';
import { queueMade } from '../../machines/exec-queue/life.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { newFaults } from '../../machines/faults/faults.ts';
import { FAULT_QUEUES, faultQueueOf } from '../../machines/faults/names.ts';
import { newGt } from '../../machines/gt/context.ts';
import { newMemory } from '../../machines/memory/context.ts';
import { COPY_QUEUE, MEMORY } from '../../machines/memory/names.ts';
import { queueOf } from '../../machines/panthor/context.ts';
import { createPanthorVm, newPanthorVm } from '../../machines/panthor/life.ts';
import { newMali } from '../../machines/panthor/mali.ts';
import { newPanthorQueue } from '../../machines/panthor/queue.ts';
import { type Driver, NOTHING_SHARED } from '../../machines/shared/shared.ts';
import { newTlb } from '../../machines/tlb/context.ts';
import { UFENCES } from '../../machines/ufences/names.ts';
import { newUfences } from '../../machines/ufences/ufences.ts';
import { bindEngineOf, rebinderOf, type VmContext, workerOf } from '../../machines/vm/context.ts';
import { createVm, newVm } from '../../machines/vm/life.ts';
import { joinQueue } from '../../machines/vm/rebind.ts';
import { newWork } from '../../machines/work-item/work-item.ts';
import { Actors } from './actors.ts';
import { Beginning } from './beginning.ts';
import { madeLater, type Needs, needsOf } from './needs.ts';
import type { StepRecord } from './record.ts';
import { applyEffects } from './step.ts';
import type { World } from './world.ts';

/** Who makes record 0. */
export const WORLD = 'world';

const LEVELS = { 48: 4, 57: 5 } as const;

export interface Started {
  readonly world: World;
  readonly record: StepRecord;
}

export function startWorld(given: Scenario, seed: U64, executor: Executor): Started {
  const driver = driverOf(given.device.profile);
  const scenario = driver === null ? given : withoutVram(given);
  const {
    gts: count,
    vaBits,
    profile,
    flavour,
    rangeInvalidation,
    costs,
    quirks,
  } = scenario.device;
  const options = {
    ...(flavour === undefined ? {} : { flavour }),
    ...(rangeInvalidation === undefined ? {} : { rangeInvalidation }),
    ...(costs === undefined ? {} : { costs }),
    ...(quirks === undefined || quirks.length === 0 ? {} : { quirks }),
    ...(driver === null ? {} : { driver: driverFact(scenario, driver) }),
  };
  const gts = Array.from({ length: count }, (_, i) => `gt${i}`);
  const later = madeLater(scenario);
  const beginning = new Beginning(executor);
  beginning.do(fact({ type: 'device.created', gts, vaBits, profile, ...options }));
  if (driver === null) startDevice(beginning, gts, needsOf(scenario));
  else startMali(beginning, gts, needsOf(scenario));
  makeObjects(beginning, scenario, later);
  if (driver === null) startVms(beginning, scenario, later, gts);
  else startPanthorVms(beginning, scenario, later, gts[0] ?? '');
  startQueues(beginning, scenario, later);
  for (const [id, program] of Object.entries(scenario.clients)) {
    beginning.add(id, 'client', newClient(id, program, scenario));
    beginning.do(send(id, 'client.next', {}));
  }
  return record0(scenario, seed, beginning.actors, beginning.effects);
}

/** These devices have the system's memory only. */
function withoutVram(scenario: Scenario): Scenario {
  const placed = Object.entries(scenario.bos).map(([name, bo]) => [
    name,
    { ...bo, placement: 'system' as const },
  ]);
  return { ...scenario, bos: Object.fromEntries(placed) };
}

function driverFact({ device }: Scenario, driver: ImmediateDriver): Driver {
  const version = device.driverVersion ?? driver.version;
  return { version, pageSizes: PAGE_SIZES };
}

function startMali(beginning: Beginning, gts: readonly ActorId[], needs: Needs): void {
  for (const gt of gts) beginning.add(gt, 'mali', newMali(gt));
  if (needs.memory) beginning.add(MEMORY, 'memory', newMemory());
}

/** Each VM with its one bind queue. */
function startPanthorVms(
  beginning: Beginning,
  { vms, device }: Scenario,
  later: ReadonlySet<string>,
  gt: ActorId,
): void {
  const levels = LEVELS[device.vaBits];
  Object.entries(vms).forEach(([id, declared], index) => {
    const made = newPanthorVm({ id, index, declared, device, gt, levels });
    const queue = queueOf(id);
    beginning.add(queue, 'panthorQueue', newPanthorQueue(queue, id));
    if (later.has(id)) return beginning.add(id, 'panthorVm', made);
    const created = createPanthorVm(made);
    beginning.do(...created.effects);
    beginning.add(id, 'panthorVm', created.context, 'open.idle');
  });
}

function startDevice(beginning: Beginning, gts: readonly ActorId[], needs: Needs): void {
  for (const gt of gts) {
    beginning.add(gt, 'gt', newGt(gt));
    beginning.add(`${gt}/tlb`, 'tlb', newTlb(`${gt}/tlb`, gt));
    for (let asid = 0; asid < Math.min(needs.faultAsids, FAULT_QUEUES); asid++) {
      const faults = faultQueueOf(gt, asid);
      beginning.add(faults, 'faults', newFaults(faults, gt));
    }
  }
  if (needs.memory) beginning.add(MEMORY, 'memory', newMemory());
  if (needs.copies) beginning.add(COPY_QUEUE, 'bindEngine', newBindEngine(COPY_QUEUE));
  if (needs.ufences) beginning.add(UFENCES, 'ufences', newUfences(UFENCES));
}

/** BOs, syncobjs and the process's memory; each BO lies behind the one before. */
function makeObjects(beginning: Beginning, scenario: Scenario, later: ReadonlySet<string>): void {
  for (const [id, bo] of Object.entries(scenario.bos)) {
    if (!later.has(id)) beginning.do(...createBo(id, bo, beginning.shared));
  }
  for (const [id, syncobj] of Object.entries(scenario.syncobjs)) {
    if (!later.has(id)) beginning.do(...createSyncobj(id, syncobj));
  }
  for (const [id, userptr] of Object.entries(scenario.userptrs)) {
    beginning.do(createUserptr(id, userptr, beginning.shared));
  }
}

/** Each VM with its bind queue and the work items that its mode has a use for. */
function startVms(
  beginning: Beginning,
  { vms, device }: Scenario,
  later: ReadonlySet<string>,
  gts: readonly ActorId[],
): void {
  const levels = LEVELS[device.vaBits];
  const ptUpdates = device.ptUpdates ?? 'gpu';
  const flavour = device.flavour === undefined ? null : FLAVOURS[device.flavour];
  Object.entries(vms).forEach(([id, declared], index) => {
    const { async, mode } = declared;
    const made = newVm({ id, index, declared, gts, levels, ptUpdates, flavour });
    const [engine, worker, rebinder] = [bindEngineOf(id), workerOf(id), rebinderOf(id)];
    beginning.add(engine, 'bindEngine', newBindEngine(engine));
    if (async) beginning.add(worker, 'work', newWork(worker, id, 'vm.worker'));
    if (mode === 'compute') beginning.add(rebinder, 'work', newWork(rebinder, id, 'vm.rebind'));
    if (later.has(id)) return beginning.add(id, 'vm', made);
    const created = createVm(made);
    beginning.do(...created.effects);
    beginning.add(id, 'vm', created.context, 'open.idle');
  });
}

/** A queue that is there from the start has joined its VM. */
function join(beginning: Beginning, vm: ActorId, queue: ActorId): void {
  const actor = beginning.actors[vm];
  if (actor === undefined) throw new RangeError(`no VM ${vm}`);
  const joined = joinQueue(actor.context as VmContext, queue, beginning.shared);
  beginning.do(...joined.effects);
  beginning.actors[vm] = { ...actor, context: joined.context };
}

function startQueues(
  beginning: Beginning,
  { queues, vms }: Scenario,
  later: ReadonlySet<string>,
): void {
  for (const [id, queue] of Object.entries(queues)) {
    const isThere = !later.has(id);
    if (queue.kind === 'bind') {
      if (isThere) beginning.do(createQueue(id, queue));
      beginning.add(id, 'bindEngine', newBindEngine(id));
      continue;
    }
    const mode = vms[queue.vm]?.mode ?? 'dma-fence';
    const made = newExecQueue(id, queue.vm, `gt${queue.gt}`, mode);
    if (isThere) {
      beginning.do(...queueMade(made));
      if (mode === 'compute') join(beginning, queue.vm, id);
    }
    beginning.add(id, 'execQueue', made, isThere ? 'idle' : undefined);
  }
}

function record0(
  scenario: Scenario,
  seed: U64,
  actors: Beginning['actors'],
  effects: readonly Effect[],
): Started {
  const empty: World = {
    config: { latency: scenario.latency, seed: seed32(seed) },
    seq: 1,
    nowNs: 0,
    actors: Actors.from(actors),
    queues: [],
    timers: [],
    shared: NOTHING_SHARED,
  };
  const { world, facts, sends } = applyEffects(empty, WORLD, 0, effects);
  const record: StepRecord = {
    seq: 0,
    t: 0,
    actor: WORLD,
    type: 'world.started',
    cause: null,
    choice: 'start',
    data: {},
    state: '',
    facts,
    sends,
  };
  return { world, record };
}
