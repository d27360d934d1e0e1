/** Every machine, by the name that actors and logs know it by. */
import type { AnyStateMachine } from 'xstate';
import { bindEngineMachine } from './bind-engine/bind-engine.machine.ts';
import { clientMachine } from './client/client.machine.ts';
import type { Machine } from './contract/define.ts';
import { execQueueMachine } from './exec-queue/exec-queue.machine.ts';
import { faultsMachine } from './faults/faults.machine.ts';
import { gtMachine } from './gt/gt.machine.ts';
import { memoryMachine } from './memory/memory.machine.ts';
import { maliMachine } from './panthor/mali.machine.ts';
import { panthorQueueMachine } from './panthor/queue.machine.ts';
import { panthorVmMachine } from './panthor/vm.machine.ts';
import { tlbMachine } from './tlb/tlb.machine.ts';
import { ufencesMachine } from './ufences/ufences.machine.ts';
import { vmMachine } from './vm/vm.machine.ts';
import { workMachine } from './work-item/work-item.machine.ts';

export const MACHINE_SET: Readonly<Record<string, Machine<never>>> = {
  client: clientMachine as unknown as Machine<never>,
  vm: vmMachine as unknown as Machine<never>,
  bindEngine: bindEngineMachine as unknown as Machine<never>,
  gt: gtMachine as unknown as Machine<never>,
  tlb: tlbMachine as unknown as Machine<never>,
  execQueue: execQueueMachine as unknown as Machine<never>,
  work: workMachine as unknown as Machine<never>,
  ufences: ufencesMachine as unknown as Machine<never>,
  faults: faultsMachine as unknown as Machine<never>,
  memory: memoryMachine as unknown as Machine<never>,
  panthorVm: panthorVmMachine as unknown as Machine<never>,
  panthorQueue: panthorQueueMachine as unknown as Machine<never>,
  mali: maliMachine as unknown as Machine<never>,
};

/** The XState machines themselves, for diagrams and inspectors. */
export const MACHINES: Readonly<Record<string, AnyStateMachine>> = Object.fromEntries(
  Object.entries(MACHINE_SET).map(([name, { chart }]) => [name, chart]),
);
