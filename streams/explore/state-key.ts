/**
 * The state identity: 64 bits that are equal for equal worlds, however they were reached, and with a chance of 2^-64
 * equal for two that differ. n states share a key with probability n^2 / 2^65: 5e-8 for a million, 2e-6 for eight.
 *
 * A key is worked out from that of the world before the step, so a step costs what it changed. What of a world counts is
 * in state-view.ts, how values are summed up in state-sum.ts.
 */
import type { Fence, FenceTable } from '../../domain/fence/fence-table.ts';
import { OrderedMap } from '../../domain/ordered-map.ts';
import type { Message } from '../../machines/contract/messages.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import { NOTHING_SHARED, type Shared } from '../../machines/shared/shared.ts';
import type { Queue, Timer, World } from '../world/world.ts';
import { mixA, mixB, numberHash, ofText, type StateKey } from './hash.ts';
import { type Members, StateSum } from './state-sum.ts';
import { fenceView, listsOf, resvsView, STALE } from './state-view.ts';

// by name, see hash.ts
const { keys } = Object;

export type { StateKey };

/** What is known of a key before the last mixing. */
export interface Sum {
  readonly a: number;
  readonly b: number;
}

/** A world, and what of its judge's state counts. */
export interface Judged {
  readonly world: Pick<World, 'actors' | 'queues' | 'timers' | 'nowNs' | 'shared'>;
  readonly view: unknown;
}

/** Where the parts of a world are: the beginnings of paths. */
const ACTORS = ofText('actors');
const MAIL = ofText('mail');
const TIMERS = ofText('timers');
const NOW = ofText('nowNs');
const SHARED = ofText('shared');
const FENCES = ofText('fences');
const JUDGED = ofText('judged');

const NO_SUM: Sum = { a: 0, b: 0 };
const NO_ACTORS: readonly ActorState[] = [];
const NO_FENCES = OrderedMap.empty<Fence>();
const APART: ReadonlySet<string> = new Set<keyof Shared>(['fences', 'resvs']);
const RESVS = ofText('resvs');

/** Sums up worlds. One for each search; a key does not depend on which. */
export class Keys {
  readonly #sum = new StateSum();

  /** The key of any plain value. @throws RangeError for what is no value */
  value(value: unknown): StateKey {
    this.#sum.set(0, 0);
    this.#sum.change(undefined, value, 0, 0);
    return this.#sum.end();
  }

  /** The sum of a world, worked out from that of another: the more they share the quicker. */
  sum(is: Judged, was: Judged | null = null, from: Sum = NO_SUM): Sum {
    const sum = this.#sum;
    sum.set(from.a, from.b);
    const { world } = is;
    const before = was?.world;
    this.#actors(before, world);
    this.#mail(before?.queues ?? [], world.queues);
    this.#timers(before?.timers ?? [], world.timers);
    sum.change(before?.nowNs, world.nowNs, NOW.a, NOW.b);
    this.#shared(before?.shared ?? NOTHING_SHARED, world.shared);
    sum.change(was?.view, is.view, JUDGED.a, JUDGED.b);
    return { a: sum.a, b: sum.b };
  }

  end({ a, b }: Sum): StateKey {
    this.#sum.set(a, b);
    return this.#sum.end();
  }

  /**
   * What an actor adds to the sum of any world that it is in; of a VM without what {@link lists} adds.
   * @param was another state of it, which adds `from`: the more they share the quicker
   */
  actor(place: number, is: ActorState, was?: ActorState, from: Sum = NO_SUM): Sum {
    this.#sum.set(from.a, from.b);
    const { a, b } = placeOf(place);
    if (is.machine === 'vm') this.#vm(was, is, a, b);
    else this.#sum.change(was, is, a, b);
    return this.#taken;
  }

  /** What a VM's lists add: what of them counts rests on fences. */
  lists(place: number, is: ActorState, shared: Shared): Sum {
    this.#sum.set(0, 0);
    const { a, b } = placeOf(place);
    this.#lists(undefined, shared, is, shared, a, b);
    return this.#taken;
  }

  /** What a queue adds that holds such mail. */
  queue(key: string, messages: readonly Message[]): Sum {
    this.#sum.set(0, 0);
    this.#queue(key, undefined, messages);
    return this.#taken;
  }

