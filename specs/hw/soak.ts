/**
 * Random sequences of binds, unbinds, rebinds, zaps and called-off binds on every flavour of page
 * tables, by the hundred thousand: after each step the hardware translates what is bound, the
 * driver's counts are the hardware's, and no table is lost. Everything comes from `seed`; what
 * fails names the sequence, and `soakSequence` runs that one alone.
 */
import { OrderedMap } from '../../domain/ordered-map.ts';
import { refused } from '../../domain/va/result.ts';
import { DEFAULT_FLAVOUR, FLAVOURS, type PtFlavour } from '../../hw/flavour.ts';
import type { Mapping } from '../../hw/leaf-rule.ts';
import { spacePages } from '../../hw/levels.ts';
import { differencesOf, lookAgain, newWatch, type MappingWatch } from '../../hw/mapping-watch.ts';
import { allocateTable, freeTable, writeEntries } from '../../hw/page-tables.ts';
import { abortBind } from '../../hw/pt-abort.ts';
import { tryStageBind } from '../../hw/pt-bind.ts';
import { type NewTable, tablesOf, type PtTreeOptions } from '../../hw/pt-tree.ts';
import { decodeEntry } from '../../hw/pte.ts';
import type { Run } from '../../hw/runs.ts';
import { stageUnbind } from '../../hw/pt-unbind.ts';
import { stageZap } from '../../hw/pt-zap.ts';
import { liveFaults, shapeFaults } from '../../hw/shape-check.ts';
import { compareMappings } from '../../hw/tables-check.ts';
import { applyBind, applyUnbind, newRig, rootOf, SCRATCH, type Rig } from './rig.ts';

const M2 = 512;
const G1 = 2 ** 18;

/** Every kind of device; each comes with 48 and 57 bits, with and without scratch pages. */
export const SOAK_FLAVOURS: readonly PtFlavour[] = [
  DEFAULT_FLAVOUR,
  { ...DEFAULT_FLAVOUR, graphicsVer: 1250 },
  { ...DEFAULT_FLAVOUR, ips: true, caching: 'pat-index' },
  { ...FLAVOURS.pvc, caching: 'pat-index' },
  FLAVOURS.dg2,
];

type Random = (below: number) => number;

/** A generator of whole numbers in 0 .. below - 1 (xorshift32; `below` up to 2^32). */
function randomOf(seed: number, sequence: number): Random {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(sequence + 1, 0x85ebca6b)) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state % below;
  };
}

/** What a run writes, in words: the level and size of its leaves, and NULL by its value. */
function kindOf({ level, layout }: NewTable, { pte }: Run): string | undefined {
  if (pte === 0) return undefined;
  const found = decodeEntry(pte, level);
  if (found.kind === 'directory') return found.layout === 'normal' ? undefined : found.layout;
  if (found.kind !== 'leaf') return undefined;
  if (found.pfn === null) return `NULL 0x${pte.toString(16)}`;
  if (layout === 'compact') return '64K leaf';
  return ['4K leaf', '2M leaf', '1G leaf'][level];
}

interface State {
  readonly written: Record<string, number>;
  rig: Rig;
  bound: OrderedMap<Mapping>;
  watch: MappingWatch<Mapping>;
}

/** What a soak has done. */
export interface Soaked {
  readonly sequences: number;
  readonly steps: number;
  /** Binds that a device refused because VRAM could not be mapped by 64K pages. */
  readonly refusals: number;
  /** Tables and leaves that were written, by kind: what the sequences have come to. */
  readonly written: Readonly<Record<string, number>>;
}

const itself = (each: Mapping): Mapping => each;

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

/** Sizes in pages: a few pages, up to some 2M, whole 2M, around 1G. */
function someRange(random: Random): number {
  const kind = random(20);
  if (kind < 9) return 1 + random(40);
  if (kind < 13) return 16 * (1 + random(40));
  if (kind < 17) return 1 + random(3 * M2);
  if (kind < 19) return M2 * (1 + random(4));
  return G1 * (1 + random(3)) - random(2);
}

