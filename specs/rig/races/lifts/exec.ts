/** Lifts of what keeps exec apart from the rest, and of the two fences around a REMAP. */
import {
  type ClientBuilder,
  map,
  read,
  restart,
  scenario,
  write,
} from '../../../../domain/scenario/builder.ts';
import type { Scenario } from '../../../../domain/scenario/schema.ts';
import type { Effect } from '../../../../machines/contract/effects.ts';
import { leaving, seeing, without } from '../lift.ts';
import { WORLDS } from '../worlds.ts';
import { breaks, type Lift, noLock, nobodyHolds, shows } from './lifted.ts';
import * as s from './small.ts';

const { K, small, munmap, ASYNC } = s;
const { jobs, jobsAsync } = WORLDS;

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

/** A job reads what stays mapped around a hole. */
const holeUnderJob = (): Scenario =>
  scenario('a hole under a job')
    .vm('vm0')
    .bo('data', { size: 4 * K })
    .queue('q0', { vm: 'vm0' })
    .syncobj('bound')
    .client('app', (c) =>
      c
        .bind('vm0', [map({ addr: 0x10000, range: 4 * K, bo: 'data' })], { out: ['bound'] })
        .exec('q0', [write(0x13000, 1, 'ok'), read(0x13000, 1), read(0x10000, 0)], {
          in: ['bound'],
        })
        .bind('vm0', [s.hole])
        .exec('q0', [read(0x13000, 1), read(0x10000, 0)]),
    )
    .build();

/** Three ops, of which the worker fails at the last, over and over. */
const failsOften = (c: ClientBuilder): ClientBuilder =>
  [0x50000, 0x60000, 0x70000, 0x80000].reduce((all, addr) => {
    const null_ = (at: number, injectError = false) =>
      map({ addr: addr + at, range: K, null: true, injectError });
    return all
      .bind('vm0', [null_(0), null_(K), null_(2 * K, true)], { queue: 'b1' })
      .waitUserFence({ vmError: 'vm0', timeoutNs: 50_000 })
      .bind('vm0', [restart()]);
  }, c);

export const execLifts: readonly Lift[] = [
  noLock(
    ['ioctl', 'exec'],
    small(
      'a hole under exec',
      {},
      { a: s.runs, b: (c) => c.bind('vm0', [s.nothing]).bind('vm0', [s.hole]), munmap },
    ),
    shows(
      'ioctl.begins in exec.holds',
      'an ioctl that binds waits for the reservation lock of the VM, which exec holds until its job is armed',
    ),
  ),
  {
    name: 'LAST_REBIND: jobs wait for the KERNEL slot',
    pair: ['ioctl', 'exec'],
    scenario: holeUnderJob,
    executor: leaving('vm', notKernel),
    then: breaks('I16'),
  },
  {
    name: 'FIRST_REBIND: the unbind waits for jobs',
    pair: ['ioctl', 'gpu'],
    scenario: holeUnderJob,
    executor: leaving('vm', waitless),
    then: breaks('failed'),
  },
  noLock(
    ['worker', 'exec'],
    small('an op fails under exec', ASYNC, { a: s.runs, b: failsOften, munmap }),
    breaks('I29'),
  ),
  {
    name: 'wait-start',
    pair: ['worker', 'exec'],
    scenario: jobsAsync,
    executor: seeing('client', (shared) => ({
      fence: (key) => ({ ...shared.fence(key), started: true }),
    })),
    then: breaks('I18'),
  },
  noLock(
    ['exec', 'exec'],
    small(
      'two run at once',
      {},
      { a: s.runs, b: (c) => c.exec('q1', [read(0x10000)]).exec('q1', [read(0x10000)]), munmap },
    ),
    shows(
      'exec.begins in exec.holds',
      'the second waits for the reservation lock of the VM; the driver takes vm->lock for reading here',
    ),
  ),
  {
    name: 'the reservation lock',
    pair: ['exec', 'evict'],
    scenario: jobs,
    executor: nobodyHolds,
    then: breaks('I28'),
  },
  {
    name: 'the look at the sequence number before exec arms',
    pair: ['exec', 'notifier'],
    scenario: jobs,
    executor: without('vm', 'open.exec.locked', 'vm.continue', 'invalidated', [], false),
    then: breaks('I28'),
  },
  noLock(['exec', 'close'], jobs, breaks('I30')),
];