  get #taken(): Sum {
    const { a, b } = this.#sum;
    return { a, b };
  }

  #actors(was: Judged['world'] | undefined, is: Judged['world']): void {
    const before = was?.actors.states ?? NO_ACTORS;
    const after = is.actors.states;
    const isFenced = was?.shared.fences !== is.shared.fences;
    for (let i = 0; i < after.length; i++) {
      const old = before[i];
      const now = after[i] as ActorState;
      const isVm = now.machine === 'vm';
      if (old === now && !(isVm && isFenced)) continue;
      const { a, b } = placeOf(i);
      if (isVm) {
        this.#lists(old, was?.shared, now, is.shared, a, b);
        this.#vm(old, now, a, b);
      } else this.#sum.change(old, now, a, b);
    }
  }

  /** Not all that a VM lists counts, and what does rests on fences, too. */
  #lists(
    was: ActorState | undefined,
    before: Shared | undefined,
    is: ActorState,
    after: Shared,
    a: number,
    b: number,
  ): void {
    const lists = was === undefined ? NONE : listsOf(was, before as Shared);
    this.#sum.changeMembers(lists as Members, listsOf(is, after) as unknown as Members, a, b);
  }

  /** The rest of it. */
  #vm(was: ActorState | undefined, is: ActorState, a: number, b: number): void {
    if (was === is) return;
    const sum = this.#sum;
    sum.change(was?.value, is.value, a, b);
    const context = (was?.context ?? NONE) as Members;
    sum.changeMembers(context, is.context as Members, a, b, STALE);
  }

  #mail(was: readonly Queue[], is: readonly Queue[]): void {
    for (let i = 0, j = 0; i < was.length || j < is.length;) {
      const old = was[i];
      const now = is[j];
      if (old === now) {
        i++;
        j++;
      } else if (now === undefined || (old !== undefined && old.key < now.key)) {
        this.#queue((old as Queue).key, messagesOf(old), undefined);
        i++;
      } else if (old === undefined || now.key < old.key) {
        this.#queue(now.key, undefined, messagesOf(now));
        j++;
      } else {
        this.#queue(now.key, messagesOf(old), messagesOf(now));
        i++;
        j++;
      }
    }
  }

  #queue(key: string, was?: readonly Message[], is?: readonly Message[]): void {
    const label = this.#sum.texts.of(key);
    this.#sum.change(was, is, mixA(label.a, MAIL.a), mixB(label.b, MAIL.b));
  }

  #timers(was: readonly Timer[], is: readonly Timer[]): void {
    if (was === is) return;
    for (const timer of was) if (!is.includes(timer)) this.#timer(timer, true);
    for (const timer of is) if (!was.includes(timer)) this.#timer(timer, false);
  }

  #timer({ key, mail }: Timer, isGone: boolean): void {
    const label = this.#sum.texts.of(key);
    const [a, b] = [mixA(label.a, TIMERS.a), mixB(label.b, TIMERS.b)];
    const timer = [mail.dueNs, mail.message];
    this.#sum.change(isGone ? timer : undefined, isGone ? undefined : timer, a, b);
  }

  #shared(was: Shared, is: Shared): void {
    if (was === is) return;
    const [before, after] = [was, is] as unknown as [Members, Members];
    this.#sum.changeMembers(before, after, SHARED.a, SHARED.b, APART);
    if (was.fences !== is.fences) this.#fences(was.fences, is.fences);
    else if (was.resvs === is.resvs) return;
    this.#sum.changeMembers(resvsView(was), resvsView(is), RESVS.a, RESVS.b);
  }

  #fences(was: FenceTable, is: FenceTable): void {
    for (const context of keys(is)) this.#context(context, was[context], is[context]);
    for (const context of keys(was)) {
      if (is[context] === undefined) this.#context(context, was[context], undefined);
    }
  }

  #context(name: string, was?: OrderedMap<Fence>, is?: OrderedMap<Fence>): void {
    if (was === is) return;
    const sum = this.#sum;
    const label = sum.texts.of(name);
    const a = mixA(label.a, FENCES.a);
    const b = mixB(label.b, FENCES.b);
    sum.change(was?.last()?.key, is?.last()?.key, a, b);
    (is ?? NO_FENCES).visitChanges(was ?? NO_FENCES, (seqno, old, now) => {
      const place = numberHash(seqno);
      const [x, y] = [mixA(place.a, a), mixB(place.b, b)];
      sum.change(old && fenceView(old), now && fenceView(now), x, y);
    });
  }
}

const NONE: Members = {};

function placeOf(actor: number): StateKey {
  const place = numberHash(actor);
  return { a: mixA(place.a, ACTORS.a), b: mixB(place.b, ACTORS.b) };
}

const messagesOf = (queue: Queue | undefined): readonly Message[] | undefined =>
  queue?.mail.map(({ message }) => message);
