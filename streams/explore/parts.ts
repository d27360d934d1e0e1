/**
 * Parts of explored worlds, each kept once: parts that are equal as the state identity has it are one object, so a step
 * is looked up by what it is made of, without looking into it.
 */
import { WATCHDOGS } from '../../machines/contract/watchdogs.ts';
import type { Message } from '../../machines/contract/messages.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { NOTHING_SHARED } from '../../machines/shared/shared.ts';
import { Actors } from '../world/actors.ts';
import type { Queue, World } from '../world/world.ts';
import type { Judge } from './judge.ts';
import { type Judged, Keys, type Sum } from './state-key.ts';

/** A process: its queue, unless it is a timer, and whose step it is. */
export class Slot {
  readonly process: string;
  readonly number: number;
  readonly queue: Pick<Queue, 'key' | 'from' | 'to'> | null;
  /** its actor's place */
  readonly actor: number;
  /** nothing in the queue */
  readonly empty: Line;
  /** its place in canonical order, which moves when another one is met */
  order = 0;

  constructor(process: string, number: number, queue: Slot['queue'], actor: number, room: Room) {
    this.process = process;
    this.number = number;
    this.queue = queue;
    this.actor = actor;
    this.empty = new Line(this, null, null, room);
  }
}

/** A message of one queue. */
export interface Letter {
  /** among those of its queue */
  readonly id: number;
  /** of its type, among all */
  readonly type: number;
  readonly message: Message;
}

/** For how many more lines there is room: others are made anew each time. */
export interface Room {
  left: number;
}

/** What may lie in a queue. Each is another one and a letter behind it, so they are a tree. */
export class Line {
  readonly slot: Slot;
  readonly size: number;
  readonly first: Letter | null;
  readonly before: Line | null;
  readonly last: Letter | null;
  readonly #longer: (Line | undefined)[] = [];
  #rest: Line | null = null;
  readonly #room: Room;

  constructor(slot: Slot, before: Line | null, last: Letter | null, room: Room) {
    this.slot = slot;
    this.#room = room;
    this.before = before;
    this.last = last;
    this.size = before === null ? 0 : before.size + 1;
    this.first = before?.first ?? last;
  }

