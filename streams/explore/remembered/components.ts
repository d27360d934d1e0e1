/**
 * Components of explored worlds, each kept once: those that are equal as the state identity has it are one object. So a
 * state is a list of references (SPIN's collapse compression does the same), and a step is looked up by what it rests
 * on without looking into it.
 */
import type { Message } from '../../../machines/contract/messages.ts';
import { WATCHDOGS } from '../../../machines/contract/watchdogs.ts';
import type { ActorState } from '../../../machines/execute/executor.ts';
import { NOTHING_SHARED } from '../../../machines/shared/shared.ts';
import { Actors } from '../../world/actors.ts';
import type { World } from '../../world/world.ts';
import type { Judge } from '../judge.ts';
import { type Judged, Keys, type Sum } from '../state-key.ts';
import { Letter } from './channels.ts';
import type { Global, Local } from './kept.ts';
import type { Process } from './processes.ts';

const NOWHERE: Judged['world'] = {
  actors: Actors.from({}),
  queues: [],
  timers: [],
  nowNs: 0,
  shared: NOTHING_SHARED,
};

export class Components {
  readonly #judge: Judge;
  readonly #most: number;
  /** how many there are, and what came of steps: what they keep alive grows with it */
  #size = 0;
  /** how often it has begun anew */
  #age = 0;
  readonly #keys = new Keys();
  readonly #types = new Map<string, number>();
  /** by actor */
  #locals: Map<string, Local>[] = [];
  /** by process */
  #letters: Map<string, Letter>[] = [];
  #globals = new Map<string, Global>();

  /** @param most are kept; then it begins anew: a state keeps what it is made of, and what it meets again is made again */
  constructor(judge: Judge, most: number) {
    this.#judge = judge;
    this.#most = most;
  }

  /** One more is kept. */
  count(): void {
    this.#size += 1;
    if (this.#size <= this.#most) return;
    this.#size = 0;
    this.#age += 1;
    this.#locals = [];
    this.#letters = [];
    this.#globals = new Map<string, Global>();
  }

  /**
   * Forgets what was met there if that was before it began anew. Each leads to others by what was met, and the
   * beginning of all runs to every one.
   */
  refresh(global: Global): void {
    if (global.age === this.#age) return;
    global.age = this.#age;
    global.meetings.length = 0;
    global.ends.length = 0;
    global.lists.clear();
  }

  /** @param from another state of the actor: the more they share the quicker */
  local(actor: number, state: ActorState, from: Local | null): Local {
    if (from?.state === state) return from;
    const known = (this.#locals[actor] ??= new Map<string, Local>());
    const adds = this.#keys.actor(actor, state, from?.state, from?.adds);
    if (state.machine !== 'vm') return this.#once(known, adds, () => localOf(state, adds, adds));
    // of a VM not all counts in a key
    const was = from && { world: NOWHERE, view: from.state };
    const sum = this.#keys.sum({ world: NOWHERE, view: state }, was, from?.sum);
    return this.#once(known, sum, () => localOf(state, sum, adds));
  }

  letter(process: Process, message: Message): Letter {
    const sum = this.#keys.sum({ world: NOWHERE, view: message });
    const known = (this.#letters[process.number] ??= new Map<string, Letter>());
    return this.#once(known, sum, () => {
      const type = this.#types.get(message.type) ?? this.#types.size;
      this.#types.set(message.type, type);
      return new Letter(process, message, type);
    });
  }

  /** null if what counts of the judge's state rests on the mail, too. */
  global(world: World, judged: unknown, from: Global | null): Global | null {
    let isAsked = false;
    const view = this.#judge.view(judged, () => {
      isAsked = true;
      return [];
    });
    if (isAsked) return null;
    const { shared, timers, nowNs } = world;
    const is = { world: { ...NOWHERE, shared, timers, nowNs }, view };
    const was = from && { world: { ...NOWHERE, ...withinOf(from) }, view: from.view };
    const sum = this.#keys.sum(is, was, from?.sum);
    return this.#once(this.#globals, sum, () => {
      const [first] = timers;
      const timer = first?.key ?? null;
      const isLast = first !== undefined && WATCHDOGS.has(first.mail.message.type);
      return {
        shared,
        timers,
        nowNs,
        view,
        sum,
        timer,
        isLast,
        meetings: [],
        ends: [],
        lists: new Map(),
        age: this.#age,
      };
    });
  }

  #once<T>(known: Map<string, T>, sum: Sum, make: () => T): T {
    const { a, b } = this.#keys.end(sum);
    const name = `${a} ${b}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = make();
    known.set(name, made);
    this.count();
    return made;
  }
}

const localOf = (state: ActorState, sum: Sum, adds: Sum): Local => ({
  state,
  takes: [],
  sum,
  adds,
});

const withinOf = ({
  shared,
  timers,
  nowNs,
}: Global): Pick<World, 'shared' | 'timers' | 'nowNs'> => ({
  shared,
  timers,
  nowNs,
});
