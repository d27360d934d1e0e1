/**
 * A world that computes no step twice. A step rests on its actor, on the message, and on what any step may look at
 * (parts.ts); not on other actors, nor on other mail. So where these came together before, its outcome is known: the
 * actor's next state, what is sent, and what is common from there on, judged by all invariants. A world is put together
 * from its parts only for a step that is new. So few steps are: the peer model with 7 workers has 5.5 million transitions
 * and about 10,000 of these.
 *
 * Parts are equal as the state identity has it (state-key.ts), so states are told apart at least as well as by a search.
 * Which step made another one possible belongs to the way, and is told from there. What of the judge's state counts may
 * rest on mail, and no more steps are kept than fit: from there on a run goes on without.
 */
import type { ActorState } from '../../machines/execute/executor.ts';
import { Actors } from '../world/actors.ts';
import { processOf } from '../world/choice.ts';
import type { Mail, Queue, Timer, World } from '../world/world.ts';
import { Explored } from './explored.ts';
import {
  type Actor,
  type End,
  firstOf,
  type Letter,
  type Line,
  Parts,
  post,
  type Room,
  Slot,
  withoutFirst,
} from './parts.ts';
import {
  BEFORE,
  causeOf,
  causesOf,
  type Known,
  KnownMove,
  Place,
  type Post,
  type Remembered,
  shifted,
  type Steps,
  Tail,
  type Worlds,
} from './place.ts';
import type { Move, System } from './system.ts';
import type { WorldSystem } from './world-system.ts';

export type { Remembered };

/** Ends that are looked through. */
const MAX_ENDS = 16;

class Memory implements Worlds {
  readonly #system: WorldSystem;
  readonly #parts: Parts<Steps>;
  readonly #maxParts: number;
  readonly #slots = new Map<string, Slot>();
  /** by key */
  #queues: Slot[] = [];
  readonly #room: Room;
  /** the next number of a record: above those that any judge's state has heard of */
  #seq: number;

  constructor(system: WorldSystem, maxParts: number) {
    this.#system = system;
    this.#maxParts = maxParts;
    this.#parts = new Parts(system.judge);
    this.#room = { left: maxParts };
    this.#seq = system.initial.world.seq;
  }

