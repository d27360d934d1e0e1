/** The state hash: the same for the same state however it is held, another for every other state. */
import { OrderedMap } from '../../../domain/ordered-map.ts';
import type { Fact } from '../../../domain/facts/schema.ts';
import { foldShared } from '../../../machines/shared/fold.ts';
import { SharedReader } from '../../../machines/shared/reader.ts';
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
    if (isRich && record.seq > 60) return withEverything(viewsOfWorld(world));
  }
  throw new RangeError('no rich state');
}

/** With a few of each kind of shared object that this run does not make. */
function withEverything(views: Views): Views {
  const { shared } = views;
  const area = { range: 4, phys: new SharedReader(shared, null).physFor('system', 4) };
  const [fence = ''] = Object.values(shared.fences).flatMap((each) =>
    [...each.values()].flatMap(({ key, result }) => (result === null ? [key] : [])),
  );
  const [vm = ''] = Object.keys(shared.vms);
  const [bo = ''] = Object.keys(shared.bos);
  const facts: Fact[] = [
    { type: 'userptr.created', userptr: 'u0', ptr: 7, ...area },
    { type: 'userptr.created', userptr: 'u1', ptr: 17, range: 4, phys: area.phys + 4 },
    { type: 'userptr.invalidating', userptr: 'u1', seq: 2 },
    { type: 'queue.created', queue: 'q0', vm, gt: 'gt0', kind: 'exec' },
    { type: 'queue.created', queue: 'q1', vm, gt: 'gt1', kind: 'bind' },
    { type: 'queue.banned', queue: 'q1' },
    { type: 'resv.added', resv: vm, fence, usage: 'bookkeep' },
    { type: 'resv.added', resv: bo, fence, usage: 'kernel' },
    { type: 'lock.taken', lock: vm, by: 'app' },
    { type: 'lock.taken', lock: bo, by: 'app' },
    { type: 'wait.began', on: `lock:${vm}`, by: 'other' },
    { type: 'wait.began', on: `lock:${vm}`, by: 'third' },
    { type: 'ufence.written', at: '0x1000', value: '0x5' },
    { type: 'ref.taken', of: bo, by: 'app' },
    { type: 'ref.taken', of: 'x', by: 'app' },
    { type: 'fence.enabled', fence },
    { type: 'vma.evicted', vm, va: 1 },
    { type: 'vm.errored', vm, call: 1, index: 0, op: 'map', addr: 0, range: 1, error: -12 },
  ];
  return { ...views, shared: facts.reduce(foldShared, shared) };
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

/** Shared objects by name: each may also be missing. */
const NAMED =
  /^shared\.(bos|syncobjs|roots|asids|vms|links|userptrs|queues|resvs|locks|sleepers|userMemory|refs|fences)$/;

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
      const others = Object.entries(value).filter(([each]) => each !== key);
      if (NAMED.test(path)) yield [`${path}.${key} missing`, Object.fromEntries(others)];
      for (const [at, changed] of variants(member, `${path}.${key}`)) {
        yield [at, { ...value, [key]: changed }];
      }
    }
    return;
  }
  yield [path, other(value as Leaf)];
}

/** The views without their page tables, whose slots are not plain, and without `areas`, an index of the userptrs. */
function plainVariants(): [string, Views][] {
  const { shared, spaces, states } = views;
  const { tables, tlbs, areas, ...rest } = shared;
  const made: [string, Views][] = [];
  for (const [at, changed] of variants(states, 'states')) {
    made.push([at, { ...views, states: changed as Views['states'] }]);
  }
  for (const [at, changed] of variants(spaces, 'spaces')) {
    made.push([at, { ...views, spaces: changed as Views['spaces'] }]);
  }
  for (const [at, changed] of variants(rest, 'shared')) {
    made.push([at, { ...views, shared: { ...(changed as typeof shared), tables, tlbs, areas } }]);
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

test('nothing is empty in the state that is varied, so no kind of object is left out', () => {
  for (const [kind, value] of Object.entries(views.shared)) {
    expect([kind, Object.keys(value as object).length > 0]).toEqual([kind, true]);
  }
});

test('another state has another digest: whatever leaf changes, whatever entry is missing', () => {
  const made = plainVariants();
  expect(made.length).toBeGreaterThan(300);
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
  const links = Object.entries(shared.links).map(([bo, each]) => [bo, rebuilt(each)] as const);
  const vms = Object.entries(shared.vms).map(([vm, each]) => [vm, turned(each as never)] as const);
  const same: Views = {
    states: turned(states),
    spaces: turned(spaces),
    shared: {
      ...shared,
      bos: turned(shared.bos),
      syncobjs: turned(shared.syncobjs),
      roots: turned(shared.roots),
      asids: turned(shared.asids),
      vms: turned(Object.fromEntries(vms) as never),
      links: turned(Object.fromEntries(links)),
      userptrs: turned(shared.userptrs),
      queues: turned(shared.queues),
      resvs: turned(shared.resvs),
      locks: turned(shared.locks),
      sleepers: turned(shared.sleepers),
      userMemory: turned(shared.userMemory),
      refs: turned(shared.refs),
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
