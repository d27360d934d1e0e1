/**
 * Symmetry: clients (and what only they use) that a scenario could swap without anybody noticing. Worlds that are the same
 * but for their names are of one orbit and share an orbit key: the key of the world after its interchangeable members were
 * renamed in the order of their signatures. A signature is all that the world says about a member, with its own name and
 * the others' left out; members that it does not tell apart keep their order, so an orbit may have more than one key, and
 * never do two orbits share one.
 *
 * Only judges that treat the members alike may be asked: an invariant that names one of them would be checked for whoever
 * happens to bear the name.
 */
import type { Fence } from '../../domain/fence/fence-table.ts';
import type { OrderedMap } from '../../domain/ordered-map.ts';
import type { World } from '../world/world.ts';
import { ofText, type StateKey } from './hash.ts';
import { canonical, fencesView, isPlain, without } from './state-text.ts';
import { hasStale, resvsView, STALE, staleView } from './state-view.ts';
import type { VmContext } from '../../machines/vm/context.ts';

/** Names that go together: a client and what only it uses. */
export type Member = readonly string[];

/** A part of the world as text, cut where it names a member: literal, name, literal, ... */
type Pieces = readonly string[];

interface Place {
  readonly member: number;
  readonly index: number;
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

export class Orbits {
  readonly #members: readonly Member[];
  readonly #places = new Map<string, Place>();
  /** who may stand in for whom: members of one class */
  readonly #classes: readonly (readonly number[])[];
  readonly #cut: RegExp;
  readonly #known = new WeakMap<object, readonly string[]>();
  readonly #pieces = new Map<string, Pieces>();

  /** @param classes each a list of members that are interchangeable with each other */
  constructor(classes: readonly (readonly Member[])[]) {
    this.#members = classes.flat();
    let first = 0;
    this.#classes = classes.map((members) => members.map(() => first++));
    this.#members.forEach((member, number) => {
      member.forEach((name, index) => this.#places.set(name, { member: number, index }));
    });
    const names = this.#members.flat().map(escaped).join('|');
    this.#cut = new RegExp(`(?<![\\w])(${names})(?![\\w])`);
  }

  keyOf(world: World, judged: unknown): StateKey {
    const parts = this.#partsOf(world, judged);
    return this.#keyUnder(parts, this.#order(parts));
  }

  /** Two members that the world tells apart, or null: to be asked about the beginning. */
  told(world: World, judged: unknown): string | null {
    const parts = this.#partsOf(world, judged);
    const same = this.#members.map((_, number) => number);
    const key = this.#keyUnder(parts, same);
    for (const members of this.#classes) {
      for (const [i, other] of members.slice(1).entries()) {
        const swapped = same.slice();
        const one = members[i] as number;
        [swapped[one], swapped[other]] = [other, one];
        const found = this.#keyUnder(parts, swapped);
        if (found.a === key.a && found.b === key.b) continue;
        return `${(this.#members[one] ?? []).join()} and ${(this.#members[other] ?? []).join()}`;
      }
    }
    return null;
  }

  /** By member: whose names it takes. */
  #order(parts: readonly Pieces[]): number[] {
    const signatures = this.#members.map(() => 0);
    const others = new Set<number>();
    for (const pieces of parts) {
      others.clear();
      for (let i = 1; i < pieces.length; i += 2) {
        others.add((this.#places.get(pieces[i] as string) as Place).member);
      }
      for (const member of others) {
        const text = this.#render(pieces, (place) =>
          place.member === member ? `*${place.index}` : `#${place.index}`,
        );
        const { a, b } = ofText(text);
        // a sum, exact in a double's 53 bits for as many parts as a world has
        (signatures[member] as number) += (a >>> 0) + (b >>> 12) / 2 ** 20;
      }
    }
    const order = this.#members.map((_, number) => number);
    for (const members of this.#classes) {
      const sorted = [...members].sort(
        (x, y) => (signatures[x] as number) - (signatures[y] as number) || x - y,
      );
      sorted.forEach((member, rank) => {
        order[member] = members[rank] as number;
      });
    }
    return order;
  }

