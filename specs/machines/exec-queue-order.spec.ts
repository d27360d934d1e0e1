/**
 * An exec queue with its GT, its page-fault queue and the worker that has it run again, under random schedules with
 * random faults. Whatever the interleaving: fences signal once each and in order, nothing starts while the queue is off
 * the GPU, every wait for a preempt fence ends, nothing is left. Both executors agree.
 */
import fc from 'fast-check';
import type { Fact } from '../../domain/facts/schema.ts';
import { preemptContext, seqnoOf } from '../../domain/fence/fence-table.ts';
import type { BatchItem } from '../../domain/scenario/schema.ts';
import { fact, send } from '../../machines/contract/effects.ts';
import type { Machine } from '../../machines/contract/define.ts';
import { compile } from '../../machines/execute/compile.ts';
import { MACHINE_SET } from '../../machines/index.ts';
import { newExecQueue } from '../../machines/exec-queue/context.ts';
import { queueMade } from '../../machines/exec-queue/life.ts';
import { newFaults } from '../../machines/faults/faults.ts';
import { newGt } from '../../machines/gt/context.ts';
import { newTlb } from '../../machines/tlb/context.ts';
import { newWork } from '../../machines/work-item/work-item.ts';
import { randomChooser } from '../../streams/world/chooser.ts';
import { randomFaults, randomHardware } from '../../streams/world/decide.ts';
import type { Step } from '../../streams/world/step.ts';
import { fenceFact, jobOf, QUEUE, READ, spinOf, WRITE } from '../rig/exec-jobs.ts';
import { SmallWorld, vmFacts } from '../rig/small-world.ts';

type Mode = 'dma-fence' | 'compute' | 'fault';
const HOLE: BatchItem = { read: '0x7000', expect: 'fault' };
const WILD: BatchItem = { read: '0x7000' };

type Doing =
  | { readonly push: readonly BatchItem[]; readonly waits: boolean }
  | { readonly do: 'preempt' | 'rebind' | 'reset' | 'signal' | 'step' };

interface Case {
  readonly mode: Mode;
  readonly seed: number;
  readonly plan: readonly Doing[];
  readonly closes: boolean;
}

function worldOf(mode: Mode, count: number): SmallWorld {
  const queue = newExecQueue(QUEUE, 'vm0', 'gt0', mode);
  const fences = Array.from({ length: count }, (_, i) => [
    fenceFact(`${QUEUE}:${i + 1}`),
    fenceFact(`in:${i + 1}`, 'software'),
  ]);
  const world = new SmallWorld(
    {
      gt0: ['gt', newGt('gt0')],
      'gt0/tlb': ['tlb', newTlb('gt0/tlb', 'gt0')],
      'gt0/faults0': ['faults', newFaults('gt0/faults0', 'gt0')],
      'vm0/rebinder': ['work', newWork('vm0/rebinder', 'vm0', 'vm.rebind')],
      vm0: ['stub', {}],
      [QUEUE]: ['execQueue', queue],
    },
    [...vmFacts('vm0', mode), ...fences.flat()],
  );
  world.inject(...queueMade(queue));
  if (mode === 'compute')
    world.inject(send('vm0', 'vm.addQueue', { queue: QUEUE, client: 'spec' }));
  return world;
}

/** Somebody waits for the queue to leave the GPU: the last preempt fence, if nobody does yet. */
function preempt(world: SmallWorld): void {
  const last = world.world.shared.fences[preemptContext(QUEUE)]?.last()?.value;
  if (last !== undefined && last.result === null) {
    world.inject(fact({ type: 'fence.waited', fence: last.key, waiter: 'spec' }));
  }
}

function play({ mode, seed, plan, closes }: Case): SmallWorld {
  const jobs = plan.filter((each) => 'push' in each).length;
  const world = worldOf(mode, jobs);
  const { choose } = randomChooser(`0x${seed.toString(16)}`);
  const halves = { high: seed, low: 2 };
  const decider = randomFaults(halves, 6, randomHardware(halves));
  const settle = (): void => {
    world.settle(choose, decider);
  };
  const pending: string[] = [];
  const release = (): void => {
    const fence = pending.shift();
    if (fence !== undefined) world.inject(fact({ type: 'fence.signaled', fence, error: 0 }));
  };
  let n = 0;
  for (const each of plan) {
    if ('push' in each) {
      n += 1;
      const waits = each.waits ? [`in:${n}`] : [];
      pending.push(...waits);
      const fence = mode === 'dma-fence' ? `${QUEUE}:${n}` : null;
      world.inject(send(QUEUE, 'exec.push', { job: jobOf(n, each.push, { waits, fence }) }));
    } else if (each.do === 'preempt') preempt(world);
    else if (each.do === 'rebind') world.inject(send('vm0/rebinder', 'work.queue', {}));
    else if (each.do === 'reset') world.inject(send('gt0', 'gt.reset', {}));
    else if (each.do === 'signal') release();
    else world.step(choose, decider);
  }
  if (closes) world.inject(send(QUEUE, 'queue.destroy', {}));
  while (pending.length > 0) release();
  settle();
  return world;
}

