/**
 * An immutable map with text keys: a trie over a hash of the key, eight ways wide. Setting a key copies the few small
 * nodes on its way; older versions never change. For what a run has many of and what comes and goes with nearly every
 * record (fences, jobs, calls); a handful is better off as a plain record.
 */
interface Pair<V> {
  readonly key: string;
  readonly hash: number;
  readonly value: V;
  /** another key of the same hash */
  readonly next: Pair<V> | null;
}
type Slot<V> = Node<V> | Pair<V> | null;
type Node<V> = readonly Slot<V>[];

const BITS = 3;
const MASK = 7;
const EMPTY_NODE: Node<never> = [null, null, null, null, null, null, null, null];

/** FNV-1a */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

const isNode = <V>(slot: Node<V> | Pair<V>): slot is Node<V> => Array.isArray(slot);

function found<V>(root: Node<V>, key: string): Pair<V> | null {
  const hash = hashOf(key);
  let at: Slot<V> = root;
  for (let shift = 0; at !== null && isNode(at); shift += BITS) {
    at = at[(hash >>> shift) & MASK] ?? null;
  }
  while (at !== null && at.key !== key) at = at.next;
  return at;
}

function without<V>(pair: Pair<V> | null, key: string): Pair<V> | null {
  if (pair === null || pair.key === key) return pair?.next ?? null;
  return { ...pair, next: without(pair.next, key) };
}

function withSlot<V>(node: Node<V>, index: number, slot: Slot<V>): Node<V> {
  const copy = node.slice();
  copy[index] = slot;
  return copy;
}

function put<V>(slot: Slot<V>, pair: Pair<V>, shift: number): Node<V> | Pair<V> {
  if (slot === null) return pair;
  if (isNode(slot)) {
    const index = (pair.hash >>> shift) & MASK;
    return withSlot(slot, index, put(slot[index] ?? null, pair, shift + BITS));
  }
  if (slot.hash === pair.hash) return { ...pair, next: without(slot, pair.key) };
  const apart = withSlot<V>(EMPTY_NODE, (slot.hash >>> shift) & MASK, slot);
  return put(apart, pair, shift);
}

/** The slot without a key that is in it; nodes that become empty go. */
function take<V>(slot: Slot<V>, key: string, hash: number, shift: number): Slot<V> {
  if (slot === null || !isNode(slot)) return without(slot, key);
  const index = (hash >>> shift) & MASK;
  const left = take(slot[index] ?? null, key, hash, shift + BITS);
  const node = withSlot(slot, index, left);
  return left === null && node.every((each) => each === null) ? null : node;
}

function* pairsOf<V>(slot: Slot<V>): Generator<readonly [string, V]> {
  if (slot === null) return;
  if (isNode(slot)) {
    for (const each of slot) yield* pairsOf(each);
    return;
  }
  for (let at: Pair<V> | null = slot; at !== null; at = at.next) yield [at.key, at.value];
}

/** Told of each key whose value is not the same, or that only one side has: `undefined` for the other. A key may come twice. */
export type OnChange<V> = (key: string, was: V | undefined, is: V | undefined) => void;

/** What differs between two slots at the same place; what both share is not looked at. */
function changes<V>(before: Slot<V>, after: Slot<V>, each: OnChange<V>): void {
  if (before === after) return;
  if (before !== null && after !== null) {
    if (isNode(before) && isNode(after)) {
      for (let i = 0; i <= MASK; i++) changes(before[i] ?? null, after[i] ?? null, each);
      return;
    }
    if (!isNode(before) && !isNode(after) && before.key === after.key) {
      if (before.next === after.next) {
        if (before.value !== after.value) each(after.key, before.value, after.value);
        return;
      }
    }
  }
  for (const [key, value] of pairsOf(before)) each(key, value, undefined);
  for (const [key, value] of pairsOf(after)) each(key, undefined, value);
}

export class KeyMap<V> {
  static readonly #none = new KeyMap<never>(EMPTY_NODE);
  readonly #root: Node<V>;

  private constructor(root: Node<V>) {
    this.#root = root;
  }

  static empty<V>(): KeyMap<V> {
    return KeyMap.#none;
  }

  get isEmpty(): boolean {
    return this.#root.every((slot) => slot === null);
  }

  get(key: string): V | undefined {
    return found(this.#root, key)?.value;
  }

  has(key: string): boolean {
    return found(this.#root, key) !== null;
  }

  set(key: string, value: V): KeyMap<V> {
    const pair = { key, hash: hashOf(key), value, next: null };
    return new KeyMap(put(this.#root, pair, 0) as Node<V>);
  }

  /** This very map if it has no such key. */
  delete(key: string): KeyMap<V> {
    if (!this.has(key)) return this;
    const root = take(this.#root, key, hashOf(key), 0) as Node<V> | null;
    return root === null ? KeyMap.empty() : new KeyMap(root);
  }

  /** In an order that means nothing, but is always the same for the same keys. */
  entries(): Generator<readonly [key: string, value: V]> {
    return pairsOf(this.#root);
  }

  /** What is not as it was in another version; costs what the two differ in. */
  visitChanges(before: KeyMap<V>, each: OnChange<V>): void {
    changes(before.#root, this.#root, each);
  }

  /** What JSON.stringify writes: pairs, by key. */
  toJSON(): (readonly [key: string, value: V])[] {
    return [...this.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
