/** The actors of a world, by id: a value, of which a new version costs copying a list of references. */
import type { ActorId } from '../../machines/contract/messages.ts';
import type { ActorState } from '../../machines/execute/executor.ts';

type Places = Readonly<Record<ActorId, number>>;

export class Actors {
  /** where each is in the list; the same for the whole run, which makes no actor later */
  readonly places: Places;
  readonly states: readonly ActorState[];

  private constructor(places: Places, states: readonly ActorState[]) {
    this.places = places;
    this.states = states;
  }

  static from(actors: Readonly<Record<ActorId, ActorState>>): Actors {
    const places = Object.fromEntries(Object.keys(actors).map((id, place) => [id, place]));
    return new Actors(places, Object.values(actors));
  }

  /** @param states one for each place */
  static of(places: Places, states: readonly ActorState[]): Actors {
    return new Actors(places, states);
  }

  get(id: ActorId): ActorState | undefined {
    const place = this.places[id];
    return place === undefined ? undefined : this.states[place];
  }

  /** With another state of an actor that is there. @throws RangeError when it is not */
  with(id: ActorId, state: ActorState): Actors {
    const place = this.places[id];
    if (place === undefined) throw new RangeError(`no actor ${id}`);
    const states = this.states.slice();
    states[place] = state;
    return new Actors(this.places, states);
  }

  /** In the order in which the scenario names them. */
  entries(): (readonly [id: ActorId, state: ActorState])[] {
    return Object.entries(this.places).map(
      ([id, place]) => [id, this.states[place] as ActorState] as const,
    );
  }
}