/** What begins or goes on on the GPU in a step. */
const begins = ({ record }: Step): boolean =>
  record.actor === QUEUE && record.sends.some(([, type]) => type === 'gpu.access');

function wrongs({ steps, facts, world, executor }: SmallWorld, { mode, closes }: Case): string[] {
  const wrong = [...executor.differences];
  let off = false;
  for (const taken of steps) {
    const types = taken.record.facts.map(({ type }) => type);
    if (types.includes('queue.resumed')) off = false;
    if (off && begins(taken)) wrong.push('an access begins while the queue is suspended');
    if (types.includes('queue.suspended')) off = true;
  }
  const ended = facts.flatMap((each) =>
    each.type === 'fence.signaled' && each.fence.startsWith(`${QUEUE}:`)
      ? [seqnoOf(each.fence)]
      : [],
  );
  if (ended.some((n, i) => n !== i + 1)) wrong.push(`fences signal as ${ended.join(' ')}`);
  const count = (type: Fact['type']): number => facts.filter((each) => each.type === type).length;
  const pushed = steps.filter(({ record }) => record.type === 'exec.push').length;
  if (count('job.done') !== pushed) wrong.push(`${pushed} jobs, ${count('job.done')} end`);
  if (mode === 'dma-fence' && ended.length !== pushed) wrong.push('a fence never signals');
  if (closes && count('queue.destroyed') !== 1) wrong.push('not destroyed once');
  const preempts = [...(world.shared.fences[preemptContext(QUEUE)]?.values() ?? [])];
  if (preempts.some(({ enabled, result }) => enabled && result === null)) {
    wrong.push('a preempt fence that somebody waits for never signals');
  }
  if (world.queues.length > 0) wrong.push(`nobody takes ${world.queues[0]?.key ?? ''}`);
  if (world.timers.length > 0) wrong.push('a timer is left');
  return wrong;
}

const item = fc.constantFrom(READ, WRITE, HOLE, WILD, spinOf(1), spinOf(5000));
const step = fc.constant<Doing>({ do: 'step' });
const push = fc.record({ push: fc.array(item, { maxLength: 4 }), waits: fc.boolean() });
const other = fc.constantFrom<Doing>(
  { do: 'preempt' },
  { do: 'preempt' },
  { do: 'rebind' },
  { do: 'reset' },
  { do: 'signal' },
);
const cases: fc.Arbitrary<Case> = fc.record({
  mode: fc.constantFrom('dma-fence', 'compute', 'fault'),
  seed: fc.nat(),
  plan: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: push },
      { weight: 8, arbitrary: step },
      { weight: 4, arbitrary: other },
    ),
    { maxLength: 60 },
  ),
  closes: fc.boolean(),
});

test('in order, once each, and never while the queue is off the GPU', () => {
  fc.assert(
    fc.property(cases, (each) => {
      expect(wrongs(play(each), each)).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('such runs come to every state of the machines in them', () => {
  const reached = new Set<string>();
  const note = fc.property(cases, (each) => {
    for (const { record } of play(each).steps) reached.add(`${record.actor} ${record.state}`);
  });
  fc.assert(note, { numRuns: 1500, seed: 7 });
  const transient = ['picking', 'resuming', 'failing', 'running.stepping', 'settling'];
  const missing = ['execQueue', 'gt', 'faults', 'work'].flatMap((name) => {
    const actor = { execQueue: QUEUE, gt: 'gt0', faults: 'gt0/faults0', work: 'vm0/rebinder' }[
      name
    ];
    const states = [...compile(MACHINE_SET[name] as Machine<never>).rows.keys()];
    return states
      .filter((state) => !transient.includes(state))
      .map((state) => `${actor ?? ''} ${state}`)
      .filter((state) => !reached.has(state));
  });
  expect(missing).toEqual([]);
});
