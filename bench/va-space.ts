/**
 * Requests to map and unmap, a second: the op list and its application, on spaces of 10^3 to 10^6
 * mappings.
 *
 * Two ways. `in place`: nobody holds an older version, so the editor works on its own nodes. `every
 * version kept`: each request gives a new space, and all of them stay. The requests are half maps,
 * half unmaps, of 1 to 16 pages anywhere; a mapping is 1 to 16 pages of one of n/64 objects, about
 * every other one has a gap behind it. Beside it the same op lists and object lists over two
 * ordered maps from npm in the place of ours (functional-red-black-tree only up to 10^5: it builds
 * slowly).
 */
import { NO_GEM_LISTS, type GemListsEditor } from '../domain/va/gem-lists.ts';
import { PLAIN, type Mapping, type MapRequest } from '../domain/va/mapping.ts';
import { applyOps, applyOpsTo, type IdSource, type Op } from '../domain/va/ops.ts';
import { refused, type OrErrno } from '../domain/va/result.ts';
import { mapOps, unmapOps } from '../domain/va/split-merge.ts';
import { editVaSpace, type VaSpaceEditor } from '../domain/va/va-space-editor.ts';
import { createVaSpace, type VaSpace, type VaView } from '../domain/va/va-space.ts';
import { isMain, line, measure, perSecond, randomInts, type Figure } from './measure.ts';
import { BTreeMap, RbTreeMap, type PeerMap } from './peer-maps.ts';

const SIZES = [1e3, 1e4, 1e5, 1e6];
const PEER_SIZES = [1e3, 1e5, 1e6];
/** Requests in one run. */
const IN_PLACE = 150_000;
const KEPT = 10_000;
/** Requests a second. */
const TARGETS = { inPlace: 150_000, kept: 40_000, growth: 5 };

const EMPTY: VaSpace = createVaSpace({
  name: 'bench',
  start: 0,
  range: 2 ** 45,
  reserved: null,
  semantics: 'gpuvm-6.18',
});

interface Load {
  readonly mappings: Mapping[];
  /** Where the last mapping ends: requests go anywhere below. */
  readonly end: number;
  readonly objs: string[];
}

type Asked = { readonly map: MapRequest } | { readonly addr: number; readonly range: number };

function loadOf(n: number): Load {
  const random = randomInts(1);
  const objs = Array.from({ length: Math.max(1, n >> 6) }, (_, i) => `bo-${i}`);
  const mappings: Mapping[] = [];
  let addr = 16;
  for (let id = 1; id <= n; id += 1) {
    const range = 1 + random(16);
    const obj = objs[random(objs.length)] as string;
    mappings.push({ id, addr, range, obj, offset: random(1000), repeat: null, attrs: PLAIN });
    addr += range + random(2) * random(8);
  }
  return { mappings, end: addr, objs };
}

function requestsOn({ end, objs }: Load, count: number, seed: number): Asked[] {
  const random = randomInts(seed);
  return Array.from({ length: count }, (_, i) => {
    const at = { addr: random(end), range: 1 + random(16) };
    const obj = objs[random(objs.length)] as string;
    return i % 2 === 0 ? { map: { ...at, obj, offset: random(1000), attrs: PLAIN } } : at;
  });
}

function must<T extends object>(result: OrErrno<T>): T {
  if (refused(result)) throw new RangeError(`refused: ${result}`);
  return result;
}

const opsOf = (view: VaView, asked: Asked): Op[] =>
  must('map' in asked ? mapOps(view, asked.map) : unmapOps(view, asked.addr, asked.range));

function editorOf({ mappings }: Load): VaSpaceEditor {
  const editor = editVaSpace(EMPTY);
  for (const mapping of mappings) {
    if (editor.insert(mapping) !== 0) throw new RangeError('the load does not fit');
    editor.link(mapping);
  }
  return editor;
}

/** Each run goes on where the last one stopped, on the same editor, with requests of its own. */
function inPlace(load: Load): Figure {
  const editor = editorOf(load);
  const ids: IdSource = { next: load.mappings.length + 1 };
  let seed = 100;
  return measure(`${load.mappings.length} mappings, in place`, () => {
    const requests = requestsOn(load, IN_PLACE, (seed += 1));
    return perSecond(IN_PLACE, () => {
      for (const asked of requests) {
        if (applyOpsTo(editor, opsOf(editor, asked), ids) !== 0) throw new RangeError('failed');
      }
    });
  });
}

