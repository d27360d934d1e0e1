/**
 * A world that computes no step twice. A step rests on its actor, on the message, and on what any step may look at; not
 * on other actors, nor on other mail. So where these met before, its outcome is known, judged by all invariants. A world
 * is made only for a step that is new, and few are: the peer model with 7 workers has 5.5 million transitions and about
 * 14,000 of these. docs/decisions/036 says why that is sound.
 *
 * Where what counts of the judge's state rests on mail, and where no more fits, a run goes on as a plain world.
 */
import type { ActorState } from '../../../machines/execute/executor.ts';
import { processOf } from '../../world/choice.ts';
import type { Explored } from '../explored.ts';
import type { Blocked, Move, Needed, Pending, System } from '../system.ts';
import type { StateKey } from '../state-key.ts';
import type { WorldSystem } from '../world-system.ts';
import { areSame, channelOf, type Channel, type Letter, post, withoutFirst } from './channels.ts';
import { Collapsed, KnownMove } from './collapsed.ts';
import { Components } from './components.ts';
import { Expander } from './expand.ts';
import type { End, Local, Meeting, Outcome } from './kept.ts';
import { type Process, Processes } from './processes.ts';

/** A state of a world that remembers: in components, or, where they are not followed any more, as it is. */
export type Remembered = Collapsed | Explored;

export interface RememberingOptions {
  /** components and steps that are kept; what lies beyond is computed again each time */
  readonly most?: number;
  /**
   * Steps say what they touch. That rests on more than what comes of them, so fewer are alike; and of what a judge hears
   * it is not known, so the judge must hear nothing.
   */
  readonly touches?: boolean;
}

const MOST = 100_000;
/** Ends that are kept for one global state. */
const MOST_ENDS = 16;

class Remembering implements System<Remembered> {
  readonly initial: Remembered;
  readonly threadOf: System<Remembered>['threadOf'];
  readonly actorOf: System<Remembered>['actorOf'];
  readonly orbitKey: System<Remembered>['orbitKey'];
  readonly unreducible = 'steps that are remembered without the way to them';
  readonly #system: WorldSystem;
  readonly #most: number;
  readonly #touches: boolean;
  readonly #components: Components;
  readonly #processes: Processes;
  readonly #expander: Expander;

