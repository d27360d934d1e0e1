/** The processes of a world, by number: mail queues and timers, and whose steps theirs are. */
import type { Queue } from '../../world/world.ts';
import { TIMER } from '../touching.ts';

export interface Process {
  readonly name: string;
  readonly number: number;
  /** null of a timer */
  readonly queue: Pick<Queue, 'key' | 'from' | 'to'> | null;
  /** the place of the actor that steps */
  readonly actor: number;
  /** among the queues in canonical order; it moves when another one is met */
  order: number;
}

export class Processes {
  readonly #places: Readonly<Record<string, number>>;
  readonly #known = new Map<string, Process>();
  readonly #queues: Process[] = [];

  /** @param places of the actors */
  constructor(places: Readonly<Record<string, number>>) {
    this.#places = places;
  }

  /** @throws RangeError if there is no such actor */
  of(name: string): Process {
    return this.#known.get(name) ?? this.#meet(name);
  }

  #meet(name: string): Process {
    const queue = name.startsWith(TIMER) ? null : queueOf(name);
    const owner = queue?.to ?? name.slice(TIMER.length, name.lastIndexOf('/'));
    const actor = this.#places[owner];
    if (actor === undefined) throw new RangeError(`no actor ${owner}`);
    const process: Process = { name, number: this.#known.size, queue, actor, order: 0 };
    this.#known.set(name, process);
    if (queue === null) return process;
    this.#queues.push(process);
    this.#queues.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const [order, each] of this.#queues.entries()) each.order = order;
    return process;
  }
}

function queueOf(key: string): Process['queue'] {
  const mark = key.indexOf('>');
  return { key, from: key.slice(0, mark), to: key.slice(mark + 1) };
}
