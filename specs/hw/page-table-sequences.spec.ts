/**
 * Random sequences of binds, unbinds, rebinds and zaps of disjoint VMAs, on 48- and 57-bit trees,
 * with compact tables and scratch pages. Fewer than soak.ts does, but looked at more closely and
 * shrunk when they fail. The hardware's tables come from nothing but the staged facts, and after
 * each step they must translate exactly what is bound; on the way there no other VMA may notice.
 */
import fc from 'fast-check';
import { DEFAULT_FLAVOUR } from '../../hw/flavour.ts';
import type { Mapping } from '../../hw/leaf-rule.ts';
import { spacePages } from '../../hw/levels.ts';
import { allocateTable, freeTable, walk, writeEntries } from '../../hw/page-tables.ts';
import type { Tables } from '../../hw/page-tables.ts';
import { stageBind } from '../../hw/pt-bind.ts';
import { tablesOf, type NewTable, type TableUpdate } from '../../hw/pt-tree.ts';
import { stageUnbind } from '../../hw/pt-unbind.ts';
import { stageZap } from '../../hw/pt-zap.ts';
import { liveFaults, shapeFaults, unreachedTables } from '../../hw/shape-check.ts';
import { compareMappings } from '../../hw/tables-check.ts';
import { newRig, rootOf, SCRATCH, type Rig } from './rig.ts';

const M2 = 512;
const G1 = 2 ** 18;

interface Shape {
  readonly zone: number;
  readonly offset: number;
  readonly range: number;
  readonly backing: Mapping['backing'];
  readonly readOnly: boolean;
}

type Command =
  | { readonly kind: 'bind'; readonly shape: Shape }
  | { readonly kind: 'unbind'; readonly pick: number }
  | { readonly kind: 'zap'; readonly pick: number }
  | { readonly kind: 'rebind'; readonly pick: number; readonly shape: Shape };

interface State {
  readonly rig: Rig;
  readonly bound: readonly Mapping[];
}

const nullBacking = fc.constant<Mapping['backing']>({ kind: 'null' });
/** Memory whose place is congruent to the address modulo `step` pages, or with 1 anywhere. */
const physical = (step: number): fc.Arbitrary<Mapping['backing']> =>
  fc
    .record({ n: fc.nat(2 ** 20), vram: fc.boolean() })
    .map(({ n, vram }) => ({ kind: 'physical', pfn: 2 ** 30 + n * step, vram }));

const shapeOf = (
  offset: fc.Arbitrary<number>,
  range: fc.Arbitrary<number>,
  backing: fc.Arbitrary<Mapping['backing']>,
): fc.Arbitrary<Shape> =>
  fc.record({ zone: fc.nat(5), offset, range, backing, readOnly: fc.boolean() });

const near = fc.integer({ min: 0, max: 3 * M2 });
const pages = fc.integer({ min: 1, max: 40 });
const shape = fc.oneof(
  { weight: 4, arbitrary: shapeOf(near, pages, fc.oneof(nullBacking, physical(1))) },
  { weight: 3, arbitrary: shapeOf(near, fc.integer({ min: 1, max: 3 * M2 }), nullBacking) },
  { weight: 2, arbitrary: shapeOf(near, fc.integer({ min: 1, max: 3 * M2 }), physical(M2)) },
  {
    weight: 2,
    arbitrary: shapeOf(
      fc.nat(3).map((n) => n * M2),
      fc.integer({ min: 1, max: 4 }).map((n) => n * M2),
      fc.oneof(nullBacking, physical(M2), physical(16)),
    ),
  },
  {
    weight: 1,
    arbitrary: shapeOf(
      fc.nat(2).map((n) => n * G1),
      fc.integer({ min: 1, max: 3 }).map((n) => n * G1 - (n % 3)),
      fc.oneof(nullBacking, physical(G1), physical(M2)),
    ),
  },
  { weight: 1, arbitrary: shapeOf(near, fc.integer({ min: G1, max: 80 * G1 }), nullBacking) },
);

const pick = fc.nat(1000);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('bind' as const), shape }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('unbind' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebind' as const), pick, shape }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('zap' as const), pick }) },
);

/** Where VMAs gather: at the ends of the space and around borders of each level. */
function mappingOf({ zone, offset, range, backing, readOnly }: Shape, levels: number): Mapping {
  const space = spacePages(levels);
  const zones = [0, M2 - 20, G1 - M2, 512 * G1 - M2, space - 4 * G1, space - offset - range];
  const addr = (zones[zone] ?? 0) + (zone === 5 ? 0 : offset);
  if (backing.kind === 'null') return { addr, range, backing, readOnly };
  const pfn = backing.pfn + (addr % M2);
  return { addr, range, backing: { ...backing, pfn }, readOnly };
}

const fits = (m: Mapping, bound: readonly Mapping[], levels: number): boolean =>
  m.addr >= 0 &&
  m.addr + m.range <= spacePages(levels) &&
  bound.every((b) => b.addr + b.range <= m.addr || m.addr + m.range <= b.addr);

const inside = (m: Mapping, addr: number): boolean => m.addr <= addr && addr < m.addr + m.range;

interface Staged {
  readonly newTables?: readonly NewTable[];
  readonly updates: readonly TableUpdate[];
  readonly freed?: readonly number[];
}

