/**
 * The world: everything there is at one moment, as one immutable value. Forking it is keeping a reference.
 */
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { VtimeNs } from '../../domain/units.ts';
import type { Seed32 } from '../../hw/latency.ts';
import type { ActorId, Message } from '../../machines/contract/messages.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import type { Actors } from './actors.ts';
import type { Shared } from '../../machines/shared/shared.ts';

/** A message under way. */
export interface Mail {
  readonly message: Message;
  /** the record that sent it */
  readonly cause: number;
  /** when the latency model has it arrive */
  readonly dueNs: VtimeNs;
}

/** What one actor sent another and has not been delivered, in order; never empty. */
export interface Queue {
  /** `from>to`: also the choice that delivers its head */
  readonly key: string;
  readonly from: ActorId;
  readonly to: ActorId;
  readonly mail: readonly Mail[];
}

export interface Timer {
  /** `timer:actor/name`: also the choice that fires it */
  readonly key: string;
  readonly actor: ActorId;
  readonly mail: Mail;
}

/** What stays the same for the whole run. */
export interface RunConfig {
  readonly latency: Scenario['latency'];
  readonly seed: Seed32;
}

export interface World {
  readonly config: RunConfig;
  /** the number that the next record gets */
  readonly seq: number;
  readonly nowNs: VtimeNs;
  readonly actors: Actors;
  /** by key, ascending */
  readonly queues: readonly Queue[];
  /** by due time, then key */
  readonly timers: readonly Timer[];
  readonly shared: Shared;
}

export function actorOf(world: World, id: ActorId): ActorState {
  const actor = world.actors.get(id);
  if (actor === undefined) throw new RangeError(`no actor ${id}`);
  return actor;
}