function everyVersion(load: Load): Figure {
  const space = editorOf(load).freeze();
  const requests = requestsOn(load, KEPT, 2);
  return measure(`${load.mappings.length} mappings, every version kept`, () => {
    let at = { space, nextId: load.mappings.length + 1 };
    const kept: VaSpace[] = [];
    return perSecond(KEPT, () => {
      for (const asked of requests) {
        at = must(applyOps(at.space, opsOf(at.space, asked), at.nextId));
        kept.push(at.space);
      }
    });
  });
}

/** The same over another ordered map. */
class PeerSpace implements VaView {
  readonly config = EMPTY.config;
  readonly regions = null;
  readonly mappings: PeerMap<Mapping>;
  readonly gems: GemListsEditor = NO_GEM_LISTS.mutable();
  #nextId: number;

  constructor(mappings: PeerMap<Mapping>, load: Load) {
    this.mappings = mappings;
    this.#nextId = load.mappings.length + 1;
    for (const mapping of load.mappings) {
      mappings.set(mapping.addr, mapping);
      this.gems.link(mapping);
    }
  }

  apply(ops: readonly Op[]): void {
    for (const op of ops) {
      if (op.op === 'unmap' || op.op === 'remap') {
        if (op.op === 'unmap' || op.prev === null) this.mappings.delete(op.unmap.addr);
        this.gems.unlink(op.unmap);
      }
      if (op.op === 'map') this.#put(op.map);
      if (op.op === 'remap' && op.prev !== null) this.#put(op.prev);
      if (op.op === 'remap' && op.next !== null) this.#put(op.next);
    }
  }

  #put(piece: Mapping): void {
    const mapping = { ...piece, id: this.#nextId++ };
    this.mappings.set(mapping.addr, mapping);
    this.gems.link(mapping);
  }
}

function peer(
  name: string,
  map: PeerMap<Mapping>,
  load: Load,
  count: number,
  keeps: boolean,
): Figure {
  const space = new PeerSpace(map, load);
  let seed = 100;
  return measure(`${load.mappings.length} mappings, ${name}`, () => {
    const requests = requestsOn(load, count, (seed += 1));
    const kept: unknown[] = [];
    return perSecond(count, () => {
      for (const asked of requests) {
        space.apply(opsOf(space, asked));
        if (keeps) kept.push(map.keep(), space.gems.freeze());
      }
    });
  });
}

function peersOf(load: Load): (() => Figure)[] {
  const peers = [
    () => peer('in place, sorted-btree', new BTreeMap(), load, IN_PLACE / 3, false),
    () => peer('every version kept, sorted-btree', new BTreeMap(), load, KEPT, true),
  ];
  if (load.mappings.length > 1e5) return peers;
  const rb = () => peer('every version kept, red-black tree', new RbTreeMap(), load, KEPT, true);
  return [...peers, rb];
}

function verdicts(figures: readonly Figure[]): string[] {
  const median = (start: string): number => figures.find((f) => f.name === start)?.median ?? 0;
  const [first, last] = [SIZES[0], SIZES.at(-1)];
  const [small, large] = [
    median(`${first} mappings, in place`),
    median(`${last} mappings, in place`),
  ];
  const kept = median(`${last} mappings, every version kept`);
  const growth = small / large;
  const say = (what: string, isMet: boolean): string => `${isMet ? 'met   ' : 'MISSED'} ${what}`;
  return [
    say(`at least ${TARGETS.inPlace}/s in place at ${last}`, large >= TARGETS.inPlace),
    say(`at least ${TARGETS.kept}/s at ${last} with every version kept`, kept >= TARGETS.kept),
    say(
      `at most ${TARGETS.growth} times the time at ${last} as at ${first}: ${growth.toFixed(1)}`,
      growth <= TARGETS.growth,
    ),
  ];
}

export async function run(print: (text: string) => void = () => undefined): Promise<Figure[]> {
  const figures: Figure[] = [];
  const note = (figure: Figure): void => {
    figures.push(figure);
    print(line(figure));
  };
  for (const n of SIZES) note(inPlace(loadOf(n)));
  for (const n of SIZES) note(everyVersion(loadOf(n)));
  verdicts(figures).forEach(print);
  // The others last: once a call has met five kinds of map it is slower for all of them.
  for (const n of PEER_SIZES) for (const peerOn of peersOf(loadOf(n))) note(peerOn());
  return Promise.resolve(figures);
}

if (isMain(import.meta.url)) await run((text) => process.stdout.write(`${text}\n`));
