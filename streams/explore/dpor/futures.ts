/**
 * What may still happen from a state, as far as a race with an earlier step is concerned: the summary of everything that
 * was explored from it. After Yang, Chen, Gopalakrishnan and Kirby, "Efficient Stateful Dynamic Partial Order Reduction"
 * (SPIN 2008), whose visited states keep the transitions that follow. Here each such event also has a past: what is
 * known to happen before it from there on, whichever way it comes about. A step races with an event that it depends on
 * unless it happens before the event's past, so a past may be too small (then a race too many is seen) and never too large.
 *
 * Going back over a step turns the future of the state behind it into a part of the future of the state before it.
 */
import type { Blocked, Move, Needed, Pending, Touches } from '../system.ts';
import { clash, writing } from '../touches.ts';
import { type Bits, Pasts, pendingBits, rowOf } from './pasts.ts';

/** A step that may be taken, wherever in the future; or one that is kept waiting. */
export interface Event {
  readonly number: number;
  readonly process: string;
  readonly touches: Touches;
  /** see System.needs */
  readonly keeper: number;
  readonly needed: string;
  /** what counts is before which step that touches its keeper it would have been let, not where it stands */
  readonly isWaiting: boolean;
}

/** Events by number, each with the number of its past. */
export type Future = Map<number, number>;

/** A step as seen from what comes after it. */
export interface Passed extends Bits {
  readonly number: number;
  readonly process: string;
  readonly touches: Touches;
  readonly isWall: boolean;
  /** what it is itself in the future of the state before it, and its past there; a wall is nothing, as it races with nothing */
  readonly event: Event | null;
  readonly past: number;
}

/** How a step stands to an event after it. */
type Relation = 'apart' | 'before' | 'depends' | 'keeps' | 'ends';

/** What of it does not depend on the event's past, as bits. */
const [SAME_PROCESS, KEEPER, CLASH] = [1, 2, 4];

/** More steps than there are. */
const STEPS = 2 ** 20;

export class Futures {
  readonly #pasts = new Pasts();
  readonly #events: Event[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #passed = new Map<string, Passed>();
  readonly #waitings = new Map<number, Event>();
  readonly #standings = new Map<number, number>();
  readonly #processes: string[] = [];
  readonly #places = new Map<string, number>();
  /** by process, how many places of it were met */
  readonly #depths = new Map<string, number>();

  /** @param past of an event */
  processesOf(past: number): readonly string[] {
    return this.#pasts.processesOf(past).map((number) => this.#processes[number] as string);
  }

