/** Exclusions that are lifted one at a time, and what breaks then. */
import type { Effect } from '../../../machines/contract/effects.ts';
import type { Executor } from '../../../machines/execute/executor.ts';
import type { Scenario } from '../../../domain/scenario/schema.ts';
import type { ContextId } from './contexts.ts';
import { knowing, leaving, seeing, withoutAcks, withoutVmLock } from './lift.ts';
import { holeUnderJob, holeUnderRebind } from './lift-worlds.ts';
import { WORLDS } from './worlds.ts';

export interface Lift {
  readonly name: string;
  readonly pair: readonly [ContextId, ContextId];
  readonly scenario: () => Scenario;
  readonly executor: Executor;
  /** an invariant; `failed`, an expectation of the scenario; or `throws`, a machine that finds nonsense */
  readonly breaks: string;
}

const nobodyHolds = seeing('memory', () => ({ lockHolder: () => undefined }));

/** Bind jobs that wait for no other fence. */
function waitless(effect: Effect): readonly Effect[] {
  if (effect.effect === 'fact' && effect.fact.type === 'job.queued') {
    return [{ ...effect, fact: { ...effect.fact, waits: [] } }];
  }
  if (effect.effect !== 'send' || effect.message.type !== 'job.push') return [effect];
  const job = { ...effect.message.data.job, waits: [] };
  return [{ ...effect, message: { type: 'job.push', data: { job } } }];
}

function notKernel(effect: Effect): readonly Effect[] {
  return effect.effect === 'fact' && effect.fact.type === 'resv.added'
    ? [{ ...effect, fact: { ...effect.fact, usage: 'bookkeep' } }]
    : [effect];
}

const forgetting = knowing<{ readonly invalidated: readonly number[] }>(
  'vm',
  'open.exec.locked',
  'vm.continue',
  (context) => ({ ...context, invalidated: [] }),
);

const { jobs, jobsAsync, compute, faults } = WORLDS;

const closing = (pair: Lift['pair'], scenario: Lift['scenario'], breaks = 'I30'): Lift => ({
  name: `vm->lock between ${pair[0]} and close`,
  pair,
  scenario,
  executor: withoutVmLock(`open.${pair[0]}.`, 'vm.close'),
  breaks,
});

export const LIFTS: readonly Lift[] = [
  {
    name: 'vm->lock between worker and exec',
    pair: ['worker', 'exec'],
    scenario: jobsAsync,
    executor: withoutVmLock('open.exec.', 'vm.worker'),
    breaks: 'I29',
  },
  {
    name: 'vm->lock between ioctl and rebind worker',
    pair: ['ioctl', 'rebind'],
    scenario: holeUnderRebind,
    executor: withoutVmLock('open.rebind.', 'vm.bind'),
    breaks: 'I27',
  },
  {
    name: 'the reservation lock between exec and eviction',
    pair: ['exec', 'evict'],
    scenario: jobs,
    executor: nobodyHolds,
    breaks: 'I28',
  },
  {
    name: 'the reservation lock between rebind worker and eviction',
    pair: ['rebind', 'evict'],
    scenario: compute,
    executor: nobodyHolds,
    breaks: 'I28',
  },
  {
    name: 'FIRST_REBIND: the unbind waits for jobs',
    pair: ['ioctl', 'gpu'],
    scenario: holeUnderJob,
    executor: leaving('vm', waitless),
    breaks: 'failed',
  },
  {
    name: 'LAST_REBIND: jobs wait for the KERNEL slot',
    pair: ['ioctl', 'exec'],
    scenario: holeUnderJob,
    executor: leaving('vm', notKernel),
    breaks: 'I16',
  },
  {
    name: 'wait-start',
    pair: ['worker', 'exec'],
    scenario: jobsAsync,
    executor: seeing('client', (shared) => ({
      fence: (key) => ({ ...shared.fence(key), started: true }),
    })),
    breaks: 'I18',
  },
  {
    name: 'the acknowledgement before memory is freed',
    pair: ['ack', 'gpu'],
    scenario: faults,
    executor: withoutAcks,
    breaks: 'I19',
  },
  {
    name: 'the look at the sequence number before exec arms',
    pair: ['exec', 'notifier'],
    scenario: jobs,
    executor: forgetting,
    breaks: 'I28',
  },
  closing(['ioctl', 'close'], jobs),
  closing(['worker', 'close'], jobsAsync, 'throws'),
  closing(['exec', 'close'], jobs),
  closing(['fault', 'close'], faults, 'throws'),
];