  get initial(): Remembered {
    const { initial, hasDelays } = this.#system;
    const { world, judged } = initial;
    const common = hasDelays ? null : this.#parts.common(world, judged, null);
    if (common === null) return new Tail(initial, 0);
    const actors = world.actors.states.map((state, i) => this.#parts.actor(i, state, null));
    const lines = world.queues.map(({ key, mail }) => {
      const { empty, number } = this.#slotOf(key);
      const letters = mail.map(({ message }) => this.#parts.letter(number, message));
      return letters.reduce((line, letter) => line.with(letter), empty);
    });
    const place = new Place(this, actors, lines, common, null, null);
    place.explored = initial;
    return place;
  }

  ready({ actors, lines, common }: Place): readonly string[] {
    const found: string[] = [];
    for (let i = 0; i < lines.length; i++) {
      const { slot, first } = lines[i] as Line;
      if (this.#takes(actors[slot.actor] as Actor, first as Letter)) found.push(slot.process);
    }
    const { timer, isLast } = common;
    if (timer !== null && !(isLast && found.length > 0)) found.push(timer);
    return found;
  }

  #takes({ takes, state }: Actor, { type, message }: Letter): boolean {
    return (takes[type] ??= this.#system.accepts(state, message.type));
  }

  usual(at: Place, process: string): Move<Remembered> {
    const slot = this.#slotOf(process);
    const steps = this.#stepsOf(at, slot);
    if (steps.usual !== null) return this.#follow(at, slot, steps.usual);
    const move = this.#system.usual(this.explored(at), process);
    const known = this.#knownOf(at, slot, move);
    steps.usual = known;
    return known === null ? this.#leave(at, move) : this.#follow(at, slot, known);
  }

  take(at: Place, choice: string): Move<Remembered> | undefined {
    const process = processOf(choice);
    if (!this.ready(at).includes(process)) return undefined;
    if (choice === process) return this.usual(at, process);
    const slot = this.#slotOf(process);
    const steps = this.#stepsOf(at, slot);
    const found = steps.others?.get(choice);
    if (found !== undefined) return this.#follow(at, slot, found);
    const move = this.#system.take(this.explored(at), choice);
    if (move === undefined) return undefined;
    const known = this.#knownOf(at, slot, move);
    if (known === null) return this.#leave(at, move);
    (steps.others ??= new Map<string, Known>()).set(choice, known);
    return this.#follow(at, slot, known);
  }

  retake(at: Place, choice: string): Move<Explored> {
    return this.#system.take(this.explored(at), choice) as Move<Explored>;
  }

  moves(at: Place, process: string): readonly Move<Remembered>[] {
    const slot = this.#slotOf(process);
    const steps = this.#stepsOf(at, slot);
    if (steps.moves !== null) return steps.moves.map((known) => this.#follow(at, slot, known));
    const moves = this.#system.moves(this.explored(at), process);
    const all = moves.map((move) => this.#knownOf(at, slot, move));
    if (all.every((known) => known !== null)) steps.moves = all;
    return moves.map((move, i) => {
      const known = all[i] ?? null;
      return known === null ? this.#leave(at, move) : this.#follow(at, slot, known);
    });
  }

  end(at: Place): End {
    const { actors, lines, common } = at;
    const known = common.ends.find(
      (end) => areSame(end.actors, actors) && areSame(end.lines, lines),
    );
    if (known !== undefined) return known;
    const state = this.explored(at);
    const [stuck, problem] = [this.#system.stuck(state), this.#system.problemAtEnd(state)];
    const made = { actors, lines, stuck, problem };
    if (common.ends.length < MAX_ENDS) common.ends.push(made);
    return made;
  }

  /** The world of a place, with records numbered so that each one's causes come before it, and all that the judge knows. */
  explored(at: Place): Explored {
    return (at.explored ??= this.#putTogether(at));
  }

  #putTogether(at: Place): Explored {
    const { config, actors, seq: first } = this.#system.initial.world;
    const seq = Math.max(this.#seq, first + at.depth);
    this.#seq = seq + 1;
    const from = seq - at.depth;
    const { shared, timers, nowNs } = at.common;
    const queues = at.lines.map((line): Queue => {
      const causes = causesOf(at, line);
      const mail = line.letters().map(({ message }, i): Mail => {
        return { message, cause: from + (causes[i] ?? BEFORE), dueNs: 0 };
      });
      return { ...(line.slot.queue as NonNullable<Slot['queue']>), mail };
    });
    const armed = timers.map((timer): Timer => {
      const cause = from + causeOf(at, this.#slotOf(timer.key));
      return { ...timer, mail: { ...timer.mail, cause } };
    });
    const states = at.actors.map(({ state }) => state);
    const world: World = {
      config,
      seq,
      nowNs,
      actors: Actors.of(actors.places, states),
      queues,
      timers: armed,
      shared,
    };
    return new Explored(world, (at.known as Known).judged, null);
  }

  #follow(at: Place, slot: Slot, known: Known): KnownMove {
    let { actors } = at;
    if (actors[slot.actor] !== known.actor) {
      const changed = actors.slice();
      changed[slot.actor] = known.actor;
      actors = changed;
    }
    const lines = slot.queue === null ? at.lines.slice() : withoutFirst(at.lines, slot);
    for (let each = known.post; each !== null; each = each.next) {
      post(lines, each.slot, each.letter);
    }
    const place = new Place(this, actors, lines, known.common, at, known);
    return new KnownMove(place, slot, known);
  }

  /** From here on the run is a world. */
  #leave(at: Place, move: Move<Explored>): Move<Remembered> {
    const { seq } = this.explored(at).world;
    return shifted(move, this.#system.initial.world.seq - (seq - at.depth));
  }

  /** null where it cannot be kept */
  #knownOf(at: Place, slot: Slot, move: Move<Explored>): Known | null {
    if (this.#parts.size >= this.#maxParts) return null;
    const { choice, isLast, problem, asks = [], state } = move;
    const { world, judged } = state;
    const { seq } = this.explored(at).world;
    const common = this.#parts.common(world, judged, at.common);
    if (common === null) return null;
    const place = slot.actor;
    const after = world.actors.states[place] as ActorState;
    const actor = this.#parts.actor(place, after, at.actors[place] as Actor);
    let post: Post | null = null;
    for (const { key, mail } of world.queues) {
      // the last one sent is put at the end of the chain
      for (let i = mail.length - 1; mail[i]?.cause === seq; i--) {
        const to = this.#slotOf(key);
        const { message } = mail[i] as Mail;
        post = { slot: to, letter: this.#parts.letter(to.number, message), next: post };
      }
    }
    const arms = world.timers.filter(({ mail }) => mail.cause === seq).map(({ key }) => key);
    this.#parts.size += 1;
    const touches = null;
    return { common, actor, post, choice, problem, isLast, asks, arms, judged, touches };
  }

  #stepsOf({ actors, lines, common }: Place, { number, actor, queue }: Slot): Steps {
    const state = actors[actor] as Actor;
    const letter = queue === null ? null : firstOf(lines, number);
    const first = common.steps[number] ?? null;
    for (let steps = first; steps !== null; steps = steps.next) {
      if (steps.actor === state && steps.letter === letter) return steps;
    }
    const made = { actor: state, letter, usual: null, others: null, moves: null, next: first };
    if (this.#parts.size < this.#maxParts) common.steps[number] = made;
    return made;
  }

  #slotOf(process: string): Slot {
    return this.#slots.get(process) ?? this.#makeSlot(process);
  }

  #makeSlot(process: string): Slot {
    const isTimer = process.startsWith('timer:');
    const mark = process.indexOf('>');
    const from = isTimer ? '' : process.slice(0, mark);
    const to = isTimer
      ? process.slice('timer:'.length, process.lastIndexOf('/'))
      : process.slice(mark + 1);
    const { places } = this.#system.initial.world.actors;
    const actor = places[to];
    if (actor === undefined) throw new RangeError(`no actor ${to}`);
    const queue = isTimer ? null : { key: process, from, to };
    const slot = new Slot(process, this.#slots.size, queue, actor, this.#room);
    this.#slots.set(process, slot);
    if (queue === null) return slot;
    this.#queues = [...this.#queues, slot].sort((a, b) => (a.process < b.process ? -1 : 1));
    for (const [order, each] of this.#queues.entries()) each.order = order;
    return slot;
  }
}

function areSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((each, i) => each === other[i]);
}

const MAX_PARTS = 100_000;

/** @param maxParts what lies beyond so many parts and steps is computed again each time */
export function remembering(system: WorldSystem, maxParts = MAX_PARTS): System<Remembered> {
  const memory = new Memory(system, maxParts);
  const { orbitKey } = system;
  const whole = (at: Remembered): Explored =>
    at instanceof Place ? memory.explored(at) : at.explored;
  return {
    initial: memory.initial,
    ready: (at) => (at instanceof Place ? memory.ready(at) : system.ready(at.explored)),
    threadOf: system.threadOf,
    actorOf: system.actorOf,
    moves: (at, process) =>
      at instanceof Place
        ? memory.moves(at, process)
        : system.moves(at.explored, process).map((move) => shifted(move, at.shift)),
    usual: (at, process) =>
      at instanceof Place
        ? memory.usual(at, process)
        : shifted(system.usual(at.explored, process), at.shift),
    take: (at, choice) => {
      if (at instanceof Place) return memory.take(at, choice);
      const move = system.take(at.explored, choice);
      return move && shifted(move, at.shift);
    },
    needs: (at, process) => system.needs(whole(at), process),
    lets: (earlier, process, needed) => system.lets(whole(earlier), process, needed),
    sent: () => {
      throw new RangeError('what a step sent is not remembered');
    },
    blocked: (at) => system.blocked(whole(at)),
    stuck: (at) => (at instanceof Place ? memory.end(at).stuck : system.stuck(at.explored)),
    problemAtEnd: (at) =>
      at instanceof Place ? memory.end(at).problem : system.problemAtEnd(at.explored),
    key: (at) => system.key(whole(at)),
    text: (at) => system.text(whole(at)),
    orbitKey: orbitKey === null ? null : (at) => orbitKey(whole(at)),
    unreducible: 'steps that are remembered without the way to them',
  };
}
