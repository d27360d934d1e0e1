/**
 * What size costs. NULL mappings from 1 GiB to 256 TiB, at an aligned address and 4K further, through the whole model:
 * they have to cost what their page tables cost. Then one VM with 10^3 and more mappings, as an address space alone and
 * as a VM with page tables: to map, look up, access and unmap one, and the bytes that a mapping takes.
 *
 *     node --expose-gc --max-old-space-size=8192 dist/bench/scale.js [the most mappings in the whole model: 100000]
 */
import { argv } from 'node:process';
import type { FactOf } from '../domain/facts/schema.ts';
import { applyOps, type Applied, type Op } from '../domain/va/ops.ts';
import { type OrErrno, refused } from '../domain/va/result.ts';
import { mapOps, unmapOps } from '../domain/va/split-merge.ts';
import { createVaSpace, mappingAt } from '../domain/va/va-space.ts';
import { editVaSpace } from '../domain/va/va-space-editor.ts';
import { PLAIN, type Mapping as VaMapping } from '../domain/va/mapping.ts';
import type { Mapping } from '../hw/leaf-rule.ts';
import { differencesOf, lookAgain, newWatch } from '../hw/mapping-watch.ts';
import { compareMappings, tableRootOf } from '../hw/tables-check.ts';
import type { VmContext } from '../machines/vm/context.ts';
import type { World } from '../streams/world/world.ts';
import { drive, prepare, type Prepared, steps } from './drive.ts';
import { mappings, nullRange, reads, repeatedRange, type Sized } from './generated.ts';
import { type Figure, isMain, line, measure, perSecond, randomInts } from './measure.ts';

const PAGE = 0x1000;
const GIB = 2 ** 30;
const TIB = 2 ** 40;

/** What is alive. @throws Error without --expose-gc */
function heapBytes(): number {
  if (gc === undefined) throw new Error('start it with node --expose-gc');
  gc();
  return process.memoryUsage().heapUsed;
}

export interface Shape {
  readonly name: string;
  readonly tables: number;
  readonly byCpu: number;
  readonly byGpu: number;
  /** binds and unbinds a second, and bytes of a world in between */
  readonly ms: Figure;
  readonly bytes: number;
}

type Runs = FactOf<'pte.written'>['runs'];
const entries = (runs: Runs): number => runs.reduce((sum, { count }) => sum + count, 0);

function shapeOf(name: string, { scenario }: Sized): Shape {
  const start = prepare(scenario);
  const facts = [...steps(start)].flatMap(({ record }) => record.facts);
  const built = facts.filter((fact) => fact.type === 'table.allocated');
  const mapped = facts.slice(
    0,
    facts.findIndex((fact) => fact.type === 'va.unmapped'),
  );
  const written = mapped.filter((fact) => fact.type === 'pte.written');
  const storedBy = (by: 'cpu' | 'gpu'): number =>
    written.reduce((sum, fact) => sum + (fact.by === by ? entries(fact.runs) : 0), 0);
  const binds = Math.max(1, Math.ceil(2_000 / (1 + built.length)));
  const ms = measure(name, () =>
    perSecond(binds, () => {
      for (let i = 0; i < binds; i++) drive(start, false);
    }),
  );
  // many at once: what else the heap does is larger than one small table
  const copies = Math.max(4, binds);
  const kept: Prepared[] = new Array<Prepared>(copies).fill(start);
  const before = heapBytes();
  for (let i = 0; i < copies; i++) kept[i] = prepare(scenario, 2, false);
  const bytes = (heapBytes() - before) / kept.length;
  return {
    name,
    tables: built.length,
    byCpu: built.reduce((sum, { runs }) => sum + entries(runs), storedBy('cpu')),
    byGpu: storedBy('gpu'),
    ms,
    bytes,
  };
}

const shapeText = ({ name, tables, byCpu, byGpu, ms, bytes }: Shape): string => {
  const [usual, best, worst] = [ms.median, ms.max, ms.min].map((each) => (1000 / each).toFixed(2));
  const time = `${usual ?? ''} ms [${best ?? ''}..${worst ?? ''}]`;
  const counts = `${tables} tables, ${byCpu} entries by the CPU, ${byGpu} by the GPU`;
  return `${name.padEnd(28)} ${counts.padEnd(62)} ${time.padEnd(26)} ${(bytes / 1024).toFixed(0)} KiB`;
};

const SHAPES: readonly (readonly [name: string, range: number, vaBits: 48 | 57])[] = [
  ['4 KiB', PAGE, 48],
  ['1 GiB', GIB, 48],
  ['32 GiB', 32 * GIB, 48],
  ['1 TiB', TIB, 48],
  ['1 TiB, 57-bit', TIB, 57],
  ['256 TiB, 57-bit', 256 * TIB, 57],
];

/** A repeated BO has leaves of its own size: a page can only be shown by pages. */
const REPEATS: readonly (readonly [name: string, range: number, pattern: number])[] = [
  ['1 GiB of a page repeated', GIB, PAGE],
  ['1 GiB of 2 MiB repeated', GIB, 2 ** 21],
  ['1 TiB of 2 MiB repeated', TIB, 2 ** 21],
];

