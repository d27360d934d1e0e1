/**
 * The ordered map beside two from npm, on 200,000 keys: insertion in random order, look-up of the
 * greatest key at or below, ranges of 100, and one edit a version with every version kept.
 */
import { OrderedMap } from '../domain/ordered-map.ts';
import { isMain, line, measure, perSecond, randomInts, type Figure } from './measure.ts';
import { emptyBTree, emptyRbTree } from './peer-maps.ts';

const N = 200_000;
const LOOKS = 200_000;
const RANGES = 2_000;
const RANGE_ITEMS = 100;
const VERSIONS = 20_000;

/** What each map has to do. */
interface Contender {
  readonly name: string;
  /** Inserts the keys; the map is kept for the rest. */
  build(keys: readonly number[]): void;
  floor(k: number): unknown;
  /** Visits `RANGE_ITEMS` entries from `k` on; returns how many there were. */
  range(k: number): number;
  /** Sets a key in a new version, and returns that. */
  version(k: number, value: number): unknown;
}

function ours(): Contender {
  let map = OrderedMap.empty<number>();
  let at = map;
  return {
    name: 'OrderedMap',
    build: (keys) => {
      const editor = OrderedMap.empty<number>().mutable();
      for (const k of keys) editor.set(k, k);
      at = map = editor.freeze();
    },
    floor: (k) => map.floor(k),
    range: (k) => {
      let seen = 0;
      map.visit(k, Infinity, () => (seen += 1) < RANGE_ITEMS);
      return seen;
    },
    version: (k, value) => (at = at.set(k, value)),
  };
}

function sortedBtree(): Contender {
  let map = emptyBTree<number>();
  let at = map;
  return {
    name: 'sorted-btree',
    build: (keys) => {
      map = emptyBTree<number>();
      for (const k of keys) map.set(k, k);
      at = map;
    },
    floor: (k) => map.getPairOrNextLower(k),
    range: (k) => {
      let seen = 0;
      map.forRange(k, Infinity, false, () =>
        (seen += 1) < RANGE_ITEMS ? undefined : { break: true },
      );
      return seen;
    },
    version: (k, value) => {
      at = at.clone();
      at.set(k, value);
      return at;
    },
  };
}

function redBlackTree(): Contender {
  let map = emptyRbTree<number>();
  let at = map;
  return {
    name: 'functional-red-black-tree',
    build: (keys) => {
      map = emptyRbTree<number>();
      for (const k of keys) map = map.insert(k, k);
      at = map;
    },
    floor: (k) => map.le(k),
    range: (k) => {
      let seen = 0;
      map.forEach(() => (seen += 1) >= RANGE_ITEMS, k, Infinity);
      return seen;
    },
    version: (k, value) => (at = at.remove(k).insert(k, value)),
  };
}

/** Keys all over the page numbers of a 48-bit space, all different. */
function randomKeys(): number[] {
  const random = randomInts(5);
  const keys = new Set<number>();
  while (keys.size < N) keys.add(random(2 ** 16) * 2 ** 20 + random(2 ** 20));
  return [...keys];
}

function figuresOf(map: Contender, keys: readonly number[]): Figure[] {
  const random = randomInts(6);
  const someKey = (): number => keys[random(N)] as number;
  return [
    measure(`${map.name}: insert`, () => perSecond(N, () => map.build(keys))),
    measure(`${map.name}: greatest at or below`, () => {
      const looks = Array.from({ length: LOOKS }, () => someKey() + 1);
      return perSecond(LOOKS, () => looks.forEach((k) => map.floor(k)));
    }),
    measure(`${map.name}: items of ranges of ${RANGE_ITEMS}`, () => {
      const starts = Array.from({ length: RANGES }, someKey);
      return perSecond(RANGES * RANGE_ITEMS, () => starts.forEach((k) => map.range(k)));
    }),
    measure(`${map.name}: versions of one edit, all kept`, () => {
      const edits = Array.from({ length: VERSIONS }, someKey);
      const kept: unknown[] = [];
      return perSecond(VERSIONS, () => edits.forEach((k, i) => kept.push(map.version(k, i))));
    }),
  ];
}

export async function run(print: (text: string) => void = () => undefined): Promise<Figure[]> {
  const keys = randomKeys();
  const figures = [ours(), sortedBtree(), redBlackTree()].flatMap((map) => {
    const some = figuresOf(map, keys);
    some.map(line).forEach(print);
    return some;
  });
  return Promise.resolve(figures);
}

if (isMain(import.meta.url)) await run((text) => process.stdout.write(`${text}\n`));
