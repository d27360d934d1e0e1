/** A world as canonical text: the exact state identity, for small searches and for testing the hash (state-key.ts). */
import { OrderedMap } from '../../domain/ordered-map.ts';
import type { Fence } from '../../domain/fence/fence-table.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import type { World } from '../world/world.ts';
import { fenceView, hasStale, resvsView, STALE, staleView } from './state-view.ts';

// by name, see hash.ts
const { stringify } = JSON;
const { isArray } = Array;
const { entries, getPrototypeOf } = Object;
const PLAIN = Object.prototype;

export function isPlain(value: object): boolean {
  const prototype: unknown = getPrototypeOf(value);
  return prototype === PLAIN || prototype === null;
}

/** Members in order, what is undefined left out, and maps as their entries. @throws RangeError for what is no value */
export function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || typeof value !== 'object') return stringify(value);
  if (isArray(value)) {
    return `[${value.map((each) => (each === undefined ? 'null' : canonical(each))).join()}]`;
  }
  if (value instanceof Set) return canonical([...(value as ReadonlySet<unknown>)]);
  if (value instanceof OrderedMap) return canonical(value.toJSON());
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return canonical((value as { toJSON(): unknown }).toJSON());
  }
  if (!isPlain(value)) throw new RangeError(`a ${value.constructor.name} has no state identity`);
  const members = entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, each]) => `${stringify(name)}:${canonical(each)}`).join()}}`;
}

export const without = (value: object, names: ReadonlySet<string>): object =>
  Object.fromEntries(entries(value).filter(([name]) => !names.has(name)));

/** The last number of a context, and what counts of its fences. */
export function fencesView(known: OrderedMap<Fence>): unknown {
  const views = [...known.entries()].map(({ key, value }) => [key, fenceView(value)] as const);
  return [known.last()?.key, views.filter(([, view]) => view !== undefined)];
}

export function textOf(world: World, judged: unknown): string {
  const { shared } = world;
  const actors = world.actors.entries().map(([id, state]) => {
    if (!hasStale(state)) return [id, state];
    const context = state.context as VmContext;
    return [
      id,
      { ...state, context: { ...without(context, STALE), ...staleView(context, shared) } },
    ];
  });
  const fences = Object.entries(shared.fences).map(([context, known]) => [
    context,
    fencesView(known),
  ]);
  return canonical({
    nowNs: world.nowNs,
    actors,
    queues: world.queues.map(({ key, mail }) => [key, mail.map(({ message }) => message)]),
    timers: world.timers.map(({ key, mail }) => [key, mail.message, mail.dueNs]),
    shared: { ...shared, resvs: resvsView(shared), fences: Object.fromEntries(fences) },
    judged,
  });
}