  /** A step as this keeps it, the same for steps that are the same to every event. */
  passed<S>(
    process: string,
    { keeper, needed }: Needed,
    move: Move<S>,
    sent: readonly Pending[],
  ): Passed {
    const isWall = move.isLast;
    const touches = [...move.mergedTouches()].sort((a, b) => a - b);
    const places = sent.map((each) => this.#placeOf(each.process, each.place));
    const own = this.#placeOf(process, 1);
    const isSent = move.cause >= 0;
    const depth = this.#depths.get(process);
    const parts = [process, keeper, needed, touches, places, isSent, isWall, depth];
    const text = parts.join(' ');
    const known = this.#passed.get(text);
    if (known !== undefined) return known;
    const shift = this.#shiftOf(process);
    const made: Passed = {
      number: this.#passed.size,
      process,
      touches,
      isWall,
      row: rowOf(touches, this.#processOf(process), isSent ? [own] : []),
      sent: pendingBits(places),
      own: shift.own,
      next: shift.next,
      event: isWall ? null : this.#event({ process, touches, keeper, needed, isWaiting: false }),
      past: this.#pastOfNext(process, isSent),
    };
    this.#passed.set(text, made);
    return made;
  }

  /** Somebody who waits where a run ends. */
  addBlocked(to: Future, { process, cause }: Blocked, { keeper, needed }: Needed): void {
    const touches = [writing(keeper)];
    const { number } = this.#event({ process, touches, keeper, needed, isWaiting: true });
    this.#add(to, number, this.#pastOfNext(process, cause >= 0));
  }

  /**
   * Adds to the future of a state what a step from there leads to: the step, and what may happen after it.
   * @param lets whether the state before the step would have let what the event needs
   * @param race told of each event that could have gone before the step
   */
  back(
    to: Future,
    step: Passed,
    after: Future,
    lets: (event: Event) => boolean,
    race: (event: Event, past: number) => void,
  ): void {
    const pasts = this.#pasts;
    if (step.event !== null) this.#add(to, step.event.number, step.past);
    for (const [number, past] of after) {
      const event = this.#events[number] as Event;
      switch (this.#relation(event, past, step)) {
        case 'apart':
          this.#add(to, number, pasts.shifted(past, step));
          break;
        case 'before':
          this.#add(to, number, pasts.joined(past, step));
          break;
        case 'depends':
          race(event, pasts.shifted(past, step));
          this.#add(to, number, pasts.joined(past, step));
          break;
        case 'keeps':
          // it may keep the event waiting, and then an earlier step is what the event races with
          if (!lets(event)) {
            const waiting = this.#waitingOf(event).number;
            this.#add(to, waiting, pasts.causesOf(pasts.shifted(past, step)));
          } else if (!step.isWall) race(event, pasts.shifted(past, step));
          if (!event.isWaiting && !step.isWall) this.#add(to, number, pasts.joined(past, step));
          break;
        case 'ends':
          break;
      }
    }
  }

  /** The futures of states that lead to each other are one, and nothing is known of what comes before what. */
  merged(futures: readonly Future[]): Future {
    const all: Future = new Map();
    for (const future of futures) {
      for (const number of future.keys()) all.set(number, this.#pasts.none);
    }
    return all;
  }

  #relation(event: Event, past: number, step: Passed): Relation {
    const pasts = this.#pasts;
    const standing = this.#standingOf(event, step);
    const isKeeper = (standing & KEEPER) !== 0;
    const isSame = (standing & SAME_PROCESS) !== 0;
    if (event.isWaiting) {
      const isAfterWall = step.isWall && pasts.hasCauses(past);
      if (isSame || isAfterWall || pasts.isBeforeCauses(past, step))
        return isKeeper || step.isWall ? 'ends' : 'before';
      return isKeeper ? 'keeps' : 'apart';
    }
    if (step.isWall) {
      // everything after a wall happens after it, but who waited before it may wait still
      const isPending = !pasts.hasCauses(past) && !pasts.isBeforeCauses(past, step);
      return isKeeper && isPending ? 'keeps' : 'ends';
    }
    if (isSame || pasts.isBefore(past, step)) return 'before';
    if (isKeeper) return 'keeps';
    return (standing & CLASH) !== 0 ? 'depends' : 'apart';
  }

  #standingOf(event: Event, step: Passed): number {
    const pair = event.number * STEPS + step.number;
    const known = this.#standings.get(pair);
    if (known !== undefined) return known;
    const touched = (touch: number): boolean => step.touches.some((each) => clash(each, touch));
    const made =
      (event.process === step.process ? SAME_PROCESS : 0) |
      (touched(writing(event.keeper)) ? KEEPER : 0) |
      (event.touches.some(touched) ? CLASH : 0);
    this.#standings.set(pair, made);
    return made;
  }

  #add(to: Future, event: number, past: number): void {
    const known = to.get(event);
    to.set(event, known === undefined ? past : this.#pasts.meet(known, past));
  }

  #waitingOf(event: Event): Event {
    if (event.isWaiting) return event;
    const known = this.#waitings.get(event.number);
    if (known !== undefined) return known;
    const made = this.#event({ ...event, touches: [writing(event.keeper)], isWaiting: true });
    this.#waitings.set(event.number, made);
    return made;
  }

  /** Of the next step of a process: nothing but who sent its message. */
  #pastOfNext(process: string, isSent: boolean): number {
    return this.#pasts.ofPending(pendingBits(isSent ? [this.#placeOf(process, 1)] : []));
  }

  /** What is pending of a process, before a step of it: one place further behind. */
  #shiftOf(process: string): Pick<Bits, 'own' | 'next'> {
    const next = new Map<number, number>();
    const depth = this.#depths.get(process) ?? 0;
    for (let place = 1; place < depth; place++) {
      next.set(this.#placeOf(process, place), this.#placeOf(process, place + 1));
    }
    const last = this.#placeOf(process, depth);
    return { own: pendingBits([...next.keys(), last]), next };
  }

  #event({ process, touches, keeper, needed, isWaiting }: Omit<Event, 'number'>): Event {
    const text = `event ${process} ${touches.join()} ${keeper} ${needed} ${isWaiting}`;
    const known = this.#numbers.get(text);
    if (known !== undefined) return this.#events[known] as Event;
    const number = this.#events.length;
    const made = { number, process, touches, keeper, needed, isWaiting };
    this.#numbers.set(text, number);
    this.#events.push(made);
    return made;
  }

  #placeOf(process: string, place: number): number {
    const text = `${process} ${place}`;
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const made = this.#places.size;
    this.#places.set(text, made);
    this.#depths.set(process, Math.max(place, this.#depths.get(process) ?? 0));
    return made;
  }

  #processOf(process: string): number {
    const text = `process ${process}`;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const made = this.#processes.length;
    this.#numbers.set(text, made);
    this.#processes.push(process);
    return made;
  }
}
