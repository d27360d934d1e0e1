/**
 * Page tables as the steps of an op change them: what is stored becomes facts at once. Mirrors panthor_mmu.c
 * (panthor_vm_map_pages, panthor_vm_repeated_map_pages, panthor_vm_unmap_pages). Table pages are never short here: they
 * were reserved with the op.
 */
import { ERRNO } from '../../domain/errno.ts';
import type { Page } from '../../domain/units.ts';
import type { Mapping } from '../../domain/va/mapping.ts';
import {
  mapPages,
  type PagesRequest,
  type StoredEntries,
  unmapPages,
} from '../../hw/io-pgtable.ts';
import { spacePages } from '../../hw/levels.ts';
import type { PtRange } from '../../hw/pt-tree.ts';
import type { Decisions } from '../contract/decisions.ts';
import { type Effect, fact } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import { type PanthorVm, treeOf } from './context.ts';

/** An op on its way: the VM as far as it has got, and what it has done. */
export interface Draft {
  vm: PanthorVm;
  readonly effects: Effect[];
  /** tables that nothing points to any more */
  readonly freed: Page[];
}

function stored({ vm, effects }: Draft, stores: readonly StoredEntries[]): void {
  const { gt, id } = vm;
  for (const { table, level, runs } of stores) {
    effects.push(fact({ type: 'pte.written', gt, vm: id, table, level, runs, by: 'cpu' }));
  }
}

/** The memory behind a part of a mapping; null for a pattern of no pages (R02), which shows nothing. */
export function memoryOf(
  { obj, offset, repeat, attrs, addr: start }: Mapping,
  { addr, range }: PtRange,
  shared: SharedReader,
): PagesRequest | null {
  const first = obj === null ? null : (shared.bo(obj)?.phys ?? 0) + offset;
  const { readOnly } = attrs;
  if (repeat === null) {
    const pfn = first === null ? null : first + addr - start;
    return { addr, range, pfn, repeat, readOnly };
  }
  if (repeat.range === 0) return null;
  const phase = (repeat.phase + addr - start) % repeat.range;
  return { addr, range, pfn: first, repeat: { range: repeat.range, phase }, readOnly };
}

export function store(draft: Draft, request: PagesRequest): void {
  const { vm, effects, freed } = draft;
  const { gt, id } = vm;
  const staged = mapPages(treeOf(vm), vm.alloc, request);
  for (const { table, level, runs } of staged.newTables) {
    effects.push(fact({ type: 'table.allocated', gt, vm: id, table, level, runs }));
  }
  stored(draft, staged.stores);
  for (const table of staged.freed) freed.push(table);
  draft.vm = { ...vm, tree: staged.tree, alloc: staged.alloc };
}

export function clear(draft: Draft, range: PtRange): void {
  const { vm, freed } = draft;
  const staged = unmapPages(treeOf(vm), range);
  stored(draft, staged.stores);
  for (const table of staged.freed) freed.push(table);
  draft.vm = { ...vm, tree: staged.tree };
}

/** In how many calls the pages are mapped: once, or once for each repetition, or page by page without memory. */
function chunkOf({ range, pfn, repeat }: PagesRequest): Page {
  if (pfn === null) return 1;
  return repeat === null ? range : repeat.range;
}

/**
 * Takes back what a repeated mapping has mapped when its i-th chunk fails: all before it. Quirk L32 takes back one
 * less, and for i = 0 a size that has wrapped: everything up to the end of the VM. What is not mapped there tells the
 * driver that tree and tables differ, so it declares the VM unusable (panthor_vm_unmap_pages).
 */
function takeBack(draft: Draft, done: number, { addr }: PtRange, chunk: Page): void {
  const { vm, effects } = draft;
  const isWrong = vm.quirks.includes('L32');
  if (isWrong && done === 0) {
    clear(draft, { addr, range: spacePages(vm.levels) - addr });
    effects.push(fact({ type: 'vm.unusable', vm: vm.id }));
    draft.vm = { ...draft.vm, unusable: true };
    return;
  }
  const range = (isWrong ? done - 1 : done) * chunk;
  if (range > 0) clear(draft, { addr, range });
}

/** Maps the pages of a new mapping chunk by chunk; one that fails leaves nothing of those before it. */
export function mapChunks(draft: Draft, request: PagesRequest, decide: Decisions): number {
  const chunk = chunkOf(request);
  const failed = decide.failsAt('map', request.range / chunk);
  const done = failed ?? request.range / chunk;
  if (done > 0) store(draft, { ...request, range: done * chunk });
  if (failed === null) return 0;
  if (request.repeat !== null) takeBack(draft, done, request, chunk);
  else if (done > 0) clear(draft, { addr: request.addr, range: done * chunk });
  return ERRNO.ENOMEM;
}
