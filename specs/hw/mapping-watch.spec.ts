/** The comparison that only looks at what changed gives the verdict of the full one. */
import fc from 'fast-check';
import { OrderedMap } from '../../domain/ordered-map.ts';
import { DEFAULT_FLAVOUR } from '../../hw/flavour.ts';
import type { Mapping } from '../../hw/leaf-rule.ts';
import { differencesOf, lookAgain, newWatch } from '../../hw/mapping-watch.ts';
import {
  allocateTable,
  freeTable,
  noTables,
  writeEntries,
  type Tables,
} from '../../hw/page-tables.ts';
import { stageBind } from '../../hw/pt-bind.ts';
import { encodeDirectory } from '../../hw/pte.ts';
import { stageUnbind } from '../../hw/pt-unbind.ts';
import { compareMappings } from '../../hw/tables-check.ts';
import { bind, mapping, newRig, NULL, rootOf, SCRATCH, system, unbind, type Rig } from './rig.ts';

const M2 = 512;
const itself = (each: Mapping): Mapping => each;
const asMap = (list: readonly Mapping[]) =>
  OrderedMap.from(list.map((each) => [each.addr, each] as const));

type Act =
  | { readonly kind: 'bind'; readonly addr: number; readonly range: number; readonly at: number }
  | { readonly kind: 'unbind' | 'lose' | 'invent' | 'free'; readonly pick: number }
  | { readonly kind: 'spoil'; readonly pick: number; readonly index: number; readonly pte: number };

const pick = fc.nat(50);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('bind' as const),
      addr: fc.nat(6 * M2),
      range: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 * M2 })),
      at: fc.nat(3),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('unbind' as const, 'unbind', 'lose', 'invent', 'free'),
      pick,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('spoil' as const),
      pick,
      index: fc.oneof(fc.nat(8), fc.nat(511)),
      pte: fc.oneof(
        fc.constantFrom(0, 0x203, 0x283, 0x303, 0x100010003),
        fc.nat(12).map((n) => encodeDirectory(2 ** 39 + n, n % 2 === 0 ? 'normal' : 'compact')),
      ),
    }),
  },
);

/** Tables and mappings after each fact of an act: what a monitor gets to see. */
interface Scene {
  readonly rig: Rig;
  readonly mappings: OrderedMap<Mapping>;
}

function* scenes(scene: Scene, todo: Act): Generator<Scene> {
  const { rig, mappings } = scene;
  const list = [...mappings.values()];
  const pages = [...rig.tables.pages.entries()];
  const chosen = todo.kind === 'bind' ? undefined : list[todo.pick % Math.max(list.length, 1)];
  const table = todo.kind === 'bind' ? 0 : (pages[todo.pick % Math.max(pages.length, 1)]?.key ?? 0);
  const with_ = (tables: Tables): Scene => ({ rig: { ...rig, tables }, mappings });
  if (todo.kind === 'spoil') {
    const { index } = todo;
    // A table at a wrong level makes millions of leaves of its scratch entries.
    const pte = rig.tree.scratch === undefined || todo.pte < 2 ** 40 ? todo.pte : 0x203;
    yield with_(writeEntries(rig.tables, { table, runs: [{ index, count: 1, pte, stride: 0 }] }));
  } else if (todo.kind === 'free') {
    if (table !== rig.tree.root.table) yield with_(freeTable(rig.tables, table));
  } else if (todo.kind === 'lose') {
    if (chosen !== undefined) yield { rig, mappings: mappings.delete(chosen.addr) };
  } else if (todo.kind === 'invent') {
    if (chosen === undefined) return;
    const other = { ...chosen, readOnly: !chosen.readOnly };
    yield { rig, mappings: mappings.set(chosen.addr, other) };
  } else yield* operation(scene, todo, chosen);
}

