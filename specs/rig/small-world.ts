/**
 * A world of a few actors, for what a machine does with its neighbours: the engines are the real ones, a stub stands for
 * the VM, and mail to anybody else goes nowhere. Every step runs on both executors.
 */
import { Actors } from '../../streams/world/actors.ts';
import type { Fact } from '../../domain/facts/schema.ts';
import type { Latency } from '../../domain/scenario/schema.ts';
import { fenceKeyOf, preemptContext } from '../../domain/fence/fence-table.ts';
import { type Effect, fact, outcome, send } from '../../machines/contract/effects.ts';
import {
  type ChartTransition,
  defineMachine,
  type Machine,
} from '../../machines/contract/define.ts';
import { type Action, dataOf } from '../../machines/contract/event.ts';
import type { MessageType } from '../../machines/contract/messages.ts';
import { MACHINE_SET } from '../../machines/index.ts';
import { enabled } from '../../streams/world/choice.ts';
import type { randomChooser } from '../../streams/world/chooser.ts';
import { decidedStep, type Decider } from '../../streams/world/decide.ts';
import { applyEffects, type Step } from '../../streams/world/step.ts';
import type { World } from '../../streams/world/world.ts';
import { encodeDirectory, encodeLeaf } from '../../hw/pte.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import { NOTHING_SHARED } from '../../machines/shared/shared.ts';
import { LockStep } from './lock-step.ts';

type Nothing = Readonly<Record<string, never>>;

/** Who is told, and does nothing about it. */
const HEARD: readonly MessageType[] = [
  'ioctl.done',
  'reset.done',
  'gpu.done',
  'fence.signaled',
  'vm.removeQueue',
];

/** Stands for a compute or fault-mode VM: a fresh preempt fence once the last one has signalled, and faults answered. */
const addQueue: Action<Nothing> = (context, event) => {
  const timeline = preemptContext(dataOf(event, 'vm.addQueue').queue);
  const fence = fenceKeyOf(timeline, event.shared.nextSeqno(timeline));
  return outcome(context, fact({ type: 'fence.created', fence, kind: 'preempt', parts: [] }));
};

const rebind: Action<Nothing> = (context, event) => {
  const timeline = preemptContext('q0');
  const next = event.shared.nextSeqno(timeline);
  const done = send(event.from, 'work.done', { again: false });
  const off = next > 1 && event.shared.isSignaled(fenceKeyOf(timeline, next - 1));
  if (!off) return outcome(context, done);
  const fence = fenceKeyOf(timeline, next);
  return outcome(
    context,
    fact({ type: 'fence.created', fence, kind: 'preempt', parts: [] }),
    send('q0', 'queue.resume', { fence }),
    done,
  );
};

const handleFault: Action<Nothing> = (context, event) => {
  const result = event.decide.pick('spec', 2) === 0 ? -14 : 0;
  return outcome(context, send(event.from, 'fault.handled', { result }));
};

const stub = defineMachine<Nothing>(
  {
    id: 'stub',
    initial: 'there',
    states: {
      there: {
        on: {
          ...Object.fromEntries(HEARD.map((type): [string, ChartTransition] => [type, {}])),
          'vm.addQueue': { actions: 'addQueue' },
          'vm.rebind': { actions: 'rebind' },
          'vm.fault': { actions: 'handleFault' },
        },
      },
    },
  },
  {},
  { addQueue, rebind, handleFault },
);

export const SMALL_SET = { ...MACHINE_SET, stub: stub as unknown as Machine<never> };

/** A VM with one page mapped, page 1; it is backed by page 0x40 of VRAM. */
export function vmFacts(vm: string, mode: 'dma-fence' | 'compute' | 'fault'): Fact[] {
  const [root, ...tables] = [0x8003, 0x8002, 0x8001, 0x8000] as const;
  const leaf = encodeLeaf({
    level: 0,
    backing: { kind: 'physical', pfn: 0x40, vram: true },
    readOnly: false,
    hint64K: false,
  });
  const space = { vm, addr: 0, range: 2 ** 36, async: false } as const;
  const entries = [...tables.map((table) => encodeDirectory(table)), leaf];
  return [
    { type: 'device.created', gts: ['gt0'], vaBits: 48, profile: 'xe-2023' },
    { type: 'vm.created', ...space, semantics: 'gpuva-2023', mode, scratch: false },
    ...entries.map((pte, i): Fact => {
      const runs = [{ index: i === 3 ? 1 : 0, count: 1, pte, stride: 0 }];
      return { type: 'table.allocated', gt: 'gt0', vm, table: root - i, level: 3 - i, runs };
    }),
    { type: 'table.rooted', gt: 'gt0', vm, table: root, level: 3 },
  ];
}

/** Actors by id: the machine and its context; each starts in its initial state. */
export type Cast = Readonly<Record<string, readonly [machine: string, context: unknown]>>;

export class SmallWorld {
  readonly executor = new LockStep(SMALL_SET);
  readonly steps: Step[] = [];
  readonly facts: Fact[] = [];
  world: World;

  constructor(cast: Cast, facts: readonly Fact[], latency: Latency = {}) {
    const actors = Object.fromEntries(
      Object.entries({ ...cast, spec: ['stub', {}] as const }).map(([id, [machine, context]]) => {
        const value = this.executor.initialValue(machine);
        return [id, { machine, value, context }];
      }),
    );
    this.world = {
      config: { latency, seed: { high: 0, low: 0 } },
      seq: 1,
      nowNs: 0,
      actors: Actors.from(actors),
      queues: [],
      timers: [],
      shared: facts.reduce(foldShared, NOTHING_SHARED),
    };
  }

  /** What somebody outside does. */
  inject(...effects: readonly Effect[]): void {
    this.world = applyEffects(this.world, 'spec', 0, effects).world;
    this.facts.push(...effects.flatMap((each) => (each.effect === 'fact' ? [each.fact] : [])));
  }

  /** One choice among those that there are; null when there is none. */
  step(choose: ReturnType<typeof randomChooser>['choose'], decider: Decider): Step | null {
    const choices = enabled(this.world, this.executor);
    const choice = choices.length === 0 ? null : choose(choices);
    if (choice === null) return null;
    const taken = decidedStep(this.world, choice.key, this.executor, decider);
    this.world = taken.world;
    this.steps.push(taken);
    this.facts.push(...taken.record.facts);
    return taken;
  }

  /** Until nothing can happen any more. @throws RangeError if that takes too long */
  settle(choose: ReturnType<typeof randomChooser>['choose'], decider: Decider): void {
    for (let steps = 0; this.step(choose, decider) !== null; steps++) {
      if (steps > 5000) throw new RangeError('never at rest');
    }
  }
}