/** Addresses gather at the ends of the space and around the borders of each level. */
function someAddr(random: Random, range: number, levels: number): number {
  const space = spacePages(levels);
  const step = pick(random, [1, 16, M2]);
  const near = random(3 * M2);
  const from = pick(random, [0, M2 - 32, G1 - M2, 512 * G1 - M2, space - 4 * G1, space - range]);
  return from + near - ((from + near) % step);
}

/** Small memory may be anywhere; that of a big mapping is aligned so that its tables are few. */
function someBacking(random: Random, addr: number, range: number): Mapping['backing'] {
  if (random(3) === 0) return { kind: 'null' };
  const step = pick(random, range > 8 * M2 ? [M2, G1, G1, G1] : [1, 16, 16, M2, M2]);
  const pfn = 2 ** 30 + random(2 ** 10) * step + (addr % step);
  return { kind: 'physical', pfn, vram: random(2) === 0 };
}

function someMapping(random: Random, levels: number): Mapping {
  const range = someRange(random);
  const addr = someAddr(random, range, levels);
  const backing = someBacking(random, addr, range);
  const cache = random(8) === 0 ? { cache: random(8) } : {};
  return { addr, range, backing, readOnly: random(4) === 0, ...cache };
}

function fits({ addr, range }: Mapping, { bound, rig }: State): boolean {
  const below = bound.lower(addr + range)?.value;
  const isFree = below === undefined || below.addr + below.range <= addr;
  return isFree && addr + range <= spacePages(rig.tree.levels);
}

function count({ written }: State, kind: string | undefined): void {
  if (kind !== undefined) written[kind] = (written[kind] ?? 0) + 1;
}

/** Binds, or calls it off, or finds that the device refuses; says which. */
function bind(state: State, mapping: Mapping, rebind: boolean, abort: boolean): boolean {
  const { rig } = state;
  const staged = tryStageBind(rig.tree, rig.alloc, { ...mapping, rebind });
  if (refused(staged)) return false;
  for (const table of [...staged.newTables, ...staged.updates]) {
    for (const run of table.runs) count(state, kindOf(table, run));
  }
  if (abort) {
    count(state, 'called off');
    const built = staged.newTables.reduce(allocateTable, rig.tables);
    const { freed, alloc } = abortBind(staged);
    state.rig = { ...rig, alloc, tables: freed.reduce(freeTable, built) };
    return true;
  }
  const tables = applyBind(rig.tables, staged);
  state.rig = { tree: staged.tree, alloc: staged.alloc, tables };
  state.bound = state.bound.set(mapping.addr, mapping);
  return true;
}

function unbind(state: State, mapping: Mapping): void {
  const { rig } = state;
  const staged = stageUnbind(rig.tree, mapping);
  state.rig = { ...rig, tree: staged.tree, tables: applyUnbind(rig.tables, staged) };
  state.bound = state.bound.delete(mapping.addr);
}

/** A zap and the fault that binds again; a scratch VM is never in fault mode. */
function zap(state: State, mapping: Mapping): void {
  const { rig } = state;
  if (rig.tree.scratch !== undefined) return;
  count(state, 'zapped');
  const tables = stageZap(rig.tree, mapping).updates.reduce(writeEntries, rig.tables);
  state.rig = { ...rig, tables };
  const mappings = state.bound.delete(mapping.addr);
  state.watch = lookAgain(state.watch, { tables, mappings, asMapping: itself });
  if (differencesOf(state.watch).length > 0)
    throw new Error('a zap cleared too little or too much');
  bind(state, mapping, true, false);
}

