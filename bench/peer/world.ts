/** The peer model at its beginning, as a world of ours. */
import { seed32 } from '../../hw/latency.ts';
import { type Effect, fact } from '../../machines/contract/effects.ts';
import type { ActorId } from '../../machines/contract/messages.ts';
import type { ActorState, Executor } from '../../machines/execute/executor.ts';
import { TableExecutor } from '../../machines/execute/table.ts';
import { NOTHING_SHARED } from '../../machines/shared/shared.ts';
import { AT_ONCE } from '../../streams/explore/at-once.ts';
import type { Judge } from '../../streams/explore/judge.ts';
import { worldSystem, type WorldSystem } from '../../streams/explore/world-system.ts';
import { Actors } from '../../streams/world/actors.ts';
import { applyEffects } from '../../streams/world/step.ts';
import type { World } from '../../streams/world/world.ts';
import { flushOf, mail, peerMachines } from './machines.ts';

export interface PeerSize {
  /** bind workers */
  readonly n: number;
  /** in-fences and engines; 2 unless given */
  readonly m?: number;
  readonly e?: number;
  /** invalidations get their numbers when the page table is written */
  readonly bug?: boolean;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export function peerWorld({ n, m = 2, e = 2, bug = false }: PeerSize, executor: Executor): World {
  const actors: Record<ActorId, ActorState> = {};
  const add = (id: ActorId, machine: string, context: object = {}): void => {
    actors[id] = { machine, value: executor.initialValue(machine), context: { id, ...context } };
  };
  range(n).forEach((i) => add(`w${i}`, 'worker'));
  range(m).forEach((i) => add(`f${i}`, 'fence', { early: bug }));
  range(e).forEach((i) => add(`q${i}`, 'queue'));
  range(e).forEach((i) => add(`e${i}`, 'engine', { op: '' }));
  add('ct', 'channel');
  add('gt', 'gt');
  add('h', 'handler', { acked: 0 });
  const sends: (readonly [ActorId, Effect])[] = [
    ...range(n).map((i) => {
      const fence = flushOf(`w${i}`);
      return ['world', fact({ type: 'fence.created', fence, kind: 'flush', parts: [] })] as const;
    }),
    ...range(n).map((i) => [`w${i}`, mail(`q${i % e}`, 'op', { op: `w${i}` })] as const),
    ...range(m).map((i) => ['world', mail(`f${i}`, 'signal', {})] as const),
  ];
  const empty: World = {
    config: { latency: AT_ONCE, seed: seed32('0x0') },
    seq: 1,
    nowNs: 0,
    actors: Actors.from(actors),
    queues: [],
    timers: [],
    shared: NOTHING_SHARED,
  };
  return sends.reduce(
    (world, [from, effect]) => applyEffects(world, from, 0, [effect]).world,
    empty,
  );
}

export interface PeerOptions {
  /** what runs the machines; the table unless given */
  readonly executor?: Executor;
  readonly judge?: Judge;
}

export function peerSystem(size: PeerSize, options: PeerOptions = {}): WorldSystem {
  const { executor = new TableExecutor(peerMachines(size.m ?? 2)), ...judge } = options;
  return worldSystem(peerWorld(size, executor), {
    ...judge,
    executor,
    threadOf,
    actorOf: threadOf,
    interchangeable: classesOf(size),
  });
}

/** Ops of one engine and one in-fence are alike. */
function classesOf({ n, m = 2, e = 2 }: PeerSize): string[][][] {
  const classes = new Map<string, string[][]>();
  for (const i of range(n)) {
    const kind = `${i % m} ${i % e}`;
    classes.set(kind, [...(classes.get(kind) ?? []), [`w${i}`]]);
  }
  return [...classes.values()];
}

/** The process of the peers' models whose step a delivery is: there the engine itself takes, writes and sends. */
function threadOf(process: string): string {
  const [from = '', to = ''] = process.split('>');
  if (from.startsWith('w') && to.startsWith('q')) return from;
  if (from.startsWith('q') || to.startsWith('e')) return to;
  if (from.startsWith('e') && to.startsWith('f')) return from;
  return to === 'ct' ? `e${from.slice(1)}` : to;
}