  #keyUnder(parts: readonly Pieces[], order: readonly number[]): StateKey {
    let [a, b] = [0, 0];
    for (const pieces of parts) {
      const text = this.#render(
        pieces,
        ({ member, index }) => this.#members[order[member] as number]?.[index] ?? '',
      );
      const hash = ofText(text);
      a = (a + hash.a) | 0;
      b = (b + hash.b) | 0;
    }
    return { a, b };
  }

  #render(pieces: Pieces, nameOf: (place: Place) => string): string {
    if (pieces.length === 1) return pieces[0] as string;
    let text = '';
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i] as string;
      text += i % 2 === 0 ? piece : nameOf(this.#places.get(piece) as Place);
    }
    return text;
  }

  /** The world in parts small enough that most stay the same from step to step. */
  #partsOf({ actors, queues, timers, nowNs, shared }: World, judged: unknown): Pieces[] {
    const parts: Pieces[] = [];
    const add = (label: string, texts: readonly string[]): void => {
      for (const text of texts) parts.push(this.#piecesOf(`${label}${text}`));
    };
    for (const [id, state] of actors.entries()) {
      add(`actor ${id}`, this.#textsOf(state));
      if (hasStale(state)) {
        const stale = staleView(state.context as VmContext, shared);
        add(`stale ${id}`, this.#split(stale));
      }
    }
    for (const { key, mail } of queues) {
      mail.forEach(({ message }, i) => {
        add(`mail ${key} ${i}`, this.#textsOf(message));
      });
    }
    for (const { key, mail } of timers) add(`${key} ${mail.dueNs}`, this.#textsOf(mail.message));
    for (const [context, fences] of Object.entries(shared.fences)) {
      add(`fences ${context}`, this.#fencesOf(fences));
    }
    for (const [name, value] of Object.entries(shared)) {
      if (name !== 'fences' && name !== 'resvs') add(name, this.#textsOf(value as object));
    }
    add('resvs', this.#split(resvsView(shared)));
    add('nowNs', [String(nowNs)]);
    add('judged', this.#split(judged));
    return parts;
  }

  /**
   * A value as texts of which the order does not count. Members that bear a name of somebody's are texts of their own:
   * within one text they would come in the order of those names.
   */
  #split(value: unknown): readonly string[] {
    const apart: string[] = [];
    const visit = (at: string, each: unknown): unknown => {
      if (Array.isArray(each)) return each.map((item, i) => visit(`${at}.${i}`, item));
      if (each === null || typeof each !== 'object' || !isPlain(each)) return each;
      const kept: Record<string, unknown> = {};
      for (const [name, member] of Object.entries(each)) {
        const inner = visit(`${at}.${name}`, member);
        if (this.#cut.test(name)) apart.push(`${at}.${name}=${canonical(inner)}`);
        else kept[name] = inner;
      }
      return kept;
    };
    const rest = visit('', value);
    return [`=${canonical(rest)}`, ...apart];
  }

  #piecesOf(text: string): Pieces {
    const known = this.#pieces.get(text);
    if (known !== undefined) return known;
    const made = text.split(this.#cut);
    this.#pieces.set(text, made);
    return made;
  }

  #textsOf(value: object): readonly string[] {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const isVm = 'machine' in value && value.machine === 'vm';
    const made = this.#split(isVm ? withoutStale(value as never) : value);
    this.#known.set(value, made);
    return made;
  }

  #fencesOf(fences: OrderedMap<Fence>): readonly string[] {
    const known = this.#known.get(fences);
    if (known !== undefined) return known;
    const made = [canonical(fencesView(fences))];
    this.#known.set(fences, made);
    return made;
  }
}

/** While a VM closes, the lists count as they are; {@link hasStale} says so. */
function withoutStale(state: { machine: string; value: string; context: VmContext }): unknown {
  if (!hasStale(state)) return state;
  return { ...state, context: without(state.context, STALE) };
}