/** One random step; false when a device refused it. */
function step(random: Random, state: State): boolean {
  const { levels } = state.rig.tree;
  const kind = random(10);
  if (kind < 6 || state.bound.size === 0) {
    const mapping = someMapping(random, levels);
    return !fits(mapping, state) || bind(state, mapping, false, kind === 5);
  }
  const mapping = pick(random, [...state.bound.values()]);
  if (kind < 8) unbind(state, mapping);
  else if (kind < 9) zap(state, mapping);
  else {
    const backing = someBacking(random, mapping.addr, mapping.range);
    return bind(state, { ...mapping, backing }, true, random(4) === 0);
  }
  return true;
}

/** What is wrong after a step; the full comparison only where `full`. */
function faultsOf(state: State, full: boolean): unknown[] {
  const { rig, bound } = state;
  const look = { tables: rig.tables, mappings: bound, asMapping: itself };
  state.watch = lookAgain(state.watch, look);
  const faults: unknown[] = [...differencesOf(state.watch), ...liveFaults(rig.tree, rig.tables)];
  const known = tablesOf(rig.tree).length;
  if (rig.tables.pages.size !== known) faults.push({ tables: rig.tables.pages.size, known });
  if (!full) return faults;
  const root = rootOf(rig);
  const all = compareMappings(rig.tables, root, [...bound.values()]);
  return [...faults, ...all, ...shapeFaults(rig.tables, root)];
}

function optionsOf(sequence: number): { levels: number; options: PtTreeOptions } {
  const flavour = SOAK_FLAVOURS[sequence % SOAK_FLAVOURS.length] as PtFlavour;
  const variant = Math.floor(sequence / SOAK_FLAVOURS.length) % 4;
  const scratch = variant % 2 === 1 ? { scratch: SCRATCH } : {};
  return { levels: variant < 2 ? 4 : 5, options: { flavour, ...scratch } };
}

/** Runs one sequence. @throws Error that names the step, and what is wrong after it */
export function soakSequence(seed: number, sequence: number): Soaked {
  const random = randomOf(seed, sequence);
  const { levels, options } = optionsOf(sequence);
  const rig = newRig(levels, options);
  const state: State = {
    rig,
    bound: OrderedMap.empty(),
    watch: newWatch(rootOf(rig)),
    written: {},
  };
  count(state, levels === 5 ? '57-bit' : '48-bit');
  if (options.scratch !== undefined) count(state, 'scratch');
  const steps = 1 + random(12);
  let refusals = 0;
  const check = (at: string, full: boolean): void => {
    const faults = faultsOf(state, full);
    if (faults.length === 0) return;
    const what = JSON.stringify(faults.slice(0, 3));
    throw new Error(`seed ${seed}, sequence ${sequence}, ${at}: ${what}`);
  };
  for (let n = 0; n < steps; n++) {
    const before = state.rig;
    if (!step(random, state)) {
      refusals += 1;
      if (state.rig !== before)
        throw new Error(`sequence ${sequence}: a refused bind left a trace`);
    }
    check(`step ${n}`, n === steps - 1);
  }
  for (const mapping of state.bound.values()) unbind(state, mapping);
  check('all unbound', false);
  const left = tablesOf(state.rig.tree).length - (rig.tree.scratch?.tables.length ?? 0);
  if (left !== 1) throw new Error(`sequence ${sequence}: ${left} tables are left`);
  return { sequences: 1, steps: steps + 1, refusals, written: state.written };
}

/** Runs sequences 0 .. sequences - 1 of a seed. 10^5 of them are the promise of issue 4. */
export function soakPageTables(sequences: number, seed: number): Soaked {
  let [steps, refusals] = [0, 0];
  const written: Record<string, number> = {};
  for (let n = 0; n < sequences; n++) {
    const done = soakSequence(seed, n);
    steps += done.steps;
    refusals += done.refusals;
    for (const [kind, times] of Object.entries(done.written)) {
      written[kind] = (written[kind] ?? 0) + times;
    }
  }
  return { sequences, steps, refusals, written };
}
