/** Record 0 on its way: a draft that only startWorld holds, filled object by object. */
import { type Effect, fact } from '../../machines/contract/effects.ts';
import type { ActorId } from '../../machines/contract/messages.ts';
import type { ActorState, Executor } from '../../machines/execute/executor.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import { SharedReader } from '../../machines/shared/reader.ts';
import { NOTHING_SHARED, type Shared } from '../../machines/shared/shared.ts';

/** What record 0 is made of: actors, and effects in order. */
export class Beginning {
  readonly actors: Record<ActorId, ActorState> = {};
  readonly effects: Effect[] = [];
  readonly #executor: Executor;
  #shared: Shared = NOTHING_SHARED;

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** The shared objects as they are made so far. */
  get shared(): SharedReader {
    return new SharedReader(this.#shared, null);
  }

  /** Starts an actor. @param value its state, if it is not there to be created first */
  add(id: ActorId, machine: string, context: unknown, value?: string): void {
    const state = value ?? this.#executor.initialValue(machine);
    this.actors[id] = { machine, value: state, context };
    this.do(fact({ type: 'actor.started', actor: id, machine, state }));
  }

  do(...effects: readonly Effect[]): void {
    for (const each of effects) {
      if (each.effect === 'fact') this.#shared = foldShared(this.#shared, each.fact);
      this.effects.push(each);
    }
  }
}
