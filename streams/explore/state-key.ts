/**
 * The state identity: 64 bits that are equal for equal worlds, however they were reached, and with a chance of 2^-64
 * equal for two that differ. n states share a key with probability n^2 / 2^65: 5e-8 for a million, 2e-6 for eight.
 *
 * A key is a sum over components, each hashed with its place, so that neither the order in which things were made nor
 * the shape of a tree counts. Immutable parts are hashed once, by identity: a step costs what it changed.
 */
import { OrderedMap } from '../../domain/ordered-map.ts';
import type { Fence } from '../../domain/fence/fence-table.ts';
import type { ActorState } from '../../machines/execute/executor.ts';
import type { Shared } from '../../machines/shared/shared.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import type { Queue, World } from '../world/world.ts';
import { FALSE, mixA, mixB, NULL, ofNumber, ofText, type StateKey, TRUE } from './hash.ts';
import { isPlain } from './state-text.ts';
import { fenceView, hasStale, STALE, staleView } from './state-view.ts';

// by name, see hash.ts
const { imul } = Math;
const { isArray } = Array;
const { keys } = Object;

export type { StateKey };

/** A sum of components that is still growing. */
class Sum {
  a: number;
  b: number;

  constructor(seed: number) {
    this.a = seed;
    this.b = ~seed;
  }

  add(label: StateKey, value: StateKey): void {
    this.a = (this.a + mixA(value.a, label.a)) | 0;
    this.b = (this.b + mixB(value.b, label.b)) | 0;
  }

  end(): StateKey {
    return { a: mixA(this.a, 1), b: mixB(this.b, 1) };
  }
}

const OBJECT = 0x0b;
const LIST = 0x11;
const MAP = 0x17;
/** Parts with no more members than this are hashed anew each time: that is quicker than remembering them. */
const SMALL = 4;

function isSmall(value: object): boolean {
  if (isArray(value)) return value.length <= SMALL;
  return isPlain(value) && keys(value).length <= SMALL;
}

/** Hashes values and keeps what it has hashed. One for each search; a key does not depend on which. */
export class Keys {
  readonly #known = new WeakMap<object, StateKey>();
  readonly #fences = new WeakMap<object, StateKey>();
  readonly #queues = new WeakMap<Queue, StateKey>();
  readonly #actors = new WeakMap<ActorState, StateKey>();
  readonly #stale = new WeakMap<object, StateKey>();
  readonly #shared = new WeakMap<Shared, StateKey>();
  readonly #texts = new Map<string, StateKey>();
  readonly #indices: StateKey[] = [];

  of({ actors, queues, timers, nowNs, shared }: World, judged: unknown): StateKey {
    const sum = new Sum(OBJECT);
    const { states } = actors;
    for (let i = 0; i < states.length; i++) {
      const state = states[i] as ActorState;
      const key = hasStale(state) ? this.#vm(state, shared) : this.#actor(state);
      sum.add(this.#index(i), key);
    }
    for (const queue of queues) sum.add(this.text(queue.key), this.#queue(queue));
    for (const { key, mail } of timers) {
      const timer = new Sum(LIST);
      timer.add(ofNumber(mail.dueNs), this.value(mail.message));
      sum.add(this.text(key), timer.end());
    }
    sum.add(this.text('nowNs'), ofNumber(nowNs));
    sum.add(this.text('shared'), this.#sharedOf(shared));
    sum.add(this.text('judged'), this.value(judged));
    return sum.end();
  }

  /** Any plain value. @throws RangeError for what is no value */
  value(value: unknown): StateKey {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return ofNumber(value);
      case 'boolean':
        return value ? TRUE : FALSE;
      case 'object':
        if (value === null) return NULL;
        if (isSmall(value)) return this.#object(value);
        return this.#kept(this.#known, value, () => this.#object(value));
      case 'bigint':
        return ofText(`${value}n`);
      case 'undefined':
        return NULL;
      default:
        throw new RangeError(`a ${typeof value} has no state identity`);
    }
  }

  text(value: string): StateKey {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    const made = ofText(value);
    this.#texts.set(value, made);
    return made;
  }

  #object(value: object): StateKey {
    if (isArray(value)) return this.#list(value);
    if (value instanceof Set) return this.#list([...(value as ReadonlySet<unknown>)]);
    if (value instanceof OrderedMap) return this.#map(value, (each) => this.value(each));
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return this.value((value as { toJSON(): unknown }).toJSON());
    }
    if (!isPlain(value)) throw new RangeError(`a ${value.constructor.name} has no state identity`);
    return this.#members(value, null);
  }

  #members(value: object, left: ReadonlySet<string> | null): StateKey {
    const sum = new Sum(OBJECT);
    for (const name of keys(value)) {
      const member = (value as Readonly<Record<string, unknown>>)[name];
      if (member === undefined || left?.has(name) === true) continue;
      sum.add(this.text(name), this.value(member));
    }
    return sum.end();
  }

  #list(values: readonly unknown[]): StateKey {
    const sum = new Sum(LIST ^ imul(values.length, 0x2545_f491));
    for (let i = 0; i < values.length; i++) sum.add(this.#index(i), this.value(values[i]));
    return sum.end();
  }

  #map<V>(map: OrderedMap<V>, of: (value: V) => StateKey): StateKey {
    const sum = new Sum(MAP);
    map.visit(-Infinity, Infinity, (value, key) => {
      sum.add(ofNumber(key), of(value));
      return true;
    });
    return sum.end();
  }

  #queue(queue: Queue): StateKey {
    return this.#kept(this.#queues, queue, () =>
      this.#list(queue.mail.map(({ message }) => message)),
    );
  }

  #actor(state: ActorState): StateKey {
    return this.#kept(this.#actors, state, () => this.#object(state));
  }

  #vm(state: ActorState, shared: Shared): StateKey {
    const context = state.context as VmContext;
    const sum = new Sum(OBJECT);
    sum.add(this.text(state.machine), this.text(state.value));
    const rest = this.#kept(this.#stale, context, () => this.#members(context, STALE));
    sum.add(this.text('context'), rest);
    sum.add(this.text('stale'), this.#members(staleView(context, shared), null));
    return sum.end();
  }

  #sharedOf(shared: Shared): StateKey {
    return this.#kept(this.#shared, shared, () => {
      const sum = new Sum(OBJECT);
      for (const name of keys(shared) as (keyof Shared)[]) {
        const value = name === 'fences' ? this.#fenceTable(shared) : this.value(shared[name]);
        sum.add(this.text(name), value);
      }
      return sum.end();
    });
  }

  #fenceTable({ fences }: Shared): StateKey {
    const sum = new Sum(OBJECT);
    for (const context of keys(fences)) {
      const known = fences[context] as OrderedMap<Fence>;
      const of = (): StateKey => this.#map(known, (fence) => this.#fence(fence));
      sum.add(this.text(context), this.#kept(this.#fences, known, of));
    }
    return sum.end();
  }

  #fence(fence: Fence): StateKey {
    return fence.result === null
      ? this.value(fence)
      : this.#members(fenceView(fence) as object, null);
  }

  #kept<T extends object>(cache: WeakMap<T, StateKey>, object: T, make: () => StateKey): StateKey {
    const known = cache.get(object);
    if (known !== undefined) return known;
    const made = make();
    cache.set(object, made);
    return made;
  }

  #index(i: number): StateKey {
    return (this.#indices[i] ??= ofNumber(i));
  }
}
