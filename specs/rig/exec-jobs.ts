/** Jobs for exec queues by themselves. */
import type { Fact } from '../../domain/facts/schema.ts';
import type { BatchItem, VmMode } from '../../domain/scenario/schema.ts';
import type { ExecJob } from '../../machines/contract/messages.ts';
import { newExecQueue } from '../../machines/exec-queue/context.ts';
import type { ActorState } from '../../machines/execute/executor.ts';

export const QUEUE = 'q0';

export const READ: BatchItem = { read: '0x1000' };
export const WRITE: BatchItem = { write: '0x1008', value: '0x2a' };
export const spinOf = (ns: number): BatchItem => ({ spin: { ns } });

export const jobOf = (
  n: number,
  batch: readonly BatchItem[] = [],
  more: Partial<ExecJob> = {},
): ExecJob => ({
  id: `${QUEUE}#${n}`,
  vm: 'vm0',
  gt: 'gt0',
  fence: `${QUEUE}:${n}`,
  waits: [],
  batch,
  userFences: [],
  client: 'app',
  step: n,
  ...more,
});

export const fenceFact = (fence: string, kind = 'exec-job'): Fact => ({
  type: 'fence.created',
  fence,
  kind,
  parts: [],
});

export const queueIn = (mode: VmMode): ActorState => ({
  machine: 'execQueue',
  value: 'idle',
  context: newExecQueue(QUEUE, 'vm0', 'gt0', mode),
});