  constructor(system: WorldSystem, { most = MOST, touches = false }: RememberingOptions) {
    if (touches && system.judge.hears !== null) throw new RangeError('the judge listens');
    this.#system = system;
    this.#most = most;
    this.#touches = touches;
    this.#components = new Components(system.judge, touches);
    this.#processes = new Processes(system.initial.world.actors.places);
    this.#expander = new Expander(system, touches);
    this.threadOf = system.threadOf;
    this.actorOf = system.actorOf;
    const { orbitKey } = system;
    this.orbitKey = orbitKey && ((at) => orbitKey(this.#whole(at)));
    this.initial = this.#begin();
  }

  readonly ready = (at: Remembered): readonly string[] => {
    if (!(at instanceof Collapsed)) return this.#system.ready(at);
    const { locals, channels, global } = at;
    const found: string[] = [];
    for (const { process, first } of channels) {
      if (this.#takes(locals[process.actor] as Local, first)) found.push(process.name);
    }
    const { timer, isLast } = global;
    if (timer !== null && !(isLast && found.length > 0)) found.push(timer);
    return found;
  };

  readonly usual = (at: Remembered, process: string): Move<Remembered> =>
    at instanceof Collapsed
      ? (this.#step(at, process, process) as Move<Remembered>)
      : this.#system.usual(at, process);

  readonly take = (at: Remembered, choice: string): Move<Remembered> | undefined => {
    if (!(at instanceof Collapsed)) return this.#system.take(at, choice);
    const process = processOf(choice);
    return this.ready(at).includes(process) ? this.#step(at, process, choice) : undefined;
  };

  /** No sampler asks for all of them, so they are computed each time. */
  readonly moves = (at: Remembered, process: string): readonly Move<Remembered>[] =>
    at instanceof Collapsed
      ? this.#system
          .moves(this.#expander.expand(at), process)
          .map(({ choice }) => this.#step(at, process, choice) as Move<Remembered>)
      : this.#system.moves(at, process);

  readonly stuck = (at: Remembered): readonly string[] =>
    at instanceof Collapsed ? this.#endOf(at).stuck : this.#system.stuck(at);

  readonly problemAtEnd = (at: Remembered): string | null =>
    at instanceof Collapsed ? this.#endOf(at).problem : this.#system.problemAtEnd(at);

  readonly needs = (at: Remembered, process: string): Needed =>
    this.#system.needs(this.#whole(at), process);

  readonly lets = (earlier: Remembered, process: string, needed: string): boolean =>
    this.#system.lets(this.#whole(earlier), process, needed);

  readonly sent = (): readonly Pending[] => {
    throw new RangeError('what a step sent is not remembered');
  };

  readonly blocked = (at: Remembered): readonly Blocked[] => this.#system.blocked(this.#whole(at));

  readonly key = (at: Remembered): StateKey => this.#system.key(this.#whole(at));

  readonly text = (at: Remembered): string => this.#system.text(this.#whole(at));

  #whole(at: Remembered): Explored {
    return at instanceof Collapsed ? this.#expander.expand(at) : at;
  }

  #begin(): Remembered {
    const { initial, hasDelays } = this.#system;
    const { world, judged } = initial;
    const components = this.#components;
    // where mail may be under way for some time, it counts when it is due
    const global = hasDelays ? null : components.global(world, judged, null);
    if (global === null) return initial;
    const locals = world.actors.states.map((state, actor) => components.local(actor, state, null));
    const channels: Channel[] = [];
    for (const { key, mail } of world.queues) {
      const process = this.#processes.of(key);
      for (const { message } of mail) post(channels, components.letter(process, message));
    }
    const at = new Collapsed(this.#expander, locals, channels, global);
    at.expanded = initial;
    this.#expander.heard(initial);
    return at;
  }

  #takes({ takes, state }: Local, { type, message }: Letter): boolean {
    return (takes[type] ??= this.#system.accepts(state, message.type));
  }

  #step(at: Collapsed, name: string, choice: string): Move<Remembered> | undefined {
    const process = this.#processes.of(name);
    const meeting = this.#meetingOf(at, process);
    const isUsual = choice === name;
    const known = isUsual ? meeting.usual : meeting.others?.get(choice);
    if (known != null) return this.#follow(at, known, null);
    const world = this.#expander.expand(at);
    const move = isUsual ? this.#system.usual(world, name) : this.#system.take(world, choice);
    if (move === undefined) return undefined;
    const outcome = this.#outcomeOf(at, process, move);
    if (outcome === null) return this.#system.take(this.#expander.again(at), choice);
    if (isUsual) meeting.usual = outcome;
    else (meeting.others ??= new Map<string, Outcome>()).set(choice, outcome);
    return this.#follow(at, outcome, move);
  }

  #meetingOf({ locals, channels, global }: Collapsed, process: Process): Meeting {
    const local = locals[process.actor] as Local;
    const letter = channelOf(channels, process)?.first ?? null;
    const next = global.meetings[process.number];
    for (let each = next; each !== undefined; each = each.next) {
      if (each.local === local && each.letter === letter) return each;
    }
    const made: Meeting = { local, letter, usual: null, others: null, next };
    if (!this.#isFull) global.meetings[process.number] = made;
    return made;
  }

  get #isFull(): boolean {
    return this.#components.size >= this.#most;
  }

  /** null where it cannot be kept */
  #outcomeOf(at: Collapsed, process: Process, move: Move<Explored>): Outcome | null {
    const components = this.#components;
    if (this.#isFull) return null;
    const { choice, isLast, problem, asks = [], state } = move;
    const { world, judged } = state;
    const global = components.global(world, judged, at.global);
    if (global === null) return null;
    const seq = world.seq - 1;
    const after = world.actors.states[process.actor] as ActorState;
    const local = components.local(process.actor, after, at.locals[process.actor] as Local);
    const sends = world.queues.flatMap(({ key, mail }) => {
      const to = this.#processes.of(key);
      const sent = mail.filter(({ cause }) => cause === seq);
      return sent.map(({ message }) => components.letter(to, message));
    });
    const arms = world.timers.filter(({ mail }) => mail.cause === seq).map(({ key }) => key);
    components.size += 1;
    this.#expander.heard(state);
    const touches = null;
    return { process, choice, local, global, sends, arms, judged, problem, isLast, asks, touches };
  }

  /** @param taken the step, if it was computed just now */
  #follow(at: Collapsed, outcome: Outcome, taken: Move<Explored> | null): KnownMove {
    const { process, local, global, sends } = outcome;
    let { locals } = at;
    if (locals[process.actor] !== local) {
      const changed = locals.slice();
      changed[process.actor] = local;
      locals = changed;
    }
    const channels = withoutFirst(at.channels, process);
    for (const letter of sends) post(channels, letter);
    const state = new Collapsed(this.#expander, locals, channels, global, at, outcome);
    if (taken !== null) state.expanded = taken.state;
    return new KnownMove(state, at, outcome, this.#touches ? taken : null);
  }

  /** The end of a run: most end as others did. */
  #endOf(at: Collapsed): End {
    const { locals, channels, global } = at;
    const known = global.ends.find(
      (end) =>
        locals.every((local, i) => local === end.locals[i]) && areSame(channels, end.channels),
    );
    if (known !== undefined) return known;
    const state = this.#expander.expand(at);
    const [stuck, problem] = [this.#system.stuck(state), this.#system.problemAtEnd(state)];
    const end = { locals, channels, stuck, problem };
    if (global.ends.length < MOST_ENDS) global.ends.push(end);
    return end;
  }
}

export function remembering(
  system: WorldSystem,
  options: RememberingOptions = {},
): System<Remembered> {
  return new Remembering(system, options);
}
