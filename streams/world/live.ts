/**
 * A live world: started XState actors, each with an inbox and an outbox as RxJS subjects. The scheduler alone puts
 * messages into inboxes, so RxJS carries them but never orders them. As an executor it runs the same step as the pure
 * world and must give the same log; the actors, not the world, hold the state.
 */
import { Subject } from 'rxjs';
import type { Effect } from '../../machines/contract/effects.ts';
import type { StepEvent } from '../../machines/contract/event.ts';
import type { ActorId } from '../../machines/contract/messages.ts';
import type { ActorState, Executor, Stepped } from '../../machines/execute/executor.ts';
import { type LiveActor, startActor } from '../../machines/execute/live.ts';
import { MACHINE_SET } from '../../machines/index.ts';
import { tableExecutor } from './run.ts';

interface Wired {
  readonly actor: LiveActor;
  readonly inbox: Subject<StepEvent>;
  readonly outbox: Subject<readonly Effect[]>;
  effects: readonly Effect[];
}

export class LiveExecutor implements Executor {
  readonly #wired = new Map<ActorId, Wired>();

  initialValue(machine: string): string {
    return tableExecutor.initialValue(machine);
  }

  accepts(state: ActorState, type: StepEvent['type']): boolean {
    return tableExecutor.accepts(state, type);
  }

  /** What an actor of the world receives. */
  inbox(state: ActorState): Subject<StepEvent> {
    return this.#wire(state).inbox;
  }

  /** What an actor of the world gives back, a macrostep at a time. */
  outbox(state: ActorState): Subject<readonly Effect[]> {
    return this.#wire(state).outbox;
  }

  step(state: ActorState, event: StepEvent): Stepped {
    const wired = this.#wire(state);
    wired.effects = [];
    wired.inbox.next(event);
    return { state: wired.actor.state(), effects: wired.effects };
  }

  stop(): void {
    for (const { actor, inbox, outbox } of this.#wired.values()) {
      inbox.complete();
      outbox.complete();
      actor.stop();
    }
  }

  /** The actor behind a state, started in that state when it is first needed. */
  #wire(state: ActorState): Wired {
    const { id } = state.context as { readonly id: ActorId };
    const known = this.#wired.get(id);
    if (known !== undefined) return known;
    const machine = MACHINE_SET[state.machine];
    if (machine === undefined) throw new RangeError(`no machine ${state.machine}`);
    const inbox = new Subject<StepEvent>();
    const outbox = new Subject<readonly Effect[]>();
    const actor = startActor(id, machine, state, (effects) => {
      outbox.next(effects);
    });
    const wired: Wired = { actor, inbox, outbox, effects: [] };
    outbox.subscribe((effects) => {
      wired.effects = [...wired.effects, ...effects];
    });
    inbox.subscribe((event) => {
      actor.send(event);
    });
    this.#wired.set(id, wired);
    return wired;
  }
}
