/**
 * A world that computes no step twice. A step rests on its actor, on the message, and on what any step may look at; not
 * on other actors, nor on other mail. So where these met before, its outcome is known, judged by all invariants. A world
 * is made only for a step that is new, and few are: the peer model with 7 workers has 5.5 million transitions and about
 * 14,000 of these. docs/decisions/036 says why that is sound.
 *
 * Where what counts of the judge's state rests on mail, a run goes on as a plain world.
 */
import type { MessageType } from '../../../machines/contract/messages.ts';
import { WATCHDOGS } from '../../../machines/contract/watchdogs.ts';
import type { ActorState } from '../../../machines/execute/executor.ts';
import { processOf } from '../../world/choice.ts';
import type { Explored } from '../explored.ts';
import type { Blocked, Move, Needed, Pending, System } from '../system.ts';
import type { StateKey } from '../state-key.ts';
import { TIMER } from '../touching.ts';
import type { WorldSystem } from '../world-system.ts';
import { causeOf, sentTo, Way } from './causes.ts';
import { areSame, channelOf, type Channel, type Letter, post, withoutFirst } from './channels.ts';
import { Collapsed, KnownMove } from './collapsed.ts';
import { Components } from './components.ts';
import { Expander } from './expand.ts';
import type { End, Gone, Local, Meeting, Outcome } from './kept.ts';
import { type Process, Processes } from './processes.ts';
import { Sums } from './sums.ts';

/** A state of a world that remembers: in components, or, where it rests on more than they say, as it is. */
export type Remembered = Collapsed | Explored;

const MOST = 100_000;
/** A search in layers comes back to what a layer ago was new: with room for that it takes a third of the time. */
export const MOST_SEARCHED = 400_000;
/** Ends that are kept for one global state. */
const MOST_ENDS = 16;

class Remembering implements System<Remembered> {
  readonly initial: Remembered;
  readonly threadOf: System<Remembered>['threadOf'];
  readonly actorOf: System<Remembered>['actorOf'];
  readonly orbitKey: System<Remembered>['orbitKey'];
  readonly unreducible: string | null;
  readonly #system: WorldSystem;
  readonly #components: Components;
  readonly #processes: Processes;
  readonly #expander: Expander;
  readonly #sums = new Sums();

  constructor(system: WorldSystem, most: number) {
    this.#system = system;
    this.#components = new Components(system.judge, most);
    this.#processes = new Processes(system.initial.world.actors.places);
    this.#expander = new Expander(system);
    this.unreducible = system.unreducible;
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

  readonly moves = (at: Remembered, name: string): readonly Move<Remembered>[] => {
    if (!(at instanceof Collapsed)) return this.#system.moves(at, name);
    const process = this.#processes.of(name);
    const meeting = this.#meetingOf(at, process);
    if (meeting.all !== null) return meeting.all.map((known) => this.#follow(at, known, null));
    const moves = this.#system.moves(this.#expander.expand(at), name);
    const all = moves.map((move) => this.#outcomeOf(at, process, move));
    if (!all.every((each) => each !== null))
      return this.#system.moves(this.#expander.again(at), name);
    meeting.all = all;
    return all.map((outcome, i) => this.#follow(at, outcome, moves[i] ?? null));
  };

  readonly stuck = (at: Remembered): readonly string[] =>
    at instanceof Collapsed ? this.#endOf(at).stuck : this.#system.stuck(at);

  readonly problemAtEnd = (at: Remembered): string | null =>
    at instanceof Collapsed ? this.#endOf(at).problem : this.#system.problemAtEnd(at);

  readonly needs = (at: Remembered, name: string): Needed => {
    if (!(at instanceof Collapsed)) return this.#system.needs(at, name);
    const process = this.#processes.of(name);
    const { objects } = this.#system;
    const letter = channelOf(at.channels, process)?.first;
    return process.queue === null || letter === undefined
      ? { keeper: objects.of('clock', '*'), needed: TIMER }
      : { keeper: objects.of('actor', process.queue.to), needed: letter.message.type };
  };

  readonly lets = (earlier: Remembered, name: string, needed: string): boolean => {
    if (!(earlier instanceof Collapsed)) return this.#system.lets(earlier, name, needed);
    const { locals, global } = earlier;
    if (needed === TIMER) return global.timer === name;
    const { state } = locals[this.#processes.of(name).actor] as Local;
    return this.#system.accepts(state, needed as MessageType);
  };

  readonly sent = (at: Remembered): readonly Pending[] =>
    at instanceof Collapsed ? sentTo(at) : this.#system.sent(at);

  readonly blocked = (at: Remembered): readonly Blocked[] => {
    if (!(at instanceof Collapsed)) return this.#system.blocked(at);
    const waiting = at.channels.map(({ process }) => process);
    for (const { key, mail } of at.global.timers) {
      if (!WATCHDOGS.has(mail.message.type)) waiting.push(this.#processes.of(key));
    }
    return waiting.map((process) => ({ process: process.name, cause: causeOf(at, process) }));
  };

  readonly key = (at: Remembered): StateKey =>
    at instanceof Collapsed ? this.#sums.keyOf(at) : this.#system.key(at);

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
    const at = new Collapsed(this.#expander, locals, channels, global, judged, null);
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
    this.#components.refresh(global);
    let last: Meeting | null = null;
    for (let each = global.meetings[process.number] ?? null; each !== null; each = each.next) {
      if (each.local === local && each.letter === letter) return each;
      last = each;
    }
    const made: Meeting = { local, letter, usual: null, others: null, all: null, next: null };
    // behind the others: what is met often was met early
    if (last === null) global.meetings[process.number] = made;
    else last.next = made;
    return made;
  }

  /** null where it cannot be kept */
  #outcomeOf(at: Collapsed, process: Process, move: Move<Explored>): Outcome | null {
    const components = this.#components;
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
    components.count();
    this.#expander.heard(state);
    const gone: Gone = { process, choice, sends, arms };
    // one literal: an object made of others by spreading is twice as slow to read
    return {
      process,
      choice,
      sends,
      arms,
      gone,
      local,
      global,
      judged,
      problem,
      isLast,
      asks,
      touches: null,
      merged: [],
    };
  }

  /** @param taken the step, if it was computed just now */
  #follow(at: Collapsed, outcome: Outcome, taken: Move<Explored> | null): KnownMove {
    const { process, gone, sends, local, global, judged } = outcome;
    let { locals } = at;
    if (locals[process.actor] !== local) {
      const changed = locals.slice();
      changed[process.actor] = local;
      locals = changed;
    }
    const channels = withoutFirst(at.channels, process);
    for (const letter of sends) post(channels, letter);
    const way = new Way(at.way, gone);
    const state = new Collapsed(this.#expander, locals, channels, global, judged, way);
    if (taken !== null) state.expanded = taken.state;
    return new KnownMove(at, outcome, state, taken);
  }

  /** The end of a run: most end as others did. */
  #endOf(at: Collapsed): End {
    const { locals, channels, global } = at;
    this.#components.refresh(global);
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

/** @param most components and steps that are kept: when there are more, all are forgotten that no state has */
export function remembering(system: WorldSystem, most = MOST): System<Remembered> {
  return new Remembering(system, most);
}