  with(letter: Letter): Line {
    const known = this.#longer[letter.id];
    if (known !== undefined) return known;
    const made = new Line(this.slot, this, letter, this.#room);
    if (this.#room.left > 0) this.#longer[letter.id] = made;
    this.#room.left -= 1;
    return made;
  }

  /** Without the first one. */
  get rest(): Line {
    return (this.#rest ??= this.#restOf());
  }

  #restOf(): Line {
    const { before, last } = this;
    if (before === null || last === null) throw new RangeError('nothing lies in the queue');
    return before.size === 0 ? before : before.rest.with(last);
  }

  letters(): Letter[] {
    const { before, last } = this;
    return before === null || last === null ? [] : [...before.letters(), last];
  }
}

/** The queues of a world that hold something, in canonical order. */
type Lines = readonly Line[];

const placeOf = (lines: Lines, number: number): number => {
  for (let i = 0; i < lines.length; i++) if ((lines[i] as Line).slot.number === number) return i;
  return -1;
};

/** The next message of a queue that holds some. */
export const firstOf = (lines: Lines, number: number): Letter | null =>
  lines[placeOf(lines, number)]?.first ?? null;

/** Without the first message of a queue that holds some. A copy by hand: it is half of a known step. */
export function withoutFirst(lines: Lines, { number }: Slot): Line[] {
  const left: Line[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Line;
    if (line.slot.number !== number) left.push(line);
    else if (line.size > 1) left.push(line.rest);
  }
  return left;
}

/** Puts a letter behind what lies in its queue. */
export function post(lines: Line[], slot: Slot, letter: Letter): void {
  let place = lines.length;
  while (place > 0 && (lines[place - 1] as Line).slot.order >= slot.order) place -= 1;
  const line = lines[place];
  if (line !== undefined && line.slot === slot) {
    lines[place] = line.with(letter);
    return;
  }
  lines.push(slot.empty);
  for (let i = lines.length - 1; i > place; i--) lines[i] = lines[i - 1] as Line;
  lines[place] = slot.empty.with(letter);
}

/** A state of one actor. */
export interface Actor {
  /** among those of this actor */
  readonly id: number;
  readonly state: ActorState;
  /** by the type of a letter: whether it takes such a message now */
  readonly takes: (boolean | undefined)[];
  readonly sum: Sum;
}

/** What any step may look at: all that is shared, the timers, the clock, and what the judge knows. */
export interface Common<Step> {
  readonly shared: World['shared'];
  readonly timers: World['timers'];
  readonly nowNs: number;
  readonly view: unknown;
  readonly sum: Sum;
  /** the timer that may fire */
  readonly timer: string | null;
  /** it waits for everything else */
  readonly isLast: boolean;
  /** steps from here, by process */
  readonly steps: (Step | undefined)[];
  /** runs that ended here */
  readonly ends: End[];
}

/** Who waits for ever, and what is wrong, where nobody is ready. */
export interface End {
  readonly actors: readonly Actor[];
  readonly lines: readonly Line[];
  readonly stuck: readonly string[];
  readonly problem: string | null;
}

const NOWHERE: Judged['world'] = {
  actors: Actors.from({}),
  queues: [],
  timers: [],
  nowNs: 0,
  shared: NOTHING_SHARED,
};

export class Parts<Step> {
  /** how many there are: what they keep alive grows with it */
  size = 0;
  readonly #judge: Judge;
  readonly #keys = new Keys();
  readonly #types = new Map<string, number>();
  readonly #actors: Map<string, Actor>[] = [];
  readonly #letters: Map<string, Letter>[] = [];
  readonly #commons = new Map<string, Common<Step>>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** @param from another state of the actor: the more they share the quicker */
  actor(place: number, state: ActorState, from: Actor | null): Actor {
    if (from?.state === state) return from;
    const was = from === null ? null : { world: NOWHERE, view: from.state };
    const sum = this.#keys.sum({ world: NOWHERE, view: state }, was, from?.sum);
    const actors = (this.#actors[place] ??= new Map<string, Actor>());
    return this.#once(actors, this.#name(sum), (id) => ({ id, state, takes: [], sum }));
  }

  /** @param queue its number */
  letter(queue: number, message: Message): Letter {
    const sum = this.#keys.sum({ world: NOWHERE, view: message });
    const letters = (this.#letters[queue] ??= new Map<string, Letter>());
    return this.#once(letters, this.#name(sum), (id) => {
      const type = this.#types.get(message.type) ?? this.#types.size;
      this.#types.set(message.type, type);
      return { id, type, message };
    });
  }

  /** null if what counts of the judge's state rests on the mail, too. */
  common(world: World, judged: unknown, from: Common<Step> | null): Common<Step> | null {
    let isAsked = false;
    const view = this.#judge.view(judged, () => {
      isAsked = true;
      return [];
    });
    if (isAsked) return null;
    const { shared, timers, nowNs } = world;
    const is = { world: { ...NOWHERE, shared, timers, nowNs }, view };
    const was = from && { world: { ...NOWHERE, ...within(from) }, view: from.view };
    const sum = this.#keys.sum(is, was, from?.sum);
    return this.#once(this.#commons, this.#name(sum), () => {
      const [first] = timers;
      const timer = first?.key ?? null;
      const isLast = first !== undefined && WATCHDOGS.has(first.mail.message.type);
      const steps: Common<Step>['steps'] = [];
      return { shared, timers, nowNs, view, sum, timer, isLast, steps, ends: [] };
    });
  }

  #name(sum: Sum): string {
    const { a, b } = this.#keys.end(sum);
    return `${a} ${b}`;
  }

  #once<T>(known: Map<string, T>, name: string, make: (id: number) => T): T {
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = make(known.size);
    known.set(name, made);
    this.size += 1;
    return made;
  }
}

const within = <Step>({
  shared,
  timers,
  nowNs,
}: Common<Step>): Pick<World, 'shared' | 'timers' | 'nowNs'> => ({ shared, timers, nowNs });