/** Every other page, so that no two could ever be one. */
function spaceOf(count: number): Applied {
  const config = { name: 'vm0', start: 0, range: 2 ** 45, reserved: null };
  const editor = editVaSpace(createVaSpace({ ...config, semantics: 'gpuva-2023' }));
  for (let i = 0; i < count; i++) {
    const mapping = {
      id: i + 1,
      addr: 2 * i,
      range: 1,
      obj: 'data',
      offset: 0,
      repeat: null,
      attrs: PLAIN,
    };
    if (editor.insert(mapping) !== 0) throw new RangeError('the load does not fit');
    editor.link(mapping);
  }
  return { space: editor.freeze(), nextId: count + 1 };
}

function must<T extends object>(result: OrErrno<T>): T {
  if (refused(result)) throw new RangeError(`refused: ${result}`);
  return result;
}

/** The address space alone: one look-up; one unmap and the map of the same page. */
function addressSpace(count: number): readonly string[] {
  const before = heapBytes();
  const start = spaceOf(count);
  const bytes = (heapBytes() - before) / count;
  const random = randomInts(1);
  const rounds = 20_000;
  const looks = measure(`${count} mappings, space: look up`, () =>
    perSecond(rounds, () => {
      for (let i = 0; i < rounds; i++) {
        if (mappingAt(start.space, 2 * random(count)) === undefined) throw new RangeError('lost');
      }
    }),
  );
  const apply = (at: Applied, ops: OrErrno<Op[]>): Applied =>
    must(applyOps(at.space, must(ops), at.nextId));
  const changes = measure(`${count} mappings, space: unmap and map one`, () =>
    perSecond(rounds, () => {
      let at = start;
      for (let i = 0; i < rounds; i++) {
        const page = { addr: 2 * random(count), range: 1 };
        at = apply(at, unmapOps(at.space, page.addr, page.range));
        at = apply(at, mapOps(at.space, { ...page, obj: 'data', offset: 0, attrs: PLAIN }));
      }
    }),
  );
  return [line(looks), line(changes), `${' '.repeat(4)}${bytes.toFixed(0)} bytes a mapping`];
}

/** The whole model: its steps and calls a second in a VM that has these mappings, watched by the invariants or not. */
function wholeModel(count: number): readonly string[] {
  const rounds = 60;
  const { scenario, prepared } = mappings(count, rounds);
  const readers = reads(scenario, count, prepared, 200);
  const before = heapBytes();
  const start = performance.now();
  const there: Prepared = prepare(scenario, prepared, false);
  const perMapping = ((performance.now() - start) * 1000) / count;
  const bytes = (heapBytes() - before) / count;
  const timed = (name: string, from: Prepared, times: number): Figure =>
    measure(`${count} mappings, model: ${name}`, () => perSecond(times, () => drive(from, false)));
  return [
    line(timed('unmap one, or map one', there, 2 * rounds)),
    line(timed('access one', prepare(readers, prepared, false), 200)),
    `${' '.repeat(4)}${bytes.toFixed(0)} bytes a mapping; ${perMapping.toFixed(1)} us to make each, 512 in a call`,
  ];
}

/** Page tables against the address space after every step: all of both, and only what changed. */
function comparison(count: number): readonly string[] {
  const { scenario, prepared } = mappings(count, 60);
  const there = prepare(scenario, prepared, false);
  const tree = vmOf(there.world).trees[0];
  if (tree === undefined) throw new RangeError('no tree');
  const root = tableRootOf(tree);
  const bo = there.world.shared.bos['data'];
  const asMapping = ({ addr, range, attrs }: VaMapping): Mapping => {
    const backing = { kind: 'physical', pfn: bo?.phys ?? 0, vram: true } as const;
    return { addr, range, backing, readOnly: attrs.readOnly };
  };
  const looks = [...steps(there)].map(({ world }) => {
    return { tables: world.shared.tables, mappings: vmOf(world).space.mappings, asMapping };
  });
  const [first] = looks;
  if (first === undefined) throw new RangeError('no steps');
  const seen = lookAgain(newWatch<VaMapping>(root), first);
  if (differencesOf(seen).length > 0) throw new RangeError('tables and mappings differ');
  const name = `${count} mappings, tables against space:`;
  const changed = measure(`${name} what changed`, () =>
    perSecond(looks.length, () => {
      let watch = seen;
      for (const look of looks) watch = lookAgain(watch, look);
    }),
  );
  const full = measure(`${name} all`, () =>
    perSecond(1, () => {
      compareMappings(first.tables, root, [...first.mappings.values()].map(asMapping));
    }),
  );
  return [line(changed), line(full)];
}

const vmOf = (world: World): VmContext => world.actors.get('vm0')?.context as VmContext;

if (isMain(import.meta.url)) {
  const most = Number(argv[2] ?? 100_000);
  const print = (text: string): boolean => process.stdout.write(`${text}\n`);
  for (const [name, range, vaBits] of SHAPES) {
    const addr = range === PAGE ? 0 : range;
    const first = nullRange(vaBits === 57 && range > TIB ? 0 : addr, range, vaBits);
    print(shapeText(shapeOf(name, first)));
    print(shapeText(shapeOf(`${name}, 4K further`, nullRange(addr + PAGE, range, vaBits))));
  }
  for (const [name, range, pattern] of REPEATS) {
    print(shapeText(shapeOf(name, repeatedRange(range, range, pattern))));
  }
  for (const count of [1e3, 1e4, 1e5, 1e6]) addressSpace(count).forEach(print);
  for (const count of [1e3, 1e4, 1e5, 1e6]) if (count <= most) wholeModel(count).forEach(print);
  for (const count of [1e3, 1e4, 1e5]) if (count <= most) comparison(count).forEach(print);
}
