/** The state hash: the same for the same state however it is held, another for every other state. */
import { OrderedMap } from '../../../domain/ordered-map.ts';
import { digestOf } from '../../../streams/replay/digest.ts';
import { viewsOfWorld, type Views } from '../../../streams/replay/views.ts';
import { stepsOf } from '../../rig/runs.ts';
import { SCENARIOS } from '../../rig/scenarios.ts';

/** A state with something of everything in it, in the middle of a run. */
function richViews(): Views {
  const named = SCENARIOS.find(({ name }) => name === 'two-gts');
  if (named === undefined) throw new RangeError('no scenario two-gts');
  for (const { world, record } of stepsOf({ ...named, chooser: 'time', seed: '0x1' })) {
    const isRich = Object.values(world.shared.fences).some((fences) =>
      [...fences.values()].some(({ waiters, parts }) => waiters.length > 0 && parts.length > 0),
    );
    if (isRich && record.seq > 60) return viewsOfWorld(world);
  }
  throw new RangeError('no rich state');
}
const views = richViews();
const digest = digestOf(views);

type Leaf = string | number | boolean | null;
const other = (value: Leaf): Leaf =>
  typeof value === 'number'
    ? value + 1
    : typeof value === 'boolean'
      ? !value
      : value === null
        ? 0
        : `${value}x`;

/** Members that are worked out from others, or that the digest leaves out on purpose. */
const DERIVED =
  /\.(gems|regions|reserved|arrays|pendingError)\b|\.config\.name$|^\.spaces\.\w+\.mappings\.\d+\.attrs$/;

/** Every copy of `value` in which one leaf differs, or one entry is missing, with the path of it. */
function* variants(value: unknown, path: string): Generator<[string, unknown]> {
  if (DERIVED.test(path)) return;
  if (value instanceof OrderedMap) {
    const map = value as OrderedMap<unknown>;
    for (const { key, value: member } of map.entries()) {
      yield [`${path}.${key} missing`, map.delete(key)];
      for (const [at, changed] of variants(member, `${path}.${key}`)) {
        yield [at, map.set(key, changed)];
      }
    }
    return;
  }
  if (Array.isArray(value)) {
    const list = value as unknown[];
    for (const [i, member] of list.entries()) {
      for (const [at, changed] of variants(member, `${path}.${i}`)) {
        yield [at, list.with(i, changed)];
      }
    }
    if (list.length > 0) yield [`${path} shorter`, list.slice(1)];
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      for (const [at, changed] of variants(member, `${path}.${key}`)) {
        yield [at, { ...value, [key]: changed }];
      }
    }
    return;
  }
  yield [path, other(value as Leaf)];
}

/** The views without their page tables, whose slots are not plain, and without indices of chunks. */
function plainVariants(): [string, Views][] {
  const { shared, spaces, states } = views;
  const { tables, tlbs, ...rest } = shared;
  const made: [string, Views][] = [];
  for (const [at, changed] of variants(states, 'states')) {
    made.push([at, { ...views, states: changed as Views['states'] }]);
  }
  for (const [at, changed] of variants(spaces, 'spaces')) {
    made.push([at, { ...views, spaces: changed as Views['spaces'] }]);
  }
  for (const [at, changed] of variants(rest, 'shared')) {
    made.push([at, { ...views, shared: { ...(changed as typeof shared), tables, tlbs } }]);
  }
  for (const { key, value } of tables.pages.entries()) {
    const pages = [
      ['missing', tables.pages.delete(key)],
      ['level', tables.pages.set(key, { ...value, level: value.level + 1 })],
    ] as const;
    for (const [what, each] of pages) {
      made.push([
        `table ${key} ${what}`,
        { ...views, shared: { ...shared, tables: { pages: each } } },
      ]);
    }
  }
  return made;
}

test('another state has another digest: whatever leaf changes, whatever entry is missing', () => {
  const made = plainVariants();
  expect(made.length).toBeGreaterThan(150);
  const unseen = made.filter(([, each]) => digestOf(each) === digest).map(([at]) => at);
  expect(unseen).toEqual([]);
});

test('every variant has a digest of its own, too', () => {
  const digests = plainVariants().map(([, each]) => digestOf(each));
  expect(new Set(digests).size).toBeGreaterThan(0.98 * digests.length);
});

test('the order of record members and the history of maps do not matter', () => {
  const { shared, spaces, states } = views;
  const turned = <V>(record: Readonly<Record<string, V>>): Record<string, V> =>
    Object.fromEntries(Object.entries(record).reverse());
  const rebuilt = <V>(map: OrderedMap<V>): OrderedMap<V> =>
    OrderedMap.from([...map.entries()].reverse().map(({ key, value }) => [key, value] as const));
  const fences = Object.fromEntries(
    Object.entries(shared.fences).map(([context, each]) => [context, rebuilt(each)]),
  );
  const same: Views = {
    states: turned(states),
    spaces: turned(spaces),
    shared: {
      ...shared,
      bos: turned(shared.bos),
      syncobjs: turned(shared.syncobjs),
      roots: turned(shared.roots),
      asids: turned(shared.asids),
      fences: turned(fences),
      memory: { words: rebuilt(shared.memory.words) },
      tables: { pages: rebuilt(shared.tables.pages) },
    },
  };
  expect(digestOf(same)).toBe(digest);
});

test('an access that fills a TLB, and an entry that is written, change the digest', () => {
  for (const { name, scenario } of SCENARIOS.filter((each) => /null|two/.test(each.name))) {
    for (const { before, world, record } of stepsOf({ scenario, chooser: 'time', seed: '0x1' })) {
      const types = record.facts.map(({ type }) => type);
      const counts = types.some((type) =>
        /^(tlb\.filled|pte\.written|memory\.written|fence\.|va\.|table\.)/.test(type),
      );
      const differs = digestOf(viewsOfWorld(before)) !== digestOf(viewsOfWorld(world));
      if (counts && !differs) expect([name, record.seq, types]).toBe('seen');
    }
  }
});
