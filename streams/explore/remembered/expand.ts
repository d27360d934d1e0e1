/** Makes worlds of states in components: for a step that is new, and for who looks at a state from outside. */
import { Actors } from '../../world/actors.ts';
import type { Mail, Queue, Timer, World } from '../../world/world.ts';
import { Explored } from '../explored.ts';
import type { Move } from '../system.ts';
import type { WorldSystem } from '../world-system.ts';
import { armedBy, backwards, sentBy } from './causes.ts';
import type { Channel } from './channels.ts';
import type { Collapsed, Worlds } from './collapsed.ts';

export class Expander implements Worlds {
  /** places of actors whose lists say what they wait for */
  readonly vms: readonly number[];
  readonly #system: WorldSystem;
  /** the number of the next record: above all that a judge's state which is kept has heard of */
  #seq = 0;

  constructor(system: WorldSystem) {
    this.#system = system;
    this.vms = system.initial.world.actors.states.flatMap(({ machine }, place) =>
      machine === 'vm' ? [place] : [],
    );
  }

  expand(at: Collapsed): Explored {
    return (at.expanded ??= this.#put(at));
  }

  touched(at: Collapsed, choice: string): Move<Explored> {
    return possible(this.#system.take(this.expand(at), choice));
  }

  /** A world with this judge's state is kept. */
  heard({ world }: Explored): void {
    this.#seq = Math.max(this.#seq, world.seq);
  }

  /** The same run from its beginning, step by step: a world in which records have the numbers that they have there. */
  again(at: Collapsed): Explored {
    const choices = Array.from(backwards(at.way), ([, { choice }]) => choice).reverse();
    const { initial } = this.#system;
    return choices.reduce(
      (state, choice) => possible(this.#system.take(state, choice)).state,
      initial,
    );
  }

  /**
   * What the judge knows may come from another, longer run. So records get numbers above all that it has heard of, and the
   * steps of this run the last ones before them: each cause comes before what it caused.
   */
  #put(at: Collapsed): Explored {
    const { config, actors, seq: first } = this.#system.initial.world;
    const steps = at.way?.steps ?? 0;
    const seq = Math.max(this.#seq, first + steps);
    this.#seq = seq + 1;
    const from = seq - steps;
    const { shared, timers, nowNs } = at.global;
    const world: World = {
      config,
      seq,
      nowNs,
      actors: Actors.of(
        actors.places,
        at.locals.map(({ state }) => state),
      ),
      queues: at.channels.map((channel) => queueOf(at, channel, from)),
      timers: timers.map((timer): Timer => {
        const cause = from + armedBy(at.way, timer.key);
        return { ...timer, mail: { ...timer.mail, cause } };
      }),
      shared,
    };
    return new Explored(world, at.judged, null);
  }
}

function queueOf(at: Collapsed, channel: Channel, from: number): Queue {
  const steps = sentBy(at.way, channel);
  const mail = channel.letters.map(({ message }, i): Mail => {
    return { message, cause: from + (steps[i] as number), dueNs: 0 };
  });
  return { ...(channel.process.queue as NonNullable<Channel['process']['queue']>), mail };
}

function possible<S>(move: Move<S> | undefined): Move<S> {
  if (move === undefined) throw new RangeError('a step was possible and is not: it is not pure');
  return move;
}