/** Folds the staged facts one by one and looks at the tables between any two of them. */
function fold(rig: Rig, staged: Staged, target: Mapping, others: readonly Mapping[]): Tables {
  const root = rootOf(rig);
  const { newTables = [], updates, freed = [] } = staged;
  let tables = newTables.reduce(allocateTable, rig.tables);
  const perLevel = updates.map(({ level }) => updates.filter((u) => u.level === level).length);
  expect(Math.max(...perLevel)).toBeLessThanOrEqual(2);
  expect(updates.filter(({ level }) => level === root.levels - 1).length).toBeLessThanOrEqual(1);
  for (const update of updates) {
    expect(rig.tables.pages.has(update.table)).toBe(true);
    expect(update.runs.reduce((sum, run) => sum + run.count, 0)).toBe(update.count);
    tables = writeEntries(tables, update);
    const strays = compareMappings(tables, root, others).filter(
      (d) => d.kind !== 'unexpected' || !inside(target, d.addr),
    );
    expect(strays).toEqual([]);
  }
  return freed.reduce(freeTable, tables);
}

function bindStep({ rig, bound }: State, m: Mapping): State {
  const staged = stageBind(rig.tree, rig.alloc, m);
  const waiting = staged.newTables.reduce(allocateTable, rig.tables);
  expect(compareMappings(waiting, rootOf(rig), bound)).toEqual([]);
  const tables = fold(rig, staged, m, bound);
  return { rig: { tree: staged.tree, alloc: staged.alloc, tables }, bound: [...bound, m] };
}

function unbindStep({ rig, bound }: State, m: Mapping): State {
  const others = bound.filter((b) => b !== m);
  const staged = stageUnbind(rig.tree, m);
  const tables = fold(rig, staged, m, others);
  return { rig: { ...rig, tree: staged.tree, tables }, bound: others };
}

function rebindStep({ rig, bound }: State, m: Mapping, next: Mapping): State {
  const others = bound.filter((b) => b !== m);
  const staged = stageBind(rig.tree, rig.alloc, { ...next, rebind: true });
  const tables = fold(rig, staged, next, others);
  return { rig: { tree: staged.tree, alloc: staged.alloc, tables }, bound: [...others, next] };
}

/** A zap, and the fault that binds again. */
function zapStep(state: State, m: Mapping): State {
  const { rig, bound } = state;
  const others = bound.filter((b) => b !== m);
  // A VM with scratch pages is never in fault mode, the one that zaps.
  if (rig.tree.scratch !== undefined) return state;
  const tables = fold(rig, stageZap(rig.tree, m), m, others);
  expect(compareMappings(tables, rootOf(rig), others)).toEqual([]);
  return rebindStep({ rig: { ...rig, tables }, bound }, m, m);
}

/** Pages of interest looked up one by one, without the leaf rule. */
function checkPages({ rig, bound }: State): void {
  const { root, levels, scratch } = rootOf(rig);
  for (const { addr, range, backing, readOnly } of bound) {
    for (const at of [addr, addr + 1, addr + Math.floor(range / 2), addr + range - 1]) {
      if (at >= addr + range) continue;
      const found = walk(rig.tables, root, levels, at);
      const pfn = backing.kind === 'null' ? null : backing.pfn + (at - addr);
      expect(found).toMatchObject({ kind: 'leaf', pfn, writable: !readOnly });
    }
    for (const at of [addr - 1, addr + range]) {
      if (at < 0 || at >= spacePages(levels) || bound.some((b) => inside(b, at))) continue;
      const beyond = walk(rig.tables, root, levels, at);
      if (scratch === undefined) expect(beyond.kind).toBe('not-present');
      else expect(beyond).toMatchObject({ kind: 'leaf', pfn: scratch.pfn });
    }
  }
}

function check(state: State): void {
  const { rig, bound } = state;
  const root = rootOf(rig);
  expect(compareMappings(rig.tables, root, bound)).toEqual([]);
  expect(liveFaults(rig.tree, rig.tables)).toEqual([]);
  expect(shapeFaults(rig.tables, root)).toEqual([]);
  expect(unreachedTables(rig.tables, [root])).toEqual([]);
  checkPages(state);
}

function step(state: State, todo: Command, levels: number): State {
  if (todo.kind === 'bind') {
    const m = mappingOf(todo.shape, levels);
    return fits(m, state.bound, levels) ? bindStep(state, m) : state;
  }
  const m = state.bound[todo.pick % Math.max(state.bound.length, 1)];
  if (m === undefined) return state;
  if (todo.kind === 'unbind') return unbindStep(state, m);
  if (todo.kind === 'zap') return zapStep(state, m);
  const { backing, readOnly } = todo.shape;
  const small = m.range <= 4 * M2 || backing.kind === 'null';
  return rebindStep(state, m, small ? { ...m, backing, readOnly } : { ...m, readOnly });
}

const COMPACT = { ...DEFAULT_FLAVOUR, graphicsVer: 1250 };

test.each([
  ['48-bit', 4, {}],
  ['57-bit', 5, {}],
  ['48-bit, compact tables', 4, { flavour: COMPACT }],
  ['57-bit, compact tables, scratch', 5, { flavour: COMPACT, scratch: SCRATCH }],
] as const)('%s: hardware translates exactly what is bound', (_name, levels, options) => {
  const commands = fc.array(command, { minLength: 1, maxLength: 12 });
  let steps = 0;
  fc.assert(
    fc.property(commands, (todo) => {
      let state: State = { rig: newRig(levels, options), bound: [] };
      for (const one of todo) {
        const next = step(state, one, levels);
        if (next === state) continue;
        state = next;
        steps += 1;
        check(state);
      }
      for (const m of state.bound) state = unbindStep(state, m);
      check(state);
      const { tree, tables } = state.rig;
      expect(tablesOf(tree)).toEqual([rootOf(state.rig).root, ...(tree.scratch?.tables ?? [])]);
      expect(tables.pages.size).toBe(tablesOf(tree).length);
    }),
    { numRuns: 200, seed: levels },
  );
  expect(steps).toBeGreaterThan(600);
});