/** A bind or unbind fact by fact; what cannot be done to damaged tables is left out. */
function* operation(scene: Scene, todo: Act, chosen: Mapping | undefined): Generator<Scene> {
  const { rig } = scene;
  let { tables } = rig;
  let staged: ReturnType<typeof stageBind> | ReturnType<typeof stageUnbind>;
  let mappings = scene.mappings;
  try {
    if (todo.kind === 'bind') {
      const backing = todo.at === 0 ? NULL : system(0x10000 + todo.addr + (todo.at - 1) * 16);
      const request = { addr: todo.addr, range: todo.range, backing, readOnly: false };
      staged = stageBind(rig.tree, rig.alloc, request);
      mappings = mappings.set(request.addr, request);
    } else {
      if (chosen === undefined) return;
      staged = stageUnbind(rig.tree, chosen);
      mappings = mappings.delete(chosen.addr);
    }
  } catch {
    return;
  }
  const alloc = 'alloc' in staged ? staged.alloc : rig.alloc;
  const after = (): Scene => ({ rig: { tree: staged.tree, alloc, tables }, mappings });
  if ('newTables' in staged) tables = staged.newTables.reduce(allocateTable, tables);
  yield after();
  for (const update of staged.updates) {
    if (tables.pages.has(update.table)) tables = writeEntries(tables, update);
    yield after();
  }
  for (const page of staged.freed) if (tables.pages.has(page)) tables = freeTable(tables, page);
  yield after();
}

test.each([
  ['plain', {}],
  ['compact', { flavour: { ...DEFAULT_FLAVOUR, graphicsVer: 1255 } }],
  ['IPS', { flavour: { ...DEFAULT_FLAVOUR, ips: true } }],
  ['scratch', { scratch: SCRATCH }],
])('%s: after every fact, right or wrong, both name the same differences', (_name, options) => {
  let [right, wrong] = [0, 0];
  fc.assert(
    fc.property(fc.array(act, { maxLength: 14 }), fc.nat(2), (todo, skip) => {
      let scene: Scene = { rig: newRig(4, options), mappings: OrderedMap.empty() };
      const root = rootOf(scene.rig);
      let watch = newWatch<Mapping>(root);
      let count = 0;
      for (const one of todo) {
        for (const next of scenes(scene, one)) {
          scene = next;
          // A monitor need not look at every step.
          if (count++ % (skip + 1) !== 0) continue;
          const { tables } = scene.rig;
          watch = lookAgain(watch, { tables, mappings: scene.mappings, asMapping: itself });
          const full = compareMappings(tables, root, [...scene.mappings.values()]);
          expect(differencesOf(watch)).toEqual(full);
          if (full.length === 0) right += 1;
          else wrong += 1;
        }
      }
    }),
    { numRuns: 250, seed: 3 },
  );
  expect(Math.min(right, wrong)).toBeGreaterThan(300);
});

test('memory that moved under an unchanged mapping is looked at when told', () => {
  let pfn = 0x100;
  const asMapping = (each: Mapping): Mapping => ({ ...each, backing: system(pfn) });
  const request = mapping(0x5000, 0x7000, system(pfn));
  const { tables, tree } = bind(newRig(), request);
  const look = { tables, mappings: asMap([request]), asMapping };
  const watch = lookAgain(newWatch<Mapping>(rootOf({ tree } as Rig)), look);
  expect(differencesOf(watch)).toEqual([]);
  pfn = 0x200;
  const touched = [{ from: 5, to: 6 }];
  expect(differencesOf(lookAgain(watch, { ...look, touched }))).toHaveLength(2);
});

test('a look after a small change does not read the rest', () => {
  const many = Array.from({ length: 2000 }, (_, i) =>
    mapping(i * 0x5000, i * 0x5000 + 0x3000, NULL),
  );
  let rig = many.reduce<Rig>(bind, newRig());
  const root = rootOf(rig);
  let mappings = asMap(many);
  let watch = lookAgain(newWatch<Mapping>(root), {
    tables: rig.tables,
    mappings,
    asMapping: itself,
  });
  let looked = 0;
  const asMapping = (each: Mapping): Mapping => {
    looked += 1;
    return each;
  };
  for (const one of many.slice(1000, 1100)) {
    rig = unbind(rig, one);
    mappings = mappings.delete(one.addr);
    watch = lookAgain(watch, { tables: rig.tables, mappings, asMapping });
    expect(differencesOf(watch)).toEqual([]);
  }
  expect(looked).toBeLessThan(100 * 20);
});

test('no tables at all: every mapping is missing', () => {
  const request = mapping(0x1000, 0x3000, NULL);
  const look = { tables: noTables(), mappings: asMap([request]), asMapping: itself };
  expect(differencesOf(lookAgain(newWatch<Mapping>({ root: 7, levels: 4 }), look))).toEqual([
    { kind: 'missing', addr: 1, range: 2 },
  ]);
});
